// SPDX-License-Identifier: Apache-2.0
// Element operations on slices of rows whose results lie side by side in rows:
// rows are read and written whole, and cut on chip.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_FUSEPIECES_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_FUSEPIECES_H

#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tilicho::compiler {

/// Finds what is put together in such a way, and marks it; the element
/// operations like those inside of a row chain, as they are emitted with what
/// puts them together.
void fusePieces(mlir::func::FuncOp function, const Machine &machine);

/// Emits all of what was marked with this `tile.assemble`; false where it was
/// not.
bool emitPieces(mlir::Operation *assemble, Lowering &lowering);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_FUSEPIECES_H
