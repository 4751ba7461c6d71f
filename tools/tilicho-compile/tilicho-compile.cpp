// SPDX-License-Identifier: Apache-2.0
// Compiles an ONNX model to a program of the machine, or to a stage before.
#include "Options.h"

#include "lib/Pipelines/Diagnostics.h"
#include "lib/Pipelines/OutputFile.h"
#include "lib/Pipelines/RegisterAll.h"

#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/WithColor.h"

using namespace mlir;
using namespace tilicho::compiler;

static LogicalResult emit(const CommandLine &line, ModuleOp module,
                          llvm::raw_ostream &out) {
  if (line.emit == Stage::Program)
    return writeProgram(module, line.options, out);
  if (failed(lowerTo(line.emit, module, line.options)))
    return failure();
  writeModule(module, line.bytecode, out);
  return success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  std::optional<CommandLine> line = parseCommandLine(argc, argv);
  if (!line)
    return 1;
  DialectRegistry registry;
  registerCompilerDialects(registry);
  MLIRContext context(registry);
  DiagnosticLines diagnostics(&context, llvm::errs());
  OwningOpRef<ModuleOp> module =
      loadModel(line->input, line->options, &context);
  if (!module)
    return 1;
  bool written = false;
  auto write = [&](llvm::raw_ostream &out) {
    return emit(*line, *module, out);
  };
  if (llvm::Error error = writeOutput(line->output, write, written)) {
    llvm::WithColor::error(llvm::errs(), "tilicho-compile")
        << toString(std::move(error)) << "\n";
    return 1;
  }
  return written ? 0 : 1;
}
