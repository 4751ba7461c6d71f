// SPDX-License-Identifier: Apache-2.0
// Builds operators on values of all steps of a Scan, with the steps along one
// more dimension, the last.
#ifndef TILICHO_DIALECTS_ONNX_TRANSFORMS_SEQUENCEOPS_H
#define TILICHO_DIALECTS_ONNX_TRANSFORMS_SEQUENCEOPS_H

#include "dialects/Onnx/Transforms/RegionMaker.h"

namespace tilicho::ir::onnx {

class SequenceBuilder : RegionMaker {
public:
  /// Builds in front of `op`.
  SequenceBuilder(mlir::Operation *op, int64_t steps)
      : RegionMaker(op), steps(steps) {}

  /// Whether `repeat` can do an operator, of whose operands those that are
  /// flagged vary from step to step.
  static bool canRepeat(mlir::Operation *op, llvm::ArrayRef<bool> varies);
  /// What `op` makes in all steps.
  mlir::Value repeat(mlir::Operation *op, mlir::ValueRange operands,
                     llvm::ArrayRef<bool> varies);
  /// What `op` makes, the same in all steps.
  mlir::Value once(mlir::Operation *op, mlir::ValueRange operands);

  /// The same value in each step.
  mlir::Value stretch(mlir::Value value);
  /// `number` wherever `like` has an element, in each step.
  mlir::Value splat(mlir::Value like, double number);
  /// The steps in the other order.
  mlir::Value reverse(mlir::Value sequence);
  /// `first`, then all but the last of `sequence`.
  mlir::Value delay(mlir::Value first, mlir::Value sequence);
  /// Dimension `from` becomes dimension `to`.
  mlir::Value moveDim(mlir::Value value, int64_t from, int64_t to);
  /// A Scan that is a recurrence: the last state, and all.
  mlir::Operation *recurrence(mlir::Value initial, mlir::Value decay,
                              mlir::Value fresh);

private:
  mlir::NamedAttribute permutation(llvm::ArrayRef<int64_t> order);
  mlir::Value raise(mlir::Value value);
  mlir::RankedTensorType withSteps(mlir::Type type) const;

  int64_t steps;
};

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_SEQUENCEOPS_H
