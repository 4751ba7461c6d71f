// SPDX-License-Identifier: Apache-2.0
// Reads an ONNX model into a module of the onnx dialect.
#ifndef TILICHO_LIB_IMPORT_IMPORT_H
#define TILICHO_LIB_IMPORT_IMPORT_H

#include "runtime/Isa/Isa.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"

#include <functional>
#include <string>
#include <vector>

namespace onnx {
class ModelProto;
}

namespace tilicho::compiler {

/// A value for a dimension that the model leaves open: `name` is the
/// dimension's name in the model, or INPUT.AXIS.
struct DimensionBinding {
  std::string name;
  int64_t value = 0;
};

/// A value for an input of the model, which becomes a constant by it.
struct InputValue {
  std::string name;
  isa::DType dtype = isa::DType::f32;
  std::vector<int64_t> shape;
  /// Row-major, as many as shape and type say.
  std::string bytes;
};

struct ImportOptions {
  std::vector<DimensionBinding> dimensions;
  std::vector<InputValue> constants;
  /// Whether an operator is wanted as it is although its schema gives a body
  /// in simpler operators; where it is not set, every operator is.
  std::function<bool(llvm::StringRef opType)> keeps;
};

/// Imports a model held in memory, named `name` in messages. Its weights stay
/// in the buffer: the module refers to it, and `context` keeps it. External
/// data is mapped from `folder`; with an empty folder it is an error. All
/// problems of the model are emitted as errors; the result is then null.
/// `graph`, when given, takes the model with every shape inferred, before
/// operators are replaced by their bodies and without the data of weights.
mlir::OwningOpRef<mlir::ModuleOp>
importModel(std::unique_ptr<llvm::MemoryBuffer> buffer, llvm::StringRef name,
            llvm::StringRef folder, const ImportOptions &options,
            mlir::MLIRContext *context, ::onnx::ModelProto *graph = nullptr);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_IMPORT_IMPORT_H
