// SPDX-License-Identifier: Apache-2.0
// Operands of a matrix multiplication on chip, with k on the partitions.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONTRACTOPERAND_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONTRACTOPERAND_H

#include "lib/Conversion/StructuredToTile/ContractPlan.h"

#include "llvm/ADT/DenseMap.h"

#include <deque>

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
  /// The distance of the indices of k in a tile: more than 1 where tiles of a
  /// group take turns at them.
  int64_t stepOf(int64_t index) const;
  /// Lets go of a tile whose block does not stay.
  void leave(int64_t index);
  /// Asks for a tile ahead of its use, if k has it: what comes from memory is
  /// loaded, what the array turns is left to `turnNext`.
  void prefetch(int64_t index) {
    if (index * kTile < factor.k)
      ask(index);
  }
  /// Turnings that have been asked for, and the next of them.
  size_t numToTurn() const { return toTurn.size(); }
  void turnNext();

private:
  /// Rows on the partitions, and which free indices of a part they are.
  struct Rows {
    View view;
    Range free;
  };
  /// A part of a tile, and the rows that it is the transposition of.
  struct Turning {
    /// The tile of k, and its block's first free index.
    int64_t index, free;
    View target;
    llvm::SmallVector<Rows, 4> rows;
  };
  /// A group of tiles of k in memory's order, by parts of its free indices.
  struct RawPart {
    Range free;
    llvm::SmallVector<Rows, 4> rows;
  };

  Range kRange(int64_t firstTile, int64_t numTiles) const;
  View *keptTile(int64_t index);
  void ask(int64_t index);
  void bring(int64_t index);
  View load(Range k);
  int64_t rowsTogether(int64_t first) const;
  void loadRaw(int64_t first);
  RawPart loadRows(Range rows, Range k);
  std::optional<View> memoryOf(Range range, unsigned dim) const;
  bool loadRuns(RawPart &loaded, Range k);
  View loadInterleaved(Range k);
  std::optional<View> loadConstant(int64_t first, int64_t count);
  void askTurned(int64_t index);
  void askTurned(int64_t index, const View &target, llvm::ArrayRef<Rows> rows);

  using Tiles = llvm::DenseMap<int64_t, View>;

  const Factor &factor;
  const FactorPlan &plan;
  isa::DType type;
  int64_t kTile;
  Lowering &lowering;
  llvm::SmallVector<int64_t, 6> batch;
  Range free{0, 0, 1};
  std::deque<Turning> toTurn;
  using RawGroup = llvm::SmallVector<RawPart, 2>;
  /// Groups of tiles that are being turned, by their first tile of k.
  llvm::DenseMap<int64_t, RawGroup> raw;
  /// Loaded tiles of k, by the block's first free index.
  llvm::DenseMap<int64_t, Tiles> blocks;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONTRACTOPERAND_H
