// SPDX-License-Identifier: Apache-2.0
// Lets operators read and leave values as they lie.
#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/Transforms/SimplifyMoves.h"

using namespace mlir;

namespace tilicho::ir::tile {

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static bool isScalar(Value value) {
  return typeOf(value).getNumElements() == 1;
}

/// Whether the result has no element less than the operand: each one once, or
/// whole dimensions again and again.
static bool keepsAll(Operation *move) {
  if (!llvm::isa<ReshapeOp, RestrideOp>(move))
    return false;
  RankedTensorType from = typeOf(move->getOperand(0));
  int64_t kept = typeOf(move->getResult(0)).getNumElements();
  if (auto restride = dyn_cast<RestrideOp>(move))
    for (auto [extent, dim] :
         llvm::zip(restride.getType().getShape(), restride.getDims()))
      if (dim < 0 && extent != 0)
        kept /= extent;
  return from.getNumElements() == kept;
}

namespace {

/// Arithmetic with scalars, done before a move, can be part of what makes the
/// moved value.
struct ScalarsBeforeMoves : OpRewritePattern<ElementwiseOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ElementwiseOp op,
                                PatternRewriter &rewriter) const override {
    Value moved = onlyTensorOf(op);
    Operation *move = moved ? moved.getDefiningOp() : nullptr;
    if (!move || isKept(op) || isKept(move) || !moved.hasOneUse() ||
        !keepsAll(move) || typeOf(moved).getShape() != op.getType().getShape())
      return failure();
    RankedTensorType before = typeOf(move->getOperand(0));
    SmallVector<Value> operands;
    for (Value operand : op.getInputs()) {
      if (operand != moved && typeOf(operand).getRank() > before.getRank())
        return failure();
      operands.push_back(operand == moved ? move->getOperand(0) : operand);
    }
    auto first = ElementwiseOp::create(
        rewriter, op.getLoc(),
        RankedTensorType::get(before.getShape(), op.getType().getElementType()),
        operands, op.getOp(), op.getCompute());
    Operation *then = rewriter.clone(*move);
    then->setOperand(0, first);
    then->getResult(0).setType(op.getType());
    then->removeAttr("onnx.values");
    takeNames(op, then);
    rewriter.replaceOp(op, then);
    return success();
  }

  /// The operand that is no scalar, given that the result is no wider.
  static Value onlyTensorOf(ElementwiseOp op) {
    Value tensor;
    for (Value operand : op.getInputs()) {
      if (isScalar(operand))
        continue;
      if (tensor)
        return {};
      tensor = operand;
    }
    if (!tensor || op.getType().getElementTypeBitWidth() >
                       typeOf(tensor).getElementTypeBitWidth())
      return {};
    return tensor;
  }
};

/// A contraction reads a transposed operand as such where consecutive elements
/// then lie side by side.
struct TransposedOperands : OpRewritePattern<ContractOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ContractOp op,
                                PatternRewriter &rewriter) const override {
    if (auto a = exchanged(op.getA(), rewriter)) {
      rewriter.modifyOpInPlace(op, [&] {
        op.getAMutable().assign(a);
        op.setTransA(!op.getTransA());
      });
      return success();
    }
    if (auto b = exchanged(op.getB(), rewriter)) {
      rewriter.modifyOpInPlace(op, [&] {
        op.getBMutable().assign(b);
        op.setTransB(!op.getTransB());
      });
      return success();
    }
    return failure();
  }

  /// The restride with its last two dimensions exchanged, where that makes its
  /// last one run along memory, or null.
  static Value exchanged(Value operand, PatternRewriter &rewriter) {
    auto restride = operand.getDefiningOp<RestrideOp>();
    if (!restride || isKept(restride) || !operand.hasOneUse() ||
        restride.getType().getRank() < 2)
      return {};
    SmallVector<int64_t> dims(restride.getDims()), steps(restride.getSteps()),
        shape(restride.getType().getShape());
    size_t last = dims.size() - 1;
    int64_t innermost = typeOf(restride.getInput()).getRank() - 1;
    if (dims[last] == innermost || dims[last - 1] != innermost)
      return {};
    for (auto *list : {&dims, &steps, &shape})
      std::swap((*list)[last], (*list)[last - 1]);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(restride);
    return RestrideOp::create(
        rewriter, restride.getLoc(),
        RankedTensorType::get(shape, restride.getType().getElementType()),
        restride.getInput(), restride.getStarts(), dims, steps);
  }
};

//===----------------------------------------------------------------------===//
// Rows of all batches as one matrix
//===----------------------------------------------------------------------===//

/// Whether a shape is a batch of matrices.
bool hasBatch(RankedTensorType type) {
  ArrayRef<int64_t> shape = type.getShape();
  int64_t batch = 1;
  for (int64_t extent : shape.drop_back(std::min<size_t>(2, shape.size())))
    batch *= extent;
  return batch > 1;
}

RankedTensorType rowsOf(RankedTensorType type) {
  int64_t cols = type.getShape().back();
  return RankedTensorType::get({type.getNumElements() / cols, cols},
                               type.getElementType());
}

/// What has this shape with its leading dimensions as one, if that is given.
Value matrixBehind(Value value) {
  auto reshape = value.getDefiningOp<ReshapeOp>();
  if (!reshape || isKept(reshape) || !typeOf(value).getNumElements() ||
      !hasBatch(typeOf(value)) ||
      typeOf(reshape.getInput()) != rowsOf(typeOf(value)))
    return {};
  return reshape.getInput();
}

Value asRows(PatternRewriter &rewriter, Location loc, Value value) {
  if (Value matrix = matrixBehind(value))
    return matrix;
  return ReshapeOp::create(rewriter, loc, rowsOf(typeOf(value)), value);
}

/// Replaces by the same on rows: `clone` has the new operands.
void replaceByRows(PatternRewriter &rewriter, Operation *op,
                   ArrayRef<Value> operands) {
  Operation *rows = rewriter.clone(*op);
  rows->setOperands(operands);
  rows->getResult(0).setType(rowsOf(typeOf(op->getResult(0))));
  auto back = ReshapeOp::create(rewriter, op->getLoc(),
                                op->getResult(0).getType(), rows->getResult(0));
  rewriter.replaceOp(op, back);
}

struct RowsOfContract : OpRewritePattern<ContractOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ContractOp op,
                                PatternRewriter &rewriter) const override {
    if (isKept(op) || op.getTransA() || !hasBatch(typeOf(op.getA())) ||
        typeOf(op.getB()).getRank() != 2 ||
        typeOf(op.getResult()).getNumElements() == 0)
      return failure();
    replaceByRows(rewriter, op,
                  {asRows(rewriter, op.getLoc(), op.getA()), op.getB()});
    return success();
  }
};

struct RowsOfElementwise : OpRewritePattern<ElementwiseOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ElementwiseOp op,
                                PatternRewriter &rewriter) const override {
    if (isKept(op) || !llvm::any_of(op.getInputs(), [&](Value operand) {
          return matrixBehind(operand) &&
                 typeOf(operand).getShape() == op.getType().getShape();
        }))
      return failure();
    int64_t cols = op.getType().getShape().back();
    for (Value operand : op.getInputs())
      if (typeOf(operand).getShape() != op.getType().getShape() &&
          !repeatsOverRows(operand, cols))
        return failure();
    SmallVector<Value> operands;
    for (Value operand : op.getInputs())
      operands.push_back(repeatsOverRows(operand, cols)
                             ? operand
                             : asRows(rewriter, op.getLoc(), operand));
    replaceByRows(rewriter, op, operands);
    return success();
  }

  /// A scalar or a row, of rank 1 or less.
  static bool repeatsOverRows(Value operand, int64_t cols) {
    RankedTensorType type = typeOf(operand);
    return type.getRank() == 0 ||
           (type.getRank() == 1 &&
            (type.getDimSize(0) == 1 || type.getDimSize(0) == cols));
  }
};

/// Over the last dimension alone.
struct RowsOfNormalization : OpRewritePattern<NormalizationOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(NormalizationOp op,
                                PatternRewriter &rewriter) const override {
    Value matrix = matrixBehind(op.getInput());
    if (isKept(op) || !matrix ||
        static_cast<int64_t>(op.getAxis()) !=
            typeOf(op.getInput()).getRank() - 1)
      return failure();
    auto rows =
        NormalizationOp::create(rewriter, op.getLoc(), matrix.getType(), matrix,
                                rewriter.getI64IntegerAttr(1),
                                op.getEpsilonAttr(), op.getSubtractMeanAttr());
    takeNames(op, rows);
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), rows.getResult());
    return success();
  }
};

} // namespace

void addMovePastOperators(RewritePatternSet &patterns) {
  patterns.add<ScalarsBeforeMoves, TransposedOperands, RowsOfContract,
               RowsOfElementwise, RowsOfNormalization>(patterns.getContext());
}

} // namespace tilicho::ir::tile
