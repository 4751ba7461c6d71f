// SPDX-License-Identifier: Apache-2.0
// Every flag of tilicho-compile, and what it sets.
#include "Options.h"

#include "lib/MachineFile/MachineFile.h"
#include "lib/Pipelines/SupportedOps.h"
#include "tools/ParseFlags.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"

#include <cstdlib>

namespace cl = llvm::cl;
using namespace tilicho::compiler;

namespace {
struct Flags {
  cl::OptionCategory category{"Compiling"};
  cl::opt<std::string> input{
      cl::Positional, cl::Required,
      cl::desc("<model.onnx, or a saved stage: .mlir, .mlirbc>"),
      cl::cat(category)};
  cl::opt<std::string> output{
      "o", cl::value_desc("file"), cl::cat(category),
      cl::desc("Output; default: the input's name with .tlx, or standard "
               "output for a stage")};
  cl::opt<std::string> machine{
      "machine", cl::init("trn1"), cl::value_desc("name or file"),
      cl::cat(category), cl::desc("Machine to compile for")};
  cl::list<std::string> settings{"set", cl::value_desc("FIELD=VALUE"),
                                 cl::cat(category),
                                 cl::desc("Change a field of the machine")};
  cl::list<std::string> dimensions{
      "dim", cl::CommaSeparated, cl::value_desc("NAME=VALUE"),
      cl::cat(category),
      cl::desc("Bind a symbolic dimension, by its name or as INPUT.AXIS")};
  cl::list<std::string> states{
      "state", cl::value_desc("auto or INPUT=OUTPUT"), cl::cat(category),
      cl::desc("Update an output in the memory of the input that it is with a "
               "part replaced")};
  cl::opt<unsigned> stateCapacity{
      "state-capacity", cl::init(0), cl::value_desc("rows"), cl::cat(category),
      cl::desc("Room of a state that runs add rows to, by a concatenation")};
  cl::opt<bool> packSbuf{
      "pack-sbuf", cl::cat(category),
      cl::desc("Take as little of SBUF as can be; nothing runs ahead")};
  cl::opt<std::string> weightCache{
      "weight-cache", cl::init(defaultWeightCache()), cl::value_desc("folder"),
      cl::cat(category),
      cl::desc("Keep weights as programs hold them, for later compiles; "
               "default: TILICHO_WEIGHTS")};
  cl::opt<Precision> precision{
      "precision", cl::init(Precision::F32), cl::cat(category),
      cl::desc("Type that f32 parts of the model are computed in"),
      cl::values(clEnumValN(Precision::F32, "f32", "as the model says"),
                 clEnumValN(Precision::Bf16, "bf16", "bfloat16"),
                 clEnumValN(Precision::F16, "f16", "IEEE half"))};
  cl::opt<unsigned> optimization{
      "O",
      cl::Prefix,
      cl::init(2),
      cl::value_desc("level"),
      cl::cat(category),
      cl::desc("0 (exact rewrites only, every value through HBM) to 3; "
               "default 2")};
  cl::opt<Stage> emit{
      "emit", cl::init(Stage::Program), cl::cat(category),
      cl::desc("What to write"),
      cl::values(clEnumValN(Stage::Onnx, "onnx", "the simplified graph"),
                 clEnumValN(Stage::Structured, "structured",
                            "tensor operations of the machine's kinds"),
                 clEnumValN(Stage::Tile, "tile", "instructions on buffers"),
                 clEnumValN(Stage::Isa, "isa", "instructions with addresses"),
                 clEnumValN(Stage::Asm, "asm", "assembly"),
                 clEnumValN(Stage::Program, "program", "a .tlx file"))};
  cl::opt<std::string> statistics{
      "stats", cl::value_desc("file"), cl::cat(category),
      cl::desc("Write statistics of the program as JSON")};
  cl::opt<bool> check{
      "check", cl::cat(category),
      cl::desc("Write no program; report where each node would run, why, and "
               "its share of MACs and time")};
  cl::opt<bool> bounds{
      "bounds", cl::cat(category),
      cl::desc(
          "Write no program; print every lower bound of the model's time")};
  cl::opt<std::string> format{"format", cl::init("text"),
                              cl::value_desc("text|json"), cl::cat(category),
                              cl::desc("Form of the report of --check")};
  cl::opt<bool> supportedOps{
      "supported-ops", cl::cat(category),
      cl::desc("Print every operator of ONNX with its limits"),
      cl::callback([](const bool &) {
        llvm::outs() << printSupportedOps();
        std::exit(0);
      })};
};
} // namespace

static std::nullopt_t complain(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "tilicho-compile") << message << "\n";
  return std::nullopt;
}

static std::string defaultOutput(const Flags &flags) {
  if (flags.emit != Stage::Program || flags.check || flags.bounds)
    return "-";
  llvm::SmallString<128> path(llvm::sys::path::filename(flags.input));
  llvm::sys::path::replace_extension(path, "tlx");
  return path.str().str();
}

/// Printing, timing and verification of passes by upstream's flags.
static llvm::LogicalResult configure(mlir::PassManager &passes) {
  mlir::applyDefaultTimingPassManagerCLOptions(passes);
  return mlir::applyPassManagerCLOptions(passes);
}

static std::optional<CommandLine> toCommandLine(const Flags &flags) {
  CommandLine result;
  result.input = flags.input;
  result.output =
      flags.output.empty() ? defaultOutput(flags) : flags.output.getValue();
  result.emit = flags.emit;
  result.bytecode = llvm::StringRef(result.output).ends_with(".mlirbc");
  CompileOptions &options = result.options;
  if (flags.optimization > 3)
    return complain("-O" + llvm::Twine(flags.optimization) +
                    ": the levels are 0 to 3");
  if (flags.format != "text" && flags.format != "json")
    return complain("--format=" + flags.format.getValue() +
                    ": text and json are known");
  result.check = flags.check;
  result.bounds = flags.bounds;
  result.json = flags.format == "json";
  result.statistics = flags.statistics;
  options.optimizationLevel = flags.optimization;
  options.precision = flags.precision;
  options.packSbuf = flags.packSbuf;
  options.weightCache = flags.weightCache;
  options.configure = configure;
  for (const std::string &text : flags.dimensions)
    if (!parseDimension(text, options.import.dimensions.emplace_back()))
      return complain("--dim=" + text + ": NAME=VALUE is wanted");
  for (const std::string &text : flags.states)
    if (!parseState(text, options.state))
      return complain("--state=" + text + ": auto or INPUT=OUTPUT is wanted");
  options.state.capacity = flags.stateCapacity;
  auto machine = readMachine(flags.machine.getValue(),
                             {flags.settings.begin(), flags.settings.end()});
  if (!machine.ok())
    return complain(std::string(machine.status().message()));
  options.machine = *std::move(machine);
  return result;
}

std::optional<CommandLine> tilicho::compiler::parseCommandLine(int argc,
                                                               char **argv) {
  // LLVM's own counters, which nobody compiles models for.
  if (cl::Option *counters = cl::getRegisteredOptions().lookup("stats"))
    counters->removeArgument();
  Flags flags;
  mlir::registerAsmPrinterCLOptions();
  mlir::registerMLIRContextCLOptions();
  mlir::registerPassManagerCLOptions();
  mlir::registerDefaultTimingManagerCLOptions();
  cl::HideUnrelatedOptions(flags.category);
  tilicho::parseFlags(argc, argv,
                      "compiles an ONNX model to a program of the machine\n");
  return toCommandLine(flags);
}
