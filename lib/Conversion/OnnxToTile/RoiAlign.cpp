// SPDX-License-Identifier: Apache-2.0
// RoiAlign: averages or maxima of points between the elements of boxes.
#include "lib/Conversion/OnnxToTile/Lowering.h"
#include "lib/Conversion/OnnxToTile/RowSampling.h"

#include <limits>

using namespace mlir;

namespace tilicho::compiler {

namespace {
/// One side of each box in elements, of boxes x 1, and the points in each of
/// the `bins` that it is cut into.
struct BoxSide {
  Value start, bin, points;
  int64_t bins, extent;
};

class RoiAligner {
public:
  RoiAligner(const OnnxNode &node, StructuredBuilder &build)
      : node(node), build(build), math(build, node.element(0)),
        boxes(node.shape(1)[0]), ratio(node.integer("sampling_ratio", 0)) {}

  Value align() { return ratio > 0 ? alignByPoints() : alignByWeights(); }

private:
  Value number(int64_t value) {
    return math.number(static_cast<double>(value));
  }
  Value times(Value x, Value y) { return math("multiply", {x, y}); }
  Value plus(Value x, Value y) { return math("add", {x, y}); }
  Value minus(Value x, Value y) { return math("subtract", {x, y}); }
  Value over(Value x, Value y) { return math("divide", {x, y}); }

  BoxSide sideOf(int64_t axis);
  Value pointAt(const BoxSide &side, Value bin, Value point, Value points);
  Taps pointTaps(int64_t axis);
  Value firstRows();
  Value alignByPoints();
  Value pointsNear(const BoxSide &side, Value bin, Value divisor);
  Value weightsOf(int64_t axis);
  Value weigh(Value map, Value tall, Value wide);
  Value alignByWeights();

  const OnnxNode &node;
  StructuredBuilder &build;
  Arithmetic math;
  int64_t boxes, ratio;
};
} // namespace

/// Axis 0 is the height. A box is x1, y1, x2, y2.
BoxSide RoiAligner::sideOf(int64_t axis) {
  bool halfPixel =
      node.text("coordinate_transformation_mode", "half_pixel") == "half_pixel";
  auto corner = [&](int64_t place) {
    Value scaled = times(build.slice(node.input(1), 1, place, 1),
                         math.number(node.real("spatial_scale", 1)));
    return halfPixel ? minus(scaled, math.number(0.5)) : scaled;
  };
  BoxSide side;
  side.start = corner(axis == 0 ? 1 : 0);
  side.bins = node.resultShape()[2 + axis];
  side.extent = node.shape(0)[2 + axis];
  Value length = minus(corner(axis == 0 ? 3 : 2), side.start);
  if (!halfPixel)
    length = math("max", {length, math.number(1)});
  side.bin = over(length, number(side.bins));
  side.points = ratio > 0 ? number(ratio) : math("ceil", side.bin);
  return side;
}

/// Where a point of a bin lies, rounded in the order in which runtimes do.
Value RoiAligner::pointAt(const BoxSide &side, Value bin, Value point,
                          Value points) {
  Shape each(rankOf(bin), 1);
  each[0] = boxes;
  Value start = build.reshape(side.start, each);
  Value size = build.reshape(side.bin, each);
  Value inBin = times(plus(point, math.number(0.5)), size);
  return plus(plus(start, times(bin, size)), over(inBin, points));
}

//===----------------------------------------------------------------------===//
// As many points in every bin: rows are read around each of them
//===----------------------------------------------------------------------===//

/// Of boxes x rows of bins x columns x points in a bin's row x in its column.
Taps RoiAligner::pointTaps(int64_t axis) {
  BoxSide side = sideOf(axis);
  Value bin = build.iota(math.type, 5, 1 + axis, side.bins);
  Value point = build.iota(math.type, 5, 3 + axis, ratio);
  return tapsNearBorder(math, pointAt(side, bin, point, side.points),
                        side.extent);
}

/// The first row of each box's image.
Value RoiAligner::firstRows() {
  Arithmetic count(build, "i32");
  int64_t plane = node.shape(0)[2] * node.shape(0)[3];
  Value image = build.reshape(build.cast(node.input(2), build.i32()),
                              {boxes, 1, 1, 1, 1});
  return count("multiply", {image, count.number(static_cast<double>(plane))});
}

Value RoiAligner::alignByPoints() {
  ArrayRef<int64_t> result = node.resultShape();
  bool isMaximum = node.text("mode", "avg") == "max";
  Shape places = {boxes, result[2], result[3], ratio, ratio};
  Value all;
  for (Value product : weighRows(math, channelRows(build, node.input(0)),
                                 firstRows(), {pointTaps(0), pointTaps(1)},
                                 node.shape(0).drop_front(2), places))
    all = all ? math(isMaximum ? "max" : "add", {all, product}) : product;
  int64_t bins = result[2] * result[3], channels = result[1];
  Value parted = build.reshape(all, {boxes * bins, ratio * ratio, channels});
  Value pooled = build.reduce(isMaximum ? "max" : "add", parted, {1},
                              math.compute, math.type);
  if (!isMaximum)
    pooled =
        times(pooled, math.number(1.0 / static_cast<double>(ratio * ratio)));
  Value turned = build.transpose(build.reshape(pooled, {boxes, bins, channels}),
                                 {0, 2, 1});
  return math.as(node.resultElement(), build.reshape(turned, result));
}

//===----------------------------------------------------------------------===//
// As many points as a bin is large: matrices of weights
//===----------------------------------------------------------------------===//

/// Numbers of the points of each bin that may lie within one element of each
/// element, of boxes x bins x some x extent. Points are more than half an
/// element apart where a bin has several, so that there are few; the first is
/// found by a division, whose rounding one more on either side makes up for.
Value RoiAligner::pointsNear(const BoxSide &side, Value bin, Value divisor) {
  constexpr int64_t candidates = 6;
  Shape each = {boxes, 1, 1, 1};
  Value size = build.reshape(side.bin, each);
  Value origin = plus(build.reshape(side.start, each), times(bin, size));
  Value element = build.iota(math.type, 4, 3, side.extent);
  Value reach = minus(minus(element, math.number(1)), origin);
  Value places = minus(over(reach, over(size, divisor)), math.number(0.5));
  Value first = math("max", {math("floor", places), math.number(0)});
  return plus(first, build.iota(math.type, 4, 2, candidates));
}

/// How much each element counts in each bin, of boxes x bins x extent.
Value RoiAligner::weightsOf(int64_t axis) {
  BoxSide side = sideOf(axis);
  Value bin = build.iota(math.type, 4, 1, side.bins);
  Value element = build.iota(math.type, 4, 3, side.extent);
  Value points = build.reshape(side.points, {boxes, 1, 1, 1});
  Value divisor = math("max", {points, math.number(1)});
  Value point = pointsNear(side, bin, divisor);
  NearPlace near =
      nearPlace(math, pointAt(side, bin, point, divisor), side.extent);
  Value distance = math("abs", minus(near.inside, element));
  Value weight = math("max", {minus(math.number(1), distance), math.number(0)});
  weight = math("select", {near.isNear, weight, math.number(0)});
  Value isPoint = math.into(build.boolean(), "lt", {point, points});
  weight = math("select", {isPoint, weight, math.number(0)});
  Value sum = over(math.sum(weight, {2}), divisor);
  return build.reshape(sum, {boxes, side.bins, side.extent});
}

/// A map with every box's bins: rows before columns, those of one image for all
/// boxes at once; of boxes x rows of bins and channels x columns of bins. What
/// lies between the two products has the map's type.
Value RoiAligner::weigh(Value map, Value tall, Value wide) {
  ArrayRef<int64_t> image = node.shape(0), result = node.resultShape();
  int64_t channels = image[1], height = image[2], width = image[3];
  Value rows = build.reshape(build.transpose(map, {0, 2, 1, 3}),
                             {image[0], height, channels * width});
  if (image[0] == 1) {
    rows = build.reshape(rows, {height, channels * width});
    tall = build.reshape(tall, {boxes * result[2], height});
  } else {
    rows = build.take(rows, node.input(2), 0);
  }
  Value part = build.reshape(build.contract(tall, rows, elementOf(map)),
                             {boxes, result[2] * channels, width});
  return build.contract(part, wide, math.type, /*transA=*/false,
                        /*transB=*/true);
}

/// A product would spread what is not finite over all boxes of an image: it is
/// left out, and added where a bin has some. A NaN counts as both infinities,
/// whose sum it is.
Value RoiAligner::alignByWeights() {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Type flag = build.builder.getBF16Type();
  Value map = node.input(0), tall = weightsOf(0), wide = weightsOf(1);
  Value isFinite = math.into(build.boolean(), "lt",
                             {math("abs", map), math.number(infinity)});
  Value finite = math("select", {isFinite, map, math.number(0)});
  Value all = weigh(finite, tall, wide);
  Value readsRow = math.into(flag, "gt", {tall, math.number(0)});
  Value readsColumn = math.into(flag, "gt", {wide, math.number(0)});
  for (double limit : {infinity, -infinity}) {
    Value isBelow = math.into(build.boolean(), limit > 0 ? "lt" : "gt",
                              {map, math.number(limit)});
    Value found = math.into(flag, "logical_not", isBelow);
    Value isRead =
        math.into(build.boolean(), "gt",
                  {weigh(found, readsRow, readsColumn), math.number(0)});
    all =
        plus(all, math("select", {isRead, math.number(limit), math.number(0)}));
  }
  ArrayRef<int64_t> result = node.resultShape();
  return build.transpose(
      build.reshape(math.as(node.resultElement(), all),
                    {boxes, result[2], result[1], result[3]}),
      {0, 2, 1, 3});
}

//===----------------------------------------------------------------------===//
// Limits
//===----------------------------------------------------------------------===//

static bool hasMode(const OnnxNode &node) {
  StringRef mode = node.text("mode", "avg");
  return mode == "avg" || mode == "max";
}

static bool countsPoints(const OnnxNode &node) {
  return node.integer("sampling_ratio", 0) > 0;
}

static bool averagesOrCounts(const OnnxNode &node) {
  return countsPoints(node) || node.text("mode", "avg") != "max";
}

static bool multipliesOrCounts(const OnnxNode &node) {
  return countsPoints(node) || !node.element(0).isF64();
}

static Values lowerRoiAlign(const OnnxNode &node, StructuredBuilder &build) {
  return {RoiAligner(node, build).align()};
}

void addRoiAlign(LoweringRegistry &registry) {
  registry.add("RoiAlign", lowerRoiAlign,
               {{"the mode must be avg or max", hasMode},
                {"with mode max the number of points must be given (attribute "
                 "sampling_ratio > 0)",
                 averagesOrCounts},
                {"without a number of points (attribute sampling_ratio) the "
                 "array multiplies, which has no f64: cast to f32",
                 multipliesOrCounts}});
}

} // namespace tilicho::compiler
