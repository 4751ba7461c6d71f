// SPDX-License-Identifier: Apache-2.0
// Runs a model, or a saved onnx or structured stage, on the host's kernels.
#include "lib/Interpreter/RunModule.h"
#include "lib/Pipelines/Compile.h"
#include "lib/Pipelines/Diagnostics.h"
#include "lib/Pipelines/RegisterAll.h"
#include "tools/ParseFlags.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

namespace cl = llvm::cl;
using namespace tilicho::compiler;

static cl::OptionCategory category("Interpreting");
static cl::opt<std::string> model(cl::Positional, cl::Required,
                                  cl::desc("<model.onnx or .mlir>"),
                                  cl::cat(category));
static cl::opt<std::string>
    inputs("inputs", cl::Required, cl::value_desc("files"), cl::cat(category),
           cl::desc("in.npz, NAME=FILE.npy,... or a test_data_set folder"));
static cl::opt<std::string> outputs("outputs", cl::value_desc("files"),
                                    cl::desc("out.npz or NAME=FILE.npy,..."),
                                    cl::cat(category), cl::Required);
static cl::list<std::string>
    dump("dump", cl::CommaSeparated, cl::value_desc("names"),
         cl::desc("Values inside the graph, by ONNX name, or all"),
         cl::cat(category));

static int fail(const absl::Status &status) {
  llvm::errs() << std::string(status.message()) << "\n";
  return 1;
}

static int run(mlir::ModuleOp module) {
  auto source = tilicho::readTensors(inputs, "input");
  if (!source.ok())
    return fail(source.status());
  auto results = runModule(module, *source, {{dump.begin(), dump.end()}});
  if (!results.ok())
    return fail(results.status());
  absl::Status written = tilicho::writeTensors(outputs, *results);
  return written.ok() ? 0 : fail(written);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  tilicho::parseFlags(argc, argv,
                      "runs a model's structured operators on the host\n");
  mlir::DialectRegistry registry;
  registerCompilerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  DiagnosticLines diagnostics(&context, llvm::errs());
  CompileOptions options; // What it is compiled for changes nothing here.
  std::optional<Model> loaded = loadModel(model.getValue(), options, &context);
  if (!loaded || failed(lowerTo(Stage::Structured, *loaded->module, options)))
    return 1;
  return run(*loaded->module);
}
