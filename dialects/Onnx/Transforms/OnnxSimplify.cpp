// SPDX-License-Identifier: Apache-2.0
// Removes operations without effect and joins chains of moves.
#include "dialects/Onnx/IR/ValueNames.h"
#include "dialects/Onnx/Transforms/Fold.h"
#include "dialects/Onnx/Transforms/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tilicho::ir::onnx {
#define GEN_PASS_DEF_ONNXSIMPLIFY
#include "dialects/Onnx/Transforms/Passes.h.inc"
} // namespace tilicho::ir::onnx

using namespace mlir;
using namespace tilicho::ir::onnx;

static RankedTensorType staticType(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() ? type : RankedTensorType();
}

//===----------------------------------------------------------------------===//
// Operations whose result is an operand
//===----------------------------------------------------------------------===//

/// Whether a constant holds only zeros; an absent one is the default, zero.
static bool isZero(Value value) {
  if (isAbsent(value))
    return true;
  auto tensor = ConstantTensor::load(getConstantValue(value));
  return tensor && llvm::all_of(tensor->bytes, [](char c) { return c == 0; });
}

/// Whether all of `steps` are 1; absent steps are.
static bool stepsForward(Value steps) {
  if (isAbsent(steps))
    return true;
  auto values = toIntegers(getConstantValue(steps));
  return values &&
         llvm::all_of(*values, [](int64_t step) { return step == 1; });
}

static bool permutes(TransposeOp op, Shape &permutation) {
  auto type = dyn_cast<RankedTensorType>(op.getData().getType());
  if (!type)
    return false;
  if (auto attribute = op.getPerm())
    permutation.assign(attribute->begin(), attribute->end());
  else
    for (int64_t dim = type.getRank() - 1; dim >= 0; --dim)
      permutation.push_back(dim);
  return true;
}

static bool isIdentityOrder(TransposeOp op) {
  Shape permutation;
  return permutes(op, permutation) && llvm::is_sorted(permutation);
}

/// Whether an operation hands on its first operand, given that the types of
/// the two are equal and static.
static bool handsOn(Operation *op) {
  if (isa<CastOp, ReshapeOp, SqueezeOp, UnsqueezeOp, FlattenOp, ExpandOp,
          TileOp>(op))
    return true;
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return isIdentityOrder(transpose);
  if (auto slice = dyn_cast<SliceOp>(op))
    return stepsForward(slice.getSteps());
  if (auto pad = dyn_cast<PadOp>(op))
    return isZero(pad.getPads());
  if (auto clip = dyn_cast<ClipOp>(op))
    return isAbsent(clip.getMin()) && isAbsent(clip.getMax());
  if (isa<ConcatOp, SumOp, MaxOp, MinOp, MeanOp>(op))
    return op->getNumOperands() == 1;
  return isa<SplitOp>(op) && op->getNumResults() == 1;
}

namespace {
struct RemoveEffectless : RewritePattern {
  RemoveEffectless(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (isa<IdentityOp>(op)) {
      rewriter.replaceOp(op, op->getOperand(0));
      return success();
    }
    if (op->getNumResults() != 1 || op->getNumOperands() == 0 ||
        !staticType(op->getResult(0)) ||
        op->getOperand(0).getType() != op->getResult(0).getType() ||
        !handsOn(op))
      return failure();
    rewriter.replaceOp(op, op->getOperand(0));
    return success();
  }
};

/// At inference a Dropout keeps every element.
struct RemoveDropout : OpRewritePattern<DropoutOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DropoutOp op,
                                PatternRewriter &rewriter) const override {
    if (!isZero(op.getTrainingMode()))
      return failure();
    Value mask = op.getMask();
    if (!isAbsent(mask)) {
      auto type = staticType(mask);
      if (!type)
        return failure();
      mask = ConstantOp::create(rewriter, op.getLoc(),
                                DenseElementsAttr::get(type, true));
    } else {
      mask = NoneOp::create(rewriter, op.getLoc());
    }
    rewriter.replaceOp(op, {op.getData(), mask});
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Chains
//===----------------------------------------------------------------------===//

struct JoinTransposes : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getData().getDefiningOp<TransposeOp>();
    Shape outerOrder, innerOrder, order;
    if (!inner || !permutes(op, outerOrder) || !permutes(inner, innerOrder))
      return failure();
    for (int64_t dim : outerOrder)
      order.push_back(innerOrder[dim]);
    auto joined = TransposeOp::create(rewriter, op.getLoc(), op.getType(),
                                      inner.getData(),
                                      rewriter.getDenseI64ArrayAttr(order));
    takeNames(op, joined);
    rewriter.replaceOp(op, joined);
    return success();
  }
};

static Value createReshape(PatternRewriter &rewriter, Operation *op,
                           Value from) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  auto shapeType =
      RankedTensorType::get({type.getRank()}, rewriter.getI64Type());
  Value shape =
      ConstantOp::create(rewriter, op->getLoc(),
                         DenseElementsAttr::get(shapeType, type.getShape()));
  // A zero is a size, not "as the operand's".
  auto reshape = ReshapeOp::create(
      rewriter, op->getLoc(), type, from, shape,
      rewriter.getI64IntegerAttr(llvm::is_contained(type.getShape(), 0)));
  takeNames(op, reshape);
  return reshape;
}

static bool isReshape(Operation *op) {
  return isa_and_nonnull<ReshapeOp, SqueezeOp, UnsqueezeOp, FlattenOp>(op);
}

/// The last of a chain of reshapes decides alone.
struct JoinReshapes : RewritePattern {
  JoinReshapes(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isReshape(op) || !staticType(op->getResult(0)))
      return failure();
    Operation *inner = op->getOperand(0).getDefiningOp();
    if (!isReshape(inner) || !staticType(inner->getOperand(0)))
      return failure();
    Value from = inner->getOperand(0);
    rewriter.replaceOp(op, createReshape(rewriter, op, from));
    return success();
  }
};

/// A transpose that moves only dimensions of size 1 moves no element.
struct TransposeToReshape : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    Shape permutation, moved;
    auto type = staticType(op.getData());
    if (!type || !staticType(op.getTransposed()) || !permutes(op, permutation))
      return failure();
    for (int64_t dim : permutation)
      if (type.getDimSize(dim) != 1)
        moved.push_back(dim);
    if (!llvm::is_sorted(moved))
      return failure();
    rewriter.replaceOp(op, createReshape(rewriter, op, op.getData()));
    return success();
  }
};

struct Simplify : ::tilicho::ir::onnx::impl::OnnxSimplifyBase<Simplify> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RemoveEffectless, RemoveDropout, JoinTransposes, JoinReshapes,
                 TransposeToReshape>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
