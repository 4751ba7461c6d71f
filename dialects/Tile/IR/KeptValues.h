// SPDX-License-Identifier: Apache-2.0
// Values that must be in HBM, whatever could be made of them.
#ifndef TILICHO_DIALECTS_TILE_IR_KEPTVALUES_H
#define TILICHO_DIALECTS_TILE_IR_KEPTVALUES_H

#include "mlir/IR/Operation.h"

namespace tilicho::ir::tile {

/// On structured operations: their results are written to HBM, and are not
/// fused away.
inline constexpr llvm::StringLiteral keptName = "tile.kept";

inline bool isKept(mlir::Operation *op) { return op->hasAttr(keptName); }

} // namespace tilicho::ir::tile

#endif // TILICHO_DIALECTS_TILE_IR_KEPTVALUES_H
