// SPDX-License-Identifier: Apache-2.0
// The one place that knows every dialect and pass.
#include "lib/Pipelines/RegisterAll.h"

#include "dialects/Isa/IR/IsaDialect.h"
#include "dialects/Onnx/IR/OnnxDialect.h"
#include "dialects/Onnx/Transforms/Passes.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "dialects/Tile/Transforms/ConstantOrder.h"
#include "dialects/Tile/Transforms/Reciprocals.h"
#include "dialects/Tile/Transforms/SimplifyMoves.h"
#include "lib/Conversion/OnnxToTile/OnnxToTile.h"
#include "lib/Conversion/StructuredToTile/StructuredToTile.h"
#include "lib/Conversion/TileToIsa/TileToIsa.h"
#include "lib/MachineFile/MachineFile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"

using namespace tilicho::compiler;

void tilicho::compiler::registerCompilerDialects(
    mlir::DialectRegistry &registry) {
  registry.insert<mlir::func::FuncDialect, ir::onnx::OnnxDialect,
                  ir::tile::TileDialect, ir::isa::IsaDialect>();
}

void tilicho::compiler::registerAllDialects(mlir::DialectRegistry &registry) {
  registerCompilerDialects(registry);
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
}

/// The machine of passes that are run by name: the default one.
static const tilicho::Machine &defaultMachine() {
  static const tilicho::Machine machine =
      readMachine("trn1").value_or(tilicho::Machine());
  return machine;
}

void tilicho::compiler::registerAllPasses() {
  mlir::registerAllPasses();
  ir::onnx::registerOnnxPasses();
  mlir::registerPass([] { return createConvertOnnxToTile(); });
  mlir::registerPass([] { return createTileFoldConstants(); });
  mlir::registerPass([] { return ir::tile::createTileOrderConstants(); });
  mlir::registerPass([] { return ir::tile::createTileSimplifyMoves(); });
  mlir::registerPass(
      [] { return ir::tile::createTileMultiplyByReciprocals(); });
  mlir::registerPass([] { return createStructuredToTile({defaultMachine()}); });
  mlir::registerPass([] { return createTileToIsa(defaultMachine()); });
}
