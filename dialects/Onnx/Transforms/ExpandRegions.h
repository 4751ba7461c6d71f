// SPDX-License-Identifier: Apache-2.0
// Puts the bodies of If, Loop and Scan in their places.
#ifndef TILICHO_DIALECTS_ONNX_TRANSFORMS_EXPANDREGIONS_H
#define TILICHO_DIALECTS_ONNX_TRANSFORMS_EXPANDREGIONS_H

#include "dialects/Onnx/IR/OnnxOps.h"

namespace tilicho::ir::onnx {

/// The branch of an If whose condition is known in its place; one iteration of
/// a Loop that is known to run in front of it; all of a Scan. Returns the first
/// operation that took part or, where nothing was built, what follows; null
/// when `op` stays as it is.
mlir::Operation *expandRegions(mlir::Operation *op);

/// The same for what only run time decides: both branches of an If and a choice
/// between their results, an iteration of a short Loop with a choice whether it
/// took place. The types inside must be inferred.
mlir::Operation *expandGuarded(mlir::Operation *op);

/// Iterations of a Loop that stand in front of it.
int64_t doneIterations(LoopOp loop);

/// Gives the arguments of a Loop's body the types of what it carries, on the
/// supposition that they stay the same.
void supposeTypes(mlir::Operation *op);

/// Why an If, a Loop or a Scan stayed, as a sentence with the remedy; none for
/// other operations.
std::optional<std::string> whyNotExpanded(mlir::Operation *op);

/// The operators by name, each with its limits as text.
llvm::ArrayRef<std::pair<llvm::StringRef, llvm::StringRef>> expandedOperators();

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_EXPANDREGIONS_H
