// SPDX-License-Identifier: Apache-2.0
// Scans that are recurrences as structured operators.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_FLATTENSCANS_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_FLATTENSCANS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tilicho::compiler {

/// Replaces each `onnx.Scan` that is a recurrence by a `tile.recurrence`.
void flattenScans(mlir::func::FuncOp function);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_FLATTENSCANS_H
