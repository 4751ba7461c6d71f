// SPDX-License-Identifier: Apache-2.0
// Whether a step of a constant fits the value that it is applied to.
#ifndef TILICHO_LIB_INTERPRETER_CHECKSTEPS_H
#define TILICHO_LIB_INTERPRETER_CHECKSTEPS_H

#include "runtime/Kernels/HostTensor.h"

#include "mlir/IR/BuiltinAttributes.h"

#include <optional>
#include <string>

namespace tilicho::compiler {

/// What is wrong with `step`, as the end of a sentence; nothing where it can be
/// applied to `value`. A saved stage may hold anything.
std::optional<std::string> whyNotApplicable(mlir::DictionaryAttr step,
                                            const HostTensor &value);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_INTERPRETER_CHECKSTEPS_H
