// SPDX-License-Identifier: Apache-2.0
// Runs a module of structured operators on tensors by ONNX name.
#ifndef TILICHO_LIB_INTERPRETER_RUNMODULE_H
#define TILICHO_LIB_INTERPRETER_RUNMODULE_H

#include "runtime/Tensors/TensorFiles.h"

#include "mlir/IR/BuiltinOps.h"

namespace tilicho::compiler {

struct RunModuleOptions {
  /// ONNX names of values inside the graph to return beside the outputs, or
  /// `all`.
  std::vector<std::string> dump;
};

/// The outputs of the module's one function, by name, on `inputs`, by name or
/// by position; then the values asked for.
absl::StatusOr<std::vector<Tensor>> runModule(mlir::ModuleOp module,
                                              const TensorSource &inputs,
                                              const RunModuleOptions &options);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_INTERPRETER_RUNMODULE_H
