// SPDX-License-Identifier: Apache-2.0
// Loops and branches of run time as operations in a row.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_FLATTENREGIONS_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_FLATTENREGIONS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tilicho::compiler {

/// Puts the bodies of all `onnx.Loop` between a `tile.loop_begin` and a
/// `tile.loop_end`, the trip count as part of their conditions, and the
/// branches of all `onnx.If` between a `tile.if_begin`, a `tile.if_else` and a
/// `tile.if_end`. They must be such as `--onnx-require-static` lets pass.
void flattenRegions(mlir::func::FuncOp function);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_FLATTENREGIONS_H
