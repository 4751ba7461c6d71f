// SPDX-License-Identifier: Apache-2.0
// Concat, Split and Slice, triangles, reversal.
#include "lib/Conversion/OnnxToTile/Lowering.h"

using namespace mlir;

namespace tilicho::compiler {

static Values lowerConcat(const OnnxNode &node, StructuredBuilder &build) {
  SmallVector<Value> pieces;
  int64_t axis =
      fromFront(node.integer("axis", 0), node.resultType().getRank());
  for (Value piece : node.operation()->getOperands())
    if (shapeOf(piece)[axis] != 0)
      pieces.push_back(piece);
  if (pieces.empty())
    return {node.input(0)};
  return {build.concat(pieces, axis)};
}

/// The results' types say how much each takes.
static Values lowerSplit(const OnnxNode &node, StructuredBuilder &build) {
  int64_t axis = node.axis(0), start = 0;
  Values results;
  for (unsigned index = 0; index < node.numResults(); ++index) {
    int64_t count = node.resultShape(index)[axis];
    results.push_back(build.slice(node.input(0), axis, start, count));
    start += count;
  }
  return results;
}

//===----------------------------------------------------------------------===//
// Slice
//===----------------------------------------------------------------------===//

static Shape sliceAxes(const OnnxNode &node, size_t count) {
  Shape axes = llvm::to_vector(llvm::seq<int64_t>(0, count));
  if (std::optional<Shape> known = node.constantIntegers(3))
    axes = *known;
  for (int64_t &axis : axes)
    axis = fromFront(axis, node.rank(0));
  return axes;
}

/// Start within the extent, as ONNX clamps it.
static int64_t clampStart(int64_t start, int64_t step, int64_t extent) {
  start = fromFront(start, extent);
  return step < 0 ? std::clamp<int64_t>(start, 0, extent - 1)
                  : std::clamp<int64_t>(start, 0, extent);
}

static Values lowerSlice(const OnnxNode &node, StructuredBuilder &build) {
  Shape starts = *node.constantIntegers(1);
  Shape axes = sliceAxes(node, starts.size());
  Shape steps(starts.size(), 1);
  if (std::optional<Shape> known = node.constantIntegers(4))
    steps = *known;
  int64_t rank = node.rank(0);
  Shape first(rank, 0), step(rank, 1),
      dims = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  for (auto [index, axis] : llvm::enumerate(axes)) {
    int64_t extent = node.shape(0)[axis];
    step[axis] = steps[index];
    if (node.resultShape()[axis] != 0)
      first[axis] = clampStart(starts[index], steps[index], extent);
  }
  return {build.restride(node.input(0), first, dims, step, node.resultShape())};
}

//===----------------------------------------------------------------------===//
// Trilu, ReverseSequence
//===----------------------------------------------------------------------===//

static Values lowerTrilu(const OnnxNode &node, StructuredBuilder &build) {
  ArrayRef<int64_t> shape = node.shape(0);
  int64_t rows = shape[shape.size() - 2], cols = shape.back();
  int64_t diagonal = node.has(1) ? node.constantIntegers(1)->front() : 0;
  bool upper = node.integer("upper", 1) != 0;
  SmallVector<int64_t> kept;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t col = 0; col < cols; ++col)
      kept.push_back(upper ? col - row >= diagonal : col - row <= diagonal);
  Value mask = build.integers(build.boolean(), {rows, cols}, kept);
  return {build.select(mask, node.input(0), build.scalar(node.element(0), 0))};
}

/// Index along time of each element: reversed up to its sequence's length.
static Value reversedTimes(const OnnxNode &node, StructuredBuilder &build,
                           int64_t batchAxis, int64_t timeAxis) {
  int64_t rank = node.rank(0);
  Value time = build.iota(build.i64(), rank, timeAxis, node.shape(0)[timeAxis]);
  Value length = build.alongAxis(node.input(1), rank, batchAxis);
  Arithmetic math(build, "i64");
  Value last = math("subtract", {length, math.number(1)});
  Value reversed = math("subtract", {last, time});
  Value inside = math.into(build.boolean(), "lt", {time, length});
  Value index = math("select", {inside, reversed, time});
  return build.broadcast(index, node.shape(0));
}

static Values lowerReverseSequence(const OnnxNode &node,
                                   StructuredBuilder &build) {
  int64_t batchAxis = node.integer("batch_axis", 1);
  int64_t timeAxis = node.integer("time_axis", 0);
  Value index = reversedTimes(node, build, batchAxis, timeAxis);
  return {build.takeElements(node.input(0), index, timeAxis)};
}

void addMoves(LoweringRegistry &registry) {
  registry.add("Concat", lowerConcat);
  registry.add("Split", lowerSplit);
  registry.add("Slice", lowerSlice,
               {{"the starts must be known when compiling", isKnown<1>},
                {"the axes must be known when compiling", isKnown<3>},
                {"the steps must be known when compiling", isKnown<4>}});
  registry.add(
      "Trilu", lowerTrilu,
      Limit{"the diagonal k must be known when compiling", isKnown<1>});
  registry.add("ReverseSequence", lowerReverseSequence);
}

} // namespace tilicho::compiler
