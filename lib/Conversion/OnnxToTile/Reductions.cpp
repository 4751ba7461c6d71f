// SPDX-License-Identifier: Apache-2.0
// The Reduce operators, ArgMax and ArgMin.
#include "lib/Conversion/OnnxToTile/Lowering.h"

using namespace mlir;

namespace tilicho::compiler {

/// The axes from operand 1; none means all, unless the attribute says that it
/// means none.
static Shape axesOf(const OnnxNode &node) {
  Shape axes = node.integers("axes", {});
  if (std::optional<Shape> known = node.constantIntegers(1))
    axes = *known;
  int64_t rank = node.rank(0);
  for (int64_t &axis : axes)
    axis = fromFront(axis, rank);
  llvm::sort(axes);
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  if (axes.empty() && node.integer("noop_with_empty_axes", 0) == 0)
    return llvm::to_vector(llvm::seq<int64_t>(0, rank));
  return axes;
}

static bool isSum(StringRef name) {
  return name == "ReduceSum" || name == "ReduceMean" || name == "ReduceLogSum";
}

static Value finishReduction(const OnnxNode &node, Arithmetic &math,
                             Value value) {
  Value written = math.as(node.resultElement(), value);
  return math.build.reshape(written, node.resultShape());
}

/// Sums of elements, of squares, of magnitudes.
static Values lowerReduceSum(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, node.element(0));
  StringRef name = node.name();
  StringRef elementOp = isSum(name)          ? "copy"
                        : name == "ReduceL1" ? "abs"
                                             : "square";
  Value sum = math.sum(node.input(0), axesOf(node), elementOp);
  if (name == "ReduceL2")
    sum = math("sqrt", sum);
  if (name == "ReduceLogSum")
    sum = math("log", sum);
  return {finishReduction(node, math, sum)};
}

static Values lowerReduceMean(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, node.element(0));
  Shape axes = axesOf(node);
  double count = 1;
  for (int64_t axis : axes)
    count *= static_cast<double>(node.shape(0)[axis]);
  Value sum = math.sum(node.input(0), axes);
  Value mean = llvm::isa<FloatType>(math.type)
                   ? math("multiply", {sum, math.number(1 / count)})
                   : math("divide", {sum, math.number(count)});
  return {finishReduction(node, math, mean)};
}

static Values lowerReduceExtreme(const OnnxNode &node,
                                 StructuredBuilder &build) {
  Type element = node.element(0);
  StringRef op = node.name() == "ReduceMax" ? "max" : "min";
  Value value = build.reduce(op, node.input(0), axesOf(node),
                             orderComputeFor(element), element);
  return {build.reshape(value, node.resultShape())};
}

static Values lowerReduceProd(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, node.element(0));
  Value product =
      build.reduce("mul", node.input(0), axesOf(node), math.compute, math.type);
  return {finishReduction(node, math, product)};
}

/// max + log(sum(exp(x - max))); an infinite maximum is not subtracted.
static Values lowerReduceLogSumExp(const OnnxNode &node,
                                   StructuredBuilder &build) {
  bool isFloat = llvm::isa<FloatType>(node.element(0));
  Arithmetic math(build,
                  isFloat ? computeFor(node.element(0)) : StringRef("f64"));
  Value x = isFloat ? node.input(0) : build.cast(node.input(0), math.type);
  Shape axes = axesOf(node);
  Value top = build.reduce("max", x, axes, math.compute, math.type);
  Value infinite = math.into(build.boolean(), "is_inf", top);
  Value shift = math("select", {infinite, math.number(0), top});
  Value powers = math("exp", math("subtract", {x, shift}));
  Value total = math("log", math.sum(powers, axes));
  Value sum = math("add", {total, shift});
  return {
      build.reshape(build.cast(sum, node.resultElement()), node.resultShape())};
}

static Values lowerArgument(const OnnxNode &node, StructuredBuilder &build) {
  StringRef op = node.name() == "ArgMax" ? "arg_max" : "arg_min";
  bool last = node.integer("select_last_index", 0) != 0;
  Value index = build.reduce(op, node.input(0), node.axis(0),
                             orderComputeFor(node.element(0)),
                             node.resultElement(), "copy", last);
  return {build.reshape(index, node.resultShape())};
}

void addReductions(LoweringRegistry &registry) {
  Limit axes = {"the axes must be known when compiling", isKnown<1>};
  for (StringRef name :
       {"ReduceSum", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceSumSquare"})
    registry.add(name, lowerReduceSum, axes);
  registry.add("ReduceMean", lowerReduceMean, axes);
  registry.add("ReduceMax", lowerReduceExtreme, axes);
  registry.add("ReduceMin", lowerReduceExtreme, axes);
  registry.add("ReduceProd", lowerReduceProd, axes);
  registry.add("ReduceLogSumExp", lowerReduceLogSumExp, axes);
  registry.add("ArgMax", lowerArgument);
  registry.add("ArgMin", lowerArgument);
}

} // namespace tilicho::compiler
