// SPDX-License-Identifier: Apache-2.0
// Does runs of operators for one part of the batch after the other.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_TILEBATCH_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_TILEBATCH_H

#include "lib/Conversion/StructuredToTile/BatchPlan.h"

namespace tilicho::compiler {

/// On the moves between a batch and its parts: a `tile.restride` that is a part
/// of its operand's memory, a `tile.assemble` whose memory its pieces are
/// written to.
inline constexpr llvm::StringLiteral inPlaceName = "tile.in_place";

inline bool isInPlace(mlir::Operation *op) { return op->hasAttr(inPlaceName); }

/// On an operator of a part: the first index of the part and the extent of the
/// batch.
inline constexpr llvm::StringLiteral batchPartName = "tile.batch_part";

/// Cuts the runs that `planBatch` chooses. Epilogues must have been found
/// before.
void tileBatch(mlir::func::FuncOp function, const Machine &machine,
               int64_t budget, const llvm::DenseSet<mlir::Operation *> &pinned);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_TILEBATCH_H
