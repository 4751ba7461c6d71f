// SPDX-License-Identifier: Apache-2.0
// A tree of element operations that is evaluated tile by tile on chip.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ELEMENTWISEEXPRESSION_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ELEMENTWISEEXPRESSION_H

#include "lib/Conversion/StructuredToTile/Walk.h"

namespace tilicho::compiler {

/// A constant that every element of an operand has. Floats are exact in f32,
/// integers fit 32 bits.
struct ElementConstant {
  double value = 0;
  isa::DType dtype = isa::DType::f32;
};

/// What an operation reads: a tensor, a constant or another operation's result.
struct ElementRef {
  enum Kind { Leaf, Constant, Node } kind;
  unsigned index;
};

/// One operation; its result is rounded to `dtype`.
struct ElementNode {
  isa::AluOp op = isa::AluOp::copy;
  /// operands[0] != 0 ? operands[1] : operands[2], instead of `op`.
  bool isSelect = false;
  isa::Compute compute = isa::Compute::f32;
  isa::DType dtype = isa::DType::f32;
  llvm::SmallVector<ElementRef, 3> operands;
  mlir::Location location;
};

/// Operations in the order of their use; the last one is the result.
class ElementExpression {
public:
  llvm::SmallVector<WalkOperand> leaves;
  llvm::SmallVector<ElementConstant> constants;
  llvm::SmallVector<ElementNode> nodes;

  ElementRef leaf(const WalkOperand &operand);
  ElementRef constant(double value, isa::DType dtype);
  ElementRef node(isa::AluOp op, llvm::ArrayRef<ElementRef> operands,
                  isa::DType dtype, isa::Compute compute,
                  mlir::Location location);
  /// Bytes on chip for each element, all at one time.
  int64_t bytesPerElement() const;
};

/// result = expression, over `shape`, to which the leaves broadcast.
void emitExpression(Lowering &lowering, const ElementExpression &expression,
                    WalkOperand result, llvm::ArrayRef<int64_t> shape);

/// On the operations that are evaluated while a result leaves PSUM, and on the
/// one that makes it: a number. Expressions do not cross from one to another.
inline constexpr llvm::StringLiteral epilogueName = "tile.epilogue";

/// The expression whose root is a `tile.elementwise`, with those operations in
/// it that nothing else uses.
ElementExpression collectExpression(mlir::Operation *root);
/// Whether an operation is part of the expression of its only user.
bool isPartOfExpression(mlir::Operation *op);

/// The one value of a constant tensor's elements, if they are equal and an
/// instruction can hold it for arithmetic in `compute`.
std::optional<ElementConstant> uniformConstant(mlir::Value tensor,
                                               isa::Compute compute);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ELEMENTWISEEXPRESSION_H
