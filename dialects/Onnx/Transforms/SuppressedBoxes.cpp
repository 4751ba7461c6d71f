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
/// Boxes' edges and areas, each of [batches, classes or 1, boxes or 1]. Of
/// boxes without an area the right edge is the left one, so that they overlap
/// nothing.
struct Boxes {
  Value top, left, bottom, right, area;
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
  Value integer(int64_t value) {
    return make.number(make.i32(), double(value));
  }
  Value exceeds(Value a, Value b) {
    return make.math("Greater", {a, b}, make.boolean());
  }
  Value difference(Value a, Value b) { return make.math("Sub", {a, b}); }
  Value isAny(Value flags);
  Value inGroups(Value value) {
    return make.reshape(value, {batches, classes, 1});
  }

  Value coordinate(int64_t index);
  Boxes readBoxes();
  Value tableOf(const Boxes &given);
  Boxes bestBoxes(Value best);
  Value overlaps(const Boxes &best);
  Values iterate(Value slot, Value left, Value selected);
  Value loop(Value left, Value selected);
  Value rowsOf(Value places, Value selected);
  void readScores();

  NonMaxSuppressionOp op;
  int64_t most;
  RowMaker make;
  Type f32;
  int64_t batches, classes, boxes, slots;
  Boxes all;
  Value table, threshold, scores;
};
} // namespace

Value Suppressor::isAny(Value flags) {
  Value numbers = make.cast(flags, f32);
  numbers = make.reshape(numbers, ShapedType::getNumElements(shapeOf(flags)));
  return make.cast(make.reduce("ReduceMax", numbers, 0), make.boolean());
}

Value Suppressor::coordinate(int64_t index) {
  Value column = make.gather(op.getBoxes(), integer(index), 2);
  return make.reshape(column, {batches, 1, boxes});
}

/// Given as y, x of two corners, any two, or as x, y of the center and sizes.
Boxes Suppressor::readBoxes() {
  Value first = coordinate(0), second = coordinate(1);
  Value third = coordinate(2), fourth = coordinate(3);
  Boxes result;
  if (op.getCenterPointBox() == 0) {
    result = {make.math("Min", {first, third}),
              make.math("Min", {second, fourth}),
              make.math("Max", {first, third}),
              make.math("Max", {second, fourth}), Value()};
  } else {
    Value width = make.math("Div", {third, number(2)});
    Value height = make.math("Div", {fourth, number(2)});
    result = {difference(second, height), difference(first, width),
              make.math("Add", {second, height}),
              make.math("Add", {first, width}), Value()};
  }
  result.area = make.math("Mul", {difference(result.bottom, result.top),
                                  difference(result.right, result.left)});
  result.right = make.math(
      "Where", {exceeds(result.area, number(0)), result.right, result.left});
  return result;
}

/// A row for each box.
Value Suppressor::tableOf(const Boxes &given) {
  Values columns;
  for (Value column :
       {given.top, given.left, given.bottom, given.right, given.area})
    columns.push_back(make.reshape(column, {batches * boxes, 1}));
  return make.concat(columns, 1);
}

/// The one box of each class, by its number.
Boxes Suppressor::bestBoxes(Value best) {
  Value first = make.math("Mul", {make.iota(batches), integer(boxes)});
  Value place = make.math("Add", {best, make.reshape(first, {batches, 1, 1})});
  Value rows = make.gather(table, make.reshape(place, {batches * classes}), 0);
  auto column = [&](int64_t index) {
    return inGroups(make.gather(rows, integer(index), 1));
  };
  return {column(0), column(1), column(2), column(3), column(4)};
}

/// Whether the intersection's share of the union is above the threshold. The
/// union is never 0 where there is an intersection.
Value Suppressor::overlaps(const Boxes &best) {
  auto extent = [&](Value low, Value bestLow, Value high, Value bestHigh) {
    Value size = difference(make.math("Min", {high, bestHigh}),
                            make.math("Max", {low, bestLow}));
    return make.math("Max", {size, number(0)});
  };
  Value shared =
      make.math("Mul", {extent(all.top, best.top, all.bottom, best.bottom),
                        extent(all.left, best.left, all.right, best.right)});
  Value both = make.math("Add", {best.area, all.area});
  return exceeds(make.math("Div", {shared, difference(both, shared)}),
                 threshold);
}

/// A box that is left is better than those that are not.
void Suppressor::readScores() {
  scores = op.getScores();
  if (isAbsent(op.getScoreThreshold()))
    scores = make.math("Max",
                       {scores, number(std::numeric_limits<float>::lowest())});
}

/// Whether anything was selected, and what is left and selected then.
Suppressor::Values Suppressor::iterate(Value slot, Value left, Value selected) {
  int64_t groups = batches * classes;
  Value lowest = number(-std::numeric_limits<float>::infinity());
  Value eligible = make.math("Where", {left, scores, lowest});
  Value best =
      make.make("ArgMax", eligible,
                RankedTensorType::get({batches, classes, 1}, make.i64()),
                {make.axis(2), make.attribute("keepdims", 1),
                 make.attribute("select_last_index", 0)});
  best = make.cast(best, make.i32());
  Value first = make.math("Mul", {make.iota(groups), integer(boxes)});
  Value place = make.math("Add", {make.reshape(best, {groups}), first});
  Value isFound = make.gather(make.reshape(left, {groups * boxes}), place, 0);
  Value isBest = make.math("Equal", {make.iota(boxes), best}, make.boolean());
  Value dropped = make.math("Or", {isBest, overlaps(bestBoxes(best))});
  Value isSlot = make.math("Equal", {make.iota(slots), slot}, make.boolean());
  isSlot = make.math("And", {inGroups(isFound), isSlot});
  return {isAny(isFound), make.math("And", {left, make.math("Not", dropped)}),
          make.math("Where", {isSlot, best, selected})};
}

/// As often as there are boxes to be selected, and while some were.
Value Suppressor::loop(Value left, Value selected) {
  Value count =
      make.math("Min", {make.reshape(op.getMaxOutputBoxesPerClass(), {}),
                        make.number(make.i64(), double(slots))});
  Value condition = isAny(left);
  OperationState state(make.loc, LoopOp::getOperationName());
  state.addOperands({count, condition, left, selected});
  state.addTypes({left.getType(), selected.getType()});
  auto *body = new Block();
  state.addRegion()->push_back(body);
  for (Type type : {count.getType(), condition.getType(), left.getType(),
                    selected.getType()})
    body->addArgument(type, make.loc);
  make.builder.setInsertionPointToEnd(body);
  Values next = iterate(make.cast(body->getArgument(0), make.i32()),
                        body->getArgument(2), body->getArgument(3));
  YieldOp::create(make.builder, make.loc, next);
  make.builder.setInsertionPoint(op);
  return make.builder.create(state)->getResult(1);
}

/// Batch, class and box of each place in what is selected.
Value Suppressor::rowsOf(Value places, Value selected) {
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
  all = readBoxes();
  readScores();
  table = tableOf(all);
  threshold = number(0);
  if (!isAbsent(op.getIouThreshold()))
    threshold =
        make.math("Max", {make.reshape(op.getIouThreshold(), {}), threshold});
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
