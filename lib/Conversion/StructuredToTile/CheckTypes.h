// SPDX-License-Identifier: Apache-2.0
// What emitters take for granted of a function, which a saved stage may break.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CHECKTYPES_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CHECKTYPES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tilicho::compiler {

/// Whether `function` is one block whose values are tensors of known shape and
/// of types that the machine has; every one that is not is reported.
llvm::LogicalResult checkTypes(mlir::func::FuncOp function);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CHECKTYPES_H
