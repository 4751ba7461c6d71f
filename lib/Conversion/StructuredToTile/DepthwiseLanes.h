// SPDX-License-Identifier: Apache-2.0
// The part of a depthwise convolution that vec and pool do beside the array.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_DEPTHWISELANES_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_DEPTHWISELANES_H

#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/ConvolutionPlan.h"

#include <optional>

namespace tilicho::compiler {

/// Shares a convolution's accumulators among the array, vec and pool by their
/// load. A column of the array sums one channel's taps and is idle for all
/// others, so that vec or pool, with a multiply-add of all channels for each
/// tap, are of the same order. They add the taps in the same order to the same
/// +0, but round a product before they add: of 16-bit elements products are
/// exact. Act has one tensor operand and cannot add up taps; it empties the
/// array's accumulators. Where vec and pool take turns at SBUF, pool adds
/// nothing to what vec could do in that time.
class DepthwiseLanes {
public:
  DepthwiseLanes(const Convolution &conv, ArrayTypes types, Lowering &lowering)
      : conv(conv), types(types), lowering(lowering) {}

  /// Turns to a pass over channels; says whether vec can take part in it.
  bool enter(const ChannelPass &pass, const ConvolutionPlan &plan);

  /// Who should take an accumulator of so many elements a partition, which so
  /// many element operations follow; nothing for the array.
  std::optional<Engine> take(int64_t elements, int64_t taps,
                             int64_t operations);

  /// acc (+)= moving * weights of the tap, by its position in each dimension of
  /// the window.
  void emitTap(Engine engine, const View &acc, const View &moving,
               llvm::ArrayRef<int64_t> position, bool accumulate);

private:
  View loadWeights() const;
  double arrayCost(int64_t elements, int64_t taps) const;
  double lanesCost(const EngineModel &engine, double cycles) const;
  bool poolHelps() const;

  const Convolution &conv;
  ArrayTypes types;
  Lowering &lowering;
  ChannelPass pass{};
  /// f32, outputs on the partitions, a dimension for each of the window.
  std::optional<View> weights;
  /// Work so far.
  double arrayNs = 0, vecNs = 0, poolNs = 0;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_DEPTHWISELANES_H
