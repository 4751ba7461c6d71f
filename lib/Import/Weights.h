// SPDX-License-Identifier: Apache-2.0
// Sets a model's weights aside, so that no step of the import copies them.
#ifndef TILICHO_LIB_IMPORT_WEIGHTS_H
#define TILICHO_LIB_IMPORT_WEIGHTS_H

#include "lib/Import/ModelFiles.h"

#include "mlir/IR/BuiltinAttributes.h"

namespace tilicho::compiler {

/// A constant of the model outside the graph: its shape and type, and where
/// its bytes lie in the layout of raw_data.
struct Weight {
  ::onnx::TensorProto header;
  SharedBytes data;
};

class WeightTable {
public:
  /// Moves every large initializer and constant of the main graph into the
  /// table and leaves a graph input of its name, shape and type in its place.
  /// Small external tensors move into the model.
  void setAside(::onnx::ModelProto &model, ModelFiles &files,
                mlir::MLIRContext &context, Problems &problems);

  /// Makes the graph inputs that stand for weights initializers again, of
  /// the right shape and type but without data.
  void restoreHeaders(::onnx::ModelProto &model) const;

  const Weight *find(llvm::StringRef name) const;

private:
  llvm::StringMap<Weight> weights;
};

/// The constant of a weight: a resource over its bytes where they lie.
mlir::ElementsAttr weightToElements(const Weight &weight, llvm::StringRef key,
                                    mlir::MLIRContext *context);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_IMPORT_WEIGHTS_H
