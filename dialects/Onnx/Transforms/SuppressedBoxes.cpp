// SPDX-License-Identifier: Apache-2.0
// NonMaxSuppression as a loop of fixed shapes.
#include "dialects/Onnx/Transforms/RowMaker.h"
#include "dialects/Onnx/Transforms/RowSources.h"

#include <limits>

using namespace mlir;

namespace tilicho::ir::onnx {

static SmallVector<int64_t, 4> dimsOfSuppression(Operation *) { return {0}; }

/// Boxes of a class that can be selected: all of them, unless it is known that
/// there are fewer.
static int64_t mostOfClass(NonMaxSuppressionOp op) {
  int64_t boxes = shapeOf(op.getBoxes())[1];
  if (isAbsent(op.getMaxOutputBoxesPerClass()))
    return 0;
  auto most = dyn_cast_or_null<DenseIntElementsAttr>(
      getConstantValue(op.getMaxOutputBoxesPerClass()));
  if (!most || most.getNumElements() != 1)
    return boxes;
  int64_t known = (*most.getValues<APInt>().begin()).getSExtValue();
  return std::clamp<int64_t>(known, 0, boxes);
}

static RowSource describeSuppression(Operation *op) {
  auto suppression = cast<NonMaxSuppressionOp>(op);
  ArrayRef<int64_t> scores = shapeOf(suppression.getScores());
  return {scores[0] * scores[1] * mostOfClass(suppression), {0}};
}

namespace {
/// A box's edges, each of [batches, classes or 1, boxes or 1].
struct Edges {
  Value top, left, bottom, right;
};

/// All batches and classes at once: each iteration selects the best of the
/// boxes that are left in each, and drops those that overlap it.
class Suppressor {
public:
  Suppressor(NonMaxSuppressionOp op, int64_t most)
      : op(op), most(most), make(op), f32(make.builder.getF32Type()),
        batches(shapeOf(op.getScores())[0]),
        classes(shapeOf(op.getScores())[1]), boxes(shapeOf(op.getScores())[2]),
        slots(mostOfClass(op)) {}

  MadeRows run();

private:
  using Values = SmallVector<Value>;

  Value number(double value) { return make.number(f32, value); }
  Value both(Value a, Value b) { return make.math("And", {a, b}); }
  Value exceeds(Value a, Value b) {
    return make.math("Greater", {a, b}, make.boolean());
  }
  Value anyOf(Value flags, int64_t axis) {
    return make.cast(make.reduce("ReduceMax", make.cast(flags, f32), axis),
                     make.boolean());
  }

  Value coordinate(int64_t index);
  Edges edgesOfAll();
  Edges edgesOf(Value hit);
  Value area(const Edges &edges);
  Value overlaps(const Edges &best);
  Value isAnyLeft(Value left);
  Values iterate(Value number, Value left, Value selected);
  Value loop(Value left, Value selected);
  Value rowsOf(Value places, Value selected);

  NonMaxSuppressionOp op;
  int64_t most;
  RowMaker make;
  Type f32;
  int64_t batches, classes, boxes, slots;
  Edges all;
  Value areas, threshold;
};
} // namespace

Value Suppressor::coordinate(int64_t index) {
  Value column =
      make.gather(op.getBoxes(), make.number(make.i32(), double(index)), 2);
  return make.reshape(column, {batches, 1, boxes});
}

/// Given as y, x of two corners, any two, or as x, y of the center and sizes.
Edges Suppressor::edgesOfAll() {
  Value first = coordinate(0), second = coordinate(1);
  Value third = coordinate(2), fourth = coordinate(3);
  if (op.getCenterPointBox() == 0)
    return {
        make.math("Min", {first, third}), make.math("Min", {second, fourth}),
        make.math("Max", {first, third}), make.math("Max", {second, fourth})};
  Value width = make.math("Div", {third, number(2)});
  Value height = make.math("Div", {fourth, number(2)});
  return {make.math("Sub", {second, height}), make.math("Sub", {first, width}),
          make.math("Add", {second, height}), make.math("Add", {first, width})};
}

/// Of the one box of each class that was hit.
Edges Suppressor::edgesOf(Value hit) {
  auto pick = [&](Value edge) {
    Value one = make.math("Where", {hit, edge, number(0)});
    return make.reshape(make.reduce("ReduceSum", one, 2),
                        {batches, classes, 1});
  };
  return {pick(all.top), pick(all.left), pick(all.bottom), pick(all.right)};
}

Value Suppressor::area(const Edges &edges) {
  return make.math("Mul", {make.math("Sub", {edges.bottom, edges.top}),
                           make.math("Sub", {edges.right, edges.left})});
}

/// Whether the intersection's share of the union is above the threshold; boxes
/// without an area overlap nothing.
Value Suppressor::overlaps(const Edges &best) {
  Value zero = number(0);
  Value height = make.math("Sub", {make.math("Min", {all.bottom, best.bottom}),
                                   make.math("Max", {all.top, best.top})});
  Value width = make.math("Sub", {make.math("Min", {all.right, best.right}),
                                  make.math("Max", {all.left, best.left})});
  Value shared = make.math("Mul", {height, width});
  Value ofBest = area(best);
  Value whole = make.math("Sub", {make.math("Add", {ofBest, areas}), shared});
  Value isLarge = exceeds(make.math("Div", {shared, whole}), threshold);
  for (Value positive : {height, width, areas, ofBest, whole})
    isLarge = both(isLarge, exceeds(positive, zero));
  return isLarge;
}

Value Suppressor::isAnyLeft(Value left) {
  return make.reshape(anyOf(make.reshape(left, batches * classes * boxes), 0),
                      {});
}

/// What is left and what is selected after the iteration.
Suppressor::Values Suppressor::iterate(Value slot, Value left, Value selected) {
  Value lowest = number(-std::numeric_limits<float>::infinity());
  Value scores = make.math("Where", {left, op.getScores(), lowest});
  Value best =
      make.make("ArgMax", scores,
                RankedTensorType::get({batches, classes, 1}, make.i64()),
                {make.axis(2), make.attribute("keepdims", 1),
                 make.attribute("select_last_index", 0)});
  best = make.cast(best, make.i32());
  Value isBest =
      both(make.math("Equal", {make.iota(boxes), best}, make.boolean()), left);
  Value isFound = make.reshape(anyOf(isBest, 2), {batches, classes, 1});
  Value dropped = make.math("Or", {isBest, overlaps(edgesOf(isBest))});
  Value isSlot = make.math("Equal", {make.iota(slots), slot}, make.boolean());
  return {both(left, make.math("Not", dropped)),
          make.math("Where", {both(isFound, isSlot), best, selected})};
}

/// As often as there are boxes to be selected, and while any are left.
Value Suppressor::loop(Value left, Value selected) {
  Value count =
      make.math("Min", {make.reshape(op.getMaxOutputBoxesPerClass(), {}),
                        make.number(make.i64(), double(slots))});
  Value condition = isAnyLeft(left);
  OperationState state(make.loc, LoopOp::getOperationName());
  state.addOperands({count, condition, left, selected});
  state.addTypes({left.getType(), selected.getType()});
  auto *body = new Block();
  state.addRegion()->push_back(body);
  for (Type type : {count.getType(), condition.getType(), left.getType(),
                    selected.getType()})
    body->addArgument(type, make.loc);
  OpBuilder::InsertionGuard guard(make.builder);
  make.builder.setInsertionPointToEnd(body);
  Values next = iterate(make.cast(body->getArgument(0), make.i32()),
                        body->getArgument(2), body->getArgument(3));
  YieldOp::create(make.builder, make.loc,
                  Values{isAnyLeft(next[0]), next[0], next[1]});
  make.builder.setInsertionPoint(op);
  return make.builder.create(state)->getResult(1);
}

/// Batch, class and box of each place in what is selected.
Value Suppressor::rowsOf(Value places, Value selected) {
  auto integer = [&](int64_t value) {
    return make.number(make.i32(), double(value));
  };
  Value group = make.math("Div", {places, integer(slots)});
  Value batch = make.math("Div", {group, integer(classes)});
  Value ofBatch = make.math("Mod", {group, integer(classes)});
  Value flat = make.reshape(selected, batches * classes * slots);
  Value box = make.math("Max", {make.gather(flat, places, 0), integer(0)});
  Values columns;
  for (Value column : {batch, ofBatch, box})
    columns.push_back(make.reshape(column, {most, 1}));
  return make.cast(make.concat(columns, 1), make.i64());
}

MadeRows Suppressor::run() {
  if (batches * classes * slots == 0)
    return {make.filled(make.i64(), {most, 3}, 0), make.number(make.i64(), 0)};
  all = edgesOfAll();
  areas = area(all);
  threshold = isAbsent(op.getIouThreshold())
                  ? number(0)
                  : make.reshape(op.getIouThreshold(), {});
  Value left =
      isAbsent(op.getScoreThreshold())
          ? make.filled(make.boolean(), {batches, classes, boxes}, 1)
          : exceeds(op.getScores(), make.reshape(op.getScoreThreshold(), {}));
  Value selected = make.filled(make.i32(), {batches, classes, slots}, -1);
  selected = loop(left, selected);
  PlacesOp kept = make.places(make.math("GreaterOrEqual",
                                        {selected, make.number(make.i32(), 0)},
                                        make.boolean()),
                              most);
  return {rowsOf(kept.getPlaces(), selected), kept.getCount()};
}

static MadeRows makeSuppression(Operation *op, int64_t most) {
  return Suppressor(cast<NonMaxSuppressionOp>(op), most).run();
}

const RowOperator suppressedRows = {"NonMaxSuppression", "", dimsOfSuppression,
                                    describeSuppression, makeSuppression};

} // namespace tilicho::ir::onnx
