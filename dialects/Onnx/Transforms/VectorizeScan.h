// SPDX-License-Identifier: Apache-2.0
// Does a Scan's work for all of its steps at once.
#ifndef TILICHO_DIALECTS_ONNX_TRANSFORMS_VECTORIZESCAN_H
#define TILICHO_DIALECTS_ONNX_TRANSFORMS_VECTORIZESCAN_H

#include "dialects/Onnx/IR/OnnxOps.h"

namespace tilicho::ir::onnx {

/// How many steps a Scan has, where it is known and not none.
std::optional<int64_t> countSteps(ScanOp op);

/// Whether a Scan is one linear recurrence and nothing else: its state is
/// multiplied by the first scan input's elements, the second's are added, and
/// every state is an output. Steps lie along the last dimension.
bool isRecurrence(ScanOp op);

/// Replaces a Scan by operators that do what each of its operators does for all
/// steps at once, and a recurrence for each carried state. Returns the first of
/// them; null, and builds nothing, for other operations and where a state
/// depends otherwise on the one before or an operator has no such form.
mlir::Operation *vectorizeScan(mlir::Operation *op);

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_VECTORIZESCAN_H
