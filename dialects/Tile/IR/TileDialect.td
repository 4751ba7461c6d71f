// SPDX-License-Identifier: Apache-2.0
// The tile dialect: named tensor operators that stay whole until they are
// tiled, and the instructions on on-chip buffers that they are tiled into.
#ifndef TILICHO_DIALECTS_TILE_IR_TILEDIALECT_TD
#define TILICHO_DIALECTS_TILE_IR_TILEDIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"

def Tile_Dialect : Dialect {
  let name = "tile";
  let cppNamespace = "::tilicho::ir::tile";
  let summary = "tensor operators and the instructions they are tiled into";
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
}

class Tile_Op<string mnemonic, list<Trait> traits = []>
    : Op<Tile_Dialect, mnemonic, traits>;

#endif // TILICHO_DIALECTS_TILE_IR_TILEDIALECT_TD
