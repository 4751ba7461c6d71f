// SPDX-License-Identifier: Apache-2.0
// How a convolution is cut into blocks for the array.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONVOLUTIONPLAN_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONVOLUTIONPLAN_H

#include "lib/Conversion/StructuredToTile/Convolution.h"

namespace tilicho::compiler {

/// How one dimension of the input lies in its block on chip. Coordinate q holds
/// input element `origin + q * step`. With `stack` > 1 so many taps lie side by
/// side on the partitions: the s-th copy of the channels holds element
/// `origin + q * step + s * shift`, and a matmul serves them all.
struct BlockDim {
  int64_t extent = 1;
  int64_t stack = 1;
  int64_t step = 1;
  int64_t shift = 1;
  int64_t origin = 0;
  /// Phases in block coordinates; a tap's position is that of its first copy.
  llvm::SmallVector<Phase, 2> phases;

  /// Without copies a tap leaves out what lies in the padding. Copies share
  /// their matmul, so that the block has the padding in it.
  bool isClipped() const { return stack == 1; }
  /// Steps of a phase that a tap takes part in.
  Range stepsOf(const Phase &phase, const Tap &tap, Range steps) const;
  /// Block coordinates that a range of outputs needs.
  Range coordinates(Range outputs) const;
  /// Those of `coordinates` whose element of copy `copy` is in the input.
  Range inside(Range coordinates, int64_t copy) const;
  /// Taps that a matmul of its own serves.
  int64_t numTaps(const WindowDim &dim) const {
    return (dim.window + stack - 1) / stack;
  }
};

/// A dimension with `stack` taps side by side.
BlockDim blockDim(const WindowDim &dim, int64_t stack, bool isInnermost);

/// At most so many coordinates are needed by `outputs` outputs in a row.
int64_t coordinateBound(const BlockDim &dim, int64_t outputs);

/// Tiles hold whole rounds of the phases.
llvm::SmallVector<int64_t, 4> tileUnits(llvm::ArrayRef<BlockDim> dims);

/// The plan for one pass over channels.
struct ConvolutionPlan {
  llvm::SmallVector<BlockDim, 4> dims;
  /// The dimension whose copies are slowest on the partitions; only its last
  /// tap may have fewer copies than the others.
  unsigned slowestStack = 0;
  /// Channels in a tile of the array's rows and columns.
  int64_t rows = 0, cols = 0;
  /// Outputs in a tile, by dimension.
  llvm::SmallVector<int64_t, 6> tile;
  /// Output channels whose weights are on chip together.
  int64_t weightOutputs = 0;
  /// Whether a tile's input, and those weights, stay while they are in use;
  /// otherwise each matmul has its operand loaded anew.
  bool keepInput = true, keepWeights = true;
  /// Whether copies of taps are made from one piece of the input on chip, and
  /// not loaded one by one.
  bool loadsOnce = false;
  /// Whether the loop over weights is outside that over tiles.
  bool weightsOutside = true;

  int64_t copies() const;
  int64_t numTaps(llvm::ArrayRef<WindowDim> dims) const;
};

/// Channels of `tensor` on the partitions at one time, at most `limit`: where
/// it lies on chip it does so in blocks.
int64_t blockLimit(mlir::Value tensor, int64_t limit, const Lowering &lowering);

ConvolutionPlan planConvolution(const Convolution &conv,
                                const ChannelPass &pass, ArrayTypes types,
                                const Epilogue &epilogue,
                                const Lowering &lowering);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONVOLUTIONPLAN_H
