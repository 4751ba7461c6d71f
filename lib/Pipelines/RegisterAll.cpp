// SPDX-License-Identifier: Apache-2.0
// The one place that knows every dialect and pass.
#include "lib/Pipelines/RegisterAll.h"

#include "dialects/Isa/IR/IsaDialect.h"
#include "dialects/Onnx/IR/OnnxDialect.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/OnnxToTile/OnnxToTile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"

void tilicho::compiler::registerCompilerDialects(
    mlir::DialectRegistry &registry) {
  registry.insert<mlir::func::FuncDialect, ir::isa::IsaDialect,
                  ir::onnx::OnnxDialect, ir::tile::TileDialect>();
}

void tilicho::compiler::registerAllDialects(mlir::DialectRegistry &registry) {
  registerCompilerDialects(registry);
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
}

void tilicho::compiler::registerAllPasses() {
  mlir::registerAllPasses();
  mlir::registerPass(createConvertOnnxToTile);
  mlir::registerPass(createTileFoldConstants);
}
