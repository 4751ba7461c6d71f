// SPDX-License-Identifier: Apache-2.0
// What the two ways of emitting `tile.local_normalization` share.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_LOCALNORMALIZATION_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_LOCALNORMALIZATION_H

#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "dialects/Tile/IR/TileDialect.h"

namespace tilicho::compiler {

/// What an operator asks for, and how blocks of it are read.
class LocalNormalization {
public:
  LocalNormalization(Lowering &lowering, ir::tile::LocalNormalizationOp op);

protected:
  /// Ranges of all dimensions but the channels.
  using Ranges = llvm::SmallVector<Range, 6>;

  /// Channels of the window that come before an element's own.
  int64_t padLow() const { return (size - 1) / 2; }
  /// Of a negative number only whole powers are numbers.
  bool needsPower() const;
  /// The block of channels from `channel` on.
  Block blockAt(int64_t channel, llvm::ArrayRef<Range> ranges) const;
  /// Positions that each have all channels, of which a partition holds `most`
  /// at a time. Nothing where it holds none.
  std::vector<Ranges> cutPositions(int64_t most) const;
  /// powers = (bias + scale * sums)^-exponent; `sums` is overwritten.
  void raise(const View &powers, const View &sums);

  Lowering &lowering;
  TileBuilder &tile;
  const Machine &machine;
  mlir::Value input, result;
  int64_t size;
  float scale, bias, exponent;
  isa::DType dtype;
  llvm::ArrayRef<int64_t> shape;
  int64_t channels, blockSize;
};

/// Emits the operator where the array does not turn its type, or has no room:
/// channels stay on the partitions, and come once more for each of a window.
class ShiftedNormalization : LocalNormalization {
public:
  using LocalNormalization::LocalNormalization;
  void emit();

private:
  void emitBlock(const Block &block);
  View shifted(const Block &block, int64_t shift);
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_LOCALNORMALIZATION_H
