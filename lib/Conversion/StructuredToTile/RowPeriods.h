// SPDX-License-Identifier: Apache-2.0
// Rows of several matrices that stand below each other, and are looked at
// matrix by matrix elsewhere.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWPERIODS_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWPERIODS_H

#include "runtime/Machine/Machine.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace tilicho::compiler {

/// By the number of rows of a matrix those of the matrices that it consists of,
/// where blocks of all rows would not be blocks of these and the array is not
/// much longer at work with blocks that are.
llvm::DenseMap<int64_t, int64_t> findRowPeriods(mlir::func::FuncOp function,
                                                const Machine &machine);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWPERIODS_H
