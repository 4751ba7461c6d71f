// SPDX-License-Identifier: Apache-2.0
// Builds what the bodies of If, Loop and Scan become.
#ifndef TILICHO_DIALECTS_ONNX_TRANSFORMS_REGIONMAKER_H
#define TILICHO_DIALECTS_ONNX_TRANSFORMS_REGIONMAKER_H

#include "dialects/Onnx/IR/OnnxOps.h"

#include "mlir/IR/Builders.h"

namespace tilicho::ir::onnx {

/// Operations that the iterations of one Loop or Scan may become.
constexpr int64_t maxUnrolled = 100000;

/// Operations by their names; open result types are inferred later.
class RegionMaker {
public:
  explicit RegionMaker(mlir::Operation *op) : builder(op), loc(op->getLoc()) {}

  mlir::Value constant(mlir::RankedTensorType type,
                       llvm::ArrayRef<int64_t> values);
  mlir::Value integers(llvm::ArrayRef<int64_t> values);
  mlir::Value make(llvm::StringRef name, mlir::ValueRange operands,
                   mlir::Type type,
                   llvm::ArrayRef<mlir::NamedAttribute> attributes = {});
  mlir::Value make(llvm::StringRef name, mlir::ValueRange operands,
                   llvm::ArrayRef<mlir::NamedAttribute> attributes = {});
  mlir::NamedAttribute attribute(llvm::StringRef name, int64_t value);
  mlir::NamedAttribute axis(int64_t value) { return attribute("axis", value); }
  mlir::Type i64() { return builder.getI64Type(); }
  static mlir::Type openLike(mlir::TensorType type);

  /// A truth value of any shape with one element, as a scalar.
  mlir::Value scalar(mlir::Value condition);
  /// One of two values of equal types; `condition` is a scalar.
  mlir::Value choose(mlir::Value condition, mlir::Value yes, mlir::Value no);
  /// Pieces side by side along a new axis.
  mlir::Value stack(llvm::ArrayRef<mlir::Value> pieces, int64_t at);

  mlir::OpBuilder builder;
  mlir::Location loc;
};

/// A copy of the body on `arguments`, in front of the builder's place; returns
/// what it yields. Values inside exist once for each copy, so that they have no
/// ONNX name.
llvm::SmallVector<mlir::Value> copyBody(mlir::Region &region,
                                        mlir::ValueRange arguments,
                                        mlir::OpBuilder &builder);

/// The first of what was built in front of `op` after `before`.
mlir::Operation *firstAfter(mlir::Operation *before, mlir::Operation *op);

/// Replaces `op`; returns where the walk goes on.
mlir::Operation *replaceBy(mlir::Operation *op, mlir::ValueRange values,
                           mlir::Operation *before);

bool isStatic(mlir::Value value);
int64_t countOperations(mlir::Operation *op);

/// All iterations of a Scan; null where they cannot take its place.
mlir::Operation *expandScan(ScanOp op);

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_REGIONMAKER_H
