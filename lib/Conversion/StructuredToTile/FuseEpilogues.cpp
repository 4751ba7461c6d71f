// SPDX-License-Identifier: Apache-2.0
// Finds the expressions that can be evaluated while a result leaves PSUM.
#include "lib/Conversion/StructuredToTile/Contract.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/Loops.h"
#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

bool isEmittedByEpilogue(Operation *op) {
  return !llvm::isa<tile::ElementwiseOp>(op) && op->hasAttr(epilogueName);
}

void collectExpressionOps(Operation *root, llvm::SetVector<Operation *> &ops) {
  for (Value operand : root->getOperands()) {
    Operation *op = operand.getDefiningOp();
    if (llvm::isa_and_nonnull<tile::ElementwiseOp>(op) &&
        isPartOfExpression(op))
      collectExpressionOps(op, ops);
  }
  ops.insert(root);
}

Operation *epilogueProducer(Operation *root) {
  if (!root->hasAttr(epilogueName))
    return nullptr;
  llvm::SetVector<Operation *> ops;
  collectExpressionOps(root, ops);
  for (Operation *op : ops)
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp();
          producer && isEmittedByEpilogue(producer) &&
          producer->getAttr(epilogueName) == root->getAttr(epilogueName))
        return producer;
  return nullptr;
}

namespace {

/// Decides for one expression.
class Candidate {
public:
  Candidate(Operation *root, const Machine &machine)
      : root(root), machine(machine) {
    collectExpressionOps(root, ops);
  }

  /// Whether it could; `number` is given to the operations.
  bool fuse(int64_t number) {
    if (!isOnLanesThatReachPsum())
      return false;
    Operation *producer = nullptr;
    for (Operation *op : ops)
      for (Value operand : op->getOperands())
        if (Operation *other = operand.getDefiningOp();
            other && canEnd(other) &&
            (!producer || producer->isBeforeInBlock(other)))
          producer = other;
    if (!producer)
      return false;
    SmallVector<Operation *> inOrder(ops.getArrayRef().drop_back());
    llvm::sort(inOrder, [](Operation *a, Operation *b) {
      return a->isBeforeInBlock(b);
    });
    inOrder.insert(inOrder.begin(), producer);
    Attribute attr =
        IntegerAttr::get(IntegerType::get(root->getContext(), 64), number);
    for (Operation *op : inOrder) {
      op->moveBefore(root);
      op->setAttr(epilogueName, attr);
    }
    root->setAttr(epilogueName, attr);
    return true;
  }

private:
  /// All arithmetic is in f32, on types that vec takes.
  bool isOnLanesThatReachPsum() const {
    if (!machine.vec.reachesPsum || !machine.act.reachesPsum)
      return false;
    return llvm::all_of(ops, [&](Operation *op) {
      auto elementwise = cast<tile::ElementwiseOp>(op);
      bool onVec = machine.vec.dtypes.has(Lowering::dtypeOf(op->getResult(0)));
      for (Value operand : op->getOperands())
        onVec &= machine.vec.dtypes.has(Lowering::dtypeOf(operand));
      return onVec && elementwise.getCompute() == "f32";
    });
  }

  bool canEnd(Operation *producer) const {
    if (tile::isKept(producer) || producer->getBlock() != root->getBlock() ||
        Lowering::shapeOf(producer->getResult(0)) !=
            Lowering::shapeOf(root->getResult(0)) ||
        !llvm::all_of(producer->getUsers(),
                      [&](Operation *user) { return ops.contains(user); }) ||
        tile::hasBorderBetween(producer, root))
      return false;
    if (llvm::isa<tile::ConvolutionOp>(producer))
      return isOnArray(producer);
    auto contract = dyn_cast<tile::ContractOp>(producer);
    return contract && isOnArray(producer) && areSpreadAlike(contract);
  }

  bool isOnArray(Operation *producer) const {
    return arrayTypes(machine, Lowering::dtypeOf(producer->getOperand(0)),
                      Lowering::dtypeOf(producer->getOperand(1)))
        .has_value();
  }

  /// Where several dimensions are on the partitions, each operand has all of
  /// them or none.
  bool areSpreadAlike(tile::ContractOp op) const {
    Contract contract(op);
    unsigned rank = Lowering::shapeOf(contract.result).size();
    unsigned first = contract.resultFreeBegin, last = rank - 2;
    if (first == last)
      return true;
    return llvm::all_of(ops, [&](Operation *user) {
      return llvm::all_of(user->getOperands(), [&](Value operand) {
        return isSpreadAlike(operand, Lowering::shapeOf(contract.result), last);
      });
    });
  }

  static bool isSpreadAlike(Value operand, ArrayRef<int64_t> result,
                            unsigned last) {
    ArrayRef<int64_t> shape = Lowering::shapeOf(operand);
    bool hasAll = shape.size() == result.size(), hasNone = true;
    for (unsigned dim = 0; dim <= last; ++dim) {
      if (dim + shape.size() < result.size())
        continue;
      int64_t extent = shape[dim + shape.size() - result.size()];
      hasAll &= extent == result[dim];
      hasNone &= extent == 1;
    }
    return hasAll || hasNone;
  }

  Operation *root;
  const Machine &machine;
  llvm::SetVector<Operation *> ops;
};

} // namespace

void fuseEpilogues(func::FuncOp function, const Machine &machine) {
  SmallVector<Operation *> roots;
  for (Operation &op : function.front().without_terminator())
    if (llvm::isa<tile::ElementwiseOp>(op) && !isPartOfExpression(&op))
      roots.push_back(&op);
  int64_t number = 0;
  for (Operation *root : roots)
    number += Candidate(root, machine).fuse(number);
}

} // namespace tilicho::compiler
