// SPDX-License-Identifier: Apache-2.0
// Chooses runs of operators that take a part of the batch after the other, so
// that the values between them stay on chip.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_BATCHPLAN_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_BATCHPLAN_H

#include "runtime/Machine/Machine.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"

#include <optional>
#include <vector>

namespace tilicho::compiler {

/// Which operands have the batch as their first dimension, and are cut with the
/// result; nothing if the elements of a batch depend on each other.
std::optional<llvm::SmallVector<bool>> operandsWithBatch(mlir::Operation *op);

/// Operations in program order, which are done for one part of the batch after
/// the other.
struct BatchRun {
  llvm::SmallVector<mlir::Operation *> ops;
  int64_t parts = 1;
};

/// The runs that move the fewest bytes to and from HBM: values that do not fit
/// are written and read again, and weights are read for each part. Values on
/// chip take `budget` bytes of a partition; `pinned` operations are in no run.
std::vector<BatchRun>
planBatch(mlir::func::FuncOp function, const Machine &machine, int64_t budget,
          const llvm::DenseSet<mlir::Operation *> &pinned);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_BATCHPLAN_H
