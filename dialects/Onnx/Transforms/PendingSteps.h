// SPDX-License-Identifier: Apache-2.0
// Steps on weights that run when the program is written.
#ifndef TILICHO_DIALECTS_ONNX_TRANSFORMS_PENDINGSTEPS_H
#define TILICHO_DIALECTS_ONNX_TRANSFORMS_PENDINGSTEPS_H

#include "dialects/Onnx/IR/OnnxOps.h"

namespace tilicho::ir::onnx {

/// Whether `value` is a constant so large that no pass should calculate with
/// it.
bool isWeight(mlir::Value value);

/// `weight`, for which isWeight holds, after one more step.
mlir::Value addStep(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value weight, mlir::Type type,
                    mlir::DictionaryAttr step);

// The steps, as a tile.constant has them.
mlir::DictionaryAttr castStep(mlir::Builder &builder, mlir::Type element);
/// Equal parts of the elements in row-major order, each times its factor.
mlir::DictionaryAttr scaleStep(mlir::Builder &builder,
                               llvm::ArrayRef<double> factors);

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_PENDINGSTEPS_H
