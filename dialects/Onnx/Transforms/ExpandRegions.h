// SPDX-License-Identifier: Apache-2.0
// Puts the bodies of If, Loop and Scan in their places.
#ifndef TILICHO_DIALECTS_ONNX_TRANSFORMS_EXPANDREGIONS_H
#define TILICHO_DIALECTS_ONNX_TRANSFORMS_EXPANDREGIONS_H

#include "dialects/Onnx/IR/OnnxOps.h"

namespace tilicho::ir::onnx {

/// The branch of an If whose condition is known in its place; one iteration of
/// a Loop that is known to run, or may run and is bounded, in front of it; all
/// of a Scan. Returns the first operation that took part or, where nothing was
/// built, what follows; null when `op` stays as it is.
mlir::Operation *expandRegions(mlir::Operation *op);

/// Both branches of an If whose condition is known only at run time, and a
/// choice between their results; the same return values. The branches' types
/// must be inferred.
mlir::Operation *chooseBetweenBranches(mlir::Operation *op);

/// Why an If, a Loop or a Scan stayed, as a sentence with the remedy; none for
/// other operations.
std::optional<std::string> whyNotExpanded(mlir::Operation *op);

/// The operators by name, each with its limits as text.
llvm::ArrayRef<std::pair<llvm::StringRef, llvm::StringRef>> expandedOperators();

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_EXPANDREGIONS_H
