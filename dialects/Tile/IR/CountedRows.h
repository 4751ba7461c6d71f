// SPDX-License-Identifier: Apache-2.0
// How a function says that a run decides how many rows its results have.
#ifndef TILICHO_DIALECTS_TILE_IR_COUNTEDROWS_H
#define TILICHO_DIALECTS_TILE_IR_COUNTEDROWS_H

#include "llvm/ADT/StringRef.h"

namespace tilicho::ir::tile {

/// On a result of a function: positions of the results whose rows it counts.
/// It is no result of the model.
inline constexpr llvm::StringLiteral rowsOfName = "tile.rows_of";

/// On a result whose rows are counted: the dimension that they are, if it is
/// not the first.
inline constexpr llvm::StringLiteral rowsDimensionName = "tile.rows_dimension";

} // namespace tilicho::ir::tile

#endif // TILICHO_DIALECTS_TILE_IR_COUNTEDROWS_H
