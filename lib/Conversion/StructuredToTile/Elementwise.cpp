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

} // namespace

void emitExpression(Lowering &lowering, const ElementExpression &expression,
                    WalkOperand result, llvm::ArrayRef<int64_t> shape) {
  WalkRequest request;
  request.shape = llvm::to_vector(shape);
  request.operands = expression.leaves;
  request.operands.push_back(std::move(result));
  unsigned written = request.operands.size() - 1;
  request.bytesPerElement = expression.bytesPerElement();
  request.instructions = expression.nodes.size();
  std::unique_ptr<Walk> walk = Walk::plan(lowering, std::move(request));
  walk->forEachTile([&](const WalkTile &tile) {
    View dst = walk->dest(written, tile);
    WalkOperands operands(*walk, tile);
    ElementwiseTile(lowering, operands, expression).evaluate(dst);
    walk->commit(written, tile, dst);
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
  if (llvm::is_contained(shape, 0)) {
    lowering.hbmResult(result);
    return mlir::success();
  }
  if (emitByDma(lowering, expression, result))
    return mlir::success();
  emitExpression(lowering, expression, WalkOperand::write(result), shape);
  return mlir::success();
}

} // namespace tilicho::compiler
