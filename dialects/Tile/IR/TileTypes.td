// SPDX-License-Identifier: Apache-2.0
// The buffer type and the attribute that says how an instruction walks one.
#ifndef TILICHO_DIALECTS_TILE_IR_TILETYPES_TD
#define TILICHO_DIALECTS_TILE_IR_TILETYPES_TD

include "dialects/Tile/IR/TileDialect.td"
include "mlir/IR/AttrTypeBase.td"

def Tile_BufferType : TypeDef<Tile_Dialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "memory without an address yet";
  let description = [{
    `space` is `hbm`, `sbuf` or `psum`. On chip a buffer is `partitions` by
    `bytes` in each; in HBM `partitions` is 1.

    Example: `!tile.buffer<sbuf, 128 x 4096>`
  }];
  let parameters = (ins "::tilicho::isa::Space":$space, "int64_t":$partitions,
                        "int64_t":$bytes);
  let hasCustomAssemblyFormat = 1;
}

def Tile_AccessAttr : AttrDef<Tile_Dialect, "Access"> {
  let mnemonic = "access";
  let summary = "how an instruction walks a buffer";
  let description = [{
    The first partition, the byte offset in it, the steps in elements of the
    instruction's iteration (for HBM the partition's step comes first), and, for
    each loop variable of the instruction, the bytes that one iteration adds.

    Example: `#tile.access<f32, 0, 256, [56, 1], [4096]>`
  }];
  let parameters = (ins "::tilicho::isa::DType":$dtype, "int64_t":$partition,
                        "int64_t":$offset,
                        ArrayRefParameter<"int64_t">:$steps,
                        ArrayRefParameter<"int64_t">:$loopStrides);
  let hasCustomAssemblyFormat = 1;
}

#endif // TILICHO_DIALECTS_TILE_IR_TILETYPES_TD
