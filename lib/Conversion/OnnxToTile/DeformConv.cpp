// SPDX-License-Identifier: Apache-2.0
// DeformConv: a product with what lies at places that are known at run time.
#include "lib/Conversion/OnnxToTile/Convolutions.h"
#include "lib/Conversion/OnnxToTile/Lowering.h"
#include "lib/Conversion/OnnxToTile/RowSampling.h"

using namespace mlir;
using tilicho::ir::tile::numElements;

namespace tilicho::compiler {

namespace {
class DeformedConvolution {
public:
  DeformedConvolution(const OnnxNode &node, StructuredBuilder &build)
      : node(node), build(build), math(build, node.element(0)),
        window(windowOf(node, node.shape(1).drop_front(2))),
        extents(node.shape(0).drop_front(2)),
        output(node.resultShape().drop_front(2)), batch(node.shape(0)[0]),
        channels(node.shape(0)[1]), group(node.integer("group", 1)),
        offsetGroup(node.integer("offset_group", 1)),
        taps(numElements(window.window)), places(numElements(output)) {}

  Value convolve();

private:
  Shape eachPlace() const { return {batch, offsetGroup, taps, places}; }
  Value anchors(int64_t axis);
  Value firstRows();
  Value sampled();
  Value columns();

  const OnnxNode &node;
  StructuredBuilder &build;
  Arithmetic math;
  Window window;
  ArrayRef<int64_t> extents, output;
  int64_t batch, channels, group, offsetGroup, taps, places;
};
} // namespace

/// Where the window's elements lie along an axis before they are moved, of
/// 1 x 1 x taps x places.
Value DeformedConvolution::anchors(int64_t axis) {
  int64_t innerTaps =
      numElements(ArrayRef<int64_t>(window.window).drop_front(axis + 1));
  int64_t innerPlaces = numElements(output.drop_front(axis + 1));
  SmallVector<double> ofTap, ofPlace;
  for (int64_t tap = 0; tap < taps; ++tap)
    ofTap.push_back(static_cast<double>(tap / innerTaps % window.window[axis] *
                                        window.dilations[axis]));
  for (int64_t place = 0; place < places; ++place)
    ofPlace.push_back(static_cast<double>(place / innerPlaces % output[axis] *
                                              window.strides[axis] -
                                          window.padLow[axis]));
  return math("add", {build.reals(math.type, {1, 1, taps, 1}, ofTap),
                      build.reals(math.type, {1, 1, 1, places}, ofPlace)});
}

/// The first row of each image and group of channels.
Value DeformedConvolution::firstRows() {
  int64_t plane = numElements(extents);
  SmallVector<int64_t> rows;
  for (int64_t image = 0; image < batch * offsetGroup; ++image)
    rows.push_back(image * plane);
  return build.integers(build.i32(), {batch, offsetGroup, 1, 1}, rows);
}

/// What lies at each place, of images x groups x taps x places by channels.
Value DeformedConvolution::sampled() {
  int64_t spatial = static_cast<int64_t>(extents.size());
  Value offsets =
      build.reshape(node.input(2), {batch, offsetGroup, taps, spatial, places});
  SmallVector<Taps> axes;
  for (int64_t axis = 0; axis < spatial; ++axis) {
    Value offset = build.reshape(build.slice(offsets, 3, axis, 1), eachPlace());
    axes.push_back(
        tapsInZeros(math, math("add", {anchors(axis), offset}), extents[axis]));
  }
  Value sum;
  for (Value product :
       weighRows(math, channelRows(build, node.input(0), offsetGroup),
                 firstRows(), axes, extents, eachPlace()))
    sum = sum ? math("add", {sum, product}) : product;
  if (!node.has(4))
    return sum;
  int64_t count = numElements(eachPlace());
  return math("multiply", {sum, build.reshape(node.input(4), {count, 1})});
}

/// That as a matrix for each image and group of the product: a row for each
/// place, a column for each element of the window and channel.
Value DeformedConvolution::columns() {
  int64_t perOffset = channels / offsetGroup, perGroup = channels / group;
  Value parted = build.reshape(math.as(node.element(0), sampled()),
                               {batch, offsetGroup, taps, places, perOffset});
  Value byPlace = build.reshape(build.transpose(parted, {0, 3, 2, 1, 4}),
                                {batch, places, taps, group, perGroup});
  return build.reshape(build.transpose(byPlace, {0, 3, 1, 2, 4}),
                       {batch, group, places, taps * perGroup});
}

Value DeformedConvolution::convolve() {
  int64_t filters = node.shape(1)[0], perGroup = channels / group;
  Value kernel =
      build.reshape(node.input(1), {group, filters / group, perGroup, taps});
  kernel = build.reshape(build.transpose(kernel, {0, 1, 3, 2}),
                         {group, filters / group, taps * perGroup});
  // With a bias the sum of products stays in f32 until that is added.
  Type element = node.has(3) ? build.f32() : node.resultElement();
  Value product = build.contract(kernel, columns(), element, /*transA=*/false,
                                 /*transB=*/true);
  Value result = build.reshape(product, node.resultShape());
  if (!node.has(3))
    return result;
  Value bias = build.alongAxis(node.input(3), node.rank(0), 1);
  return math.into(node.resultElement(), "add", {result, bias});
}

static Values lowerDeformConv(const OnnxNode &node, StructuredBuilder &build) {
  return {DeformedConvolution(node, build).convolve()};
}

static bool isMultiplied(const OnnxNode &node) {
  return isArrayElement(node.element(0));
}

static bool dividesChannels(const OnnxNode &node) {
  int64_t channels = node.shape(0)[1], group = node.integer("group", 1);
  int64_t offsetGroup = node.integer("offset_group", 1);
  return group > 0 && offsetGroup > 0 && channels % group == 0 &&
         channels % offsetGroup == 0 && node.shape(1)[0] % group == 0 &&
         node.shape(1)[1] * group == channels;
}

/// Whether there is an offset for each place, element of the window and axis.
static bool hasOffsets(const OnnxNode &node) {
  Shape shape = {node.shape(0)[0], 0};
  int64_t taps = numElements(node.shape(1).drop_front(2)) *
                 node.integer("offset_group", 1);
  llvm::append_range(shape, node.resultShape().drop_front(2));
  shape[1] = taps * (node.rank(0) - 2);
  if (node.shape(2) != ArrayRef<int64_t>(shape))
    return false;
  shape[1] = taps;
  return !node.has(4) || node.shape(4) == ArrayRef<int64_t>(shape);
}

void addDeformConv(LoweringRegistry &registry) {
  registry.add("DeformConv", lowerDeformConv,
               {{"the element type must be f32, f16 or bf16: cast the inputs",
                 isMultiplied},
                {"the groups must divide the channels, of which the weights "
                 "have those of one group",
                 dividesChannels},
                {"offsets and mask must have the result's places for each "
                 "element of the window",
                 hasOffsets}});
}

} // namespace tilicho::compiler
