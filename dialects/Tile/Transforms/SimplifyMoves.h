// SPDX-License-Identifier: Apache-2.0
// Moves between operators: fewer of them, where they cost least.
#ifndef TILICHO_DIALECTS_TILE_TRANSFORMS_SIMPLIFYMOVES_H
#define TILICHO_DIALECTS_TILE_TRANSFORMS_SIMPLIFYMOVES_H

#include "dialects/Tile/IR/TileDialect.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"

#include <memory>
#include <optional>

namespace tilicho::ir::tile {

/// The names of a replaced operation's results live on in its replacement.
inline void takeNames(mlir::Operation *from, mlir::Operation *to) {
  if (mlir::Attribute names = from->getAttr("onnx.values"))
    to->setAttr("onnx.values", names);
}

/// Which dimensions before a reshape each one after it is made of, where none
/// is split: in order, together all; none otherwise.
std::optional<llvm::SmallVector<llvm::SmallVector<int64_t>>>
mergedDims(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to);

/// Joins moves that follow each other.
void addJoinMoves(mlir::RewritePatternSet &patterns);

/// Lets operators read and leave values as they lie: contractions take a
/// transposed operand as such, arithmetic with scalars comes before a move, and
/// rows of all batches are one matrix.
void addMovePastOperators(mlir::RewritePatternSet &patterns);

/// Lets matrices of a batch stay one that a product meets again and again.
void addGroupBatches(mlir::RewritePatternSet &patterns);

/// `--tile-simplify-moves`: all of these. Exact.
std::unique_ptr<mlir::Pass> createTileSimplifyMoves();

} // namespace tilicho::ir::tile

#endif // TILICHO_DIALECTS_TILE_TRANSFORMS_SIMPLIFYMOVES_H
