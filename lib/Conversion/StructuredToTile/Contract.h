// SPDX-License-Identifier: Apache-2.0
// A matrix multiplication as its emitters see it.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONTRACT_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONTRACT_H

#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/Lowering.h"

namespace tilicho::ir::tile {
class ContractOp;
}

namespace tilicho::compiler {

class Epilogue;

/// One operand: k by its free index. Leading dimensions are the batch, or, if
/// [freeBegin, freeEnd) is more than one dimension, part of the free index.
struct Factor {
  mlir::Value tensor;
  unsigned freeBegin, freeEnd, kDim;
  int64_t free, k;
  int64_t zero;
  /// Whether it lies in SBUF with its free index on the partitions.
  bool isOnChip = false;
  /// Whether it lies there with k on the partitions.
  bool hasKOnPartitions = false;

  /// Whether consecutive k lie side by side in memory.
  bool isKInner() const { return kDim > freeBegin; }
  /// A range of the free index and of k, for this batch.
  struct Part {
    Range free, k;
    llvm::ArrayRef<int64_t> batch;
  };
  /// Ranges for all dimensions.
  llvm::SmallVector<Range, 6> rangesOf(const Part &part) const;
};

/// `result[batch, a's free, b's free]`.
struct Contract {
  /// `collapses`: batches of `a` that all meet the same `b` become one.
  explicit Contract(ir::tile::ContractOp op, bool collapses = true);

  /// Looks up where the operands lie.
  void locate(const Lowering &lowering);

  Factor a, b;
  mlir::Value result;
  /// Extents of the batch, which operands may have as 1, or lack.
  llvm::SmallVector<int64_t, 6> batch;
  /// a's free dimensions of the result; b's is the last.
  unsigned resultFreeBegin;
};

/// The block of the result with these free indices of `a` and `b`, one of them
/// on the partitions.
Block resultBlock(const Contract &contract, llvm::ArrayRef<int64_t> batch,
                  Range a, Range b, bool isBOnPartitions);

/// An operand in HBM for one batch: [free index, k].
View matrixInHbm(const Factor &factor, llvm::ArrayRef<int64_t> batch,
                 Lowering &lowering);

/// Drops all dimensions but the last, which are of extent 1.
View lastDimOf(const View &view);

/// The moving operand on the rows of the array that the stationary one is on:
/// one of them may lie in the middle of a resident tensor's block.
View onRowsOf(const View &held, const View &moved, TileBuilder &tile);

void emitContractOnArray(const Contract &contract, ArrayTypes types,
                         Epilogue &epilogue, Lowering &lowering);
/// For types that the array cannot multiply.
void emitContractOnLanes(const Contract &contract, Lowering &lowering);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONTRACT_H
