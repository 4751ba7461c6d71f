// SPDX-License-Identifier: Apache-2.0
// Moves after which the partitions of a resident tensor are in another order.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_PERMUTEPARTITIONS_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_PERMUTEPARTITIONS_H

#include "lib/Conversion/StructuredToTile/Lowering.h"

namespace tilicho::compiler {

/// What reshapes and transpositions together do to the one dimension whose
/// indices they put in another order, as a shuffle of channels does.
struct Permutation {
  /// Where the moves start, and their operations, the last one first.
  mlir::Value source;
  llvm::SmallVector<mlir::Operation *, 4> moves;
  /// The dimension, in the source and in the result.
  unsigned dim;
  /// The digits of an index of the result, the outermost first; steps are of
  /// the source's index.
  llvm::SmallVector<Dim, 4> digits;
};

/// The moves that end in `result`, each but the last read by the next alone, if
/// they only permute the dimension `dim` of where they start.
std::optional<Permutation> permutationTo(mlir::Value result, unsigned dim);

/// The result of the permutation whose first move is `move`, if it is one.
mlir::Value permutationFrom(mlir::Operation *move, unsigned dim);

/// Whether nothing is done for a move, as it is part of a permutation whose
/// result is made on chip from a source that is there.
bool isInsidePermutation(mlir::Operation *move, Lowering &lowering);

/// Copies the partitions of a resident source to where they are in the resident
/// result of `move`. False, with nothing emitted, where not both stay on chip.
bool emitPermutation(mlir::Operation *move, Lowering &lowering);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_PERMUTEPARTITIONS_H
