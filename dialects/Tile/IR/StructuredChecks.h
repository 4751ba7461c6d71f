// SPDX-License-Identifier: Apache-2.0
// Checks that the verifiers of structured operators share. Each reports what it
// wanted and what it found at the operation.
#ifndef TILICHO_DIALECTS_TILE_IR_STRUCTUREDCHECKS_H
#define TILICHO_DIALECTS_TILE_IR_STRUCTUREDCHECKS_H

#include "dialects/Tile/IR/TensorShapes.h"

#include "mlir/IR/Operation.h"

#include <string>

namespace tilicho::ir::tile {

/// `[2, 3]`, for messages.
std::string textOf(llvm::ArrayRef<int64_t> shape);

llvm::LogicalResult checkShape(mlir::Operation *op, mlir::Value result,
                               llvm::ArrayRef<int64_t> wanted);
llvm::LogicalResult checkAxis(mlir::Operation *op, int64_t axis, int64_t rank);
/// A list attribute `what` has `size` entries.
llvm::LogicalResult checkSize(mlir::Operation *op, llvm::StringRef what,
                              size_t size, size_t wanted);
llvm::LogicalResult checkSameElement(mlir::Operation *op, mlir::Value a,
                                     mlir::Value b);
/// Indices are i32 or i64.
llvm::LogicalResult checkIndices(mlir::Operation *op, mlir::Value indices);

} // namespace tilicho::ir::tile

#endif
