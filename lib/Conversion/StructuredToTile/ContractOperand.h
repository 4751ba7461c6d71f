// SPDX-License-Identifier: Apache-2.0
// Operands of a matrix multiplication on chip, with k on the partitions.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONTRACTOPERAND_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONTRACTOPERAND_H

#include "lib/Conversion/StructuredToTile/ContractPlan.h"

#include "llvm/ADT/DenseMap.h"

namespace tilicho::compiler {

/// Brings tiles of k of one block of an operand after the other onto the chip.
class ContractOperand {
public:
  ContractOperand(const Factor &factor, const FactorPlan &plan, isa::DType type,
                  int64_t kTile, Lowering &lowering)
      : factor(factor), plan(plan), type(type), kTile(kTile),
        lowering(lowering) {}

  /// Turns to another batch.
  void enterBatch(llvm::ArrayRef<int64_t> index);
  /// Lets go of everything that was loaded.
  void forget();
  /// Turns to the block with these free indices.
  void enter(Range free);
  bool isAt(Range range) const {
    return free.start == range.start && free.count == range.count;
  }

  /// Tile number `index` of k: [k, free indices of the block].
  View tile(int64_t index);
  /// Loads a tile ahead of its use, if k has it.
  void prefetch(int64_t index) {
    if (index * kTile < factor.k)
      tile(index);
  }

private:
  Range kRange(int64_t firstTile, int64_t numTiles) const;
  /// Fills `tiles` from tile `first` of k on.
  void loadGroup(int64_t first);
  View load(Range k);
  void turnGroup(int64_t first, int64_t count);
  void turnRows(Range rows, int64_t first, int64_t count);
  void turnTile(const View &target, llvm::ArrayRef<View> rows);
  void collect();

  using Tiles = llvm::DenseMap<int64_t, View>;

  const Factor &factor;
  const FactorPlan &plan;
  isa::DType type;
  int64_t kTile;
  Lowering &lowering;
  llvm::SmallVector<int64_t, 6> batch;
  Range free{0, 0, 1};
  /// A part of a tile and its bank of PSUM.
  std::optional<std::pair<View, View>> turnedLast;
  /// Loaded tiles of k, by the block's first free index.
  llvm::DenseMap<int64_t, Tiles> blocks;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONTRACTOPERAND_H
