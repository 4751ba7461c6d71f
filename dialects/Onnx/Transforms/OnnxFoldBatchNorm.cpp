// SPDX-License-Identifier: Apache-2.0
// Folds a factor and a summand for each channel into the convolution before.
#include "dialects/Onnx/IR/ValueNames.h"
#include "dialects/Onnx/Transforms/Fold.h"
#include "dialects/Onnx/Transforms/Passes.h"
#include "dialects/Onnx/Transforms/PendingSteps.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace tilicho::ir::onnx {
#define GEN_PASS_DEF_ONNXFOLDBATCHNORM
#include "dialects/Onnx/Transforms/Passes.h.inc"
} // namespace tilicho::ir::onnx

using namespace mlir;
using namespace tilicho::ir::onnx;

namespace {
/// y[channel] = factor[channel] * x[channel] + summand[channel]
struct ChannelScale {
  SmallVector<double> factor, summand;
};
} // namespace

/// The real values of a constant with one for each of `channels`.
static bool loadChannels(Value value, int64_t channels,
                         SmallVector<double> &values) {
  auto tensor = ConstantTensor::load(getConstantValue(value));
  if (!tensor || tensor->numElements() != channels)
    return false;
  for (int64_t channel = 0; channel < channels; ++channel)
    values.push_back(tensor->real(channel));
  return true;
}

static std::optional<ChannelScale> scaleOf(BatchNormalizationOp op,
                                           int64_t channels) {
  SmallVector<double> scale, bias, mean, variance;
  if (op.getTrainingMode() != 0 ||
      !loadChannels(op.getScale(), channels, scale) ||
      !loadChannels(op.getB(), channels, bias) ||
      !loadChannels(op.getInputMean(), channels, mean) ||
      !loadChannels(op.getInputVar(), channels, variance))
    return std::nullopt;
  ChannelScale result;
  double epsilon = op.getEpsilon();
  for (int64_t channel = 0; channel < channels; ++channel) {
    double factor = scale[channel] / std::sqrt(variance[channel] + epsilon);
    result.factor.push_back(factor);
    result.summand.push_back(bias[channel] - mean[channel] * factor);
  }
  return result;
}

/// A constant that broadcasts along channels only: one number, or one for each
/// in dimension 1 of `rank`.
static bool loadBroadcast(Value value, int64_t rank, int64_t channels,
                          SmallVector<double> &values) {
  auto tensor = ConstantTensor::load(getConstantValue(value));
  if (!tensor || tensor->type.getRank() > rank)
    return false;
  int64_t count = tensor->numElements();
  int64_t channelDim = tensor->type.getRank() - (rank - 1);
  bool perChannel = count == channels && channelDim >= 0 &&
                    tensor->type.getRank() > channelDim &&
                    tensor->type.getDimSize(channelDim) == channels;
  if (count != 1 && !perChannel)
    return false;
  for (int64_t channel = 0; channel < channels; ++channel)
    values.push_back(tensor->real(count == 1 ? 0 : channel));
  return true;
}

/// A Mul or an Add by a constant for each channel; the other operand is `x`.
static std::optional<ChannelScale> scaleOf(Operation *op, Value x,
                                           int64_t channels) {
  if (!isa<MulOp, AddOp>(op))
    return std::nullopt;
  Value other = op->getOperand(op->getOperand(0) == x ? 1 : 0);
  auto type = cast<RankedTensorType>(x.getType());
  SmallVector<double> values;
  if (op->getResult(0).getType() != type ||
      !loadBroadcast(other, type.getRank(), channels, values))
    return std::nullopt;
  if (isa<MulOp>(op))
    return ChannelScale{values, SmallVector<double>(channels, 0)};
  return ChannelScale{SmallVector<double>(channels, 1), values};
}

/// By row of the weights, the factor of its output channel: dimension 0 of a
/// Conv's, group and dimension 1 of a ConvTranspose's.
static SmallVector<double> rowFactors(ArrayRef<int64_t> shape,
                                      const ChannelScale &scale,
                                      bool transposed, int64_t groups) {
  if (!transposed)
    return scale.factor;
  SmallVector<double> factors;
  for (int64_t row = 0; row < shape[0] * shape[1]; ++row) {
    int64_t group = row / shape[1] / (shape[0] / groups);
    factors.push_back(scale.factor[group * shape[1] + row % shape[1]]);
  }
  return factors;
}

/// Weights whose rows are multiplied; null when `weights` are not known.
static Value scaleWeights(Value weights, ArrayRef<double> factors,
                          OpBuilder &builder) {
  Location loc = weights.getLoc();
  auto type = cast<RankedTensorType>(weights.getType());
  if (isWeight(weights) && type.getElementType().isF32())
    return addStep(builder, loc, weights, type, scaleStep(builder, factors));
  auto tensor = ConstantTensor::load(getConstantValue(weights));
  if (!tensor)
    return {};
  ConstantTensor result(type);
  int64_t inner = tensor->numElements() / factors.size();
  for (int64_t index = 0; index < tensor->numElements(); ++index)
    result.setReal(index, tensor->real(index) * factors[index / inner]);
  return ConstantOp::create(builder, loc, result.store());
}

static std::optional<ElementsAttr> scaleBias(Value bias, RankedTensorType type,
                                             const ChannelScale &scale) {
  int64_t channels = scale.factor.size();
  SmallVector<double> old;
  if (isAbsent(bias))
    old.assign(channels, 0);
  else if (!loadChannels(bias, channels, old))
    return std::nullopt;
  ConstantTensor result(type);
  for (int64_t channel = 0; channel < channels; ++channel)
    result.setReal(channel, old[channel] * scale.factor[channel] +
                                scale.summand[channel]);
  return result.store();
}

namespace {
template <class Convolution>
struct FoldIntoConvolution : OpRewritePattern<Convolution> {
  using OpRewritePattern<Convolution>::OpRewritePattern;
  static constexpr bool transposed =
      std::is_same_v<Convolution, ConvTransposeOp>;

  LogicalResult matchAndRewrite(Convolution op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<RankedTensorType>(op.getY().getType());
    if (!op.getY().hasOneUse() || !type || type.getRank() < 2 ||
        type.isDynamicDim(1) || !isa<FloatType>(type.getElementType()))
      return failure();
    Operation *user = *op.getY().getUsers().begin();
    int64_t channels = type.getDimSize(1);
    auto norm = dyn_cast<BatchNormalizationOp>(user);
    auto scale = norm && norm.getX() == op.getY()
                     ? scaleOf(norm, channels)
                     : scaleOf(user, op.getY(), channels);
    if (!scale)
      return failure();
    auto weightType = dyn_cast<RankedTensorType>(op.getW().getType());
    auto biasType = RankedTensorType::get({channels}, type.getElementType());
    auto bias = scaleBias(op.getB(), biasType, *scale);
    if (!bias || !weightType || !weightType.hasStaticShape() ||
        weightType.getNumElements() == 0)
      return failure();
    rewriter.setInsertionPoint(op);
    Value weights = scaleWeights(
        op.getW(),
        rowFactors(weightType.getShape(), *scale, transposed, op.getGroup()),
        rewriter);
    if (!weights)
      return failure();
    rewrite(op, user, weights, *bias, rewriter);
    return success();
  }

  /// The convolution takes the value's name of what it swallows.
  static void rewrite(Convolution op, Operation *user, Value weights,
                      ElementsAttr bias, PatternRewriter &rewriter) {
    Value newBias = ConstantOp::create(rewriter, user->getLoc(), bias);
    auto folded = cast<Convolution>(rewriter.clone(*op));
    folded.getWMutable().assign(weights);
    folded.getBMutable().assign(newBias);
    takeNames(user, folded);
    rewriter.replaceAllUsesWith(user->getResult(0), folded.getY());
    rewriter.eraseOp(user);
    rewriter.eraseOp(op);
  }
};

struct FoldBatchNorm
    : ::tilicho::ir::onnx::impl::OnnxFoldBatchNormBase<FoldBatchNorm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns
        .add<FoldIntoConvolution<ConvOp>, FoldIntoConvolution<ConvTransposeOp>>(
            &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
