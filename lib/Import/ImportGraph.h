// SPDX-License-Identifier: Apache-2.0
// Builds the onnx dialect from a checked, lifted and inferred model.
#ifndef TILICHO_LIB_IMPORT_IMPORTGRAPH_H
#define TILICHO_LIB_IMPORT_IMPORTGRAPH_H

#include "lib/Import/Weights.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace tilicho::compiler {

/// A module whose function `main` is the model's graph. What has no place in
/// the dialect is a problem.
mlir::OwningOpRef<mlir::ModuleOp> importGraph(const ::onnx::ModelProto &model,
                                              const WeightTable &weights,
                                              mlir::MLIRContext *context,
                                              Problems &problems);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_IMPORT_IMPORTGRAPH_H
