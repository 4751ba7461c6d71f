// SPDX-License-Identifier: Apache-2.0
// Where the values lie that loops and branches of run time take and give.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_PLACEATBORDERS_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_PLACEATBORDERS_H

#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"

namespace tilicho::compiler {

/// Gives the results of every loop and branch of `function` memory in HBM, and
/// has what makes them write there: a loop carries a value in its result's
/// memory, a branch makes it there, and a row that an iteration adds to a
/// carried value is written into that. `placed` are values that have a place.
void placeAtBorders(mlir::func::FuncOp function, Lowering &lowering,
                    llvm::DenseSet<mlir::Value> placed);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_PLACEATBORDERS_H
