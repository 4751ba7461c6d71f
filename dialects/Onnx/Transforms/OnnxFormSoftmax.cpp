// SPDX-License-Identifier: Apache-2.0
// Finds softmax where it is spelt as five operators.
#include "dialects/Onnx/IR/ValueNames.h"
#include "dialects/Onnx/Transforms/Fold.h"
#include "dialects/Onnx/Transforms/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tilicho::ir::onnx {
#define GEN_PASS_DEF_ONNXFORMSOFTMAX
#include "dialects/Onnx/Transforms/Passes.h.inc"
} // namespace tilicho::ir::onnx

using namespace mlir;
using namespace tilicho::ir::onnx;

/// The one axis that a reduction goes over and keeps as an extent of 1.
template <class Reduce> static std::optional<int64_t> keptAxis(Reduce op) {
  auto type = op ? dyn_cast<RankedTensorType>(op.getData().getType())
                 : RankedTensorType();
  if (!type || op.getKeepdims() != 1 || op.getNoopWithEmptyAxes() != 0)
    return std::nullopt;
  std::optional<Shape> axes;
  if (!isAbsent(op.getAxes()))
    axes = toIntegers(getConstantValue(op.getAxes()));
  else if (type.getRank() == 1)
    axes = Shape{0};
  if (!axes || axes->size() != 1)
    return std::nullopt;
  int64_t axis = axes->front();
  return axis < 0 ? axis + type.getRank() : axis;
}

/// A value less its maximum along an axis.
struct Shifted {
  Value input;
  int64_t axis;
};

static std::optional<Shifted> matchShifted(Value value) {
  auto difference = value.getDefiningOp<SubOp>();
  if (!difference)
    return std::nullopt;
  auto largest = difference.getB().getDefiningOp<ReduceMaxOp>();
  std::optional<int64_t> axis = keptAxis(largest);
  if (!axis || largest.getData() != difference.getA())
    return std::nullopt;
  return Shifted{difference.getA(), *axis};
}

/// The sum of powers along the axis of `shifted`.
static ExpOp powersIn(Value sum, int64_t axis) {
  auto reduce = sum.getDefiningOp<ReduceSumOp>();
  std::optional<int64_t> over = keptAxis(reduce);
  return over == axis ? reduce.getData().template getDefiningOp<ExpOp>()
                      : ExpOp();
}

template <class Softmax>
static void replaceBySoftmax(Operation *op, const Shifted &shifted,
                             PatternRewriter &rewriter) {
  auto made =
      Softmax::create(rewriter, op->getLoc(), op->getResult(0).getType(),
                      shifted.input, rewriter.getI64IntegerAttr(shifted.axis));
  takeNames(op, made);
  rewriter.replaceOp(op, made);
}

namespace {
struct FormSoftmax : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DivOp op,
                                PatternRewriter &rewriter) const override {
    auto powers = op.getA().getDefiningOp<ExpOp>();
    if (!powers)
      return failure();
    auto shifted = matchShifted(powers.getInput());
    if (!shifted || powersIn(op.getB(), shifted->axis) != powers ||
        op.getType() != shifted->input.getType())
      return failure();
    replaceBySoftmax<SoftmaxOp>(op, *shifted, rewriter);
    return success();
  }
};

struct FormLogSoftmax : OpRewritePattern<SubOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SubOp op,
                                PatternRewriter &rewriter) const override {
    auto logarithm = op.getB().getDefiningOp<LogOp>();
    auto shifted = matchShifted(op.getA());
    if (!logarithm || !shifted)
      return failure();
    ExpOp powers = powersIn(logarithm.getInput(), shifted->axis);
    if (!powers || powers.getInput() != op.getA() ||
        op.getType() != shifted->input.getType())
      return failure();
    replaceBySoftmax<LogSoftmaxOp>(op, *shifted, rewriter);
    return success();
  }
};

struct FormSoftmaxPass
    : ::tilicho::ir::onnx::impl::OnnxFormSoftmaxBase<FormSoftmaxPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FormSoftmax, FormLogSoftmax>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
