// SPDX-License-Identifier: Apache-2.0
// Which inputs of a model have values that reach a shape.
#ifndef TILICHO_LIB_PIPELINES_SHAPEINPUTS_H
#define TILICHO_LIB_PIPELINES_SHAPEINPUTS_H

#include "lib/Pipelines/Compile.h"

namespace tilicho::compiler {

/// The names of the inputs whose values have to be known when compiling,
/// because a shape or another thing that the compiler must know is computed
/// from them. Simplifies the model. None after an error.
std::optional<std::vector<std::string>>
findShapeInputs(Model &model, const CompileOptions &options);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_PIPELINES_SHAPEINPUTS_H
