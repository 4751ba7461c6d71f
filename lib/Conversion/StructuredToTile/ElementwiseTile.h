// SPDX-License-Identifier: Apache-2.0
// Evaluates an expression on one tile.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ELEMENTWISETILE_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ELEMENTWISETILE_H

#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"

namespace tilicho::compiler {

/// The engine for arithmetic in `compute` that reads and writes `views`; with
/// `isMove`, values are only compared or moved.
Engine engineFor(const Machine &machine, isa::Compute compute,
                 llvm::ArrayRef<isa::DType> dtypes, bool isMove);

/// dst = src where the types are equal, bit for bit.
void moveBits(Lowering &lowering, const View &dst, const View &src);

/// Fills dst with a constant.
void fill(Lowering &lowering, const View &dst, double value);

/// The operands of an expression on one tile.
class TileOperands {
public:
  virtual ~TileOperands() = default;
  /// A leaf, with the extents of the tile.
  virtual View load(unsigned leaf, std::optional<isa::DType> asType = {}) = 0;
  /// Whether a leaf is one element in each partition.
  virtual bool isColumn(unsigned leaf) const = 0;
  /// Whether a leaf is read from PSUM.
  virtual bool isInPsum(unsigned /*leaf*/) const { return false; }
  /// New memory on chip for the tile.
  virtual View allocate(isa::DType dtype) = 0;
  virtual int64_t partitions() const = 0;
  virtual llvm::SmallVector<int64_t> extents() const = 0;
};

/// Evaluates the last node of `expression` on a tile, into `dst`. Operations
/// on scalars and constants are joined where one instruction rounds as two.
class ElementwiseTile {
public:
  ElementwiseTile(Lowering &lowering, TileOperands &operands,
                  const ElementExpression &expression)
      : lowering(lowering), operands(operands), expression(expression) {}

  void evaluate(const View &dst);

private:
  using Ref = ElementRef;
  /// operand * scale + bias, each rounded to f32.
  struct Affine {
    Ref operand;
    ScalarOperand scale = 1.0f, bias = -0.0f;
  };

  const ElementNode &node(Ref ref) const { return expression.nodes[ref.index]; }
  bool isF32Node(Ref ref) const;
  bool mayStayWide(const ElementNode &of, Ref ref) const;
  isa::DType dtypeOf(Ref ref) const;
  View tensor(Ref ref);
  std::optional<ScalarOperand> scalar(Ref ref, isa::Compute compute);
  Engine engineOf(const ElementNode &of, bool isMove) const;

  void emit(const ElementNode &of, const View &dst);
  void emitSelect(const ElementNode &of, const View &dst);
  void emitUnary(const ElementNode &of, const View &dst);
  void emitBinary(const ElementNode &of, const View &dst);
  bool emitOnAct(const ElementNode &of, const View &dst);
  bool emitJoined(const ElementNode &of, const View &dst);
  bool matchScaled(const ElementNode &of, Affine &affine);
  bool matchAffine(const ElementNode &of, Affine &affine);
  bool actTakes(Ref operand, const View &dst) const;

  Lowering &lowering;
  TileOperands &operands;
  const ElementExpression &expression;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ELEMENTWISETILE_H
