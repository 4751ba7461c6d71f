// SPDX-License-Identifier: Apache-2.0
// Linear interpolation between rows: what lies at one place of all channels.
#include "lib/Conversion/OnnxToTile/RowSampling.h"

using namespace mlir;
using tilicho::ir::tile::numElements;

namespace tilicho::compiler {

static Value clampTo(Arithmetic &math, Value x, int64_t extent) {
  Value low = math("max", {x, math.number(0)});
  return math("min", {low, math.number(static_cast<double>(extent - 1))});
}

Taps tapsInZeros(Arithmetic &math, Value place, int64_t extent) {
  Value base = math("floor", place);
  Value high = math("subtract", {place, base});
  Value low = math("subtract", {math.number(1), high});
  Taps taps;
  for (Value weight : {low, high}) {
    Value index = taps.empty() ? base : math("add", {base, math.number(1)});
    Value inside = clampTo(math, index, extent);
    Value isOutside = math.into(math.build.boolean(), "ne", {inside, index});
    taps.push_back({inside, math("select", {isOutside, math.number(0), weight}),
                    isOutside});
  }
  return taps;
}

NearPlace nearPlace(Arithmetic &math, Value place, int64_t extent) {
  Type boolean = math.build.boolean();
  Value above = math.into(boolean, "ge", {place, math.number(-1)});
  Value below = math.into(boolean, "le",
                          {place, math.number(static_cast<double>(extent))});
  Value isNear =
      math.build.elementwise("logical_and", {above, below}, "f32", boolean);
  return {clampTo(math, place, extent), isNear};
}

Taps tapsNearBorder(Arithmetic &math, Value place, int64_t extent) {
  NearPlace near = nearPlace(math, place, extent);
  Value base = math("floor", near.inside);
  Value high = math("subtract", {near.inside, base});
  Value low = math("subtract", {math.number(1), high});
  Value next = clampTo(math, math("add", {base, math.number(1)}), extent);
  auto weigh = [&](Value weight) {
    return math("select", {near.isNear, weight, math.number(0)});
  };
  return {{base, weigh(low)}, {next, weigh(high)}};
}

Value channelRows(StructuredBuilder &build, Value data, int64_t groups) {
  ArrayRef<int64_t> shape = shapeOf(data);
  int64_t batch = shape[0], channels = shape[1] / groups;
  int64_t plane = numElements(shape.drop_front(2));
  Value parted = build.reshape(data, {batch, groups, channels, plane});
  return build.reshape(build.transpose(parted, {0, 1, 3, 2}),
                       {batch * groups * plane, channels});
}

namespace {
/// A place's row and weight, as far as the axes before say.
struct Partial {
  Value row, weight, isOutside = {};
};
} // namespace

static SmallVector<Partial> combine(Arithmetic &math, Value first,
                                    ArrayRef<Taps> axes,
                                    ArrayRef<int64_t> extents) {
  StructuredBuilder &build = math.build;
  Arithmetic count(build, "i32");
  SmallVector<Partial> all = {{first, Value()}};
  for (size_t axis = 0; axis < axes.size(); ++axis) {
    int64_t step = numElements(extents.drop_front(axis + 1));
    SmallVector<Partial> wider;
    for (const Partial &outer : all)
      for (const Tap &tap : axes[axis]) {
        Value index = math.into(build.i32(), "copy", tap.index);
        Value offset =
            count("multiply", {index, count.number(static_cast<double>(step))});
        wider.push_back(
            {count("add", {outer.row, offset}), tap.weight, tap.isOutside});
        if (outer.weight)
          wider.back().weight = math("multiply", {outer.weight, tap.weight});
        if (outer.isOutside)
          wider.back().isOutside =
              build.elementwise("logical_or", {outer.isOutside, tap.isOutside},
                                "f32", build.boolean());
      }
    all = std::move(wider);
  }
  return all;
}

SmallVector<Value> weighRows(Arithmetic &math, Value rows, Value first,
                             ArrayRef<Taps> axes, ArrayRef<int64_t> extents,
                             ArrayRef<int64_t> places) {
  StructuredBuilder &build = math.build;
  int64_t count = numElements(places), numRows = shapeOf(rows)[0];
  SmallVector<Value> products;
  SmallVector<Partial> all = combine(math, first, axes, extents);
  // What is not finite times a weight of 0 would be a NaN.
  if (all.front().isOutside)
    rows = build.concat(
        {rows, build.splat(elementOf(rows), {1, shapeOf(rows)[1]}, 0)}, 0);
  for (const Partial &tap : all) {
    Value row = tap.row;
    if (tap.isOutside)
      row = build.select(
          tap.isOutside,
          build.scalar(build.i32(), static_cast<double>(numRows)), row);
    Value index = build.reshape(build.broadcast(row, places), {count});
    Value weight =
        build.reshape(build.broadcast(tap.weight, places), {count, 1});
    products.push_back(math("multiply", {build.take(rows, index, 0), weight}));
  }
  return products;
}

} // namespace tilicho::compiler
