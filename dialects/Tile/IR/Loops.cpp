// SPDX-License-Identifier: Apache-2.0
// Pairs and verifies the ends of loops and of conditional runs.
#include "dialects/Tile/IR/Loops.h"

using namespace mlir;

namespace tilicho::ir::tile {

/// The first operation from `from` on, forwards or backwards, that matches it:
/// each `Opening` on the way has a `Wanted` of its own.
template <class Opening, class Wanted>
static Wanted findPartner(Operation *from, bool forwards) {
  int64_t depth = 0;
  for (Operation *op = from; op;
       op = forwards ? op->getNextNode() : op->getPrevNode()) {
    if (llvm::isa<Opening>(op))
      ++depth;
    auto wanted = dyn_cast<Wanted>(op);
    if (wanted && --depth == 0)
      return wanted;
  }
  return {};
}

LoopEndOp matchingEnd(LoopBeginOp begin) {
  return findPartner<LoopBeginOp, LoopEndOp>(begin, /*forwards=*/true);
}

LoopBeginOp matchingBegin(LoopEndOp end) {
  return findPartner<LoopEndOp, LoopBeginOp>(end, /*forwards=*/false);
}

IfElseOp matchingElse(IfBeginOp begin) {
  return findPartner<IfBeginOp, IfElseOp>(begin, /*forwards=*/true);
}

IfEndOp matchingEnd(IfElseOp middle) {
  return findPartner<IfElseOp, IfEndOp>(middle, /*forwards=*/true);
}

IfElseOp matchingElse(IfEndOp end) {
  return findPartner<IfEndOp, IfElseOp>(end, /*forwards=*/false);
}

bool isBorder(Operation *op) {
  return llvm::isa<LoopBeginOp, LoopEndOp, IfBeginOp, IfElseOp, IfEndOp>(op);
}

bool hasBorderBetween(Operation *first, Operation *last) {
  for (Operation *op = first; op != last; op = op->getNextNode())
    if (isBorder(op))
      return true;
  return false;
}

//===----------------------------------------------------------------------===//
// Verifiers
//===----------------------------------------------------------------------===//

// loop_c1, if_begin_c1
static LogicalResult verifyCondition(Operation *op) {
  auto type = cast<RankedTensorType>(op->getOperand(0).getType());
  if (!type.getElementType().isInteger(1) || type.getNumElements() != 1)
    return op->emitOpError("condition is ") << type << ", not one boolean";
  return success();
}

// loop_c1, loop_c2
static LogicalResult verifyValues(Operation *op) {
  if (failed(verifyCondition(op)))
    return failure();
  if (op->getOperands().drop_front().getTypes() != op->getResultTypes())
    return op->emitOpError("results differ in type from the values");
  return success();
}

LogicalResult LoopBeginOp::verify() { return verifyValues(*this); }

LogicalResult LoopEndOp::verify() {
  if (failed(verifyValues(*this)))
    return failure();
  LoopBeginOp begin = matchingBegin(*this); // loop_end_c3
  if (!begin)
    return emitOpError("has no matching loop_begin");
  if (begin.getResultTypes() != getResultTypes())
    return emitOpError("values differ in type from those of its loop_begin");
  return success();
}

LogicalResult IfBeginOp::verify() {
  if (failed(verifyCondition(*this)))
    return failure();
  if (!matchingElse(*this)) // if_begin_c2
    return emitOpError("has no matching if_else");
  return success();
}

LogicalResult IfElseOp::verify() {
  // if_else_c1
  if (!findPartner<IfElseOp, IfBeginOp>(*this, /*forwards=*/false))
    return emitOpError("has no matching if_begin");
  if (!matchingEnd(*this))
    return emitOpError("has no matching if_end");
  return success();
}

LogicalResult IfEndOp::verify() {
  IfElseOp middle = matchingElse(*this); // if_end_c1
  if (!middle)
    return emitOpError("has no matching if_else");
  if (middle->getOperandTypes() != getOperandTypes())
    return emitOpError("values differ in type from those of its if_else");
  if (getOperandTypes() != getResultTypes()) // if_end_c2
    return emitOpError("results differ in type from the values");
  return success();
}

} // namespace tilicho::ir::tile
