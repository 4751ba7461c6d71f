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

/// Writes what was asked for; false after an error.
static bool write(const CommandLine &line, ModuleOp module) {
  if (line.emit == Stage::Program)
    return succeeded(writeProgram(module, line.options, line.output));
  bool written = false;
  auto emit = [&](llvm::raw_ostream &out) -> LogicalResult {
    if (line.emit == Stage::Asm)
      return writeAssembly(module, line.options, out);
    if (failed(lowerTo(line.emit, module, line.options)))
      return failure();
    writeModule(module, line.bytecode, out);
    return success();
  };
  if (llvm::Error error = writeOutput(line.output, emit, written)) {
    llvm::WithColor::error(llvm::errs(), "tilicho-compile")
        << toString(std::move(error)) << "\n";
    return false;
  }
  return written;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  std::optional<CommandLine> line = parseCommandLine(argc, argv);
  if (!line)
    return 1;
  DialectRegistry registry;
  registerCompilerDialects(registry);
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  DiagnosticLines diagnostics(&context, llvm::errs());
  OwningOpRef<ModuleOp> module =
      loadModel(line->input, line->options, &context);
  return module && write(*line, *module) ? 0 : 1;
}
