// SPDX-License-Identifier: Apache-2.0
// Every dialect and pass, ours and upstream's, for the tools.
#ifndef TILICHO_LIB_PIPELINES_REGISTERALL_H
#define TILICHO_LIB_PIPELINES_REGISTERALL_H

#include "mlir/IR/DialectRegistry.h"

namespace tilicho::compiler {

/// The dialects that a compile meets: ours, and those of upstream that they
/// are mixed with.
void registerCompilerDialects(mlir::DialectRegistry &registry);

/// All of ours and of upstream, for tools that read any module.
void registerAllDialects(mlir::DialectRegistry &registry);

/// All passes and named pipelines.
void registerAllPasses();

} // namespace tilicho::compiler

#endif // TILICHO_LIB_PIPELINES_REGISTERALL_H
