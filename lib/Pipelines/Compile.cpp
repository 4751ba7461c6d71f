// SPDX-License-Identifier: Apache-2.0
// Loads, lowers and writes; the order of passes is in Pipelines.cpp.
#include "lib/Pipelines/Compile.h"

#include "lib/Assembly/Disassemble.h"
#include "lib/Conversion/OnnxToTile/OnnxToTile.h"
#include "lib/Pipelines/Diagnostics.h"
#include "lib/Pipelines/Pipelines.h"
#include "lib/Pipelines/RegisterAll.h"
#include "lib/Target/BuildProgram.h"
#include "runtime/Program/Load.h"
#include "runtime/Program/Write.h"
#include "runtime/Timing/Statistics.h"

#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

#include <sstream>

using namespace mlir;
using namespace tilicho::compiler;

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// Whether the bytes are MLIR and no ONNX model, whose first byte is a
/// Protobuf tag: no letter, space or comment.
static bool isMlir(llvm::MemoryBufferRef buffer) {
  StringRef text = buffer.getBuffer();
  return isBytecode(buffer) || text.ltrim().starts_with("module") ||
         text.ltrim().starts_with("func.func") || text.starts_with("#") ||
         text.starts_with("//") || text.starts_with("!") ||
         text.ltrim().starts_with("\"builtin");
}

/// Resources of bytecode stay in the buffer, which the source manager owns.
static OwningOpRef<ModuleOp>
parseStage(std::unique_ptr<llvm::MemoryBuffer> buffer, MLIRContext *context) {
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(buffer), SMLoc());
  return parseSourceFile<ModuleOp>(sources, ParserConfig(context));
}

OwningOpRef<ModuleOp> tilicho::compiler::loadModel(
    std::unique_ptr<llvm::MemoryBuffer> buffer, StringRef name,
    StringRef folder, const CompileOptions &options, MLIRContext *context) {
  if (isMlir(*buffer))
    return parseStage(std::move(buffer), context);
  ImportOptions import = options.import;
  import.keeps = hasLowering;
  return importModel(std::move(buffer), name, folder, import, context);
}

OwningOpRef<ModuleOp>
tilicho::compiler::loadModel(StringRef path, const CompileOptions &options,
                             MLIRContext *context) {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(
      path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer) {
    emitError(NameLoc::get(StringAttr::get(context, path)))
        << "the model cannot be read: " << buffer.getError().message();
    return {};
  }
  StringRef folder = llvm::sys::path::parent_path(path);
  return loadModel(std::move(*buffer), path, folder.empty() ? "." : folder,
                   options, context);
}

//===----------------------------------------------------------------------===//
// Lowering
//===----------------------------------------------------------------------===//

/// The last stage whose dialect some operation is of.
Stage tilicho::compiler::findStage(ModuleOp module) {
  Stage stage = Stage::Onnx;
  module.walk([&](Operation *op) { stage = std::max(stage, stageOf(op)); });
  return stage;
}

LogicalResult tilicho::compiler::lowerTo(Stage stage, ModuleOp module,
                                         const CompileOptions &options) {
  PassManager passes(module.getContext());
  if (options.configure && failed(options.configure(passes)))
    return failure();
  Stage from = findStage(module);
  if (from > stage)
    return emitError(module.getLoc())
           << "the input is at stage " << stageName(from)
           << ", which is past stage " << stageName(stage);
  buildPipeline(passes, from, stage, options);
  return passes.run(module);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

void tilicho::compiler::writeModule(ModuleOp module, bool bytecode,
                                    llvm::raw_ostream &out) {
  if (bytecode) {
    (void)writeBytecodeToFile(module, out);
    return;
  }
  module.print(out, OpPrintingFlags().enableDebugInfo());
  out << "\n";
}

/// Lowers `module` to the end and fills in what the module does not know.
static FailureOr<std::unique_ptr<BuiltProgram>>
build(ModuleOp module, const CompileOptions &options) {
  if (failed(lowerTo(Stage::Isa, module, options)))
    return failure();
  FailureOr<std::unique_ptr<BuiltProgram>> built =
      buildProgram(module, options.machine);
  if (failed(built))
    return failure();
  tilicho::Program &program = (*built)->program;
  program.compilerVersion = TILICHO_VERSION;
  program.flags = describeFlags(options);
  return built;
}

static LogicalResult report(ModuleOp module, const absl::Status &status) {
  if (status.ok())
    return success();
  return emitError(module.getLoc()) << std::string(status.message());
}

LogicalResult tilicho::compiler::writeProgram(ModuleOp module,
                                              const CompileOptions &options,
                                              StringRef path,
                                              std::string *statistics) {
  FailureOr<std::unique_ptr<BuiltProgram>> built = build(module, options);
  if (failed(built))
    return failure();
  if (statistics)
    *statistics = timing::statisticsJson((*built)->program, nullptr);
  return report(module, tilicho::writeProgram((*built)->program, path.str(),
                                              (*built)->constants()));
}

/// The bytes of the program; none after an error.
static std::optional<std::vector<uint8_t>>
writeToMemory(ModuleOp module, const CompileOptions &options) {
  FailureOr<std::unique_ptr<BuiltProgram>> built = build(module, options);
  if (failed(built))
    return std::nullopt;
  auto bytes = writeProgramToMemory((*built)->program, (*built)->constants());
  if (failed(report(module, bytes.status())))
    return std::nullopt;
  return *std::move(bytes);
}

LogicalResult tilicho::compiler::writeAssembly(ModuleOp module,
                                               const CompileOptions &options,
                                               llvm::raw_ostream &out) {
  auto bytes = writeToMemory(module, options);
  if (!bytes)
    return failure();
  auto program = loadProgramCopy(*bytes, "the program");
  if (failed(report(module, program.status())))
    return failure();
  std::ostringstream text;
  disassemble(**program, {}, text);
  out << text.str();
  return success();
}

std::optional<std::vector<uint8_t>>
tilicho::compiler::compileModel(StringRef model, StringRef name,
                                StringRef folder, const CompileOptions &options,
                                std::string &errors) {
  DialectRegistry registry;
  registerCompilerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  llvm::raw_string_ostream lines(errors);
  DiagnosticLines diagnostics(&context, lines);
  auto buffer = llvm::MemoryBuffer::getMemBuffer(
      model, name, /*RequiresNullTerminator=*/false);
  OwningOpRef<ModuleOp> module =
      loadModel(std::move(buffer), name, folder, options, &context);
  if (!module)
    return std::nullopt;
  return writeToMemory(*module, options);
}
