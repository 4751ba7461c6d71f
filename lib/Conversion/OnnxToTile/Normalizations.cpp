// SPDX-License-Identifier: Apache-2.0
// Normalisations and softmax.
#include "lib/Conversion/OnnxToTile/Lowering.h"

#include "dialects/Tile/IR/TileDialect.h"

using namespace mlir;

namespace tilicho::compiler {

static Shape axesFrom(int64_t first, int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(first, rank));
}

static double extentOf(ArrayRef<int64_t> shape, ArrayRef<int64_t> axes) {
  double count = 1;
  for (int64_t axis : axes)
    count *= static_cast<double>(shape[axis]);
  return count;
}

static Value meanOver(Arithmetic &math, Value value, ArrayRef<int64_t> axes,
                      StringRef elementOp = "copy") {
  double count = extentOf(shapeOf(value), axes);
  Value sum = math.sum(value, axes, elementOp);
  return math("multiply", {sum, math.number(1 / count)});
}

/// Mean and variance, in two passes.
static std::pair<Value, Value> momentsOver(Arithmetic &math, Value value,
                                           ArrayRef<int64_t> axes) {
  Value mean = meanOver(math, value, axes);
  Value centred = math("subtract", {value, mean});
  return {mean, meanOver(math, centred, axes, "square")};
}

//===----------------------------------------------------------------------===//
// Batch normalisation
//===----------------------------------------------------------------------===//

/// x * factor + offset, with one factor and offset for each channel.
static Value scaleChannels(const OnnxNode &node, Arithmetic &math, Value mean,
                           Value variance) {
  double epsilon = node.real("epsilon", 1e-5);
  Value shifted = math("add", {variance, math.number(epsilon)});
  Value factor = math("divide", {node.input(1), math("sqrt", shifted)});
  Value offset =
      math("subtract", {node.input(2), math("multiply", {mean, factor})});
  int64_t rank = node.rank(0);
  StructuredBuilder &build = math.build;
  Value scaled =
      math("multiply", {node.input(0), build.alongAxis(factor, rank, 1)});
  return math.into(node.resultElement(), "add",
                   {scaled, build.alongAxis(offset, rank, 1)});
}

/// A running statistic after this batch.
static Value runningStatistic(const OnnxNode &node, Arithmetic &math,
                              Value before, Value current, Type element) {
  double momentum = node.real("momentum", 0.9);
  Value kept = math("multiply", {before, math.number(momentum)});
  Value added = math("multiply", {current, math.number(1 - momentum)});
  return math.into(element, "add", {kept, added});
}

static Values lowerBatchNormalization(const OnnxNode &node,
                                      StructuredBuilder &build) {
  Arithmetic math(build, node.element(0));
  if (node.integer("training_mode", 0) == 0) {
    Values results = {scaleChannels(node, math, node.input(3), node.input(4))};
    results.resize(node.numResults());
    return results;
  }
  Shape axes = axesFrom(2, node.rank(0));
  axes.insert(axes.begin(), 0);
  auto [mean, variance] = momentsOver(math, node.input(0), axes);
  Shape channels = {node.shape(0)[1]};
  mean = build.reshape(mean, channels);
  variance = build.reshape(variance, channels);
  Values results = {scaleChannels(node, math, mean, variance), Value(),
                    Value()};
  if (node.uses(1))
    results[1] = runningStatistic(node, math, node.input(3), mean,
                                  node.resultElement(1));
  if (node.uses(2))
    results[2] = runningStatistic(node, math, node.input(4), variance,
                                  node.resultElement(2));
  results.resize(node.numResults());
  return results;
}

//===----------------------------------------------------------------------===//
// Normalisation over trailing dimensions
//===----------------------------------------------------------------------===//

/// The named operator; f64 is taken apart, since its arithmetic is f32.
static Value normalize(StructuredBuilder &build, Value value, int64_t axis,
                       double epsilon, bool subtractMean) {
  Type element = elementOf(value);
  if (!element.isF64())
    return ir::tile::NormalizationOp::create(
        build.builder, build.loc, value.getType(), value, axis,
        llvm::APFloat(static_cast<float>(epsilon)), subtractMean);
  Arithmetic math(build, element);
  Shape axes = axesFrom(axis, rankOf(value));
  Value centred = value;
  if (subtractMean)
    centred = math("subtract", {value, meanOver(math, value, axes)});
  Value variance = meanOver(math, centred, axes, "square");
  Value shifted = math("add", {variance, math.number(epsilon)});
  return math("divide", {centred, math("sqrt", shifted)});
}

/// value * scale + bias; `scale` and `bias` broadcast, `bias` may be absent.
static Value scaleAndShift(StructuredBuilder &build, Value value, Value scale,
                           Value bias, Type element) {
  Arithmetic math(build, element);
  if (!bias)
    return math.into(element, "multiply", {value, scale});
  Value scaled = math("multiply", {value, scale});
  return math.into(element, "add", {scaled, bias});
}

static Value layerNormalized(const OnnxNode &node, StructuredBuilder &build,
                             bool subtractMean) {
  Value value = normalize(build, node.input(0), node.axis(-1),
                          node.real("epsilon", 1e-5), subtractMean);
  Value bias = node.has(2) ? node.input(2) : Value();
  return scaleAndShift(build, value, node.input(1), bias, node.resultElement());
}

static Values lowerLayerNormalization(const OnnxNode &node,
                                      StructuredBuilder &build) {
  Values results = {layerNormalized(node, build, true)};
  results.resize(node.numResults());
  if (!node.uses(1) && !node.uses(2))
    return results;
  Arithmetic math(build, node.element(0));
  Shape axes = axesFrom(node.axis(-1), node.rank(0));
  auto [mean, variance] = momentsOver(math, node.input(0), axes);
  if (node.uses(1))
    results[1] = math.as(node.resultElement(1), mean);
  if (node.uses(2)) {
    Value shifted =
        math("add", {variance, math.number(node.real("epsilon", 1e-5))});
    results[2] = math.into(node.resultElement(2), "rsqrt", shifted);
  }
  return results;
}

static Values lowerRmsNormalization(const OnnxNode &node,
                                    StructuredBuilder &build) {
  return {layerNormalized(node, build, false)};
}

static Values lowerInstanceNormalization(const OnnxNode &node,
                                         StructuredBuilder &build) {
  Value value =
      normalize(build, node.input(0), 2, node.real("epsilon", 1e-5), true);
  int64_t rank = node.rank(0);
  return {scaleAndShift(build, value, build.alongAxis(node.input(1), rank, 1),
                        build.alongAxis(node.input(2), rank, 1),
                        node.resultElement())};
}

static Values lowerGroupNormalization(const OnnxNode &node,
                                      StructuredBuilder &build) {
  ArrayRef<int64_t> shape = node.shape(0);
  int64_t groups = node.integer("num_groups", 1), rank = node.rank(0);
  Shape grouped = {shape[0], groups, shape[1] / groups};
  llvm::append_range(grouped, shape.drop_front(2));
  Value value = normalize(build, build.reshape(node.input(0), grouped), 2,
                          node.real("epsilon", 1e-5), true);
  return {scaleAndShift(build, build.reshape(value, shape),
                        build.alongAxis(node.input(1), rank, 1),
                        build.alongAxis(node.input(2), rank, 1),
                        node.resultElement())};
}

/// (x - mean) / (standard deviation + 1e-9), as the operator's body has it.
static Values lowerMeanVariance(const OnnxNode &node,
                                StructuredBuilder &build) {
  Arithmetic math(build, node.element(0));
  Shape axes = node.integers("axes", {0, 2, 3});
  for (int64_t &axis : axes)
    axis = fromFront(axis, node.rank(0));
  auto [mean, variance] = momentsOver(math, node.input(0), axes);
  Value deviation = math("sqrt", variance);
  Value divisor = math("add", {deviation, math.number(1e-9)});
  Value centred = math("subtract", {node.input(0), mean});
  return {math.into(node.resultElement(), "divide", {centred, divisor})};
}

//===----------------------------------------------------------------------===//
// Local response and Lp normalisation
//===----------------------------------------------------------------------===//

/// x * (bias + alpha / size * sum of squares of `size` channels)^-beta.
static Values lowerLrn(const OnnxNode &node, StructuredBuilder &build) {
  auto size = node.integer("size", 1);
  double scale = node.real("alpha", 1e-4) / static_cast<double>(size);
  auto real = [](double value) {
    return llvm::APFloat(static_cast<float>(value));
  };
  return {ir::tile::LocalNormalizationOp::create(
      build.builder, build.loc, node.resultType(), node.input(0), size,
      real(scale), real(node.real("bias", 1)), real(node.real("beta", 0.75)))};
}

/// A vector of zeros has norm 0 and stays zero.
static Values lowerLpNormalization(const OnnxNode &node,
                                   StructuredBuilder &build) {
  Arithmetic math(build, node.element(0));
  bool euclidean = node.integer("p", 2) == 2;
  Value norm =
      math.sum(node.input(0), node.axis(-1), euclidean ? "square" : "abs");
  if (euclidean)
    norm = math("sqrt", norm);
  Value isZero = math.into(build.boolean(), "eq", {norm, math.number(0)});
  Value divisor = math("select", {isZero, math.number(1), norm});
  return {math.into(node.resultElement(), "divide", {node.input(0), divisor})};
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

static Value wideSoftmax(const OnnxNode &node, StructuredBuilder &build,
                         int64_t axis, bool logarithm) {
  Arithmetic math(build, node.element(0));
  Value top = build.reduce("max", node.input(0), axis, math.compute, math.type);
  Value centred = math("subtract", {node.input(0), top});
  Value powers = math("exp", centred);
  Value sum = math.sum(powers, axis);
  if (logarithm)
    return math("subtract", {centred, math("log", sum)});
  return math("divide", {powers, sum});
}

static Values lowerSoftmax(const OnnxNode &node, StructuredBuilder &build) {
  int64_t axis = node.axis(-1);
  bool logarithm = node.name() == "LogSoftmax";
  if (node.element(0).isF64())
    return {wideSoftmax(node, build, axis, logarithm)};
  return {ir::tile::SoftmaxOp::create(build.builder, build.loc,
                                      node.resultType(), node.input(0), axis,
                                      logarithm)};
}

/// 1 at the first largest element along the axis, else 0.
static Values lowerHardmax(const OnnxNode &node, StructuredBuilder &build) {
  int64_t axis = node.axis(-1);
  Value index = build.reduce("arg_max", node.input(0), axis,
                             computeFor(node.element(0)), build.i32());
  Value places =
      build.iota(build.i32(), node.rank(0), axis, node.shape(0)[axis]);
  return {
      build.elementwise("eq", {places, index}, "i32", node.resultElement())};
}

static bool isNotDouble(const OnnxNode &node) {
  return !node.element(0).isF64();
}

static bool hasSize(const OnnxNode &node) {
  return node.integer("size", 1) >= 1;
}

static bool hasAxis(const OnnxNode &node) {
  int64_t rank = node.resultType().getRank(), axis = node.integer("axis", -1);
  return axis >= -rank && axis < rank;
}

void addNormalizations(LoweringRegistry &registry) {
  registry.add("BatchNormalization", lowerBatchNormalization);
  registry.add("LayerNormalization", lowerLayerNormalization);
  registry.add("RMSNormalization", lowerRmsNormalization);
  registry.add("InstanceNormalization", lowerInstanceNormalization);
  registry.add("GroupNormalization", lowerGroupNormalization);
  registry.add("MeanVarianceNormalization", lowerMeanVariance);
  registry.add(
      "LRN", lowerLrn,
      {{"windows slide over f64 on no engine: cast to f32", isNotDouble},
       {"the size must be at least 1", hasSize}});
  registry.add("LpNormalization", lowerLpNormalization,
               Limit{"the axis must be one of the input's", hasAxis});
  registry.add("Softmax", lowerSoftmax);
  registry.add("LogSoftmax", lowerSoftmax);
  registry.add("Hardmax", lowerHardmax);
}

} // namespace tilicho::compiler
