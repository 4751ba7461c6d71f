// SPDX-License-Identifier: Apache-2.0
// How a tensor that stays on chip is walked, through moves that change nothing
// but the walk.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_RESIDENTWALK_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_RESIDENTWALK_H

#include "lib/Conversion/StructuredToTile/Lowering.h"

namespace tilicho::compiler {

/// A resident tensor with one dimension on the partitions: where its blocks and
/// its other dimensions lie, in elements from the start.
struct ResidentWalk {
  Layout layout;
  int64_t offset = 0;
  /// The blocks, the matrices of a layout with a period, then the dimensions
  /// that are not on the partitions.
  llvm::SmallVector<Dim, 6> dims;
};

/// The walk over a tensor that lies densely.
ResidentWalk denseWalk(const Layout &layout, llvm::ArrayRef<int64_t> shape);

/// The walk over the result of a reshape or a restride in the memory of its
/// operand, which is walked like `source`; none where elements would have to
/// change their partition or are in no regular distance.
std::optional<ResidentWalk> walkThrough(mlir::Operation *move,
                                        const ResidentWalk &source);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_RESIDENTWALK_H
