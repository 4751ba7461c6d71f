// SPDX-License-Identifier: Apache-2.0
// Loops of run time as operations in a row.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_FLATTENLOOPS_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_FLATTENLOOPS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tilicho::compiler {

/// Puts the bodies of all `onnx.Loop` between a `tile.loop_begin` and a
/// `tile.loop_end`, the trip count as part of their conditions. The loops must
/// be such as `--onnx-require-static` lets pass.
void flattenLoops(mlir::func::FuncOp function);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_FLATTENLOOPS_H
