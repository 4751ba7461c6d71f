// SPDX-License-Identifier: Apache-2.0
// Makes inputs of a model constants.
#ifndef TILICHO_LIB_IMPORT_BINDINPUTS_H
#define TILICHO_LIB_IMPORT_BINDINPUTS_H

#include "lib/Import/Import.h"
#include "lib/Import/ModelFiles.h"

namespace tilicho::compiler {

/// Puts initializers in place of inputs. A value that does not fit its input,
/// or whose input is missing, is a problem.
void bindInputs(::onnx::ModelProto &model, llvm::ArrayRef<InputValue> values,
                Problems &problems);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_IMPORT_BINDINPUTS_H
