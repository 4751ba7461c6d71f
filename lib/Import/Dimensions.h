// SPDX-License-Identifier: Apache-2.0
// Binds the dimensions that a model leaves open.
#ifndef TILICHO_LIB_IMPORT_DIMENSIONS_H
#define TILICHO_LIB_IMPORT_DIMENSIONS_H

#include "lib/Import/Import.h"
#include "lib/Import/ModelFiles.h"

namespace tilicho::compiler {

/// Puts the values of `bindings` in place of named dimensions wherever they
/// occur, and of INPUT.AXIS. A dimension of an input that stays open is a
/// problem, and so is a binding that nothing uses.
void bindDimensions(::onnx::ModelProto &model,
                    llvm::ArrayRef<DimensionBinding> bindings,
                    Problems &problems);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_IMPORT_DIMENSIONS_H
