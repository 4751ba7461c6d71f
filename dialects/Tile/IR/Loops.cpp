// SPDX-License-Identifier: Apache-2.0
// Pairs and verifies the ends of loops.
#include "dialects/Tile/IR/Loops.h"

using namespace mlir;

namespace tilicho::ir::tile {

LoopEndOp matchingEnd(LoopBeginOp begin) {
  int64_t depth = 0;
  for (Operation *op = begin; op; op = op->getNextNode()) {
    if (llvm::isa<LoopBeginOp>(op))
      ++depth;
    auto end = dyn_cast<LoopEndOp>(op);
    if (end && --depth == 0)
      return end;
  }
  return {};
}

LoopBeginOp matchingBegin(LoopEndOp end) {
  int64_t depth = 0;
  for (Operation *op = end; op; op = op->getPrevNode()) {
    if (llvm::isa<LoopEndOp>(op))
      ++depth;
    auto begin = dyn_cast<LoopBeginOp>(op);
    if (begin && --depth == 0)
      return begin;
  }
  return {};
}

// loop_c1, loop_c2
static LogicalResult verifyValues(Operation *op) {
  auto type = cast<RankedTensorType>(op->getOperand(0).getType());
  if (!type.getElementType().isInteger(1) || type.getNumElements() != 1)
    return op->emitOpError("condition is ") << type << ", not one boolean";
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

} // namespace tilicho::ir::tile
