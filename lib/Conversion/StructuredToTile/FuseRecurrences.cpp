// SPDX-License-Identifier: Apache-2.0
// Finds what is computed for a recurrence alone and from its states alone.
#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/RecurrenceGroup.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/Loops.h"

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

bool isTransposition(Operation *op) {
  auto restride = dyn_cast_or_null<tile::RestrideOp>(op);
  if (!restride || llvm::any_of(restride.getStarts(),
                                [](int64_t start) { return start != 0; }))
    return false;
  for (auto [extent, dim, step] :
       llvm::zip(restride.getType().getShape(), restride.getDims(),
                 restride.getSteps()))
    if (extent != 1 && (dim < 0 || step != 1))
      return false;
  return restride.getType().getNumElements() ==
         restride.getInput().getType().getNumElements();
}

/// The number of the group that an operation was marked with, what another kind
/// of group has there, or null.
static Attribute markOf(Operation *op) {
  Attribute inside = op->getAttr(insideRowChainName);
  return inside ? inside : op->getAttr(recurrenceEndName);
}

namespace {

/// Finds a group before it is marked, when `mark` is null, or after that.
class GroupMatcher {
public:
  GroupMatcher(tile::RecurrenceOp op, const Machine &machine, Attribute mark)
      : machine(machine), mark(mark) {
    group.recurrence = op;
  }

  RecurrenceGroup match() {
    takeIn(group.recurrence.getDecay(), group.recurrence);
    takeIn(group.recurrence.getFresh(), group.recurrence);
    matchAfter();
    matchTurns();
    return std::move(group);
  }

private:
  /// Whether an operation is in no other group, and done as often as the
  /// recurrence.
  bool isFree(Operation *op) const {
    Operation *own = group.recurrence;
    if (markOf(op) != mark || op->getBlock() != own->getBlock())
      return false;
    return op->isBeforeInBlock(own) ? !tile::hasBorderBetween(op, own)
                                    : !tile::hasBorderBetween(own, op);
  }

  /// Element operations in f32 on floats that are done for `user` alone.
  bool isElement(Operation *op) const {
    auto element = dyn_cast_or_null<tile::ElementwiseOp>(op);
    return element && element.getCompute() == "f32" && !tile::isKept(op) &&
           !op->hasAttr(epilogueName) && isFree(op);
  }

  void takeIn(Value value, Operation *user) {
    Operation *op = value.getDefiningOp();
    if (isTransposition(op) && isFree(op) && !tile::isKept(op))
      turned.insert(op);
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
    bool isPlain = sum && isFree(sum) && sum.getOp() == "add" &&
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

  /// Whether what comes to lie on the partitions lies side by side in memory,
  /// so that the array can turn it.
  bool bringsRows(Operation *op) const {
    auto turn = cast<tile::RestrideOp>(op);
    ArrayRef<int64_t> axes;
    if (group.sum)
      axes = cast<tile::ReductionOp>(group.sum).getAxes();
    tile::RecurrenceOp recurrence = group.recurrence;
    ArrayRef<int64_t> states = Lowering::shapeOf(recurrence.getStates());
    std::optional<unsigned> partDim = recurrencePartDim(states, axes);
    ArrayRef<int64_t> before = Lowering::shapeOf(turn.getInput());
    ArrayRef<int64_t> after = Lowering::shapeOf(turn.getResult());
    int64_t innermost = before.size() - 1;
    while (innermost > 0 && before[innermost] == 1)
      --innermost;
    size_t missing = states.size() - after.size();
    return partDim && *partDim >= missing && innermost >= 0 &&
           after[*partDim - missing] != 1 &&
           turn.getDims()[*partDim - missing] == innermost;
  }

  /// Transpositions that nothing else reads, and the one of the sum.
  void matchTurns() {
    auto isInside = [&](Operation *user) {
      return user == group.recurrence || user == group.after ||
             group.elements.contains(user);
    };
    for (Operation *op : turned)
      if (bringsRows(op) && llvm::all_of(op->getUsers(), isInside))
        group.turns.insert(op);
    Operation *reader =
        group.sum ? onlyReader(group.sum->getResult(0)) : nullptr;
    if (isTransposition(reader) && isFree(reader) && !tile::isKept(reader))
      group.turn = reader;
  }

  const Machine &machine;
  Attribute mark;
  llvm::SetVector<Operation *> turned;
  RecurrenceGroup group;
};

} // namespace

std::optional<RecurrenceGroup> recurrenceGroupOf(Operation *op,
                                                 const Machine &machine) {
  Attribute mark = op->getAttr(recurrenceEndName);
  if (!mark)
    return std::nullopt;
  for (Operation *before = op; before; before = before->getPrevNode())
    if (auto recurrence = dyn_cast<tile::RecurrenceOp>(before))
      return GroupMatcher(recurrence, machine, mark).match();
  return std::nullopt;
}

void fuseRecurrences(func::FuncOp function, const Machine &machine) {
  SmallVector<tile::RecurrenceOp> all(
      function.front().getOps<tile::RecurrenceOp>());
  for (auto [number, recurrence] : llvm::enumerate(all)) {
    RecurrenceGroup group =
        GroupMatcher(recurrence, machine, /*mark=*/{}).match();
    Operation *end = group.end();
    SmallVector<Operation *> inner(group.turns.begin(), group.turns.end());
    llvm::append_range(inner, group.elements);
    if (end != recurrence)
      inner.push_back(recurrence);
    if (group.turn)
      inner.push_back(group.sum);
    llvm::sort(inner, [](Operation *a, Operation *b) {
      return a->isBeforeInBlock(b);
    });
    Attribute mark = Builder(end->getContext()).getI64IntegerAttr(number);
    for (Operation *op : inner) {
      op->moveBefore(end);
      op->setAttr(insideRowChainName, mark);
    }
    end->setAttr(recurrenceEndName, mark);
  }
}

} // namespace tilicho::compiler
