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

/// The same for an If whose condition only run time decides, but whose branches
/// execute nothing: a choice between their results. The types inside must be
/// inferred.
mlir::Operation *expandIdle(mlir::Operation *op);

/// Iterations of a Loop that stand in front of it.
int64_t doneIterations(LoopOp loop);

/// Whether the outputs that a Loop collects from its iterations may have fewer
/// rows than their types say.
bool mayEndEarly(LoopOp loop);

/// Gives the outputs that a Loop collects from its iterations as many rows as
/// there can be iterations, where the run decides how many there are.
void boundScans(mlir::Operation *op);

/// Gives the arguments of a Loop's body the types of what it carries, on the
/// supposition that they stay the same.
void supposeTypes(mlir::Operation *op);

/// Why an If, a Loop or a Scan cannot stay, as a sentence with the remedy; none
/// where it can, and for other operations.
std::optional<std::string> whyNotExpanded(mlir::Operation *op);

/// The operators by name, each with its limits as text.
llvm::ArrayRef<std::pair<llvm::StringRef, llvm::StringRef>> expandedOperators();

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_EXPANDREGIONS_H
