// SPDX-License-Identifier: Apache-2.0
// Gather, GatherElements, GatherND, Compress and OneHot.
#include "lib/Conversion/OnnxToTile/FlatIndices.h"

#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/OnnxToTile/Lowering.h"

using namespace mlir;
using tilicho::ir::tile::numElements;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// Tuples of indices as one index
//===----------------------------------------------------------------------===//

/// One index of each tuple, counted from the front; outside its extent it is
/// one that traps.
static Value checkedIndex(Arithmetic &math, Value index, int64_t extent) {
  StructuredBuilder &build = math.build;
  Value size = math.number(static_cast<double>(extent));
  Value negative = math.into(build.boolean(), "lt", {index, math.number(0)});
  Value wrapped = math("add", {index, size});
  Value front = math("select", {negative, wrapped, index});
  Value low = math.into(build.boolean(), "ge", {front, math.number(0)});
  Value high = math.into(build.boolean(), "lt", {front, size});
  Value inside =
      build.elementwise("logical_and", {low, high}, "f32", build.boolean());
  Value far = math.number(static_cast<double>(int64_t(1) << 40));
  return math("select", {inside, front, far});
}

Value flatIndices(StructuredBuilder &build, Value tuples,
                  ArrayRef<int64_t> extents) {
  Arithmetic math(build, "i64");
  int64_t last = rankOf(tuples) - 1;
  Shape outer(shapeOf(tuples).drop_back());
  Value total;
  for (auto [place, extent] : llvm::enumerate(extents)) {
    Value index = build.reshape(build.slice(tuples, last, place, 1), outer);
    index = checkedIndex(math, build.cast(index, math.type), extent);
    int64_t inner = numElements(extents.drop_front(place + 1));
    if (inner != 1)
      index =
          math("multiply", {index, math.number(static_cast<double>(inner))});
    total = total ? math("add", {total, index}) : index;
  }
  return total;
}

//===----------------------------------------------------------------------===//
// Gathers
//===----------------------------------------------------------------------===//

/// Indices that are known and inside, counted from the front.
static std::optional<Shape> knownIndices(const OnnxNode &node, int64_t extent) {
  if (node.rank(1) > 1)
    return std::nullopt;
  std::optional<Shape> indices = node.constantIntegers(1);
  if (!indices)
    return std::nullopt;
  for (int64_t &index : *indices)
    index = fromFront(index, extent);
  return indices;
}

static Values lowerGather(const OnnxNode &node, StructuredBuilder &build) {
  int64_t axis = node.axis(0);
  if (auto indices = knownIndices(node, node.shape(0)[axis])) {
    Value picked = build.pick(node.input(0), axis, *indices);
    return {build.reshape(picked, node.resultShape())};
  }
  return {build.take(node.input(0), node.input(1), axis)};
}

static bool indicesAreInside(const OnnxNode &node) {
  std::optional<Shape> indices = node.constantIntegers(1);
  int64_t extent = node.shape(0)[node.axis(0)];
  return !indices || llvm::all_of(*indices, [&](int64_t index) {
    return index >= -extent && index < extent;
  });
}

Value sharedIndices(StructuredBuilder &build, Value indices, int64_t axis) {
  auto repeat = indices.getDefiningOp<ir::tile::RestrideOp>();
  int64_t count = shapeOf(indices)[axis];
  if (!repeat || numElements(shapeOf(repeat.getInput())) != count)
    return {};
  for (auto [place, extent] : llvm::enumerate(shapeOf(indices))) {
    bool isAxis = static_cast<int64_t>(place) == axis;
    if (extent != 1 && (repeat.getDims()[place] >= 0) != isAxis)
      return {};
    if (isAxis && extent != 1 && repeat.getSteps()[place] != 1)
      return {};
  }
  return build.reshape(repeat.getInput(), {count});
}

/// Whether indices along `axis` go over all of the other dimensions.
static bool areWhole(ArrayRef<int64_t> data, ArrayRef<int64_t> indices,
                     int64_t axis) {
  Shape rest(data), other(indices);
  rest[axis] = other[axis] = 1;
  return rest == other;
}

static Values lowerGatherElements(const OnnxNode &node,
                                  StructuredBuilder &build) {
  int64_t axis = node.axis(0);
  if (areWhole(node.shape(0), node.shape(1), axis))
    if (Value shared = sharedIndices(build, node.input(1), axis))
      return {build.take(node.input(0), shared, axis)};
  return {build.takeElements(node.input(0), node.input(1), node.axis(0))};
}

/// Batches are further leading indices, counted up.
static Value addBatches(StructuredBuilder &build, Value index,
                        ArrayRef<int64_t> batches, int64_t stride) {
  Arithmetic math(build, "i64");
  int64_t count = numElements(batches);
  Shape flat = {count};
  flat.push_back(count == 0 ? 0 : numElements(shapeOf(index)) / count);
  SmallVector<int64_t> offsets;
  for (int64_t batch = 0; batch < count; ++batch)
    offsets.push_back(batch * stride);
  Value offset = build.integers(build.i64(), {count, 1}, offsets);
  Value sum = math("add", {build.reshape(index, flat), offset});
  return build.reshape(sum, shapeOf(index));
}

static Values lowerGatherNd(const OnnxNode &node, StructuredBuilder &build) {
  int64_t batchDims = node.integer("batch_dims", 0);
  ArrayRef<int64_t> data = node.shape(0);
  int64_t tuple = node.shape(1).back();
  ArrayRef<int64_t> batches = data.take_front(batchDims);
  ArrayRef<int64_t> extents = data.slice(batchDims, tuple);
  ArrayRef<int64_t> rest = data.drop_front(batchDims + tuple);
  Value index = flatIndices(build, node.input(1), extents);
  if (batchDims > 0)
    index = addBatches(build, index, batches, numElements(extents));
  Shape flat = {numElements(batches) * numElements(extents)};
  flat.append(rest.begin(), rest.end());
  Value value = build.take(build.reshape(node.input(0), flat), index, 0);
  return {build.reshape(value, node.resultShape())};
}

static Values lowerCompress(const OnnxNode &node, StructuredBuilder &build) {
  std::optional<Shape> condition = node.constantIntegers(1);
  bool flattens = !node.operation()->hasAttr("axis");
  Value value = node.input(0);
  if (flattens)
    value = build.reshape(value, {numElements(node.shape(0))});
  SmallVector<int64_t> kept;
  for (auto [index, keeps] : llvm::enumerate(*condition))
    if (keeps)
      kept.push_back(static_cast<int64_t>(index));
  return {build.pick(value, flattens ? 0 : node.axis(0), kept)};
}

//===----------------------------------------------------------------------===//
// OneHot
//===----------------------------------------------------------------------===//

/// `on` where the place along the axis is the index; an index outside the depth
/// is nowhere.
static Values lowerOneHot(const OnnxNode &node, StructuredBuilder &build) {
  int64_t rank = node.resultType().getRank();
  int64_t axis = fromFront(node.integer("axis", -1), rank);
  int64_t depth = node.resultShape()[axis];
  Arithmetic math(build, "i64");
  Value index = build.insertDim(build.cast(node.input(0), math.type), axis);
  Value negative = math.into(build.boolean(), "lt", {index, math.number(0)});
  Value wrapped = math("add", {index, math.number(static_cast<double>(depth))});
  index = math("select", {negative, wrapped, index});
  Value places = build.iota(math.type, rank, axis, depth);
  Value hit = math.into(build.boolean(), "eq", {places, index});
  Value off = build.reshape(build.slice(node.input(2), 0, 0, 1), {});
  Value on = build.reshape(build.slice(node.input(2), 0, 1, 1), {});
  return {build.select(hit, on, off)};
}

void addGathers(LoweringRegistry &registry) {
  registry.add("Gather", lowerGather,
               Limit{"every index must lie within the axis", indicesAreInside});
  registry.add("GatherElements", lowerGatherElements);
  registry.add("GatherND", lowerGatherNd);
  registry.add("Compress", lowerCompress,
               Limit{"the condition must be known when compiling", isKnown<1>});
  registry.add("OneHot", lowerOneHot);
}

} // namespace tilicho::compiler
