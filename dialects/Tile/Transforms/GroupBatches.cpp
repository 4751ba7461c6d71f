// SPDX-License-Identifier: Apache-2.0
// Lets the matrices of a batch that a product meets again and again stay one:
// where an operand repeats them and merges its dimensions, the product has the
// dimensions of before, and broadcasts. They are merged after the product, or
// after the operators that work row by row behind it.
#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/Transforms/SimplifyMoves.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace tilicho::ir::tile {

namespace {

using Shape = SmallVector<int64_t>;

RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// By leading dimension after a reshape, the extents that it is merged of; the
/// last two dimensions stay.
struct Merge {
  Value source;
  SmallVector<Shape> origins;

  /// This shape, which broadcasts to that after the reshape, before it; none
  /// where the parts of a dimension cannot be told apart.
  std::optional<Shape> splitShape(ArrayRef<int64_t> shape) const {
    if (shape.size() <= 2)
      return Shape(shape);
    size_t numLeading = shape.size() - 2;
    if (numLeading > origins.size())
      return std::nullopt;
    Shape split;
    ArrayRef<Shape> last = ArrayRef(origins).take_back(numLeading);
    for (auto [extent, origin] : llvm::zip(shape, last)) {
      bool isOne = extent == 1;
      for (int64_t part : origin)
        split.push_back(isOne ? 1 : part);
    }
    llvm::append_range(split, shape.take_back(2));
    return split;
  }
};

std::optional<Merge> mergeOf(Value value) {
  auto reshape = value.getDefiningOp<ReshapeOp>();
  if (!reshape || isKept(reshape) || !value.hasOneUse())
    return std::nullopt;
  ArrayRef<int64_t> from = typeOf(reshape.getInput()).getShape();
  ArrayRef<int64_t> to = typeOf(value).getShape();
  if (from.size() <= to.size() || to.size() < 3 ||
      from.take_back(2) != to.take_back(2) || llvm::is_contained(to, 0))
    return std::nullopt;
  auto dims = mergedDims(from.drop_back(2), to.drop_back(2));
  if (!dims)
    return std::nullopt;
  Merge merge{reshape.getInput(), {}};
  for (ArrayRef<int64_t> parts : *dims)
    merge.origins.push_back(
        llvm::map_to_vector(parts, [&](int64_t dim) { return from[dim]; }));
  return merge;
}

Value reshaped(PatternRewriter &rewriter, Location loc, Value value,
               ArrayRef<int64_t> shape) {
  RankedTensorType type = typeOf(value);
  if (type.getShape() == shape)
    return value;
  return ReshapeOp::create(rewriter, loc, type.clone(shape), value);
}

/// The result of `op` in the shape before the merge; its own one after it.
/// Returns what makes the first.
Operation *replaceBefore(PatternRewriter &rewriter, Operation *op,
                         ArrayRef<Value> operands, ArrayRef<int64_t> shape) {
  RankedTensorType type = typeOf(op->getResult(0));
  Operation *before = rewriter.clone(*op);
  before->setOperands(operands);
  before->getResult(0).setType(type.clone(shape));
  before->removeAttr("onnx.values");
  auto after =
      ReshapeOp::create(rewriter, op->getLoc(), type, before->getResult(0));
  takeNames(op, after);
  rewriter.replaceOp(op, after);
  return before;
}

/// What repeats matrices: the same without that, which broadcasts to it.
Value withoutRepeats(PatternRewriter &rewriter, Value value) {
  auto restride = value.getDefiningOp<RestrideOp>();
  if (!restride || isKept(restride) || !value.hasOneUse())
    return {};
  Shape shape(typeOf(value).getShape());
  bool isRepeated = false;
  for (auto [extent, dim] :
       llvm::drop_end(llvm::zip(shape, restride.getDims()), 2)) {
    isRepeated |= dim < 0 && extent > 1;
    extent = dim < 0 ? 1 : extent;
  }
  if (!isRepeated)
    return {};
  return RestrideOp::create(rewriter, restride.getLoc(),
                            typeOf(value).clone(shape), restride.getInput(),
                            restride.getStarts(), restride.getDims(),
                            restride.getSteps());
}

struct GroupBatchOfContract : OpRewritePattern<ContractOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ContractOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<Merge> merge = mergeOf(op.getB());
    if (isKept(op) || !merge || op.getA() == op.getB() ||
        typeOf(op.getA()).getShape().drop_back(2) !=
            typeOf(op.getB()).getShape().drop_back(2))
      return failure();
    Value b = withoutRepeats(rewriter, merge->source);
    if (!b)
      return failure();
    Shape a = *merge->splitShape(typeOf(op.getA()).getShape());
    Shape result = *merge->splitShape(op.getType().getShape());
    replaceBefore(rewriter, op,
                  {reshaped(rewriter, op.getLoc(), op.getA(), a), b}, result);
    return success();
  }
};

/// Whether a product that broadcasts matrices of a batch made this, by way of
/// operators that work row by row.
bool isOfGroupedBatch(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (auto contract = dyn_cast<ContractOp>(op)) {
      auto b = typeOf(contract.getB()).getShape().drop_back(2);
      auto all = contract.getType().getShape().drop_back(2);
      return b.size() == all.size() && b != all;
    }
    if (!llvm::isa<ElementwiseOp, SoftmaxOp>(op))
      return false;
    Value next;
    for (Value operand : op->getOperands())
      if (typeOf(operand).getShape() == typeOf(value).getShape())
        next = operand;
    if (!next)
      return false;
    value = next;
  }
  return false;
}

struct ElementwiseBeforeMerge : OpRewritePattern<ElementwiseOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ElementwiseOp op,
                                PatternRewriter &rewriter) const override {
    if (isKept(op))
      return failure();
    for (Value operand : op.getInputs())
      if (typeOf(operand).getShape() == op.getType().getShape())
        if (std::optional<Merge> merge = mergeOf(operand);
            merge && isOfGroupedBatch(merge->source))
          return rewrite(op, *merge, rewriter);
    return failure();
  }

  static LogicalResult rewrite(ElementwiseOp op, const Merge &merge,
                               PatternRewriter &rewriter) {
    SmallVector<Shape> shapes;
    for (Value operand : op.getInputs()) {
      auto shape = merge.splitShape(typeOf(operand).getShape());
      if (!shape)
        return failure();
      shapes.push_back(std::move(*shape));
    }
    SmallVector<Value> operands;
    for (auto [operand, shape] : llvm::zip(op.getInputs(), shapes))
      operands.push_back(reshaped(rewriter, op.getLoc(), operand, shape));
    replaceBefore(rewriter, op, operands,
                  *merge.splitShape(op.getType().getShape()));
    return success();
  }
};

struct SoftmaxBeforeMerge : OpRewritePattern<SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<Merge> merge = mergeOf(op.getInput());
    int64_t rank = op.getType().getRank();
    if (isKept(op) || !merge ||
        static_cast<int64_t>(op.getAxis()) != rank - 1 ||
        !isOfGroupedBatch(merge->source))
      return failure();
    RankedTensorType source = typeOf(merge->source);
    Operation *before =
        replaceBefore(rewriter, op, merge->source, source.getShape());
    cast<SoftmaxOp>(before).setAxis(source.getRank() - 1);
    return success();
  }
};

} // namespace

void addGroupBatches(RewritePatternSet &patterns) {
  patterns
      .add<GroupBatchOfContract, ElementwiseBeforeMerge, SoftmaxBeforeMerge>(
          patterns.getContext());
}

} // namespace tilicho::ir::tile
