// SPDX-License-Identifier: Apache-2.0
// The order of the passes between the stages.
#ifndef TILICHO_LIB_PIPELINES_PIPELINES_H
#define TILICHO_LIB_PIPELINES_PIPELINES_H

#include "lib/Pipelines/Compile.h"

namespace tilicho::compiler {

/// The stage that an operation's presence shows.
Stage stageOf(mlir::Operation *op);

/// The name of a stage as --emit spells it.
llvm::StringRef stageName(Stage stage);

/// Adds the passes that fold what is known, shapes first.
void addShapePasses(mlir::OpPassManager &functions);

/// Adds the passes that lead from one stage to another.
void buildPipeline(mlir::OpPassManager &passes, Stage from, Stage to,
                   const CompileOptions &options);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_PIPELINES_PIPELINES_H
