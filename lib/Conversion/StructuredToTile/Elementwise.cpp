// SPDX-License-Identifier: Apache-2.0
// Emits `tile.elementwise`.
#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/RecurrenceGroup.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"

#include "llvm/ADT/STLExtras.h"

namespace tilicho::compiler {

namespace {

/// Operands as a walk brings them.
class WalkOperands : public TileOperands {
public:
  WalkOperands(Walk &walk, const WalkTile &tile) : walk(walk), tile(tile) {}

  View load(unsigned leaf, std::optional<isa::DType> asType) override {
    return walk.load(leaf, tile, asType);
  }
  bool isColumn(unsigned leaf) const override {
    return walk.isColumn(leaf, tile);
  }
  View allocate(isa::DType dtype) override {
    return walk.allocate(dtype, tile);
  }
  int64_t partitions() const override { return tile.partitions; }
  llvm::SmallVector<int64_t> extents() const override {
    return walk.tileShape(tile);
  }

private:
  Walk &walk;
  const WalkTile &tile;
};

/// From so many operations on, two tiles are worked on at one time, so that an
/// engine that waits for another one in the first has work in the second.
constexpr size_t pairedNodes = 6;

/// Lets the instructions of every two tiles take turns.
class TilePairs {
public:
  /// What follows `dest`, where a tile's result goes, is that tile's.
  void begin(mlir::Operation *dest) {
    block = dest->getBlock();
    if (!last)
      last = &block->back();
  }
  void end() {
    llvm::SmallVector<mlir::Operation *> tile;
    for (mlir::Operation *op = last->getNextNode(); op; op = op->getNextNode())
      tile.push_back(op);
    if (first.empty() || !join(tile))
      first = std::move(tile);
    else
      first.clear();
    last = &block->back();
  }

private:
  /// Puts each operation of the second tile behind as large a part of the first
  /// one as it has of its own before it. False where the two share memory.
  bool join(llvm::ArrayRef<mlir::Operation *> second) {
    llvm::DenseSet<mlir::Operation *> made(first.begin(), first.end());
    for (mlir::Operation *op : second)
      for (mlir::Value operand : op->getOperands())
        if (made.contains(operand.getDefiningOp()))
          return false;
    for (auto [index, op] : llvm::enumerate(second))
      op->moveAfter(index < first.size() ? first[index] : second[index - 1]);
    return true;
  }

  mlir::Block *block = nullptr;
  mlir::Operation *last = nullptr;
  llvm::SmallVector<mlir::Operation *> first;
};

} // namespace

void emitExpression(Lowering &lowering, const ElementExpression &expression,
                    WalkOperand result, llvm::ArrayRef<int64_t> shape) {
  WalkRequest request;
  request.shape = llvm::to_vector(shape);
  request.operands = expression.leaves;
  request.operands.push_back(std::move(result));
  unsigned written = request.operands.size() - 1;
  bool inPairs = expression.nodes.size() >= pairedNodes;
  request.bytesPerElement =
      expression.bytesPerElement() * (inPairs ? 3 : 2) / 2;
  request.instructions = expression.nodes.size();
  std::unique_ptr<Walk> walk = Walk::plan(lowering, std::move(request));
  TilePairs pairs;
  walk->forEachTile([&](const WalkTile &tile) {
    if (!inPairs)
      walk->enter(tile);
    View dst = walk->dest(written, tile);
    if (inPairs)
      pairs.begin(dst.buffer.getDefiningOp());
    WalkOperands operands(*walk, tile);
    ElementwiseTile(lowering, operands, expression).evaluate(dst);
    walk->commit(written, tile, dst);
    if (inPairs)
      pairs.end();
  });
}

/// Whether a tensor lives on chip.
static bool isResident(const Lowering &lowering, mlir::Value tensor) {
  return lowering.layoutOf(tensor) != nullptr;
}

/// A move, a cast or a broadcast between tensors in HBM needs no engine.
static bool emitByDma(Lowering &lowering, const ElementExpression &expression,
                      mlir::Value result) {
  if (expression.nodes.size() != 1 || expression.leaves.size() != 1)
    return false;
  const ElementNode &node = expression.nodes[0];
  mlir::Value source = expression.leaves[0].value;
  if (node.op != isa::AluOp::copy || node.isSelect ||
      isResident(lowering, source) || isResident(lowering, result))
    return false;
  // An integer that becomes a narrow float would be rounded once, not twice.
  bool isExact =
      isa::isFloat(node.dtype) == isa::isFloat(Lowering::dtypeOf(source)) ||
      isa::sizeOf(node.dtype) >= 4 || !isa::isFloat(node.dtype);
  if (!isExact)
    return false;
  copyInHbm(lowering, lowering.hbmResult(result), lowering.hbm(source));
  return true;
}

mlir::LogicalResult emitElementwise(mlir::Operation *op, Lowering &lowering) {
  if (auto group = recurrenceGroupOf(op, lowering.machine)) {
    emitRecurrenceGroup(*group, lowering);
    return mlir::success();
  }
  if (isPartOfExpression(op) || isInsideRowChain(op))
    return mlir::success();
  if (mlir::Operation *producer = epilogueProducer(op)) {
    Epilogue epilogue(producer, op, lowering);
    emitWithEpilogue(producer, epilogue, lowering);
    return mlir::success();
  }
  mlir::Value result = op->getResult(0);
  ElementExpression expression = collectExpression(op);
  llvm::ArrayRef<int64_t> shape = Lowering::shapeOf(result);
  if (emitByDma(lowering, expression, result))
    return mlir::success();
  emitExpression(lowering, expression, WalkOperand::write(result), shape);
  return mlir::success();
}

} // namespace tilicho::compiler
