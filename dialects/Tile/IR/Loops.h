// SPDX-License-Identifier: Apache-2.0
// Which ends of loops and of conditional runs belong to which beginnings.
#ifndef TILICHO_DIALECTS_TILE_IR_LOOPS_H
#define TILICHO_DIALECTS_TILE_IR_LOOPS_H

#include "dialects/Tile/IR/CountedRows.h"
#include "dialects/Tile/IR/TileDialect.h"

namespace tilicho::ir::tile {

/// The partner in the same block; null when there is none.
LoopEndOp matchingEnd(LoopBeginOp begin);
LoopBeginOp matchingBegin(LoopEndOp end);
IfElseOp matchingElse(IfBeginOp begin);
IfEndOp matchingEnd(IfElseOp middle);
IfElseOp matchingElse(IfEndOp end);

/// Whether `op` begins, ends or divides what is repeated or conditional.
bool isBorder(mlir::Operation *op);
/// Whether one of them stands between two operations of a block.
bool hasBorderBetween(mlir::Operation *first, mlir::Operation *last);

} // namespace tilicho::ir::tile

#endif // TILICHO_DIALECTS_TILE_IR_LOOPS_H
