// SPDX-License-Identifier: Apache-2.0
// Gives caches that grow by concatenation room for more.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_GROWCACHES_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_GROWCACHES_H

#include "lib/Conversion/StructuredToTile/StructuredToTile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tilicho::compiler {

/// A result that is an argument with new rows behind it becomes one with the
/// rows in it: argument and result both have `options.capacity` rows, of which
/// those of the model are at the front. Does that for the pairs that `options`
/// asks for; without a capacity nothing. Emits an error where the rows are more
/// than the capacity.
llvm::LogicalResult growCaches(mlir::func::FuncOp function,
                               const StructuredToTileOptions &options);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_GROWCACHES_H
