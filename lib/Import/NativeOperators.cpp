// SPDX-License-Identifier: Apache-2.0
// The operators whose schema's function body is the best lowering.
#include "lib/Import/NativeOperators.h"

#include <set>

bool tilicho::compiler::shouldExpand(const std::string &opType) {
  static const std::set<std::string> expanded = {
      "AffineGrid",
      "Attention",
      "Bernoulli",
      "BlackmanWindow",
      "CausalConvWithState",
      "CenterCropPad",
      "DynamicQuantizeLinear",
      "FlexAttention",
      "HammingWindow",
      "HannWindow",
      "LinearAttention",
      "MeanVarianceNormalization",
      "NegativeLogLikelihoodLoss",
      "ReduceLogSum",
      "ReduceLogSumExp",
      "RotaryEmbedding",
      "SequenceMap",
      "Shrink",
      "SoftmaxCrossEntropyLoss",
      "SwiGLU",
  };
  return expanded.count(opType);
}
