// SPDX-License-Identifier: Apache-2.0
// Which loop_end belongs to which loop_begin.
#ifndef TILICHO_DIALECTS_TILE_IR_LOOPS_H
#define TILICHO_DIALECTS_TILE_IR_LOOPS_H

#include "dialects/Tile/IR/TileDialect.h"

namespace tilicho::ir::tile {

/// The partner in the same block; null when there is none.
LoopEndOp matchingEnd(LoopBeginOp begin);
LoopBeginOp matchingBegin(LoopEndOp end);

} // namespace tilicho::ir::tile

#endif // TILICHO_DIALECTS_TILE_IR_LOOPS_H
