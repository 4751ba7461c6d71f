// SPDX-License-Identifier: Apache-2.0
// Emits `tile.softmax`.
#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"
#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/Reduction.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"
#include "lib/Conversion/StructuredToTile/Rows.h"
#include "lib/Conversion/StructuredToTile/SoftmaxOfProduct.h"

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
class SoftmaxTile {
public:
  SoftmaxTile(Lowering &lowering, bool logarithm)
      : tile(lowering.tile), lowering(lowering), logarithm(logarithm) {}

  void emit(const Rows &dst, const Rows &src) {
    View most = src.column(lowering);
    reduceRows(lowering, most, src, {ReduceOp::max});
    if (src.areLong())
      emitLong(dst, src, most);
    else
      emitShort(dst, src, most);
  }

private:
  View reciprocal(const View &sum) {
    tile.tensorScalar(Engine::Vec, sum, sum, AluOp::reciprocal);
    return sum;
  }
  View log(const View &sum) {
    tile.activate(sum, AluOp::log, sum);
    return sum;
  }

  void emitLong(const Rows &dst, const Rows &src, const View &most) {
    View negative = src.column(lowering), sum = src.column(lowering);
    tile.tensorScalar(Engine::Vec, negative, most, AluOp::neg);
    Rows power = src.like(lowering, DType::f32);
    src.forEach([&](const RowIndex &at) {
      tile.activate(power.row(at), AluOp::exp, src.row(at), 1.0f,
                    pickColumn(negative, at), pickColumn(sum, at));
    });
    View scale = logarithm ? log(sum) : reciprocal(sum);
    src.forEach([&](const RowIndex &at) {
      if (logarithm)
        tile.tensorScalar(Engine::Vec, dst.row(at), src.row(at),
                          AluOp::subtract, pickColumn(most, at),
                          AluOp::subtract, pickColumn(scale, at));
      else
        scaleRow(lowering, dst.row(at), power.row(at), pickColumn(scale, at));
    });
  }

  void emitShort(const Rows &dst, const Rows &src, const View &most) {
    Rows shifted = src.like(lowering, DType::f32);
    tile.tensorTensor(Engine::Vec, AluOp::subtract, shifted.view, src.view,
                      src.stretch(most));
    Rows power = src.like(lowering, DType::f32);
    tile.activate(power.view, AluOp::exp, shifted.view);
    View sum = src.column(lowering);
    reduceRows(lowering, sum, power, {ReduceOp::add});
    View scale = logarithm ? log(sum) : reciprocal(sum);
    tile.tensorTensor(
        Engine::Vec, logarithm ? AluOp::subtract : AluOp::multiply, dst.view,
        logarithm ? shifted.view : power.view, src.stretch(scale));
  }

  TileBuilder &tile;
  Lowering &lowering;
  bool logarithm;
};

//===----------------------------------------------------------------------===//
// Rows in HBM
//===----------------------------------------------------------------------===//

/// Rows that are too long for a partition, or too few to be worth one each.
class SoftmaxInHbm {
public:
  SoftmaxInHbm(Lowering &lowering, tile::SoftmaxOp op)
      : lowering(lowering), op(op), shape(Lowering::shapeOf(op.getInput())),
        columns(shape),
        compute(Lowering::dtypeOf(op.getInput()) == DType::f64 ? Compute::f64
                                                               : Compute::f32),
        dtype(dtypeOf(compute)) {
    columns[op.getAxis()] = 1;
  }

  void emit() {
    View most = lowering.tile.hbm(dtype, columns);
    emitReduction(lowering, WalkOperand::write(most), input(),
                  {ReduceOp::max, AluOp::copy, compute});
    View power = lowering.tile.hbm(dtype, shape);
    apply(WalkOperand::write(power), shape, [&](ElementExpression &tree) {
      unary(tree, AluOp::exp, shifted(tree, most));
    });
    View sum = lowering.tile.hbm(dtype, columns);
    emitReduction(lowering, WalkOperand::write(sum), WalkOperand::read(power),
                  {ReduceOp::add, AluOp::copy, compute});
    View scale = lowering.tile.hbm(dtype, columns);
    apply(WalkOperand::write(scale), columns, [&](ElementExpression &tree) {
      unary(tree, op.getLogarithm() ? AluOp::log : AluOp::reciprocal,
            tree.leaf(WalkOperand::read(sum)));
    });
    apply(WalkOperand::write(op.getResult()), shape,
          [&](ElementExpression &tree) { scaled(tree, most, power, scale); });
  }

private:
  WalkOperand input() { return WalkOperand::read(op.getInput()); }

  template <class Function>
  void apply(WalkOperand result, llvm::ArrayRef<int64_t> over, Function build) {
    ElementExpression tree;
    build(tree);
    tree.nodes.back().dtype = result.dtype();
    emitExpression(lowering, tree, std::move(result), over);
  }
  ElementRef unary(ElementExpression &tree, AluOp alu, ElementRef operand) {
    return tree.node(alu, {operand}, dtype, compute, op.getLoc());
  }
  ElementRef shifted(ElementExpression &tree, const View &most) {
    return tree.node(AluOp::subtract,
                     {tree.leaf(input()), tree.leaf(WalkOperand::read(most))},
                     dtype, compute, op.getLoc());
  }
  void scaled(ElementExpression &tree, const View &most, const View &power,
              const View &scale) {
    bool logarithm = op.getLogarithm();
    ElementRef left =
        logarithm ? shifted(tree, most) : tree.leaf(WalkOperand::read(power));
    tree.node(logarithm ? AluOp::subtract : AluOp::multiply,
              {left, tree.leaf(WalkOperand::read(scale))}, dtype, compute,
              op.getLoc());
  }

  Lowering &lowering;
  tile::SoftmaxOp op;
  llvm::SmallVector<int64_t> shape, columns;
  Compute compute;
  DType dtype;
};

} // namespace

mlir::LogicalResult emitSoftmax(mlir::Operation *op, Lowering &lowering) {
  if (isInsideRowChain(op))
    return mlir::success();
  if (emitSoftmaxOfProduct(op, lowering))
    return mlir::success();
  auto softmax = mlir::cast<tile::SoftmaxOp>(op);
  mlir::Value input = softmax.getInput(), result = softmax.getResult();
  unsigned axis = softmax.getAxis();
  bool emitted = walkRows(
      lowering, result, input, {axis}, [&](const Rows &dst, const Rows &src) {
        SoftmaxTile(lowering, softmax.getLogarithm()).emit(dst, src);
      });
  if (!emitted)
    SoftmaxInHbm(lowering, softmax).emit();
  return mlir::success();
}

} // namespace tilicho::compiler
