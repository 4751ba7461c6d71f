// SPDX-License-Identifier: Apache-2.0
// Operators whose result is known when compiling.
#include "lib/Conversion/OnnxToTile/Lowering.h"

#include <cmath>

using namespace mlir;

namespace tilicho::compiler {

static Values lowerConstantOfShape(const OnnxNode &node,
                                   StructuredBuilder &build) {
  auto type = node.resultType();
  auto value = node.operation()->getAttrOfType<DenseElementsAttr>("value");
  auto fill = value ? cast<DenseElementsAttr>(value).getSplatValue<Attribute>()
                    : build.builder.getZeroAttr(type.getElementType());
  return {build.constant(DenseElementsAttr::get(type, fill))};
}

static Values lowerRange(const OnnxNode &node, StructuredBuilder &build) {
  int64_t count = node.resultShape()[0];
  if (llvm::isa<IntegerType>(node.resultElement())) {
    int64_t start = node.constantIntegers(0)->front();
    int64_t delta = node.constantIntegers(2)->front();
    SmallVector<int64_t> values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(start + i * delta);
    return {build.integers(node.resultElement(), {count}, values)};
  }
  double start = node.constantReals(0)->front();
  double delta = node.constantReals(2)->front();
  SmallVector<double> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(start + static_cast<double>(i) * delta);
  return {build.reals(node.resultElement(), {count}, values)};
}

static Values lowerEyeLike(const OnnxNode &node, StructuredBuilder &build) {
  int64_t rows = node.resultShape()[0], cols = node.resultShape()[1];
  int64_t diagonal = node.integer("k", 0);
  SmallVector<double> values;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t col = 0; col < cols; ++col)
      values.push_back(col - row == diagonal);
  return {build.reals(node.resultElement(), {rows, cols}, values)};
}

//===----------------------------------------------------------------------===//
// MelWeightMatrix
//===----------------------------------------------------------------------===//

/// The elements of the spectrum at which filters begin, peak and end: whole
/// numbers, each filter's three one after the other.
static Value melEdges(const OnnxNode &node, StructuredBuilder &build,
                      Arithmetic &math, int64_t count) {
  auto number = [&](double value) { return math.number(value); };
  auto given = [&](unsigned index) {
    return build.reshape(build.cast(node.input(index), math.type), {});
  };
  auto toMel = [&](Value hertz) {
    Value ratio = math("divide", {hertz, number(700)});
    Value log = math("log", math("add", {ratio, number(1)}));
    return math("multiply", {log, number(2595 / std::log(10.0))});
  };
  Value low = toMel(given(3));
  Value step = math("divide", {math("subtract", {toMel(given(4)), low}),
                               number(static_cast<double>(count))});
  Value mel = math("multiply", {build.iota(math.type, 1, 0, count), step});
  Value power = math("divide", {math("add", {mel, low}), number(2595)});
  Value above = math("subtract", {math("pow", {number(10), power}), number(1)});
  Value hertz = math("multiply", {above, number(700)});
  Value points = math("add", {given(1), number(1)});
  return math("floor",
              math("divide", {math("multiply", {points, hertz}), given(2)}));
}

/// Triangles of height 1.
static Values lowerMelWeightMatrix(const OnnxNode &node,
                                   StructuredBuilder &build) {
  int64_t rows = node.resultShape()[0], filters = node.resultShape()[1];
  Arithmetic math(build, "f64");
  Value edges = melEdges(node, build, math, filters + 2);
  Value begin = build.slice(edges, 0, 0, filters);
  Value peak = build.slice(edges, 0, 1, filters);
  Value end = build.slice(edges, 0, 2, filters);
  Value row = build.iota(math.type, 2, 0, rows);
  Value zero = math.number(0), one = math.number(1);
  auto is = [&](StringRef op, Value x, Value y) {
    return math.into(build.boolean(), op, {x, y});
  };
  auto part = [&](Value from, Value to, Value length) {
    return math("divide",
                {math("subtract", {to, from}), math("max", {length, one})});
  };
  Value rise = math("subtract", {peak, begin});
  Value fall = math("subtract", {end, peak});
  Value rising =
      math("select", {is("eq", rise, zero), one, part(begin, row, rise)});
  Value up = math("select", {is("ge", row, begin), rising, zero});
  Value down = math("select", {is("lt", row, end), part(row, end, fall), zero});
  Value all = math("select", {is("le", row, peak), up, down});
  return {build.cast(all, node.resultElement())};
}

void addGenerators(LoweringRegistry &registry) {
  registry.add("ConstantOfShape", lowerConstantOfShape);
  registry.add("Range", lowerRange,
               {{"the start must be known when compiling", isKnown<0>},
                {"the step must be known when compiling", isKnown<2>}});
  registry.add("EyeLike", lowerEyeLike);
  registry.add("MelWeightMatrix", lowerMelWeightMatrix);
}

} // namespace tilicho::compiler
