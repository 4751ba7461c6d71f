// SPDX-License-Identifier: Apache-2.0
// Unique of operators with fixed shapes.
#include "dialects/Onnx/Transforms/RowMaker.h"
#include "dialects/Onnx/Transforms/RowSources.h"

using namespace mlir;

namespace tilicho::ir::onnx {

/// Sorts that one operation may become, one for each element of a row.
static constexpr int64_t maxSorts = 256;

/// The dimension whose slices are compared; none where all elements are.
static std::optional<int64_t> comparedDim(UniqueOp op) {
  auto axis = op.getAxis();
  auto type = dyn_cast<RankedTensorType>(op.getX().getType());
  if (!axis || !type)
    return std::nullopt;
  return *axis < 0 ? *axis + type.getRank() : *axis;
}

static SmallVector<int64_t, 4> dimsOfUnique(Operation *op) {
  auto unique = cast<UniqueOp>(op);
  return {comparedDim(unique).value_or(0),
          isAbsent(unique.getIndices()) ? -1 : 0, -1,
          isAbsent(unique.getCounts()) ? -1 : 0};
}

static RowSource describeUnique(Operation *op) {
  auto unique = cast<UniqueOp>(op);
  auto dim = comparedDim(unique);
  ArrayRef<int64_t> shape = shapeOf(unique.getX());
  int64_t elements = ShapedType::getNumElements(shape);
  RowSource source = {dim ? shape[*dim] : elements, dimsOfUnique(op),
                      /*isPadded=*/false};
  if (dim && shape[*dim] > 0 && elements / shape[*dim] > maxSorts)
    source.problem = "what it compares has more than " +
                     std::to_string(maxSorts) + " elements";
  return source;
}

namespace {
/// Rows are sorted, and the first of each group of equal ones is kept.
class UniqueMaker {
public:
  UniqueMaker(UniqueOp op, int64_t most)
      : op(op), most(most), make(op), dim(comparedDim(op)) {
    ArrayRef<int64_t> shape = shapeOf(op.getX());
    count = dim ? shape[*dim] : ShapedType::getNumElements(shape);
    data = dim ? op.getX() : make.reshape(op.getX(), count);
    rows = data;
    if (!dim)
      return;
    SmallVector<int64_t> order = {*dim};
    for (int64_t other = 0; other < int64_t(shape.size()); ++other)
      if (other != *dim)
        order.push_back(other);
    rows = make.transpose(data, order);
    width = count ? ShapedType::getNumElements(shape) / count : 1;
    rows = make.reshape(rows, {count, width});
  }

  MadeRows run();

private:
  void sort();
  /// Which sorted rows are not equal to the one before.
  Value findFirst();
  /// By the order of first occurrences.
  PlacesOp placesInData(Value first);
  Value ranksInData(PlacesOp groups, PlacesOp kept);
  Value zeros() { return make.filled(make.i32(), {count}, 0); }

  UniqueOp op;
  int64_t most;
  RowMaker make;
  std::optional<int64_t> dim;
  int64_t count = 0, width = 1;
  Value data, rows, sorted, order;
};
} // namespace

/// The last element of rows first: sorting is stable.
void UniqueMaker::sort() {
  if (!dim) {
    std::tie(sorted, order) = make.sort(rows);
    return;
  }
  for (int64_t column = width; column-- > 0;) {
    Value keys = make.gather(rows, make.number(make.i32(), double(column)), 1);
    if (order)
      keys = make.gather(keys, order, 0);
    Value found = make.sort(keys).second;
    order = order ? make.gather(order, found, 0) : found;
  }
  if (!order)
    order = make.cast(make.iota(count), make.i64());
  sorted = make.gather(rows, order, 0);
}

Value UniqueMaker::findFirst() {
  Value next = make.slice(sorted, 1, count - 1);
  Value before = make.slice(sorted, 0, count - 1);
  Value equal = make.math("Equal", {next, before}, make.boolean());
  Value differs = make.cast(make.math("Not", equal), make.i32());
  if (dim)
    differs = width ? make.reduce("ReduceMax", differs, 1)
                    : make.filled(make.i32(), {count - 1}, 0);
  return make.concat({make.filled(make.i32(), {1}, 1), differs}, 0);
}

PlacesOp UniqueMaker::placesInData(Value first) {
  return make.places(make.scatter(zeros(), order, first), count);
}

/// Of each sorted row, the number of its group by first occurrence.
Value UniqueMaker::ranksInData(PlacesOp groups, PlacesOp kept) {
  Value one = make.number(make.i32(), 1);
  Value firsts = make.gather(order, groups.getPlaces(), 0);
  Value group = make.math("Sub", {groups.getNumbers(), one});
  Value first = make.gather(firsts, group, 0);
  return make.gather(kept.getNumbers(), first, 0);
}

MadeRows UniqueMaker::run() {
  if (count == 0) {
    Value none = make.filled(make.i64(), {0}, 0);
    return {dim ? data : make.reshape(data, 0), none, none, none,
            make.number(make.i64(), 0)};
  }
  sort();
  Value first = findFirst();
  PlacesOp groups = make.places(first, count);
  Value places = make.gather(order, groups.getPlaces(), 0);
  Value ranks = groups.getNumbers(), number = groups.getCount();
  if (!op.getSorted()) {
    PlacesOp kept = placesInData(first);
    ranks = ranksInData(groups, kept);
    places = make.cast(kept.getPlaces(), make.i64());
  }
  places = make.slice(places, 0, most);
  ranks = make.math("Sub", {ranks, make.number(make.i32(), 1)});
  Value inverse = make.scatter(zeros(), order, ranks);
  Value counts = make.scatter(zeros(), inverse,
                              make.filled(make.i32(), {count}, 1), "add");
  counts = make.slice(counts, 0, most);
  return {make.gather(data, places, dim.value_or(0)), places,
          make.cast(inverse, make.i64()), make.cast(counts, make.i64()),
          number};
}

static MadeRows makeUnique(Operation *op, int64_t most) {
  return UniqueMaker(cast<UniqueOp>(op), most).run();
}

const RowOperator uniqueRows = {
    "Unique", "what is compared along an axis has at most 256 elements",
    dimsOfUnique, describeUnique, makeUnique};

} // namespace tilicho::ir::onnx
