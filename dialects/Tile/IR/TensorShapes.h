// SPDX-License-Identifier: Apache-2.0
// Shapes and element types of values that are ranked tensors.
#ifndef TILICHO_DIALECTS_TILE_IR_TENSORSHAPES_H
#define TILICHO_DIALECTS_TILE_IR_TENSORSHAPES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

namespace tilicho::ir {

inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
}

inline mlir::Type elementOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getElementType();
}

inline int64_t rankOf(mlir::Value value) {
  return static_cast<int64_t>(shapeOf(value).size());
}

} // namespace tilicho::ir

#endif // TILICHO_DIALECTS_TILE_IR_TENSORSHAPES_H
