// SPDX-License-Identifier: Apache-2.0
// How a matrix multiplication is cut into blocks for the array.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONTRACTPLAN_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONTRACTPLAN_H

#include "lib/Conversion/StructuredToTile/Contract.h"

namespace tilicho::compiler {

/// How one operand comes onto the chip.
struct FactorPlan {
  /// Free indices in one matmul, and in a block.
  int64_t tile = 1, block = 1;
  /// Tiles of k that are loaded together.
  int64_t kGroup = 1;
  /// Whether tiles of a group take turns at the indices of k, where that makes
  /// rows in memory longer.
  bool interleaves = false;
  /// Whether a block stays while it is in use, and all blocks of a group while
  /// the group is; otherwise each tile of k is loaded when it is used.
  bool keepBlock = false, keepAll = false;
  /// With `keepAll`: free indices that stay at one time, of which the other
  /// operand passes by as a whole.
  int64_t group = 1;
  /// Where this is not 0, no tile has rows of two matrices of so many. Free
  /// indices are then counted as if each matrix filled whole tiles.
  int64_t period = 0;

  /// So many indices, and a range of them, counted like that and as they are.
  int64_t countedOf(int64_t free) const;
  Range indicesOf(Range counted) const;
};

/// Tiles of k that the array turns ahead of their use, at most.
inline constexpr int64_t mostTurnedAhead = 4;

/// The plan for each multiplication of a batch. All pairs of tiles of a block
/// of either operand accumulate together.
struct ContractPlan {
  /// Whether b is the stationary operand, its free index on the partitions.
  bool isBStationary = false;
  FactorPlan stationary, moving;
  /// Whether the loop over blocks of the stationary operand is outside.
  bool isStationaryOutside = true;
  int64_t kTile = 1;
  /// The last tiles of k are added to one accumulator after the other, so that
  /// these leave PSUM while the array works.
  int64_t kTilesAtEnd = 1;
};

ContractPlan planContract(const Contract &contract, ArrayTypes types,
                          const Epilogue &epilogue, const Lowering &lowering);

/// Whether the operand is a constant that may lie in memory by blocks of its
/// free index, and in a block by the partitions of a tile of k.
bool canLieByBlocks(const Factor &factor, int64_t block, int64_t kTile,
                    isa::DType type);

/// How many of `rows` that follow each other in memory to have in a partition,
/// so that the DMA engines reach their rate; 1 if they cannot.
int64_t rowsInPartition(int64_t rows, int64_t rowBytes, const Machine &machine);

/// Whether the array turns the operand so that k is on the partitions.
bool needsTransposition(const Factor &factor, isa::DType type,
                        const Machine &machine);

/// The plan of an operand that stays with all of its blocks, of `block` free
/// indices each, which one matmul takes.
FactorPlan keepBlocks(const Factor &factor, isa::DType type, int64_t block,
                      const Machine &machine);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONTRACTPLAN_H
