// SPDX-License-Identifier: Apache-2.0
// A recurrence with the element operations around it: what it reads, its states
// and what is made of them need not exist as a whole.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_RECURRENCEGROUP_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_RECURRENCEGROUP_H

#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SetVector.h"

namespace tilicho::compiler {

struct RecurrenceGroup {
  ir::tile::RecurrenceOp recurrence;
  /// What is done to the states, or null, the sum of that, or null, and the
  /// transposition of that, or null.
  mlir::Operation *after = nullptr, *sum = nullptr, *turn = nullptr;
  /// Element operations of the group, and transpositions that it reads through.
  llvm::SetVector<mlir::Operation *> elements, turns;

  /// The operation with which the others are emitted.
  mlir::Operation *end() const {
    mlir::Operation *last = turn ? turn : sum ? sum : after;
    return last ? last : ir::tile::RecurrenceOp(recurrence).getOperation();
  }
};

/// On the last operation of a group, with the group's number. The others are
/// marked like those inside of a row chain, with that number too: their values
/// are never stored.
inline constexpr llvm::StringLiteral recurrenceEndName = "tile.recurrence_end";

/// Finds groups, marks them and moves their operations together.
void fuseRecurrences(mlir::func::FuncOp function, const Machine &machine);

/// The group that ends with `op`, if that was marked.
std::optional<RecurrenceGroup> recurrenceGroupOf(mlir::Operation *op,
                                                 const Machine &machine);

/// The dimension of the states that lies on the partitions, where sums go over
/// `axes`; nothing where all are summed or there is only time.
std::optional<unsigned> recurrencePartDim(llvm::ArrayRef<int64_t> states,
                                          llvm::ArrayRef<int64_t> axes);

/// Whether a move only exchanges dimensions, but for those of extent 1.
bool isTransposition(mlir::Operation *op);

/// Emits a whole group.
void emitRecurrenceGroup(const RecurrenceGroup &group, Lowering &lowering);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_RECURRENCEGROUP_H
