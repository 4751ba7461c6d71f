// SPDX-License-Identifier: Apache-2.0
// Walks the index space that the operands of an op share, in tiles that are on
// chip at one time.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_WALK_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_WALK_H

#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <memory>

namespace tilicho::compiler {

/// A tensor that a walk reads or writes. Its shape broadcasts to the walk's as
/// in NumPy; where it does, elements repeat (or, written, are reduced).
struct WalkOperand {
  /// Null for memory in HBM that belongs to no value.
  mlir::Value value;
  /// Used only without a value.
  View memory;
  bool written = false;

  static WalkOperand read(mlir::Value value) { return {value, {}, false}; }
  static WalkOperand write(mlir::Value value) { return {value, {}, true}; }
  static WalkOperand read(View memory) {
    return {{}, std::move(memory), false};
  }
  static WalkOperand write(View memory) {
    return {{}, std::move(memory), true};
  }
  llvm::SmallVector<int64_t> shape() const;
  isa::DType dtype() const;
};

/// What a walk is planned for.
struct WalkRequest {
  llvm::SmallVector<int64_t> shape;
  llvm::SmallVector<WalkOperand> operands;
  /// Bytes on chip for each element of a tile, all operands and temporaries.
  int64_t bytesPerElement = 4;
  /// Element instructions for each tile, for the choice between plans.
  int64_t instructions = 1;
  /// Dimensions of the shape that are whole in each tile, in its partition.
  llvm::SmallVector<unsigned> wholeDims;
};

/// Part of the walk's space. Index `start + p * inner + i` of the partition
/// dimension is element i of partition p; `ranges` has an entry for every
/// dimension, that of the partition dimension unused.
struct WalkTile {
  int64_t start = 0;
  int64_t partitions = 1;
  int64_t inner = 1;
  llvm::SmallVector<Range, 6> ranges;
};

/// A planned walk. The dimensions of the shape are merged where all operands
/// allow it; views on chip have one dimension for each of the walk's, that of
/// the partition dimension with extent `inner`.
class Walk {
public:
  /// A walk along the layout of the operands that are resident, or else over
  /// HBM. Null if the whole dimensions do not fit.
  static std::unique_ptr<Walk> plan(Lowering &lowering, WalkRequest request);
  virtual ~Walk() = default;

  unsigned rank() const { return extents.size(); }
  int64_t extent(unsigned dim) const { return extents[dim]; }
  /// The dimension on the partitions; rank() if there is none.
  unsigned partitionDim() const { return partDim; }
  bool repeats(unsigned operand, unsigned dim) const {
    return repeat[operand][dim];
  }
  bool isWhole(unsigned dim) const { return whole[dim]; }
  llvm::ArrayRef<bool> wholeDims() const { return whole; }
  /// Whether `operand` is one element in each partition of a tile.
  bool isColumn(unsigned operand, const WalkTile &tile) const;

  /// Calls `body` for each tile. Dimensions along which operands repeat are
  /// innermost, so that what repeats stays on chip. Of the tiles that differ
  /// only along dimensions that `operand` repeats, the first has the most
  /// partitions.
  void forEachTile(llvm::function_ref<void(const WalkTile &)> body) const;

  /// What comes next is on this tile and those before: where they are rows of a
  /// product, it stands behind what leaves them.
  virtual void enter(const WalkTile &) {}

  /// The extents of a tile, 1 where `operand`, if given, repeats.
  llvm::SmallVector<int64_t>
  tileShape(const WalkTile &tile, std::optional<unsigned> operand = {}) const;
  /// New memory on chip of that shape.
  View allocate(isa::DType dtype, const WalkTile &tile,
                std::optional<unsigned> operand = {});

  /// An operand's part of a tile, on chip, stretched where it repeats.
  View load(unsigned operand, const WalkTile &tile,
            std::optional<isa::DType> asType = {});
  /// Memory on chip for a written operand's part; `commit` must follow.
  virtual View dest(unsigned operand, const WalkTile &tile) = 0;
  virtual void commit(unsigned operand, const WalkTile &tile,
                      const View &written) = 0;

protected:
  Walk(Lowering &lowering, const WalkRequest &request);
  virtual View fetch(unsigned operand, const WalkTile &tile,
                     std::optional<isa::DType> asType) = 0;
  /// Stretches a view with extent 1 where `operand` repeats.
  View stretched(View view, unsigned operand, const WalkTile &tile) const;
  /// Elements that a tile may have in a partition, if as many tiles are in
  /// flight at one time.
  int64_t elementBudget(int64_t tiles) const;
  /// Tiles in flight: loaded, worked on, stored.
  static constexpr int64_t pipelined = 3;
  /// Shares `budget` elements out, whole dimensions first, then from the
  /// innermost outwards. False if the whole ones do not fit.
  bool shareOut(int64_t budget);

  Lowering &lowering;
  WalkRequest request;
  llvm::SmallVector<int64_t> extents;
  /// By operand and dimension.
  llvm::SmallVector<llvm::SmallVector<bool>> repeat;
  llvm::SmallVector<bool> whole;
  unsigned partDim = 0;
  /// No tile has rows of two matrices of so many; 0 for none.
  int64_t period = 0;
  /// Partitions of a full tile, and elements of each dimension; for the
  /// partition dimension those in one partition.
  int64_t partitions = 1;
  llvm::SmallVector<int64_t> takes;

private:
  struct Loaded {
    llvm::SmallVector<int64_t> key;
    View view;
  };
  llvm::SmallVector<int64_t> keyOf(unsigned operand, const WalkTile &tile,
                                   std::optional<isa::DType> asType) const;
  void walkDim(llvm::ArrayRef<unsigned> order, WalkTile &tile,
               llvm::function_ref<void(const WalkTile &)> body) const;
  void walkPartitions(llvm::ArrayRef<unsigned> order, WalkTile &tile,
                      llvm::function_ref<void(const WalkTile &)> body) const;
  llvm::SmallVector<Loaded> loaded;
};

/// Loads an HBM view, whose partitions are set, into new memory on chip;
/// repeated dimensions are loaded once and stretched.
View loadTile(Lowering &lowering, const View &memory,
              std::optional<isa::DType> asType = {});

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_WALK_H
