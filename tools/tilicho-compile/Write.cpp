// SPDX-License-Identifier: Apache-2.0
// Writes a program, a stage or a report, as the command line asks.
#include "Write.h"

#include "lib/Pipelines/Check.h"
#include "lib/Pipelines/OutputFile.h"

#include "llvm/Support/WithColor.h"

using namespace mlir;
using namespace tilicho::compiler;

/// Writes what was asked for, other than a program.
static LogicalResult emit(const CommandLine &line, Model &model,
                          llvm::raw_ostream &out) {
  if (line.bounds && !model.bounds)
    return emitError(model.module->getLoc())
           << "--bounds needs an ONNX model, not a saved stage";
  if (line.bounds) {
    out << printBounds(*model.bounds, line.options.machine);
    return success();
  }
  if (line.check) {
    std::optional<CheckReport> report = checkModel(model, line.options);
    if (report)
      out << (line.json ? reportToJson(*report) : printReport(*report));
    return success(report && report->supported);
  }
  if (line.emit == Stage::Asm)
    return writeAssembly(model, line.options, out);
  if (failed(lowerTo(line.emit, *model.module, line.options)))
    return failure();
  writeModule(*model.module, line.bytecode, out);
  return success();
}

static bool complain(llvm::Error error) {
  if (!error)
    return false;
  llvm::WithColor::error(llvm::errs(), "tilicho-compile")
      << toString(std::move(error)) << "\n";
  return true;
}

bool tilicho::compiler::write(const CommandLine &line, Model &model) {
  bool written = false;
  if (line.emit != Stage::Program || line.check || line.bounds) {
    auto writer = [&](llvm::raw_ostream &out) {
      return emit(line, model, out);
    };
    return !complain(writeOutput(line.output, writer, written)) && written;
  }
  std::string statistics;
  if (failed(writeProgram(model, line.options, line.output, &statistics)))
    return false;
  auto writer = [&](llvm::raw_ostream &out) {
    out << statistics;
    return success();
  };
  return line.statistics.empty() ||
         !complain(writeOutput(line.statistics, writer, written));
}
