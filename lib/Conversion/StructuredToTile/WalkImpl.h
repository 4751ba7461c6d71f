// SPDX-License-Identifier: Apache-2.0
// The two kinds of walk.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_WALKIMPL_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_WALKIMPL_H

#include "lib/Conversion/StructuredToTile/Walk.h"

namespace tilicho::compiler {

/// `memory` broadcast to `shape`, with step 0 where it repeats.
View alignTo(const View &memory, llvm::ArrayRef<int64_t> shape);

/// A walk over tensors in HBM. Each dimension and number of partitions is
/// tried by what the transfers and the work would cost.
class HbmWalk : public Walk {
public:
  HbmWalk(Lowering &lowering, const WalkRequest &request);
  /// Chooses the tiles; false if what must be whole does not fit.
  bool choose();

  View dest(unsigned operand, const WalkTile &tile) override;
  void commit(unsigned operand, const WalkTile &tile,
              const View &written) override;

  /// A tile's part of a view in HBM with the walk's dimensions.
  View sliceView(const View &memory, const WalkTile &tile) const;
  /// An operand's memory, in the walk's dimensions, to walk it again; extent 1
  /// where it repeats.
  WalkOperand mergedOperand(unsigned operand) const;

private:
  View fetch(unsigned operand, const WalkTile &tile,
             std::optional<isa::DType> asType) override;
  bool addUnitDim();
  bool consider(unsigned dim, int64_t count);
  int64_t pipelinedBudget() const;
  double transferNs(const View &view) const;
  /// Tiles along the partition dimension.
  int64_t partitionTiles() const;
  double cost() const;

  llvm::SmallVector<View> views;
};

/// A walk in the blocks of a layout. Only the dimensions on the partitions are
/// merged, into one.
class LayoutWalk : public Walk {
public:
  LayoutWalk(Lowering &lowering, const WalkRequest &request,
             const Layout &layout);
  /// Whether every operand has all or none of the layout's partition
  /// dimensions, and none of them must be whole.
  static bool fits(const WalkRequest &request, const Layout &layout);
  bool choose();

  void enter(const WalkTile &tile) override;
  View dest(unsigned operand, const WalkTile &tile) override;
  void commit(unsigned operand, const WalkTile &tile,
              const View &written) override;

private:
  View fetch(unsigned operand, const WalkTile &tile,
             std::optional<isa::DType> asType) override;
  bool isForVec() const;
  Block blockOf(unsigned operand, const WalkTile &tile) const;
  /// A view as `Lowering` gives it, with the walk's dimensions.
  View toWalkDims(const View &view, unsigned operand, const Block &block) const;
  /// The walk's dimension for one of the shape's.
  unsigned walkDim(unsigned dim) const;

  Layout layout;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_WALKIMPL_H
