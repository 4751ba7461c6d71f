// SPDX-License-Identifier: Apache-2.0
// Emits `tile.normalization`.
#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/Reduction.h"
#include "lib/Conversion/StructuredToTile/Rows.h"

#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"

using namespace tilicho::ir;

namespace tilicho::compiler {

using isa::AluOp;
using isa::Compute;
using isa::DType;
using isa::ReduceOp;

//===----------------------------------------------------------------------===//
// Rows on chip
//===----------------------------------------------------------------------===//

namespace {

/// Rows that lie whole in a partition.
class NormalizationTile {
public:
  NormalizationTile(Lowering &lowering, tile::NormalizationOp op)
      : lowering(lowering), tile(lowering.tile),
        epsilon(op.getEpsilon().convertToFloat()),
        subtractMean(op.getSubtractMean()) {}

  /// Does what act has to do first; the rest is left to the result, so that
  /// other rows come between.
  std::function<void()> begin(const Rows &dst, const Rows &src) {
    View mean = src.column(lowering);
    if (subtractMean) {
      reduceRows(lowering, mean, src, {ReduceOp::add});
      tile.tensorScalar(Engine::Vec, mean, mean, AluOp::divide,
                        float(src.length()));
    }
    if (!src.areLong()) {
      emitShort(dst, src, mean);
      return {};
    }
    View scale = sumSquares(src, mean);
    return [this, dst, src, mean, scale] { finishLong(dst, src, mean, scale); };
  }

private:
  /// sum becomes 1 / sqrt(sum / length + epsilon).
  void toScale(const View &sum, int64_t length) {
    tile.tensorScalar(Engine::Vec, sum, sum, AluOp::divide, float(length),
                      AluOp::add, epsilon);
    tile.tensorScalar(Engine::Vec, sum, sum, AluOp::rsqrt);
  }

  View sumSquares(const Rows &src, const View &mean) {
    View negative = src.column(lowering), scale = src.column(lowering);
    if (subtractMean)
      tile.tensorScalar(Engine::Vec, negative, mean, AluOp::neg);
    Rows squares = src.like(lowering, DType::f32);
    src.forEach([&](const RowIndex &at) {
      ScalarOperand bias = subtractMean
                               ? ScalarOperand(pickColumn(negative, at))
                               : ScalarOperand(-0.0f);
      tile.activate(squares.row(at), AluOp::square, src.row(at), 1.0f, bias,
                    pickColumn(scale, at));
    });
    return scale;
  }

  void finishLong(const Rows &dst, const Rows &src, const View &mean,
                  const View &scale) {
    toScale(scale, src.length());
    src.forEach([&](const RowIndex &at) {
      if (subtractMean)
        tile.tensorScalar(Engine::Vec, dst.row(at), src.row(at),
                          AluOp::subtract, pickColumn(mean, at),
                          AluOp::multiply, pickColumn(scale, at));
      else
        scaleRow(lowering, dst.row(at), src.row(at), pickColumn(scale, at));
    });
  }

  void emitShort(const Rows &dst, const Rows &src, const View &mean) {
    Rows centered = src;
    if (subtractMean) {
      centered = src.like(lowering, DType::f32);
      tile.tensorTensor(Engine::Vec, AluOp::subtract, centered.view, src.view,
                        src.stretch(mean));
    }
    View scale = src.column(lowering);
    reduceRows(lowering, scale, centered, {ReduceOp::add, AluOp::square});
    toScale(scale, src.length());
    tile.tensorTensor(Engine::Vec, AluOp::multiply, dst.view, centered.view,
                      src.stretch(scale));
  }

  Lowering &lowering;
  TileBuilder &tile;
  float epsilon;
  bool subtractMean;
};

//===----------------------------------------------------------------------===//
// Rows in HBM
//===----------------------------------------------------------------------===//

/// Rows that are too long for a partition, or too few to be worth one each.
class NormalizationInHbm {
public:
  NormalizationInHbm(Lowering &lowering, tile::NormalizationOp op)
      : lowering(lowering), op(op), shape(Lowering::shapeOf(op.getInput())),
        columns(shape) {
    for (unsigned dim = op.getAxis(); dim < shape.size(); ++dim) {
      length *= shape[dim];
      columns[dim] = 1;
    }
  }

  void emit() {
    WalkOperand centered = WalkOperand::read(op.getInput());
    if (op.getSubtractMean())
      centered = center();
    View sum = lowering.tile.hbm(DType::f32, columns);
    emitReduction(lowering, WalkOperand::write(sum), centered,
                  {ReduceOp::add, AluOp::square});
    View scale = lowering.tile.hbm(DType::f32, columns);
    ElementExpression root;
    ElementRef mean = binary(root, AluOp::divide, root.leaf(read(sum)),
                             root.constant(double(length), DType::f32));
    ElementRef shifted =
        binary(root, AluOp::add, mean,
               root.constant(op.getEpsilon().convertToFloat(), DType::f32));
    root.node(AluOp::rsqrt, {shifted}, DType::f32, Compute::f32, op.getLoc());
    emitExpression(lowering, root, WalkOperand::write(scale), columns);
    ElementExpression product;
    binary(product, AluOp::multiply, product.leaf(centered),
           product.leaf(read(scale)));
    product.nodes.back().dtype = Lowering::dtypeOf(op.getResult());
    emitExpression(lowering, product, WalkOperand::write(op.getResult()),
                   shape);
  }

private:
  static WalkOperand read(const View &view) { return WalkOperand::read(view); }

  ElementRef binary(ElementExpression &tree, AluOp alu, ElementRef a,
                    ElementRef b) {
    return tree.node(alu, {a, b}, DType::f32, Compute::f32, op.getLoc());
  }

  /// The input less its mean.
  WalkOperand center() {
    View sum = lowering.tile.hbm(DType::f32, columns);
    emitReduction(lowering, WalkOperand::write(sum),
                  WalkOperand::read(op.getInput()), {ReduceOp::add});
    View mean = lowering.tile.hbm(DType::f32, columns);
    ElementExpression division;
    binary(division, AluOp::divide, division.leaf(read(sum)),
           division.constant(double(length), DType::f32));
    emitExpression(lowering, division, WalkOperand::write(mean), columns);
    View result = lowering.tile.hbm(DType::f32, shape);
    ElementExpression difference;
    binary(difference, AluOp::subtract,
           difference.leaf(WalkOperand::read(op.getInput())),
           difference.leaf(read(mean)));
    emitExpression(lowering, difference, WalkOperand::write(result), shape);
    return read(result);
  }

  Lowering &lowering;
  tile::NormalizationOp op;
  llvm::SmallVector<int64_t> shape, columns;
  int64_t length = 1;
};

} // namespace

mlir::LogicalResult emitNormalization(mlir::Operation *op, Lowering &lowering) {
  auto normalization = mlir::cast<tile::NormalizationOp>(op);
  mlir::Value input = normalization.getInput();
  mlir::Value result = normalization.getResult();
  llvm::ArrayRef<int64_t> shape = Lowering::shapeOf(input);
  auto axes = llvm::to_vector(
      llvm::seq<unsigned>(normalization.getAxis(), shape.size()));
  NormalizationTile tile(lowering, normalization);
  bool emitted = walkRowsInTurn(
      lowering, result, input, axes,
      [&](const Rows &dst, const Rows &src) { return tile.begin(dst, src); });
  if (!emitted)
    NormalizationInHbm(lowering, normalization).emit();
  return mlir::success();
}

} // namespace tilicho::compiler
