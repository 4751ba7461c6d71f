// SPDX-License-Identifier: Apache-2.0
// Which dimension of a result is as long as a run decides.
#ifndef TILICHO_DIALECTS_ONNX_TRANSFORMS_ROWRULES_H
#define TILICHO_DIALECTS_ONNX_TRANSFORMS_ROWRULES_H

#include "dialects/Onnx/IR/OnnxOps.h"

#include "llvm/ADT/DenseMap.h"

namespace tilicho::ir::onnx {

/// Of a value: a run decides how many rows it has along one dimension.
struct RunRows {
  /// What decides it.
  mlir::Operation *source = nullptr;
  int64_t dim = 0;
  /// Whether its elements are those of the source, moved at most.
  bool isMoved = true;
};
using RunRowsByValue = llvm::DenseMap<mlir::Value, RunRows>;

/// The rows of the results of `op`, which reads values of `rows`; none where a
/// row of a result is not made of a row of each of those, so that it would
/// depend on how many there are.
std::optional<RunRows> followRows(mlir::Operation *op,
                                  const RunRowsByValue &rows);

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_ROWRULES_H
