// SPDX-License-Identifier: Apache-2.0
// Which passes run, and in which order.
#include "lib/Pipelines/Pipelines.h"

#include "dialects/Isa/IR/IsaDialect.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/OnnxToTile/OnnxToTile.h"
#include "lib/Conversion/StructuredToTile/StructuredToTile.h"
#include "lib/Conversion/TileToIsa/TileToIsa.h"

using namespace mlir;
using namespace tilicho::compiler;

Stage tilicho::compiler::stageOf(Operation *op) {
  if (llvm::isa<ir::isa::IsaDialect>(op->getDialect()))
    return Stage::Isa;
  if (llvm::isa<ir::tile::AllocOp, ir::tile::IssueOp, ir::tile::SegmentOp>(op))
    return Stage::Tile;
  if (llvm::isa<ir::tile::TileDialect>(op->getDialect()))
    return Stage::Structured;
  return Stage::Onnx;
}

StringRef tilicho::compiler::stageName(Stage stage) {
  static constexpr StringLiteral names[] = {"onnx", "structured", "tile",
                                            "isa",  "asm",        "program"};
  return names[static_cast<int>(stage)];
}

LogicalResult tilicho::compiler::buildPipeline(OpPassManager &passes,
                                               Stage from, Stage to,
                                               const CompileOptions &options) {
  if (from < Stage::Structured && to >= Stage::Structured) {
    passes.addNestedPass<func::FuncOp>(createConvertOnnxToTile());
    passes.addNestedPass<func::FuncOp>(createTileFoldConstants());
  }
  if (from < Stage::Tile && to >= Stage::Tile)
    passes.addPass(createStructuredToTile(options.machine));
  if (from < Stage::Isa && to >= Stage::Isa)
    passes.addPass(createTileToIsa(options.machine));
  return success();
}
