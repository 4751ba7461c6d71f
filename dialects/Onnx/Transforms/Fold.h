// SPDX-License-Identifier: Apache-2.0
// Values of constants, and how results are computed from them.
#ifndef TILICHO_DIALECTS_ONNX_TRANSFORMS_FOLD_H
#define TILICHO_DIALECTS_ONNX_TRANSFORMS_FOLD_H

#include "dialects/Onnx/IR/OnnxOps.h"

#include "llvm/ADT/StringMap.h"

#include <optional>

namespace tilicho::ir::onnx {

using Shape = llvm::SmallVector<int64_t>;
using Elements = llvm::SmallVector<mlir::ElementsAttr>;

/// Computes the results of an operation whose operands are constants, null
/// where one is absent. Empty when it does not know how.
using FoldFunction = Elements (*)(mlir::Operation *,
                                  llvm::ArrayRef<mlir::ElementsAttr>);
using FoldTable = llvm::StringMap<FoldFunction>;

// One function a file: adds the operators of a family.
void addMoveFolds(FoldTable &table);
void addArithmeticFolds(FoldTable &table);
void addShapeFolds(FoldTable &table);

/// A constant's elements in byte storage.
struct ConstantTensor {
  mlir::RankedTensorType type;
  llvm::SmallVector<char> bytes;

  static std::optional<ConstantTensor> load(mlir::ElementsAttr value);
  /// Zeros.
  explicit ConstantTensor(mlir::RankedTensorType type);
  mlir::ElementsAttr store() const;

  int64_t numElements() const { return type.getNumElements(); }
  unsigned elementBytes() const;
  /// Elements as numbers; integers of any type wrap to its width when written.
  int64_t integer(int64_t index) const;
  double real(int64_t index) const;
  void setInteger(int64_t index, int64_t value);
  /// Rounds to nearest even; saturates where the element is an integer.
  void setReal(int64_t index, double value);
};

/// The integers of a constant of any rank; none when it is no small constant
/// of integers.
std::optional<Shape> toIntegers(mlir::ElementsAttr value);

/// The one value of a constant whose elements are equal; null when they are not
/// known to be.
mlir::Attribute splatOf(mlir::ElementsAttr value);

/// Steps in elements between neighbours in each dimension, row-major.
Shape rowMajorSteps(llvm::ArrayRef<int64_t> shape);

/// The steps of an operand broadcast to `shape`: 0 where it is repeated.
Shape broadcastSteps(mlir::RankedTensorType operand,
                     llvm::ArrayRef<int64_t> shape);

/// Calls `visit(index, offset)` for each element of `shape` in order, with
/// offset = base + sum(position * step).
template <class Visit>
void forEachElement(llvm::ArrayRef<int64_t> shape, int64_t base,
                    llvm::ArrayRef<int64_t> steps, Visit visit) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  Shape position(shape.size(), 0);
  int64_t offset = base;
  for (int64_t index = 0; index < count; ++index) {
    visit(index, offset);
    for (int64_t dim = shape.size() - 1; dim >= 0; --dim) {
      offset += steps[dim];
      if (++position[dim] < shape[dim])
        break;
      offset -= steps[dim] * shape[dim];
      position[dim] = 0;
    }
  }
}

/// The static type of result 0, null when it is open.
mlir::RankedTensorType staticResultType(mlir::Operation *op);

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_FOLD_H
