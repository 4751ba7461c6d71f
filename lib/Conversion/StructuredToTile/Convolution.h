// SPDX-License-Identifier: Apache-2.0
// A convolution as its emitters see it.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONVOLUTION_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONVOLUTION_H

#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/Lowering.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

namespace tilicho::ir::tile {
class ConvolutionOp;
}

namespace tilicho::compiler {

class Epilogue;

/// Operands and sizes. `dims` are the batch, which is a dimension with a window
/// of 1, and the spatial ones.
struct Convolution {
  explicit Convolution(ir::tile::ConvolutionOp op);

  mlir::Value input, kernel, result;
  llvm::SmallVector<WindowDim, 4> dims;
  int64_t channels, outputs, groups;
  int64_t zeroInput, zeroKernel;

  int64_t groupChannels() const { return channels / groups; }
  int64_t groupOutputs() const { return outputs / groups; }
  llvm::SmallVector<int64_t, 4> outputExtents() const;
};

/// Channels that are convolved together: some outputs, and the inputs that they
/// depend on. Several groups share the array as the blocks of a block-diagonal
/// stationary operand.
struct ChannelPass {
  int64_t firstInput, numInputs;
  int64_t firstOutput, numOutputs;
  Blocks blocks;
};

/// The block of a tensor [n, channels, spatial...]: channels on the partitions
/// and a range of each other dimension.
Block channelBlock(int64_t firstChannel, int64_t numChannels,
                   llvm::ArrayRef<Range> ranges);

/// Calls `visit` with each set of channels that go together: a group, or as
/// many as `rows` inputs and `cols` outputs hold.
void forEachPass(const Convolution &conv, int64_t rows, int64_t cols,
                 llvm::function_ref<void(const ChannelPass &)> visit);

/// A tile of at most `capacity` elements: inner dimensions whole, the first
/// that does not fit cut evenly.
llvm::SmallVector<int64_t, 6> chunkOf(llvm::ArrayRef<int64_t> extents,
                                      int64_t capacity);

void emitConvolutionOnArray(const Convolution &conv, ArrayTypes types,
                            Epilogue &epilogue, Lowering &lowering);
/// For types that the array cannot multiply.
void emitConvolutionOnLanes(const Convolution &conv, Lowering &lowering);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONVOLUTION_H
