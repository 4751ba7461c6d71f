// SPDX-License-Identifier: Apache-2.0
// Divisions as products.
#ifndef TILICHO_DIALECTS_TILE_TRANSFORMS_RECIPROCALS_H
#define TILICHO_DIALECTS_TILE_TRANSFORMS_RECIPROCALS_H

#include "mlir/Pass/Pass.h"

#include <memory>

namespace tilicho::ir::tile {

/// `--tile-multiply-by-reciprocals`: a division in f32 by a value whose
/// reciprocal is known to be a normal number, or 0 where it is infinite,
/// becomes a product with the reciprocal. It is rounded twice instead of once:
/// results differ by at most one and a half units in the last place of f32.
std::unique_ptr<mlir::Pass> createTileMultiplyByReciprocals();

} // namespace tilicho::ir::tile

#endif // TILICHO_DIALECTS_TILE_TRANSFORMS_RECIPROCALS_H
