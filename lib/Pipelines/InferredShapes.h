// SPDX-License-Identifier: Apache-2.0
// Shapes of values that ONNX's own inference leaves open.
#ifndef TILICHO_LIB_PIPELINES_INFERREDSHAPES_H
#define TILICHO_LIB_PIPELINES_INFERREDSHAPES_H

#include "mlir/IR/BuiltinOps.h"
#include "onnx/onnx_pb.h"

namespace tilicho::compiler {

/// States in `graph` the shapes of its values that follow once constants are
/// folded, where ONNX's inference has not found them. `module` is the graph as
/// imported and stays as it is.
void addInferredShapes(mlir::ModuleOp module, ::onnx::GraphProto &graph);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_PIPELINES_INFERREDSHAPES_H
