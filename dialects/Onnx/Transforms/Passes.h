// SPDX-License-Identifier: Apache-2.0
// The passes of the onnx dialect, and what they offer to others.
#ifndef TILICHO_DIALECTS_ONNX_TRANSFORMS_PASSES_H
#define TILICHO_DIALECTS_ONNX_TRANSFORMS_PASSES_H

#include "dialects/Onnx/IR/OnnxDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

#include <functional>
#include <memory>
#include <optional>

namespace tilicho::ir::onnx {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "dialects/Onnx/Transforms/Passes.h.inc"

/// Computes results that this dialect does not know how to fold from constant
/// operands, null where absent; nothing when it cannot either.
using FoldFallback =
    std::function<std::optional<llvm::SmallVector<mlir::ElementsAttr>>(
        mlir::Operation *, llvm::ArrayRef<mlir::ElementsAttr>)>;

/// The pass onnx-fold-constants with another way to compute.
std::unique_ptr<mlir::Pass> createOnnxFoldConstants(FoldFallback fallback,
                                                    bool vectorizeScans);

/// Refines the result types of `op` from its operands. Emits an error when
/// they do not fit the operator.
llvm::LogicalResult inferResultTypes(mlir::Operation *op);

/// Makes a function's type that of its block's arguments and returned values.
void updateFunctionType(mlir::func::FuncOp function);

/// The values of the results of `op`, one for each; empty when they are not
/// known at compile time.
llvm::SmallVector<mlir::ElementsAttr>
computeResults(mlir::Operation *op, const FoldFallback &fallback = {});

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_PASSES_H
