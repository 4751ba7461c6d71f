// SPDX-License-Identifier: Apache-2.0
// The part of a depthwise convolution that vec does beside the array.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_DEPTHWISELANES_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_DEPTHWISELANES_H

#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/ConvolutionPlan.h"

#include <optional>

namespace tilicho::compiler {

/// Shares a convolution's accumulators between the array and vec by their load.
/// A column of the array sums one channel's taps and is idle for all others, so
/// that vec, with a multiply-add of all channels for each tap, is of the same
/// order. It adds the taps in the same order to the same +0, but rounds a
/// product before it adds: of 16-bit elements products are exact.
class DepthwiseLanes {
public:
  DepthwiseLanes(const Convolution &conv, ArrayTypes types, Lowering &lowering)
      : conv(conv), types(types), lowering(lowering) {}

  /// Turns to a pass over channels; says whether vec can take part in it.
  bool enter(const ChannelPass &pass, const ConvolutionPlan &plan);

  /// Whether vec should take an accumulator of so many elements a partition.
  bool takes(int64_t elements, int64_t taps);

  /// acc (+)= moving * weights of the tap, by its position in each dimension of
  /// the window.
  void emitTap(const View &acc, const View &moving,
               llvm::ArrayRef<int64_t> position, bool accumulate);

private:
  View loadWeights() const;

  const Convolution &conv;
  ArrayTypes types;
  Lowering &lowering;
  ChannelPass pass{};
  /// f32, outputs on the partitions, a dimension for each of the window.
  std::optional<View> weights;
  double arrayNs = 0, lanesNs = 0;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_DEPTHWISELANES_H
