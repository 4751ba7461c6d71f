// SPDX-License-Identifier: Apache-2.0
// QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear.
#include "lib/Conversion/OnnxToTile/Quantization.h"

#include "lib/Conversion/OnnxToTile/Lowering.h"
#include "lib/Interpreter/Elements.h"

using namespace mlir;

namespace tilicho::compiler {

Value quantizeRounded(StructuredBuilder &build, Value value, Value zero,
                      Type element) {
  Arithmetic math(build, "f32");
  return math.into(element, "add", {math("round", value), zero});
}

bool isAllZero(Value value) {
  if (!value)
    return true;
  ElementsAttr constant = constantOf(value);
  if (!constant)
    return false;
  auto known = realsOf(constant);
  return known && llvm::all_of(*known, [](double v) { return v == 0; });
}

/// A scale or zero point so that it broadcasts against the quantised tensor:
/// one for all, one for each index along the axis, or one for each block.
static Value spread(const OnnxNode &node, StructuredBuilder &build,
                    Value parameter) {
  int64_t axis = fromFront(node.integer("axis", 1), node.rank(0));
  int64_t block = node.integer("block_size", 0);
  if (ir::tile::numElements(shapeOf(parameter)) == 1)
    return build.reshape(parameter, {});
  if (block == 0)
    return build.alongAxis(parameter, node.rank(0), axis);
  SmallVector<int64_t> blocks;
  for (int64_t index = 0; index < node.shape(0)[axis]; ++index)
    blocks.push_back(index / block);
  return build.pick(parameter, axis, blocks);
}

/// round(x / scale) + zero, saturated: adding after rounding keeps halves even.
/// An 8-bit float is not rounded to an integer first.
static Values lowerQuantize(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, "f32");
  Type element = node.resultElement();
  Value scale = spread(node, build, node.input(1));
  Value zero = node.has(2) ? node.input(2) : Value();
  if (isAllZero(zero))
    return {math.into(element, "divide", {node.input(0), scale})};
  Value scaled = math("divide", {node.input(0), scale});
  zero = spread(node, build, zero);
  if (llvm::isa<FloatType>(element))
    return {math.into(element, "add", {scaled, zero})};
  return {quantizeRounded(build, scaled, zero, element)};
}

/// (x - zero) * scale; the difference of 32-bit integers is taken as integers.
static Values lowerDequantize(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, "f32");
  Value value = node.input(0);
  Value zero = node.has(2) ? node.input(2) : Value();
  if (!isAllZero(zero)) {
    bool wide = elementOf(value).isInteger(32);
    value = build.elementwise("subtract", {value, spread(node, build, zero)},
                              wide ? "i32" : "f32",
                              wide ? build.i32() : build.f32());
  }
  return {math.into(node.resultElement(), "multiply",
                    {value, spread(node, build, node.input(1))})};
}

/// The range is widened to hold 0; a range of nothing has scale 1.
static Value dynamicScale(Arithmetic &math, Value low, Value high) {
  Value range = math("subtract", {high, low});
  Value scale = math("divide", {range, math.number(255)});
  Value isEmpty =
      math.into(math.build.boolean(), "eq", {range, math.number(0)});
  return math("select", {isEmpty, math.number(1), scale});
}

static Values lowerDynamicQuantize(const OnnxNode &node,
                                   StructuredBuilder &build) {
  Arithmetic math(build, "f32");
  Value x = node.input(0);
  Shape axes = llvm::to_vector(llvm::seq<int64_t>(0, node.rank(0)));
  auto bound = [&](StringRef op) {
    Value value = build.reduce(op, x, axes, "f32", build.f32());
    return math(op, {build.reshape(value, {}), math.number(0)});
  };
  Value low = bound("min");
  Value scale = dynamicScale(math, low, bound("max"));
  Value start =
      math("subtract", {math.number(0), math("divide", {low, scale})});
  Value zero = math.into(node.resultElement(2), "copy", start);
  Value scaled = math("divide", {x, scale});
  return {quantizeRounded(build, scaled, zero, node.resultElement(0)), scale,
          zero};
}

static bool saturates(const OnnxNode &node) {
  return node.integer("saturate", 1) != 0 ||
         llvm::isa<IntegerType>(node.resultElement());
}

void addQuantization(LoweringRegistry &registry) {
  registry.add("QuantizeLinear", lowerQuantize,
               Limit{"quantisation to an 8-bit float must saturate (attribute "
                     "saturate = 1)",
                     saturates});
  registry.add("DequantizeLinear", lowerDequantize);
  registry.add("DynamicQuantizeLinear", lowerDynamicQuantize);
}

} // namespace tilicho::compiler
