// SPDX-License-Identifier: Apache-2.0
// Joins reshapes and restrides that follow each other.
#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/TensorShapes.h"
#include "dialects/Tile/Transforms/SimplifyMoves.h"

using namespace mlir;

namespace tilicho::ir::tile {

std::optional<SmallVector<SmallVector<int64_t>>>
mergedDims(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  SmallVector<SmallVector<int64_t>> origins;
  size_t at = 0;
  for (int64_t extent : to) {
    SmallVector<int64_t> origin;
    for (int64_t count = 1; count != extent || origin.empty();) {
      if (at == from.size() || from[at] == 0 || extent % (count * from[at]))
        return std::nullopt;
      count *= from[at];
      origin.push_back(static_cast<int64_t>(at++));
    }
    origins.push_back(std::move(origin));
  }
  if (at != from.size())
    return std::nullopt;
  return origins;
}

namespace {

/// A restride's attributes, to be changed.
struct Walk {
  SmallVector<int64_t> starts, dims, steps;

  explicit Walk(RestrideOp op)
      : starts(op.getStarts()), dims(op.getDims()), steps(op.getSteps()) {}
};

/// The names of a replaced operation live on in its replacement.
void replaceByRestride(PatternRewriter &rewriter, Operation *op, Value input,
                       const Walk &walk) {
  auto restride =
      RestrideOp::create(rewriter, op->getLoc(), op->getResult(0).getType(),
                         input, walk.starts, walk.dims, walk.steps);
  takeNames(op, restride);
  rewriter.replaceOp(op, restride);
}

/// By dimension of `to`, the one of `from` that it is, or -1 for one of extent
/// 1 that is added; none when more than such dimensions differ.
std::optional<SmallVector<int64_t>> unitReshape(ArrayRef<int64_t> from,
                                                ArrayRef<int64_t> to) {
  SmallVector<int64_t> origin;
  size_t at = 0;
  for (int64_t extent : to) {
    if (extent == 1) {
      origin.push_back(-1);
      continue;
    }
    while (at < from.size() && from[at] == 1)
      ++at;
    if (at == from.size() || from[at] != extent)
      return std::nullopt;
    origin.push_back(static_cast<int64_t>(at++));
  }
  for (; at < from.size(); ++at)
    if (from[at] != 1)
      return std::nullopt;
  return origin;
}

/// The producer, if nothing else needs its result.
template <class Op> Op ownProducer(Value value) {
  auto producer = value.getDefiningOp<Op>();
  if (!producer || !value.hasOneUse() || isKept(producer))
    return {};
  return producer;
}

struct JoinReshapes : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    if (isKept(op))
      return failure();
    if (op.getInput().getType() == op.getType()) {
      rewriter.replaceOp(op, op.getInput());
      return success();
    }
    auto inner = op.getInput().getDefiningOp<ReshapeOp>();
    if (!inner || isKept(inner))
      return failure();
    rewriter.modifyOpInPlace(
        op, [&] { op.getInputMutable().assign(inner.getInput()); });
    return success();
  }
};

struct JoinRestrides : OpRewritePattern<RestrideOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RestrideOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = ownProducer<RestrideOp>(op.getInput());
    if (!inner || isKept(op))
      return failure();
    Walk walk(inner);
    for (auto [middle, start] : llvm::enumerate(op.getStarts()))
      if (int64_t dim = inner.getDims()[middle]; dim >= 0)
        walk.starts[dim] += inner.getSteps()[middle] * start;
    walk.dims.clear();
    walk.steps.clear();
    for (auto [middle, step] : llvm::zip(op.getDims(), op.getSteps())) {
      int64_t dim = middle < 0 ? -1 : inner.getDims()[middle];
      walk.dims.push_back(dim);
      walk.steps.push_back(dim < 0 ? 1 : step * inner.getSteps()[middle]);
    }
    replaceByRestride(rewriter, op, inner.getInput(), walk);
    return success();
  }
};

/// A restride of the same elements with dimensions of extent 1 added or taken
/// away reads what was there before.
struct RestrideOfUnitReshape : OpRewritePattern<RestrideOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RestrideOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = ownProducer<ReshapeOp>(op.getInput());
    if (!inner || isKept(op))
      return failure();
    ArrayRef<int64_t> before = shapeOf(inner.getInput());
    auto origin = unitReshape(before, shapeOf(op.getInput()));
    if (!origin)
      return failure();
    Walk walk(op);
    walk.starts.assign(before.size(), 0);
    for (auto [dim, start] : llvm::enumerate(op.getStarts()))
      if (int64_t from = (*origin)[dim]; from >= 0)
        walk.starts[from] = start;
    for (int64_t &dim : walk.dims)
      dim = dim < 0 ? -1 : (*origin)[dim];
    replaceByRestride(rewriter, op, inner.getInput(), walk);
    return success();
  }
};

/// Dimensions that were merged and are moved together are moved first, so that
/// the move joins the one before.
struct RestrideOfMerged : OpRewritePattern<RestrideOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RestrideOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = ownProducer<ReshapeOp>(op.getInput());
    if (!inner || isKept(op) || !ownProducer<RestrideOp>(inner.getInput()))
      return failure();
    ArrayRef<int64_t> before = shapeOf(inner.getInput());
    auto origins = mergedDims(before, shapeOf(op.getInput()));
    if (!origins)
      return failure();
    Walk walk(op);
    walk.starts.assign(before.size(), 0);
    walk.dims.clear();
    walk.steps.clear();
    SmallVector<int64_t> shape;
    for (auto [extent, dim, step] :
         llvm::zip(shapeOf(op), op.getDims(), op.getSteps())) {
      if (dim < 0)
        return failure();
      ArrayRef<int64_t> origin = (*origins)[dim];
      bool isWhole = op.getStarts()[dim] == 0 && step == 1 &&
                     extent == shapeOf(op.getInput())[dim];
      if (origin.size() > 1 && !isWhole)
        return failure();
      for (int64_t from : origin) {
        walk.starts[from] = op.getStarts()[dim];
        walk.dims.push_back(from);
        walk.steps.push_back(step);
        shape.push_back(origin.size() > 1 ? before[from] : extent);
      }
    }
    // What is not read of a merged dimension cannot be said of its parts.
    for (size_t dim = 0; dim < op.getStarts().size(); ++dim)
      if (!llvm::is_contained(op.getDims(), static_cast<int64_t>(dim)))
        return failure();
    auto first = RestrideOp::create(
        rewriter, op.getLoc(),
        RankedTensorType::get(shape, op.getType().getElementType()),
        inner.getInput(), walk.starts, walk.dims, walk.steps);
    auto then = ReshapeOp::create(rewriter, op.getLoc(), op.getType(), first);
    takeNames(op, then);
    rewriter.replaceOp(op, then);
    return success();
  }
};

struct UnitReshapeOfRestride : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = ownProducer<RestrideOp>(op.getInput());
    if (!inner || isKept(op))
      return failure();
    auto origin = unitReshape(shapeOf(op.getInput()), shapeOf(op.getResult()));
    if (!origin)
      return failure();
    Walk walk(inner);
    walk.dims.clear();
    walk.steps.clear();
    for (int64_t middle : *origin) {
      walk.dims.push_back(middle < 0 ? -1 : inner.getDims()[middle]);
      walk.steps.push_back(middle < 0 ? 1 : inner.getSteps()[middle]);
    }
    replaceByRestride(rewriter, op, inner.getInput(), walk);
    return success();
  }
};

/// A restride that keeps the order of all elements only names dimensions.
struct RestrideToReshape : OpRewritePattern<RestrideOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RestrideOp op,
                                PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> from = shapeOf(op.getInput()), to = shapeOf(op);
    int64_t last = -1, count = 1, whole = 1;
    for (int64_t extent : from)
      whole *= extent;
    if (isKept(op) || whole == 0)
      return failure();
    for (auto [extent, dim, step] :
         llvm::zip(to, op.getDims(), op.getSteps())) {
      if (extent == 1)
        continue;
      if (dim <= last || step != 1 || extent != from[dim])
        return failure();
      last = dim;
      count *= extent;
    }
    if (count != whole)
      return failure();
    auto reshape =
        ReshapeOp::create(rewriter, op.getLoc(), op.getType(), op.getInput());
    takeNames(op, reshape);
    rewriter.replaceOp(op, reshape);
    return success();
  }
};

} // namespace

void addJoinMoves(RewritePatternSet &patterns) {
  patterns.add<JoinReshapes, JoinRestrides, RestrideOfUnitReshape,
               RestrideOfMerged, UnitReshapeOfRestride, RestrideToReshape>(
      patterns.getContext());
}

} // namespace tilicho::ir::tile
