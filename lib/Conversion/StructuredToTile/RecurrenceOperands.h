// SPDX-License-Identifier: Apache-2.0
// The values that a recurrence and what is around it read, place by place.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_RECURRENCEOPERANDS_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_RECURRENCEOPERANDS_H

#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"
#include "lib/Conversion/StructuredToTile/RecurrenceGroup.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"

namespace tilicho::compiler {

/// A block of partitions, an index in each other dimension, and a chunk of
/// steps.
struct StepPlace {
  int64_t block = 0, firstPartition = 0, partitions = 1;
  llvm::SmallVector<int64_t> indices;
  Range time;
};

/// How the states are gone through.
struct StepSpace {
  StepSpace(const RecurrenceGroup &group, const Machine &machine);

  llvm::SmallVector<int64_t> shape;
  /// The dimension on the partitions, if there is one but time.
  std::optional<unsigned> partDim;
  /// The dimensions besides, those that are summed last.
  llvm::SmallVector<unsigned> others;
  llvm::SmallVector<bool> isSummed;
  int64_t partExtent = 1, blockSize = 1, steps = 1, chunk = 1;

  unsigned timeDim() const { return shape.size() - 1; }
  void enter(StepPlace &place, int64_t block) const;
  /// `place` with all indices of the other dimensions in turn.
  llvm::SmallVector<StepPlace> allIndices(const StepPlace &place) const;
  bool isFirstTerm(const StepPlace &place) const;
  bool isLastTerm(const StepPlace &place) const;

  /// Memory of all of a value, which broadcasts to the states: what it has at
  /// `place`, with one free dimension.
  View part(const View &memory, const StepPlace &place, bool hasTime) const;
  /// Memory of a value without time: all of a block, with a free dimension for
  /// each of `others`.
  View block(const View &memory, const StepPlace &place) const;
};

/// A part of memory the other way round: on the partitions are the steps
/// `steps` of `part`, and along them what is on its partitions.
View turned(const View &part, Range steps);
/// Whether the array has to turn a part: what is on its partitions lies side by
/// side in memory, and its steps do not.
bool needsTurning(const View &part, const Machine &machine);
/// Steps that the array turns at one time.
int64_t turnedSteps(const Machine &machine);

/// Loads values and evaluates expressions, each once for the places that it
/// differs between.
class RecurrenceOperands {
public:
  RecurrenceOperands(const StepSpace &space, const RecurrenceGroup &group,
                     Lowering &lowering)
      : space(space), group(group), lowering(lowering) {}

  /// A value that broadcasts to the states; element operations of the group are
  /// evaluated in place. Returns its number.
  unsigned add(mlir::Value value);
  /// Chooses what comes to all partitions by way of the array, as far as so
  /// many banks of PSUM go. `late` is the number of what is evaluated one place
  /// later than the rest. Comes after `add` and before `load`.
  void shareBanks(int64_t banks, std::optional<unsigned> late);
  View load(unsigned number, const StepPlace &place,
            std::optional<isa::DType> asType = {});
  /// Loads what comes to all partitions by way of the array.
  void prefetch(const StepPlace &place);
  /// Loads what the array turns.
  void prefetchTurned(const StepPlace &place);
  /// What the group's states are at the place that is loaded next.
  void setStates(const View &view) { states = view; }

  bool isColumn(unsigned number) const;
  bool isInPsum(unsigned number) const;

private:
  struct Source {
    mlir::Value value;
    bool onPartitions = false, inTime = false;
    /// By other dimension.
    llvm::SmallVector<bool> differs;
    /// Of an element operation of the group, its expression and the sources
    /// that are its leaves.
    std::optional<ElementExpression> expression;
    llvm::SmallVector<unsigned> leaves;
    bool isStates = false;
    /// Whether it is read one place later than loaded, and whether it comes to
    /// all partitions by way of the array.
    bool isLate = false, byArray = false;
  };
  struct Loaded {
    llvm::SmallVector<int64_t> key;
    View view;
  };

  bool hasFootprintOf(mlir::Value value, const Source &source) const;
  Source describe(mlir::Value value) const;
  bool isInner(mlir::Value value) const;
  ElementRef collect(mlir::Operation *op, Source &into);
  View fetch(const Source &source, const StepPlace &place,
             std::optional<isa::DType> asType);
  View spread(const View &row, const StepPlace &place);
  View loadTurned(const View &part);
  View memoryOf(const Source &source);
  bool canComeByArray(const Source &source) const;
  void markLate(unsigned number);

  const StepSpace &space;
  const RecurrenceGroup &group;
  Lowering &lowering;
  std::vector<Source> sources;
  /// By source, the latest first.
  std::vector<llvm::SmallVector<Loaded, 4>> loaded;
  View states, ones;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_RECURRENCEOPERANDS_H
