// SPDX-License-Identifier: Apache-2.0
// Constants with their dimensions in another order.
#ifndef TILICHO_DIALECTS_TILE_TRANSFORMS_CONSTANTORDER_H
#define TILICHO_DIALECTS_TILE_TRANSFORMS_CONSTANTORDER_H

#include "dialects/Tile/IR/TileDialect.h"

#include "mlir/Pass/Pass.h"

#include <memory>

namespace tilicho::ir::tile {

/// What a constant becomes when its dimensions stand in another order.
struct PermutedConstant {
  llvm::SmallVector<int64_t> shape;
  /// The constant's steps and one more.
  mlir::ArrayAttr steps;
};

/// Result dimension r is dimension `order[r]` of the constant, which is given
/// the shape `shape` first.
PermutedConstant permutationStep(ConstantOp constant,
                                 llvm::ArrayRef<int64_t> shape,
                                 llvm::ArrayRef<unsigned> order);

/// `--tile-order-constants`: constant operands of contractions lie with k
/// outside, as the array takes them, so that nothing is transposed at run time.
std::unique_ptr<mlir::Pass> createTileOrderConstants();

} // namespace tilicho::ir::tile

#endif // TILICHO_DIALECTS_TILE_TRANSFORMS_CONSTANTORDER_H
