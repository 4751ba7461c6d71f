// SPDX-License-Identifier: Apache-2.0
// Recognises concatenations.
#include "lib/Conversion/StructuredToTile/Concatenation.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/Loops.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/Lowering.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"
#include "lib/Conversion/StructuredToTile/TileBatch.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

std::optional<unsigned> concatenatedDim(tile::AssembleOp assemble) {
  ArrayRef<int64_t> whole = Lowering::shapeOf(assemble.getResult());
  ArrayRef<int64_t> first = Lowering::shapeOf(assemble.getPieces()[0]);
  std::optional<unsigned> along;
  for (unsigned dim = 0; dim < whole.size(); ++dim) {
    if (whole[dim] == first[dim])
      continue;
    if (along)
      return std::nullopt;
    along = dim;
  }
  if (!along || assemble.getFill() ||
      llvm::any_of(assemble.getSteps(), [](int64_t step) { return step != 1; }))
    return std::nullopt;
  int64_t next = 0;
  for (auto [index, piece] : llvm::enumerate(assemble.getPieces())) {
    ArrayRef<int64_t> offsets =
        assemble.getOffsets().slice(index * whole.size(), whole.size());
    for (auto [dim, offset] : llvm::enumerate(offsets))
      if (offset != (dim == *along ? next : 0))
        return std::nullopt;
    next += Lowering::shapeOf(piece)[*along];
  }
  return along;
}

static bool isOperandOfChain(OpOperand &use) {
  Operation *op = use.getOwner();
  return llvm::isa<tile::ContractOp>(op) && use.getOperandNumber() == 1 &&
         op->getOperand(0) != use.get() &&
         (isInsideRowChain(op) || op->hasAttr(rowChainEndName));
}

std::optional<unsigned> readInPieces(Operation *op) {
  auto assemble = llvm::dyn_cast<tile::AssembleOp>(op);
  if (!assemble || assemble.getPieces().empty() || isInPlace(op) ||
      tile::isKept(op) || op->use_empty() ||
      llvm::is_contained(Lowering::shapeOf(assemble.getResult()), 0) ||
      !llvm::all_of(op->getUses(), [&](OpOperand &use) {
        return isOperandOfChain(use) &&
               !tile::hasBorderBetween(op, use.getOwner());
      }))
    return std::nullopt;
  return concatenatedDim(assemble);
}

} // namespace tilicho::compiler
