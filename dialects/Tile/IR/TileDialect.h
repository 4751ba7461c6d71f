// SPDX-License-Identifier: Apache-2.0
// The tile dialect: its operations, types and attributes.
#ifndef TILICHO_DIALECTS_TILE_IR_TILEDIALECT_H
#define TILICHO_DIALECTS_TILE_IR_TILEDIALECT_H

#include "runtime/Isa/Isa.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Tile/IR/TileDialect.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/Tile/IR/TileTypes.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Tile/IR/TileAttributes.h.inc"

#define GET_OP_CLASSES
#include "dialects/Tile/IR/TileOps.h.inc"

namespace tilicho::ir::tile {

/// The ISA's type for an element type of a tensor, or nothing where the machine
/// has none (strings, complex numbers).
std::optional<isa::DType> toDType(mlir::Type elementType);

/// The element type of a tensor for a type of the ISA: signless integers are
/// signed, `uiN` unsigned, `i1` is the boolean.
mlir::Type toElementType(isa::DType dtype, mlir::MLIRContext *context);

} // namespace tilicho::ir::tile

#endif // TILICHO_DIALECTS_TILE_IR_TILEDIALECT_H
