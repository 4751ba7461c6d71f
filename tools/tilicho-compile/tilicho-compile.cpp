// SPDX-License-Identifier: Apache-2.0
// Compiles an ONNX model to a program of the machine, or to a stage before.
#include "Options.h"
#include "Write.h"

#include "lib/Pipelines/Diagnostics.h"
#include "lib/Pipelines/RegisterAll.h"

#include "llvm/Support/InitLLVM.h"

using namespace mlir;
using namespace tilicho::compiler;

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  std::optional<CommandLine> line = parseCommandLine(argc, argv);
  if (!line)
    return 1;
  DialectRegistry registry;
  registerCompilerDialects(registry);
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  context.printOpOnDiagnostic(false);
  DiagnosticLines diagnostics(&context, llvm::errs());
  auto model = loadModel(line->input, line->options, &context);
  return model && write(*line, *model) ? 0 : 1;
}
