// SPDX-License-Identifier: Apache-2.0
// Lowers ONNX operators to structured operators.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_ONNXTOTILE_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_ONNXTOTILE_H

#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"

#include <memory>
#include <optional>
#include <string>

namespace tilicho::compiler {

/// `--convert-onnx-to-tile`: every operation of the onnx dialect becomes
/// structured operations on tensors. All that cannot be lowered is reported at
/// once, each with its node, the reason and what to do. With `keepValues`,
/// every value that has an ONNX name is marked as kept.
std::unique_ptr<mlir::Pass> createConvertOnnxToTile(bool keepValues = false);

/// `--tile-fold-constants`: operators on constants become constants: small ones
/// at once, large ones as steps of a recipe.
std::unique_ptr<mlir::Pass> createTileFoldConstants();

/// Whether operator `name` (without the dialect's) has a lowering.
bool hasLowering(llvm::StringRef name);

/// Why an operation of the onnx dialect cannot be lowered, as a sentence for
/// the user; nothing when it can.
std::optional<std::string> whyNotSupported(mlir::Operation *op);

/// The operators that have a lowering, sorted, each with the sentences of its
/// limits.
llvm::SmallVector<
    std::pair<llvm::StringRef, llvm::SmallVector<llvm::StringRef>>>
supportedOperators();

/// The results of an operation of the onnx dialect whose operands are these
/// constants (null where absent); nothing when it has no lowering or a constant
/// is missing. Works for every operator that has a lowering.
std::optional<llvm::SmallVector<mlir::ElementsAttr>>
foldWithKernels(mlir::Operation *op,
                llvm::ArrayRef<mlir::ElementsAttr> operands);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_ONNXTOTILE_H
