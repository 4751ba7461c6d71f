// SPDX-License-Identifier: Apache-2.0
// An operation of the onnx dialect as its lowering reads it.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_ONNXNODE_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_ONNXNODE_H

#include "dialects/Tile/IR/StructuredShapes.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

#include <optional>

namespace tilicho::compiler {

using ir::tile::Shape;

/// Operands by their place in ONNX's schema, attributes by ONNX's names.
class OnnxNode {
public:
  explicit OnnxNode(mlir::Operation *op) : op(op) {}

  mlir::Operation *operation() const { return op; }
  /// The operator's name without the dialect's.
  llvm::StringRef name() const { return op->getName().stripDialect(); }

  unsigned numInputs() const { return op->getNumOperands(); }
  /// Whether operand `index` is there and not absent.
  bool has(unsigned index) const;
  mlir::Value input(unsigned index) const { return op->getOperand(index); }
  mlir::RankedTensorType type(unsigned index) const;
  llvm::ArrayRef<int64_t> shape(unsigned index) const;
  mlir::Type element(unsigned index) const;
  int64_t rank(unsigned index) const;

  unsigned numResults() const { return op->getNumResults(); }
  /// Whether result `index` is there and something reads it.
  bool uses(unsigned index) const;
  mlir::RankedTensorType resultType(unsigned index = 0) const;
  llvm::ArrayRef<int64_t> resultShape(unsigned index = 0) const;
  mlir::Type resultElement(unsigned index = 0) const;

  int64_t integer(llvm::StringRef attribute, int64_t fallback) const;
  double real(llvm::StringRef attribute, double fallback) const;
  llvm::StringRef text(llvm::StringRef attribute,
                       llvm::StringRef fallback) const;
  std::optional<Shape> integers(llvm::StringRef attribute) const;
  Shape integers(llvm::StringRef attribute, Shape fallback) const;

  /// The value of operand `index` when it is known: absent is not known.
  std::optional<Shape> constantIntegers(unsigned index) const;
  std::optional<llvm::SmallVector<double>> constantReals(unsigned index) const;

  /// Attribute `axis`, counted from 0, of operand `index`.
  int64_t axis(int64_t fallback, unsigned index = 0) const;

private:
  mlir::Operation *op;
};

/// `axis` counted from the front.
inline int64_t fromFront(int64_t axis, int64_t rank) {
  return axis < 0 ? axis + rank : axis;
}

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_ONNXNODE_H
