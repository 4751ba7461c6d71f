// SPDX-License-Identifier: Apache-2.0
// Builds operators of fixed shapes, whose types are worked out here.
#ifndef TILICHO_DIALECTS_ONNX_TRANSFORMS_ROWMAKER_H
#define TILICHO_DIALECTS_ONNX_TRANSFORMS_ROWMAKER_H

#include "dialects/Onnx/Transforms/RegionMaker.h"
#include "dialects/Tile/IR/TensorShapes.h"

namespace tilicho::ir::onnx {

class RowMaker : public RegionMaker {
public:
  using RegionMaker::RegionMaker;

  mlir::Type i32() { return builder.getI32Type(); }
  mlir::Type boolean() { return builder.getI1Type(); }

  /// A scalar.
  mlir::Value number(mlir::Type element, double value);
  /// 0, 1, ... in i32.
  mlir::Value iota(int64_t count);
  mlir::Value filled(mlir::Type element, llvm::ArrayRef<int64_t> shape,
                     double value);

  mlir::Value cast(mlir::Value value, mlir::Type element);
  mlir::Value reshape(mlir::Value value, llvm::ArrayRef<int64_t> shape);
  mlir::Value transpose(mlir::Value value, llvm::ArrayRef<int64_t> order);
  mlir::Value concat(llvm::ArrayRef<mlir::Value> pieces, int64_t axis);
  mlir::Value gather(mlir::Value data, mlir::Value indices, int64_t axis);
  /// From `start` on along axis 0.
  mlir::Value slice(mlir::Value value, int64_t start, int64_t count);

  /// Operands broadcast; the result has their type, or `element`.
  mlir::Value math(llvm::StringRef name, llvm::ArrayRef<mlir::Value> operands,
                   mlir::Type element = {});
  mlir::Value reduce(llvm::StringRef name, mlir::Value value, int64_t axis);

  /// `value` with row `indices[i]`, along axis 0, replaced by `updates[i]`.
  mlir::Value scatter(mlir::Value value, mlir::Value indices,
                      mlir::Value updates, llvm::StringRef reduction = "none");
  /// All elements along axis 0, in order, and where they were.
  std::pair<mlir::Value, mlir::Value> sort(mlir::Value value);

  /// Where `flags`, of any shape, hold, in row-major order.
  PlacesOp places(mlir::Value flags, int64_t most);
};

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_ROWMAKER_H
