// SPDX-License-Identifier: Apache-2.0
// Resize: along each axis a sum of taps with constant indices and weights.
#include "lib/Conversion/OnnxToTile/Lowering.h"

#include <cmath>

using namespace mlir;

namespace tilicho::compiler {

/// From how many taps on a matrix of weights is better than a sum of gathers.
static constexpr size_t maxTaps = 8;

namespace {
/// How one axis is resized.
struct ResizeAxis {
  int64_t axis, input, output;
  double scale;
  /// Whether the length follows from the scale, and not the other way.
  bool hasScale = true;
  double roiStart = 0, roiEnd = 1;
};

/// One output position's elements and their weights.
struct Taps {
  SmallVector<int64_t> indices;
  SmallVector<double> weights;
  bool outside = false;
};
} // namespace

//===----------------------------------------------------------------------===//
// Axes and scales
//===----------------------------------------------------------------------===//

static Shape resizedAxes(const OnnxNode &node) {
  Shape axes = node.integers(
      "axes", llvm::to_vector(llvm::seq<int64_t>(0, node.rank(0))));
  for (int64_t &axis : axes)
    axis = fromFront(axis, node.rank(0));
  return axes;
}

/// With a policy for the aspect ratio every axis has one scale.
static double commonScale(const OnnxNode &node, ArrayRef<int64_t> axes,
                          ArrayRef<int64_t> sizes, bool smallest) {
  double scale = smallest ? INFINITY : 0;
  for (auto [axis, size] : llvm::zip(axes, sizes)) {
    double ratio =
        static_cast<double>(size) / static_cast<double>(node.shape(0)[axis]);
    scale = smallest ? std::min(scale, ratio) : std::max(scale, ratio);
  }
  return scale;
}

static void setScaleFromLength(ResizeAxis &resize) {
  resize.scale =
      static_cast<double>(resize.output) / static_cast<double>(resize.input);
  resize.hasScale = false;
}

static SmallVector<ResizeAxis> axesToResize(const OnnxNode &node) {
  Shape axes = resizedAxes(node);
  auto scales = node.constantReals(2);
  auto sizes = node.constantIntegers(3);
  auto roi = node.constantReals(1);
  StringRef policy = node.text("keep_aspect_ratio_policy", "stretch");
  SmallVector<ResizeAxis> result;
  for (auto [index, axis] : llvm::enumerate(axes)) {
    ResizeAxis resize{axis, node.shape(0)[axis], node.resultShape()[axis], 1};
    if (scales && !scales->empty())
      resize.scale = (*scales)[index];
    else if (policy != "stretch")
      resize.scale = commonScale(node, axes, *sizes, policy == "not_larger");
    else
      setScaleFromLength(resize);
    if (roi && !roi->empty()) {
      resize.roiStart = (*roi)[index];
      resize.roiEnd = (*roi)[axes.size() + index];
    }
    result.push_back(resize);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Where an output position lies in the input
//===----------------------------------------------------------------------===//

static float cropPosition(const ResizeAxis &resize, float x) {
  float start = static_cast<float>(resize.roiStart);
  float end = static_cast<float>(resize.roiEnd);
  float last = static_cast<float>(resize.input - 1);
  if (resize.output == 1)
    return 0.5f * (start + end) * last;
  return start * last +
         x * (end - start) * last / static_cast<float>(resize.output - 1);
}

/// In f32 and in this order, as runtimes do: whether a position lies on an
/// element or just beside it decides which element is nearest.
static float sourcePosition(const ResizeAxis &resize, StringRef mode,
                            int64_t place) {
  float x = static_cast<float>(place);
  float input = static_cast<float>(resize.input);
  float output = static_cast<float>(resize.output);
  float scale = static_cast<float>(resize.scale);
  float length = resize.hasScale ? input * scale : output;
  float halfPixel = (x + 0.5f) / scale - 0.5f;
  if (mode == "asymmetric")
    return x / scale;
  if (mode == "align_corners")
    return length == 1 ? 0 : x * (input - 1) / (length - 1);
  if (mode == "pytorch_half_pixel")
    return resize.output > 1 ? halfPixel : 0;
  if (mode == "tf_crop_and_resize")
    return cropPosition(resize, x);
  if (mode == "half_pixel_symmetric") {
    float offset = input / 2 * (1 - output / (scale * input));
    return offset + (x + 0.5f) / scale - 0.5f;
  }
  return halfPixel;
}

/// A tie that the position's own rounding has moved is still a tie.
static double roundPosition(StringRef mode, double x) {
  constexpr double half = 0.5 + 1e-5;
  if (mode == "floor")
    return std::floor(x);
  if (mode == "ceil")
    return std::ceil(x);
  if (mode == "round_prefer_ceil")
    return std::floor(x + half);
  return std::ceil(x - half);
}

//===----------------------------------------------------------------------===//
// Taps
//===----------------------------------------------------------------------===//

static double linearWeight(double distance) {
  return std::max(0.0, 1 - std::fabs(distance));
}

static double cubicWeight(double distance, double a) {
  double x = std::fabs(distance), square = x * x, cube = square * x;
  if (x <= 1)
    return (a + 2) * cube - (a + 3) * square + 1;
  if (x < 2)
    return a * cube - 5 * a * square + 8 * a * x - 4 * a;
  return 0;
}

static void normalizeWeights(Taps &taps) {
  double sum = 0;
  for (double weight : taps.weights)
    sum += weight;
  if (sum != 0)
    for (double &weight : taps.weights)
      weight /= sum;
}

static Taps interpolationTaps(const OnnxNode &node, const ResizeAxis &resize,
                              double x) {
  bool cubic = node.text("mode", "nearest") == "cubic";
  double a = node.real("cubic_coeff_a", -0.75);
  bool smooths = node.integer("antialias", 0) != 0;
  double shrink = smooths ? std::min(resize.scale, 1.0) : 1.0;
  double base = std::floor(x), reach = cubic ? 2 : 1;
  int64_t first = static_cast<int64_t>(std::floor(-reach / shrink)) + 1;
  Taps taps;
  for (int64_t tap = first; tap < 2 - first; ++tap) {
    double distance = (static_cast<double>(tap) - (x - base)) * shrink;
    int64_t index = static_cast<int64_t>(base) + tap;
    bool inside = index >= 0 && index < resize.input;
    bool counts = inside || node.integer("exclude_outside", 0) == 0;
    taps.indices.push_back(std::clamp<int64_t>(index, 0, resize.input - 1));
    double weight = cubic ? cubicWeight(distance, a) : linearWeight(distance);
    taps.weights.push_back(counts ? weight : 0);
  }
  normalizeWeights(taps);
  return taps;
}

static Taps tapsAt(const OnnxNode &node, const ResizeAxis &resize,
                   int64_t place) {
  StringRef mode = node.text("coordinate_transformation_mode", "half_pixel");
  double x = sourcePosition(resize, mode, place);
  Taps taps;
  if (node.text("mode", "nearest") == "nearest") {
    double at =
        roundPosition(node.text("nearest_mode", "round_prefer_floor"), x);
    taps.indices.push_back(
        std::clamp<int64_t>(static_cast<int64_t>(at), 0, resize.input - 1));
    taps.weights.push_back(1);
  } else {
    taps = interpolationTaps(node, resize, x);
  }
  taps.outside = mode == "tf_crop_and_resize" &&
                 (x < 0 || x > static_cast<double>(resize.input - 1));
  return taps;
}

//===----------------------------------------------------------------------===//
// One axis
//===----------------------------------------------------------------------===//

static Value weightsAlong(Arithmetic &math, ArrayRef<Taps> taps, size_t tap,
                          int64_t rank, int64_t axis) {
  SmallVector<double> weights;
  for (const Taps &at : taps)
    weights.push_back(at.weights[tap]);
  Value flat = math.build.reals(
      math.type, {static_cast<int64_t>(weights.size())}, weights);
  return math.build.alongAxis(flat, rank, axis);
}

static Value sumOfTaps(StructuredBuilder &build, Value value,
                       ArrayRef<Taps> taps, int64_t axis) {
  Arithmetic math(build, elementOf(value).isF64() ? "f64" : "f32");
  Value sum;
  for (size_t tap = 0; tap < taps.front().indices.size(); ++tap) {
    SmallVector<int64_t> indices;
    for (const Taps &at : taps)
      indices.push_back(at.indices[tap]);
    Value picked = build.pick(value, axis, indices);
    Value weights = weightsAlong(math, taps, tap, rankOf(value), axis);
    Value product = math("multiply", {picked, weights});
    sum = sum ? math("add", {sum, product}) : product;
  }
  return sum;
}

/// The axis last, times a matrix of weights.
static Value productWithTaps(StructuredBuilder &build, Value value,
                             ArrayRef<Taps> taps, int64_t axis) {
  int64_t rank = rankOf(value), input = shapeOf(value)[axis];
  int64_t output = static_cast<int64_t>(taps.size());
  SmallVector<double> matrix(input * output, 0);
  for (int64_t place = 0; place < output; ++place)
    for (auto [index, weight] :
         llvm::zip(taps[place].indices, taps[place].weights))
      matrix[index * output + place] += weight;
  Shape order = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::swap(order[axis], order[rank - 1]);
  Value last = build.transpose(value, order);
  Shape shape(shapeOf(last));
  int64_t rows = ir::tile::numElements(ArrayRef<int64_t>(shape).drop_back());
  Value product = build.contract(
      build.reshape(build.cast(last, build.f32()), {rows, input}),
      build.reals(build.f32(), {input, output}, matrix), build.f32());
  shape.back() = output;
  return build.transpose(build.reshape(product, shape), order);
}

static Value replaceOutside(const OnnxNode &node, StructuredBuilder &build,
                            Value value, ArrayRef<Taps> taps, int64_t axis) {
  SmallVector<int64_t> inside;
  for (const Taps &at : taps)
    inside.push_back(!at.outside);
  if (!llvm::is_contained(inside, 0))
    return value;
  Value mask = build.integers(build.boolean(),
                              {static_cast<int64_t>(inside.size())}, inside);
  Value fill =
      build.scalar(elementOf(value), node.real("extrapolation_value", 0));
  return build.select(build.alongAxis(mask, rankOf(value), axis), value, fill);
}

static Value resizeAlong(const OnnxNode &node, StructuredBuilder &build,
                         Value value, const ResizeAxis &resize) {
  SmallVector<Taps> taps;
  for (int64_t place = 0; place < resize.output; ++place)
    taps.push_back(tapsAt(node, resize, place));
  if (taps.empty())
    return build.slice(value, resize.axis, 0, 0);
  Value result;
  if (node.text("mode", "nearest") == "nearest") {
    SmallVector<int64_t> indices;
    for (const Taps &at : taps)
      indices.push_back(at.indices.front());
    result = build.pick(value, resize.axis, indices);
  } else if (taps.front().indices.size() > maxTaps &&
             !elementOf(value).isF64()) { // Which the array does not multiply.
    result = productWithTaps(build, value, taps, resize.axis);
  } else {
    result = sumOfTaps(build, value, taps, resize.axis);
  }
  return replaceOutside(node, build, result, taps, resize.axis);
}

static Values lowerResize(const OnnxNode &node, StructuredBuilder &build) {
  bool crops = node.text("coordinate_transformation_mode", "half_pixel") ==
               "tf_crop_and_resize";
  Value value = node.input(0);
  for (const ResizeAxis &resize : axesToResize(node))
    if (crops || resize.scale != 1 || resize.input != resize.output)
      value = resizeAlong(node, build, value, resize);
  return {build.cast(value, node.resultElement())};
}

static bool hasElements(const OnnxNode &node) {
  return !llvm::is_contained(node.shape(0), 0);
}

void addResizes(LoweringRegistry &registry) {
  registry.add(
      "Resize", lowerResize,
      {{"the region of interest must be known when compiling", isKnown<1>},
       {"the scales must be known when compiling", isKnown<2>},
       {"the sizes must be known when compiling", isKnown<3>},
       {"an empty tensor cannot be resized", hasElements}});
}

} // namespace tilicho::compiler
