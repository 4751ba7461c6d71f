// SPDX-License-Identifier: Apache-2.0
// A model's inputs and outputs.
#ifndef TILICHO_LIB_COMPILERLIBRARY_DESCRIBE_H
#define TILICHO_LIB_COMPILERLIBRARY_DESCRIBE_H

#include "lib/Pipelines/Compile.h"
#include "runtime/CApi/Wire.h"

namespace tilicho::compiler {

/// Describes an ONNX model. Where every dimension is bound, the model is loaded
/// by `load` to find which values reach a shape; where some are open, no input
/// is said to. None after an error.
std::optional<capi::ModelDescription>
describe(llvm::StringRef bytes, llvm::function_ref<std::optional<Model>()> load,
         const CompileOptions &options, mlir::MLIRContext &context);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_COMPILERLIBRARY_DESCRIBE_H
