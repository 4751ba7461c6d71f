// SPDX-License-Identifier: Apache-2.0
// The moves of the builder of structured operators.
#include "lib/Conversion/OnnxToTile/StructuredBuilder.h"

#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace tilicho::ir::tile;

namespace tilicho::compiler {

/// From how many runs on a gather is better than pieces side by side.
static constexpr size_t maxRuns = 8;

static Shape zeros(int64_t count) { return Shape(count, 0); }
static Shape ones(int64_t count) { return Shape(count, 1); }

static Shape identityOrder(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

Value StructuredBuilder::reshape(Value value, ArrayRef<int64_t> shape) {
  if (shapeOf(value) == shape)
    return value;
  return ReshapeOp::create(
      builder, loc, RankedTensorType::get(shape, elementOf(value)), value);
}

Value StructuredBuilder::restride(Value value, ArrayRef<int64_t> starts,
                                  ArrayRef<int64_t> dims,
                                  ArrayRef<int64_t> steps,
                                  ArrayRef<int64_t> shape) {
  bool same = shapeOf(value) == shape &&
              llvm::all_of(starts, [](int64_t s) { return s == 0; });
  for (auto [index, dim] : llvm::enumerate(dims))
    same &= dim == static_cast<int64_t>(index) &&
            (steps[index] == 1 || shape[index] == 1);
  if (same)
    return value;
  return RestrideOp::create(builder, loc,
                            RankedTensorType::get(shape, elementOf(value)),
                            value, starts, dims, steps);
}

Value StructuredBuilder::transpose(Value value, ArrayRef<int64_t> order) {
  Shape shape;
  for (int64_t dim : order)
    shape.push_back(shapeOf(value)[dim]);
  return restride(value, zeros(order.size()), order, ones(order.size()), shape);
}

Value StructuredBuilder::slice(Value value, int64_t axis, int64_t start,
                               int64_t count, int64_t step) {
  int64_t rank = rankOf(value);
  Shape starts = zeros(rank), steps = ones(rank), shape(shapeOf(value));
  starts[axis] = count == 0 ? 0 : start;
  steps[axis] = step;
  shape[axis] = count;
  return restride(value, starts, identityOrder(rank), steps, shape);
}

Value StructuredBuilder::broadcast(Value value, ArrayRef<int64_t> shape) {
  ArrayRef<int64_t> from = shapeOf(value);
  int64_t added = static_cast<int64_t>(shape.size() - from.size());
  Shape dims;
  for (int64_t dim = 0; dim < static_cast<int64_t>(shape.size()); ++dim) {
    bool repeats = dim < added || from[dim - added] != shape[dim];
    dims.push_back(repeats ? -1 : dim - added);
  }
  return restride(value, zeros(from.size()), dims, ones(shape.size()), shape);
}

Value StructuredBuilder::alongAxis(Value value, int64_t rank, int64_t axis) {
  Shape shape = ones(rank);
  shape[axis] = numElements(shapeOf(value));
  return reshape(value, shape);
}

Value StructuredBuilder::insertDim(Value value, int64_t axis) {
  Shape shape(shapeOf(value));
  shape.insert(shape.begin() + axis, 1);
  return reshape(value, shape);
}

Value StructuredBuilder::concat(ArrayRef<Value> pieces, int64_t axis) {
  if (pieces.size() == 1)
    return pieces.front();
  Shape shape(shapeOf(pieces.front())), offsets;
  shape[axis] = 0;
  for (Value piece : pieces) {
    Shape offset = zeros(shape.size());
    offset[axis] = shape[axis];
    offsets.append(offset);
    shape[axis] += shapeOf(piece)[axis];
  }
  Type element = elementOf(pieces.front());
  return AssembleOp::create(builder, loc, RankedTensorType::get(shape, element),
                            pieces, offsets, ones(offsets.size()), TypedAttr());
}

Value StructuredBuilder::pad(Value value, ArrayRef<int64_t> low,
                             ArrayRef<int64_t> high, TypedAttr fill) {
  int64_t rank = rankOf(value);
  Shape shape(shapeOf(value)), offsets, starts = zeros(rank), inner = shape;
  for (int64_t dim = 0; dim < rank; ++dim) {
    starts[dim] = std::max<int64_t>(0, -low[dim]);
    inner[dim] =
        std::max<int64_t>(0, shape[dim] + std::min<int64_t>(0, low[dim]) +
                                 std::min<int64_t>(0, high[dim]));
    offsets.push_back(std::max<int64_t>(0, low[dim]));
    shape[dim] += low[dim] + high[dim];
  }
  if (llvm::is_contained(inner, 0))
    return broadcast(constant(DenseElementsAttr::get(
                         RankedTensorType::get(ones(rank), elementOf(value)),
                         Attribute(fill))),
                     shape);
  Value cropped =
      restride(value, starts, identityOrder(rank), ones(rank), inner);
  if (inner == shape)
    return cropped;
  return AssembleOp::create(builder, loc,
                            RankedTensorType::get(shape, elementOf(value)),
                            cropped, offsets, ones(rank), fill);
}

Value StructuredBuilder::take(Value data, Value indices, int64_t axis) {
  Shape shape(shapeOf(data).take_front(axis));
  llvm::append_range(shape, shapeOf(indices));
  llvm::append_range(shape, shapeOf(data).drop_front(axis + 1));
  return TakeOp::create(builder, loc,
                        RankedTensorType::get(shape, elementOf(data)), data,
                        indices, axis);
}

Value StructuredBuilder::takeElements(Value data, Value indices, int64_t axis) {
  return TakeElementsOp::create(
      builder, loc, RankedTensorType::get(shapeOf(indices), elementOf(data)),
      data, indices, axis);
}

static StringAttr reductionAttr(OpBuilder &builder, StringRef reduction) {
  return reduction.empty() ? StringAttr() : builder.getStringAttr(reduction);
}

Value StructuredBuilder::put(Value data, Value indices, Value updates,
                             StringRef reduction) {
  return PutOp::create(builder, loc, data.getType(), data, indices, updates,
                       reductionAttr(builder, reduction));
}

Value StructuredBuilder::putElements(Value data, Value indices, Value updates,
                                     int64_t axis, StringRef reduction) {
  return PutElementsOp::create(builder, loc, data.getType(), data, indices,
                               updates, axis,
                               reductionAttr(builder, reduction));
}

namespace {
struct Run {
  int64_t start, count, step;
};
} // namespace

/// Splits a list into the longest runs of one step.
static SmallVector<Run> runsOf(ArrayRef<int64_t> indices) {
  SmallVector<Run> runs;
  for (int64_t index : indices) {
    if (!runs.empty()) {
      Run &last = runs.back();
      int64_t step = index - (last.start + (last.count - 1) * last.step);
      if (last.count == 1)
        last.step = step;
      if (step == last.step) {
        ++last.count;
        continue;
      }
    }
    runs.push_back({index, 1, 1});
  }
  return runs;
}

/// One run as a restride; a step of 0 repeats.
static Value pickRun(StructuredBuilder &build, Value value, int64_t axis,
                     const Run &run) {
  if (run.step != 0)
    return build.slice(value, axis, run.start, run.count, run.step);
  Value one = build.slice(value, axis, run.start, 1);
  Shape shape(shapeOf(one));
  shape[axis] = run.count;
  return build.broadcast(one, shape);
}

/// `indices` as every element `factor` times, from the first to the last.
static int64_t repeatFactor(ArrayRef<int64_t> indices, int64_t extent) {
  int64_t count = static_cast<int64_t>(indices.size());
  if (extent == 0 || count % extent)
    return 0;
  int64_t factor = count / extent;
  for (int64_t i = 0; i < count; ++i)
    if (indices[i] != i / factor)
      return 0;
  return factor;
}

/// Repeats each element along `axis`.
static Value repeatEach(StructuredBuilder &build, Value value, int64_t axis,
                        int64_t factor) {
  Value split = build.insertDim(value, axis + 1);
  Shape repeated(shapeOf(split)), merged(shapeOf(value));
  repeated[axis + 1] = factor;
  merged[axis] *= factor;
  return build.reshape(build.broadcast(split, repeated), merged);
}

Value StructuredBuilder::pick(Value value, int64_t axis,
                              ArrayRef<int64_t> indices) {
  int64_t factor = repeatFactor(indices, shapeOf(value)[axis]);
  if (factor > 1)
    return repeatEach(*this, value, axis, factor);
  SmallVector<Run> runs = runsOf(indices);
  if (runs.size() > maxRuns)
    return take(
        value, integers(i32(), {static_cast<int64_t>(indices.size())}, indices),
        axis);
  if (runs.empty())
    return slice(value, axis, 0, 0);
  SmallVector<Value> pieces;
  for (const Run &run : runs)
    pieces.push_back(pickRun(*this, value, axis, run));
  return concat(pieces, axis);
}

} // namespace tilicho::compiler
