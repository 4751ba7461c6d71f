// SPDX-License-Identifier: Apache-2.0
// Finds what is computed for a recurrence alone and from its states alone.
#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/RecurrenceGroup.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"

#include "dialects/Tile/IR/KeptValues.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

std::optional<unsigned> recurrencePartDim(ArrayRef<int64_t> states,
                                          ArrayRef<int64_t> axes) {
  std::optional<unsigned> best;
  for (unsigned dim = 0; dim + 1 < states.size(); ++dim)
    if (!llvm::is_contained(axes, dim) &&
        (!best || states[dim] > states[*best]))
      best = dim;
  return best;
}

namespace {

class GroupMatcher {
public:
  GroupMatcher(tile::RecurrenceOp op, const Machine &machine, bool isMarked)
      : machine(machine), isMarked(isMarked) {
    group.recurrence = op;
  }

  RecurrenceGroup match() {
    takeIn(group.recurrence.getDecay(), group.recurrence);
    takeIn(group.recurrence.getFresh(), group.recurrence);
    matchAfter();
    return std::move(group);
  }

private:
  /// Whether an operation is in no other group.
  bool isFree(Operation *op) const {
    bool isInside = isInsideRowChain(op) || op->hasAttr(recurrenceEndName);
    return isInside == isMarked;
  }

  /// Element operations in f32 on floats that are done for `user` alone.
  bool isElement(Operation *op) const {
    auto element = dyn_cast_or_null<tile::ElementwiseOp>(op);
    return element && element.getCompute() == "f32" && !tile::isKept(op) &&
           !op->hasAttr(epilogueName) && isFree(op) &&
           op->getBlock() == group.recurrence->getBlock();
  }

  void takeIn(Value value, Operation *user) {
    Operation *op = value.getDefiningOp();
    if (!isElement(op) ||
        !llvm::all_of(value.getUsers(),
                      [&](Operation *other) { return other == user; }))
      return;
    for (Value operand : op->getOperands())
      takeIn(operand, op);
    group.elements.insert(op);
  }

  /// The only reader of a value that nothing else needs.
  Operation *onlyReader(Value value) const {
    if (!value.hasOneUse() || tile::isKept(value.getDefiningOp()))
      return nullptr;
    return *value.user_begin();
  }

  void matchAfter() {
    if (!group.recurrence.getLast().use_empty())
      return;
    Value value = group.recurrence.getStates();
    ArrayRef<int64_t> shape = Lowering::shapeOf(value);
    for (Operation *reader = onlyReader(value);
         isElement(reader) && Lowering::shapeOf(reader->getResult(0)) == shape;
         reader = onlyReader(value)) {
      for (Value operand : reader->getOperands())
        if (operand != value)
          takeIn(operand, reader);
      if (group.after)
        group.elements.insert(group.after);
      group.after = reader;
      value = reader->getResult(0);
    }
    if (group.after)
      matchSum();
    if (group.sum)
      group.elements.insert(group.after);
  }

  /// Sums that the array adds up, over dimensions that are not on partitions.
  void matchSum() {
    Value terms = group.after->getResult(0);
    auto sum = dyn_cast_or_null<tile::ReductionOp>(onlyReader(terms));
    bool isPlain = sum && sum.getOp() == "add" &&
                   sum.getElementOp() == "copy" && sum.getCompute() == "f32" &&
                   isa::isFloat(Lowering::dtypeOf(sum.getResult()));
    if (!isPlain || !machine.arrayPasses[Lowering::dtypeOf(terms)] ||
        !machine.act.reachesPsum)
      return;
    int64_t last = Lowering::shapeOf(terms).size() - 1;
    if (!llvm::is_contained(sum.getAxes(), last) &&
        recurrencePartDim(Lowering::shapeOf(terms), sum.getAxes()))
      group.sum = sum;
  }

  const Machine &machine;
  bool isMarked;
  RecurrenceGroup group;
};

} // namespace

std::optional<RecurrenceGroup> recurrenceGroupOf(Operation *op,
                                                 const Machine &machine) {
  if (!op->hasAttr(recurrenceEndName))
    return std::nullopt;
  for (Operation *before = op; before; before = before->getPrevNode())
    if (auto recurrence = dyn_cast<tile::RecurrenceOp>(before))
      return GroupMatcher(recurrence, machine, /*isMarked=*/true).match();
  return std::nullopt;
}

void fuseRecurrences(func::FuncOp function, const Machine &machine) {
  SmallVector<tile::RecurrenceOp> all(
      function.front().getOps<tile::RecurrenceOp>());
  for (tile::RecurrenceOp recurrence : all) {
    RecurrenceGroup group =
        GroupMatcher(recurrence, machine, /*isMarked=*/false).match();
    Operation *end = group.end();
    SmallVector<Operation *> inner(group.elements.begin(),
                                   group.elements.end());
    if (end != recurrence)
      inner.push_back(recurrence);
    llvm::sort(inner, [](Operation *a, Operation *b) {
      return a->isBeforeInBlock(b);
    });
    auto mark = UnitAttr::get(end->getContext());
    for (Operation *op : inner) {
      op->moveBefore(end);
      op->setAttr(insideRowChainName, mark);
    }
    end->setAttr(recurrenceEndName, mark);
  }
}

} // namespace tilicho::compiler
