// SPDX-License-Identifier: Apache-2.0
// Serves editors that show modules of our dialects.
#include "lib/Pipelines/RegisterAll.h"

#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  tilicho::compiler::registerAllDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
