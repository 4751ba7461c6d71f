// SPDX-License-Identifier: Apache-2.0
// MaxRoiPool: the largest elements of parts of boxes. The maximum of any
// rectangle is that of four smaller ones in its corners, whose sides are powers
// of two and which may overlap; those are known for every place.
#include "lib/Conversion/OnnxToTile/Lowering.h"
#include "lib/Conversion/OnnxToTile/RowSampling.h"

using namespace mlir;

namespace tilicho::compiler {

namespace {
/// The elements that belong to each bin along one side, of boxes x bins with 1
/// elsewhere: the first ones of the two powers of two that cover them, which of
/// the powers that is, and whether there are none.
struct BinSide {
  Value first, last, power, isEmpty;
};

class RoiPooler {
public:
  RoiPooler(const OnnxNode &node, StructuredBuilder &build)
      : node(node), build(build), math(build, "f32"), boxes(node.shape(1)[0]) {}

  Value pool();

private:
  Value number(int64_t value) {
    return math.number(static_cast<double>(value));
  }
  int64_t extent(int64_t axis) const { return node.shape(0)[2 + axis]; }
  int64_t numPowers(int64_t axis) const;
  Value corner(int64_t place);
  BinSide sideOf(int64_t axis);
  Value tables();
  Value imageRows();

  const OnnxNode &node;
  StructuredBuilder &build;
  Arithmetic math;
  int64_t boxes;
};
} // namespace

/// How many powers of two fit.
int64_t RoiPooler::numPowers(int64_t axis) const {
  int64_t count = 1;
  while ((int64_t(1) << count) <= extent(axis))
    ++count;
  return count;
}

/// A coordinate in whole elements, halves away from zero; of boxes x 1 x 1.
Value RoiPooler::corner(int64_t place) {
  Value scaled = math("multiply", {build.slice(node.input(1), 1, place, 1),
                                   math.number(node.real("spatial_scale", 1))});
  Value size =
      math("floor", math("add", {math("abs", scaled), math.number(0.5)}));
  Value rounded = math("multiply", {size, math("sign", scaled)});
  return build.reshape(rounded, {boxes, 1, 1});
}

/// Axis 0 is the height. A box is an image's index, x1, y1, x2, y2.
BinSide RoiPooler::sideOf(int64_t axis) {
  int64_t bins = node.resultShape()[2 + axis];
  Value start = corner(axis == 0 ? 2 : 1), end = corner(axis == 0 ? 4 : 3);
  Value span = math("add", {math("subtract", {end, start}), number(1)});
  Value length = math("max", {span, number(1)});
  Value size = math("divide", {length, number(bins)});
  Value bin = build.iota(math.type, 3, 1 + axis, bins);
  auto inside = [&](Value place) {
    Value low = math("max", {math("add", {place, start}), number(0)});
    return math("min", {low, number(extent(axis))});
  };
  Value from = inside(math("floor", math("multiply", {bin, size})));
  Value next = math("add", {bin, number(1)});
  Value to = inside(math("ceil", math("multiply", {next, size})));
  Value count = math("subtract", {to, from});
  Value power = number(0), reach = number(1);
  for (int64_t p = 1; p < numPowers(axis); ++p) {
    Value fits =
        math.into(build.boolean(), "ge", {count, number(int64_t(1) << p)});
    power = math("select", {fits, number(p), power});
    reach = math("select", {fits, number(int64_t(1) << p), reach});
  }
  Value last = math("max", {math("subtract", {to, reach}), number(0)});
  Value most = number(extent(axis) - 1);
  return {math("min", {from, most}), last, power,
          math.into(build.boolean(), "le", {count, number(0)})};
}

/// Rows of channels: for each power of the height, of the width, image and
/// place the largest elements of the rectangle that begins there.
Value RoiPooler::tables() {
  Values tables;
  auto widen = [&](Value table, int64_t axis, int64_t p) {
    Window window{{1, 1}, {1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}};
    window.window[axis] = 2;
    window.dilations[axis] = window.padHigh[axis] = int64_t(1) << (p - 1);
    return build.windowReduce("max", table, window, elementOf(table));
  };
  Value tall = node.input(0);
  for (int64_t p = 0; p < numPowers(0); ++p) {
    if (p > 0)
      tall = widen(tall, 0, p);
    Value wide = tall;
    for (int64_t q = 0; q < numPowers(1); ++q) {
      if (q > 0)
        wide = widen(wide, 1, q);
      tables.push_back(channelRows(build, wide));
    }
  }
  return build.concat(tables, 0);
}

/// The first row of each box's image in a table, of boxes x 1 x 1.
Value RoiPooler::imageRows() {
  Arithmetic count(build, "i32");
  Value image = build.cast(build.slice(node.input(1), 1, 0, 1), build.i32());
  return build.reshape(
      count("multiply",
            {image, count.number(static_cast<double>(extent(0) * extent(1)))}),
      {boxes, 1, 1});
}

Value RoiPooler::pool() {
  ArrayRef<int64_t> result = node.resultShape();
  Arithmetic count(build, "i32");
  auto times = [&](Value x, int64_t y) {
    return count("multiply", {x, count.number(static_cast<double>(y))});
  };
  auto whole = [&](Value x) { return math.into(build.i32(), "copy", x); };
  BinSide rows = sideOf(0), cols = sideOf(1);
  int64_t table = node.shape(0)[0] * extent(0) * extent(1);
  Value first = count(
      "add", {count("add", {times(whole(rows.power), table * numPowers(1)),
                            times(whole(cols.power), table)}),
              imageRows()});
  Shape places = {boxes, result[2], result[3]};
  int64_t bins = boxes * result[2] * result[3];
  Value data = tables(), largest;
  Type element = elementOf(data);
  for (Value row : {rows.first, rows.last})
    for (Value col : {cols.first, cols.last}) {
      Value place =
          count("add", {count("add", {first, times(whole(row), extent(1))}),
                        whole(col)});
      Value index = build.reshape(build.broadcast(place, places), {bins});
      Value taken = build.take(data, index, 0);
      largest = largest ? build.elementwise("max", {largest, taken},
                                            computeFor(element), element)
                        : taken;
    }
  Value isEmpty = build.elementwise("logical_or", {rows.isEmpty, cols.isEmpty},
                                    "f32", build.boolean());
  Value none = build.reshape(build.broadcast(isEmpty, places), {bins, 1});
  Value pooled = build.select(none, build.splat(element, {1, 1}, 0), largest);
  Value turned = build.transpose(
      build.reshape(pooled, {boxes, result[2] * result[3], result[1]}),
      {0, 2, 1});
  return build.reshape(turned, result);
}

static Values lowerMaxRoiPool(const OnnxNode &node, StructuredBuilder &build) {
  return {RoiPooler(node, build).pool()};
}

static bool isNotDouble(const OnnxNode &node) {
  return !node.element(0).isF64();
}

void addMaxRoiPool(LoweringRegistry &registry) {
  registry.add(
      "MaxRoiPool", lowerMaxRoiPool,
      Limit{"windows slide over f64 on no engine: cast to f32", isNotDouble});
}

} // namespace tilicho::compiler
