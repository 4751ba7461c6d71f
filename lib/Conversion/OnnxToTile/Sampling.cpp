// SPDX-License-Identifier: Apache-2.0
// GridSample: reads between elements at places that are known at run time.
#include "lib/Conversion/OnnxToTile/Lowering.h"

#include <cmath>

using namespace mlir;
using tilicho::ir::tile::numElements;

namespace tilicho::compiler {

namespace {
/// An element along one axis and its weight, for each output position.
struct Tap {
  Value index, weight;
  /// Whether 0 stands in its place; null where it never does.
  Value isOutside = {};
};

/// Integers are weighed in f32; of the nearest ones nothing is calculated.
StringRef computeOf(const OnnxNode &node) {
  return node.element(0).isF64() || node.element(1).isF64() ? "f64" : "f32";
}

class GridSampler {
public:
  GridSampler(const OnnxNode &node, StructuredBuilder &build)
      : node(node), build(build), math(build, computeOf(node)),
        batch(node.shape(0)[0]), channels(node.shape(0)[1]),
        places(numElements(node.resultShape().drop_front(2))),
        spatial(node.rank(0) - 2), mode(node.text("mode", "linear")),
        padding(node.text("padding_mode", "zeros")),
        corners(node.integer("align_corners", 0) != 0) {}

  Value sample();

private:
  Value position(int64_t axis);
  Value reflect(Value x, double low, double high);
  Value clamp(Value x, int64_t extent);
  Value padPosition(Value x, int64_t extent);
  Tap tapAt(Value place, Value weight, int64_t extent);
  Value cubicWeight(Value distance);
  SmallVector<Tap> tapsAlong(int64_t axis);
  Value rows();
  Value read(Value data, const Tap &tap);

  const OnnxNode &node;
  StructuredBuilder &build;
  Arithmetic math;
  int64_t batch, channels, places, spatial;
  StringRef mode, padding;
  bool corners;
};
} // namespace

/// The grid's coordinate of an axis, in elements: the last axis is first.
Value GridSampler::position(int64_t axis) {
  double extent = static_cast<double>(node.shape(0)[2 + axis]);
  Value grid = build.reshape(node.input(1), {batch, places, spatial});
  Value x = build.slice(grid, 2, spatial - 1 - axis, 1);
  x = build.reshape(x, {batch, 1, places});
  Value shifted = math("add", {x, math.number(1)});
  if (corners)
    return math("multiply", {shifted, math.number((extent - 1) / 2)});
  Value scaled = math("multiply", {shifted, math.number(extent / 2)});
  return math("subtract", {scaled, math.number(0.5)});
}

/// Folds x back and forth between the bounds.
Value GridSampler::reflect(Value x, double low, double high) {
  double range = high - low;
  if (range <= 0)
    return math("multiply", {x, math.number(0)});
  Value offset = math("abs", math("subtract", {x, math.number(low)}));
  Value folded = math("fmod", {offset, math.number(2 * range)});
  Value back = math("subtract", {math.number(2 * range), folded});
  Value inside = math("min", {folded, back});
  return math("add", {inside, math.number(low)});
}

Value GridSampler::clamp(Value x, int64_t extent) {
  Value low = math("max", {x, math.number(0)});
  return math("min", {low, math.number(static_cast<double>(extent - 1))});
}

Value GridSampler::padPosition(Value x, int64_t extent) {
  if (padding == "border")
    return clamp(x, extent);
  if (padding != "reflection")
    return x;
  double last = static_cast<double>(extent - 1);
  return corners ? reflect(x, 0, last) : reflect(x, -0.5, last + 0.5);
}

/// With zeros around, they are read in place of what lies outside, which may be
/// no number.
Tap GridSampler::tapAt(Value place, Value weight, int64_t extent) {
  Value inside = clamp(padPosition(place, extent), extent);
  if (padding != "zeros")
    return {inside, weight};
  Value isOutside = math.into(build.boolean(), "ne", {inside, place});
  return {inside, math("select", {isOutside, math.number(0), weight}),
          isOutside};
}

/// The cubic kernel with a = -0.75.
Value GridSampler::cubicWeight(Value distance) {
  const double a = -0.75;
  auto number = [&](double value) { return math.number(value); };
  Value x = math("abs", distance);
  auto times = [&](Value p, Value q) { return math("multiply", {p, q}); };
  auto plus = [&](Value p, double q) { return math("add", {p, number(q)}); };
  Value square = times(x, x);
  Value near = plus(times(square, plus(times(x, number(a + 2)), -(a + 3))), 1);
  Value inner = plus(times(x, plus(times(x, number(a)), -5 * a)), 8 * a);
  Value far = plus(times(x, inner), -4 * a);
  Value isNear = math.into(build.boolean(), "le", {x, number(1)});
  return math("select", {isNear, near, far});
}

SmallVector<Tap> GridSampler::tapsAlong(int64_t axis) {
  int64_t extent = node.shape(0)[2 + axis];
  Value x = position(axis);
  if (mode == "nearest")
    return {
        tapAt(math("round", padPosition(x, extent)), math.number(1), extent)};
  bool isCubic = mode.ends_with("cubic");
  if (!isCubic)
    x = padPosition(x, extent);
  Value base = math("floor", x);
  Value fraction = math("subtract", {x, base});
  SmallVector<Tap> taps;
  for (int64_t tap = isCubic ? -1 : 0; tap <= (isCubic ? 2 : 1); ++tap) {
    Value shift = math.number(static_cast<double>(tap));
    Value distance = math("subtract", {fraction, shift});
    Value linear = math("subtract", {math.number(1), math("abs", distance)});
    taps.push_back(tapAt(math("add", {base, shift}),
                         isCubic ? cubicWeight(distance) : linear, extent));
  }
  return taps;
}

/// All places of each channel, and behind them a zero for those outside.
Value GridSampler::rows() {
  int64_t plane = numElements(node.shape(0).drop_front(2));
  Value data = build.reshape(node.input(0), {batch, channels, plane});
  if (padding != "zeros")
    return data;
  return build.pad(data, {0, 0, 0}, {0, 0, 1},
                   build.builder.getZeroAttr(node.element(0)));
}

Value GridSampler::read(Value data, const Tap &tap) {
  Value place = tap.index;
  if (tap.isOutside) {
    Value zero = math.number(static_cast<double>(shapeOf(data)[2] - 1));
    place = math("select", {tap.isOutside, zero, place});
  }
  Value index = math.into(build.i32(), "copy", place);
  return build.takeElements(
      data, build.broadcast(index, {batch, channels, places}), 2);
}

/// The sum over all combinations of the axes' taps.
Value GridSampler::sample() {
  SmallVector<Tap> combined = {{Value(), Value()}};
  for (int64_t axis = 0; axis < spatial; ++axis) {
    SmallVector<Tap> wider;
    double extent = static_cast<double>(node.shape(0)[2 + axis]);
    for (const Tap &outer : combined)
      for (const Tap &tap : tapsAlong(axis)) {
        if (!outer.index) {
          wider.push_back(tap);
          continue;
        }
        Value start = math("multiply", {outer.index, math.number(extent)});
        wider.push_back({math("add", {start, tap.index}),
                         math("multiply", {outer.weight, tap.weight})});
        if (tap.isOutside)
          wider.back().isOutside = math.into(build.boolean(), "logical_or",
                                             {outer.isOutside, tap.isOutside});
      }
    combined = std::move(wider);
  }
  Value data = rows(), sum;
  if (mode == "nearest")
    return build.reshape(read(data, combined.front()), node.resultShape());
  for (const Tap &tap : combined) {
    Value product = math("multiply", {read(data, tap), tap.weight});
    sum = sum ? math("add", {sum, product}) : product;
  }
  return build.cast(build.reshape(sum, node.resultShape()),
                    node.resultElement());
}

static Values lowerGridSample(const OnnxNode &node, StructuredBuilder &build) {
  return {GridSampler(node, build).sample()};
}

static bool countsInFloat(const OnnxNode &node) {
  return numElements(node.shape(0).drop_front(2)) < (int64_t(1) << 24);
}

void addSampling(LoweringRegistry &registry) {
  registry.add(
      "GridSample", lowerGridSample,
      Limit{"the spatial dimensions must have fewer than 2^24 elements",
            countsInFloat});
}

} // namespace tilicho::compiler
