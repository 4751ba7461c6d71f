// SPDX-License-Identifier: Apache-2.0
// Finds operators on the rows of products, and puts their instructions between
// those of the products.
#include "lib/Conversion/StructuredToTile/RowFollowers.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/Lowering.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// Which operators
//===----------------------------------------------------------------------===//

bool emitsNothing(Operation *op) {
  return llvm::isa<tile::ConstantOp>(op) || isPartOfExpression(op) ||
         isEmittedByEpilogue(op) || isInsideRowChain(op);
}

static Operation *nextEmitted(Operation *op) {
  do
    op = op->getNextNode();
  while (op && emitsNothing(op));
  return op;
}

static bool isProductOfRows(Operation *op, const Lowering &lowering) {
  Operation *producer =
      llvm::isa<tile::ElementwiseOp>(op) ? epilogueProducer(op) : op;
  if (!llvm::isa_and_nonnull<tile::ContractOp>(producer) ||
      producer->hasAttr(rowChainEndName))
    return false;
  const Layout *layout = lowering.layoutOf(op->getResult(0));
  return layout && layout->partBegin == 0 && layout->partEnd == 1 &&
         Lowering::shapeOf(op->getResult(0)).size() == 2;
}

/// Whether an operator's only tensor that is no constant is `rows`.
static bool readsOnly(Operation *op, Value rows) {
  llvm::SetVector<Operation *> ops;
  if (llvm::isa<tile::ElementwiseOp>(op))
    collectExpressionOps(op, ops);
  else
    ops.insert(op);
  bool reads = false;
  for (Operation *part : ops)
    for (Value operand : part->getOperands()) {
      reads |= operand == rows;
      if (operand != rows && !Lowering::constantOf(operand) &&
          !ops.contains(operand.getDefiningOp()))
        return false;
    }
  return reads;
}

static bool canFollow(Operation *op, Value rows, const Lowering &lowering) {
  if (!op || tile::isKept(op) || op->getNumResults() != 1 ||
      !llvm::isa<tile::NormalizationOp, tile::ElementwiseOp>(op) ||
      op->hasAttr(epilogueName) || !readsOnly(op, rows))
    return false;
  const Layout *from = lowering.layoutOf(rows);
  const Layout *to = lowering.layoutOf(op->getResult(0));
  return to && to->partBegin == from->partBegin &&
         to->partEnd == from->partEnd && to->blockSize == from->blockSize &&
         to->period == from->period &&
         Lowering::shapeOf(op->getResult(0)) == Lowering::shapeOf(rows);
}

RowFollowers findRowFollowers(Operation *op, const Lowering &lowering) {
  RowFollowers found;
  // What repeats on the partitions for vec may keep a quarter of the banks, and
  // takes one more on its way.
  found.banks = lowering.machine.psumBanks / 4 + 1;
  constexpr int64_t leastBanks = 4;
  if (lowering.machine.psumBanks - found.banks < leastBanks ||
      !isProductOfRows(op, lowering))
    return found;
  Value rows = op->getResult(0);
  for (Operation *next = nextEmitted(op); canFollow(next, rows, lowering);
       next = nextEmitted(next)) {
    // The first one is what makes it worth while.
    if (found.operations.empty() && !llvm::isa<tile::NormalizationOp>(next))
      break;
    rows = next->getResult(0);
    ArrayRef<int64_t> shape = Lowering::shapeOf(rows);
    int64_t blocks = numBlocks(*lowering.layoutOf(rows), shape);
    // Beside the result what comes in between, in two blocks.
    int64_t between = 3 * isa::sizeOf(isa::DType::f32);
    found.operations.push_back(next);
    found.bytes += shape.back() *
                   (blocks * isa::sizeOf(Lowering::dtypeOf(rows)) + between);
    constexpr size_t most = 2;
    if (found.operations.size() == most)
      break;
  }
  return found;
}

//===----------------------------------------------------------------------===//
// Where they stand
//===----------------------------------------------------------------------===//

void RowOrder::mark(Value tensor, const Block &block, const TileBuilder &tile) {
  if (!followed || tensor != followed)
    return;
  // Of several writes of the same rows the last one counts.
  llvm::erase_if(blocks, [&](const Rows &rows) {
    return rows.first == block.first && rows.count == block.count;
  });
  blocks.push_back({block.first, block.count, tile.lastOperation()});
}

void RowOrder::enter(int64_t first, int64_t count, TileBuilder &tile) {
  int64_t covered = 0, last = position;
  for (auto [index, rows] : llvm::enumerate(written)) {
    int64_t begin = std::max(first, rows.first);
    int64_t end = std::min(first + count, rows.first + rows.count);
    if (end <= begin)
      continue;
    covered += end - begin;
    last = std::max<int64_t>(last, index);
  }
  if (covered != count) { // Behind everything, then.
    reads = {};
    return tile.resumeAtEnd();
  }
  if (last == position)
    return;
  position = last;
  tile.resumeBehind(written[last].last);
}

} // namespace tilicho::compiler
