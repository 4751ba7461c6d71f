// SPDX-License-Identifier: Apache-2.0
// Which passes run, and in which order.
#include "lib/Pipelines/Pipelines.h"

#include "dialects/Onnx/Transforms/Passes.h"
#include "dialects/Tile/Transforms/ConstantOrder.h"
#include "dialects/Tile/Transforms/Reciprocals.h"
#include "dialects/Tile/Transforms/SimplifyMoves.h"
#include "lib/Conversion/OnnxToTile/OnnxToTile.h"
#include "lib/Conversion/StructuredToTile/StructuredToTile.h"
#include "lib/Conversion/TileToIsa/TileToIsa.h"

using namespace mlir;
using namespace tilicho::compiler;
using namespace tilicho::ir::onnx;

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

StringRef tilicho::compiler::stageName(Stage stage) {
  static constexpr StringLiteral names[] = {"onnx", "structured", "tile",
                                            "isa",  "asm",        "program"};
  return names[static_cast<int>(stage)];
}

/// Structured operations are on tensors, instructions on buffers.
Stage tilicho::compiler::stageOf(Operation *op) {
  StringRef dialect = op->getName().getDialectNamespace();
  if (dialect == "isa")
    return Stage::Isa;
  if (dialect != "tile")
    return Stage::Onnx;
  bool onTensors = llvm::any_of(op->getResultTypes(), [](mlir::Type type) {
    return mlir::isa<mlir::TensorType>(type);
  });
  return onTensors ? Stage::Structured : Stage::Tile;
}

//===----------------------------------------------------------------------===//
// Passes
//===----------------------------------------------------------------------===//

/// Exact: shapes, constants, operations without effect, equal and dead ones.
static void addCleanUp(OpPassManager &passes) {
  passes.addPass(createOnnxFoldConstants(foldWithKernels, true));
  passes.addPass(createOnnxSimplify());
  passes.addPass(createOnnxMergeEqual());
}

void tilicho::compiler::addShapePasses(OpPassManager &functions) {
  addCleanUp(functions);
}

static void addGraphPasses(OpPassManager &passes,
                           const CompileOptions &options) {
  bool rewrites = options.optimizationLevel > 0;
  if (rewrites)
    addCleanUp(passes);
  else // Shapes have to be known.
    passes.addPass(createOnnxFoldConstants(foldWithKernels, false));
  passes.addPass(createOnnxCountRows());
  passes.addPass(createOnnxRequireStatic());
  if (rewrites) {
    passes.addPass(createOnnxFoldBatchNorm());
    passes.addPass(createOnnxFormSoftmax());
  }
  if (options.precision != Precision::F32) {
    OnnxLowerPrecisionOptions precision;
    precision.type = options.precision == Precision::Bf16 ? "bf16" : "f16";
    passes.addPass(createOnnxLowerPrecision(precision));
  }
  if (rewrites)
    addCleanUp(passes);
}

/// Of SBUF; the rest is for the blocks of the operator at work.
static constexpr double residentShare = 0.6;

/// The passes that lead to a stage from the one before it.
static void addPasses(OpPassManager &passes, Stage stage,
                      const CompileOptions &options) {
  OpPassManager &functions = passes.nest<func::FuncOp>();
  bool fuses = options.optimizationLevel >= 1;
  bool staysOnChip = options.optimizationLevel >= 2;
  switch (stage) {
  case Stage::Structured:
    functions.addPass(createConvertOnnxToTile(/*keepValues=*/!fuses));
    functions.addPass(createTileFoldConstants());
    if (fuses) {
      functions.addPass(tilicho::ir::tile::createTileSimplifyMoves());
      functions.addPass(tilicho::ir::tile::createTileMultiplyByReciprocals());
    }
    functions.addPass(tilicho::ir::tile::createTileOrderConstants());
    return;
  case Stage::Tile:
    passes.addPass(createStructuredToTile(
        {options.machine, staysOnChip ? residentShare : 0.0,
         /*blockShare=*/1.0, /*fuseEpilogues=*/fuses, /*spreadWork=*/fuses,
         options.state.pairs, options.state.automatic,
         options.state.capacity}));
    return;
  case Stage::Isa:
    passes.addPass(
        createTileToIsa(options.machine, /*roll=*/fuses, options.packSbuf));
    return;
  default:
    return;
  }
}

void tilicho::compiler::buildPipeline(OpPassManager &passes, Stage from,
                                      Stage to, const CompileOptions &options) {
  if (from == Stage::Onnx)
    addGraphPasses(passes.nest<func::FuncOp>(), options);
  for (int stage = static_cast<int>(from) + 1; stage <= static_cast<int>(to);
       ++stage)
    addPasses(passes, static_cast<Stage>(stage), options);
}
