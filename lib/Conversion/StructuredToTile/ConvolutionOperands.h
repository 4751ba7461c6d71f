// SPDX-License-Identifier: Apache-2.0
// The input blocks and weights of a convolution on chip.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONVOLUTIONOPERANDS_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONVOLUTIONOPERANDS_H

#include "lib/Conversion/StructuredToTile/ConvolutionPlan.h"

namespace tilicho::compiler {

/// Brings the input of one tile after the other onto the chip.
class ConvolutionInput {
public:
  ConvolutionInput(const Convolution &conv, const ChannelPass &pass,
                   const ConvolutionPlan &plan, ArrayTypes types,
                   Lowering &lowering)
      : conv(conv), pass(pass), plan(plan), types(types), lowering(lowering) {}

  /// Turns to the tile with these outputs.
  void enter(llvm::ArrayRef<Range> outputs);

  /// The block of the tile's row tile `rowTile`: one dimension for each of the
  /// convolution's.
  View block(int64_t rowTile);
  /// Where a dimension of the block starts.
  int64_t start(unsigned dim) const { return coordinates[dim].start; }

private:
  View load(int64_t rowTile);
  View loadCopies();
  void fillBorder(const View &block);
  void loadOnce();
  void loadCopy(const View &block, llvm::ArrayRef<int64_t> copy,
                int64_t partition);

  const Convolution &conv;
  const ChannelPass &pass;
  const ConvolutionPlan &plan;
  ArrayTypes types;
  Lowering &lowering;
  llvm::SmallVector<Range, 6> coordinates;
  llvm::SmallVector<std::optional<View>> blocks;
  /// What the copies of a block are made from, and which elements it holds.
  std::optional<View> once;
  llvm::SmallVector<Range, 6> onceRanges;
};

/// Brings the weights of one set of outputs after the other onto the chip.
class ConvolutionWeights {
public:
  ConvolutionWeights(const Convolution &conv, const ChannelPass &pass,
                     const ConvolutionPlan &plan, ArrayTypes types,
                     Lowering &lowering)
      : conv(conv), pass(pass), plan(plan), types(types), lowering(lowering) {}

  /// Turns to outputs [first, first + count) of the pass.
  void enter(int64_t first, int64_t count);

  /// The stationary operand for row tile `rowTile`, the tap with these indices
  /// among those with a matmul of their own, and outputs of the pass; from
  /// `partition` on.
  View stationary(int64_t rowTile, llvm::ArrayRef<int64_t> tap, Range outputs,
                  int64_t partition);
  /// Rows that the tap has: all, or fewer where its last copies are outside
  /// the window.
  int64_t rowsOf(int64_t rowTile, llvm::ArrayRef<int64_t> tap) const;

private:
  /// Weights of a box of taps: a dimension for each of the window, and outputs.
  View load(int64_t rowTile, llvm::ArrayRef<Range> taps, Range outputs,
            int64_t partition);
  std::optional<View> pooled(llvm::ArrayRef<Range> taps) const;
  View source(int64_t rowTile, llvm::ArrayRef<Range> positions) const;
  /// Whether the weights of all row tiles can come in one transfer.
  bool comeTogether(int64_t partition) const;
  void keepTogether(llvm::ArrayRef<Range> taps);
  void loadBlocks(const View &weights, const View &source);

  const Convolution &conv;
  const ChannelPass &pass;
  const ConvolutionPlan &plan;
  ArrayTypes types;
  Lowering &lowering;
  Range outputs;
  llvm::SmallVector<std::optional<View>> kept;
};

/// Calls `visit` with the index of each copy in its dimensions and its number
/// on the partitions.
void forEachCopy(
    const ConvolutionPlan &plan,
    llvm::function_ref<void(llvm::ArrayRef<int64_t> copy, int64_t number)>
        visit);

/// The dimensions of a kernel's window where it lies densely.
llvm::SmallVector<Dim, 6> windowDims(const Convolution &conv);

/// The order of a kernel's dimensions [window..., channel, output] in memory. A
/// row is all that one channel multiplies, or, where each output has one
/// channel, all that an output does.
llvm::SmallVector<unsigned> orderInMemory(unsigned windowRank,
                                          bool isDepthwise);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONVOLUTIONOPERANDS_H
