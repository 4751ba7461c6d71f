// SPDX-License-Identifier: Apache-2.0
// Which passes run, and in which order.
#include "lib/Pipelines/Pipelines.h"

using namespace mlir;
using namespace tilicho::compiler;

Stage tilicho::compiler::stageOf(Operation *op) { return Stage::Onnx; }

StringRef tilicho::compiler::stageName(Stage stage) {
  static constexpr StringLiteral names[] = {"onnx", "structured", "tile",
                                            "isa",  "asm",        "program"};
  return names[static_cast<int>(stage)];
}

LogicalResult tilicho::compiler::buildPipeline(OpPassManager &passes,
                                               Stage from, Stage to,
                                               const CompileOptions &options) {
  return success(to == Stage::Onnx);
}
