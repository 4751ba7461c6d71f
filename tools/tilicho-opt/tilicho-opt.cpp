// SPDX-License-Identifier: Apache-2.0
// Runs passes, ours and upstream's, on a module.
#include "lib/Pipelines/RegisterAll.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  tilicho::compiler::registerAllDialects(registry);
  tilicho::compiler::registerAllPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "runs passes of Tilicho and MLIR on a module\n", registry));
}
