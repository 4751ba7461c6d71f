// SPDX-License-Identifier: Apache-2.0
// ScatterElements, ScatterND and TensorScatter.
#include "lib/Conversion/OnnxToTile/FlatIndices.h"
#include "lib/Conversion/OnnxToTile/Lowering.h"

using namespace mlir;
using tilicho::ir::tile::numElements;

namespace tilicho::compiler {

/// ONNX's `none` is no reduction.
static StringRef reductionOf(const OnnxNode &node) {
  StringRef reduction = node.text("reduction", "none");
  return reduction == "none" ? StringRef() : reduction;
}

/// Slices along `axis`, the outermost dimension, where all elements of one have
/// the same index; null where they have not.
static Value putSlices(const OnnxNode &node, StructuredBuilder &build,
                       int64_t axis) {
  ArrayRef<int64_t> data = node.shape(0), updates = node.shape(2);
  if (numElements(data.take_front(axis)) != 1 ||
      numElements(updates.take_front(axis)) != 1 ||
      data.drop_front(axis + 1) != updates.drop_front(axis + 1))
    return {};
  Value shared = sharedIndices(build, node.input(1), axis);
  if (!shared)
    return {};
  Value put =
      build.put(build.reshape(node.input(0), data.drop_front(axis)), shared,
                build.reshape(node.input(2), updates.drop_front(axis)),
                reductionOf(node));
  return build.reshape(put, data);
}

static Values lowerScatterElements(const OnnxNode &node,
                                   StructuredBuilder &build) {
  if (Value put = putSlices(node, build, node.axis(0)))
    return {put};
  return {build.putElements(node.input(0), node.input(1), node.input(2),
                            node.axis(0), reductionOf(node))};
}

static Values lowerScatterNd(const OnnxNode &node, StructuredBuilder &build) {
  ArrayRef<int64_t> data = node.shape(0);
  int64_t tuple = node.shape(1).back();
  ArrayRef<int64_t> rest = data.drop_front(tuple);
  Value index = flatIndices(build, node.input(1), data.take_front(tuple));
  int64_t count = numElements(node.shape(1).drop_back());
  Shape flat = {numElements(data.take_front(tuple))}, updates = {count};
  llvm::append_range(flat, rest);
  llvm::append_range(updates, rest);
  Value put = build.put(
      build.reshape(node.input(0), flat), build.reshape(index, {count}),
      build.reshape(node.input(2), updates), reductionOf(node));
  return {build.reshape(put, data)};
}

/// Where the updates go along the axis, of batches x 1 x count x 1.
static Value placesOf(const OnnxNode &node, StructuredBuilder &build,
                      int64_t batches, int64_t count, int64_t extent) {
  Arithmetic math(build, "i64");
  Value place = build.iota(math.type, 4, 2, count);
  if (node.has(2)) {
    Value first =
        build.reshape(build.cast(node.input(2), math.type), {batches, 1, 1, 1});
    place = math("add", {place, first});
  }
  if (node.text("mode", "linear") == "circular")
    place = math("mod", {place, math.number(double(extent))});
  return place;
}

/// Rows of what lies behind the axis are put at batch, the dimensions before
/// the axis, and the place along it.
static Values lowerTensorScatter(const OnnxNode &node,
                                 StructuredBuilder &build) {
  ArrayRef<int64_t> data = node.shape(0);
  int64_t axis = node.axis(-2), count = node.shape(1)[axis];
  Shape extents = {data[0], numElements(data.slice(1, axis - 1)), data[axis]};
  int64_t inner = numElements(data.drop_front(axis + 1));
  Shape each = {extents[0], extents[1], count, 1};
  Value tuples = build.concat(
      {build.broadcast(build.iota(build.i64(), 4, 0, extents[0]), each),
       build.broadcast(build.iota(build.i64(), 4, 1, extents[1]), each),
       build.broadcast(placesOf(node, build, extents[0], count, extents[2]),
                       each)},
      3);
  int64_t rows = extents[0] * extents[1];
  Value index = flatIndices(build, tuples, extents);
  Value put = build.put(
      build.reshape(node.input(0), {rows * extents[2], inner}),
      build.reshape(index, {rows * count}),
      build.reshape(node.input(1), {rows * count, inner}), StringRef());
  return {build.reshape(put, data)};
}

static bool hasBatchBefore(const OnnxNode &node) { return node.axis(-2) > 0; }

void addScatters(LoweringRegistry &registry) {
  registry.add("Scatter", lowerScatterElements);
  registry.add("ScatterElements", lowerScatterElements);
  registry.add("ScatterND", lowerScatterNd);
  registry.add("TensorScatter", lowerTensorScatter,
               Limit{"the axis must not be the batch's", hasBatchBefore});
}

} // namespace tilicho::compiler
