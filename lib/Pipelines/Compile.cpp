// SPDX-License-Identifier: Apache-2.0
// Loads, lowers and writes; the order of passes is in Pipelines.cpp.
#include "lib/Pipelines/Compile.h"

#include "lib/Assembly/Disassemble.h"
#include "lib/Conversion/OnnxToTile/OnnxToTile.h"
#include "lib/Pipelines/Diagnostics.h"
#include "lib/Pipelines/InferredShapes.h"
#include "lib/Pipelines/Pipelines.h"
#include "lib/Pipelines/RegisterAll.h"
#include "lib/Target/BuildProgram.h"
#include "onnx/onnx_pb.h"
#include "runtime/Emulator/CheckOrder.h"
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

static tilicho::isa::DType dtypeOf(Precision precision) {
  switch (precision) {
  case Precision::F32:
    return tilicho::isa::DType::f32;
  case Precision::Bf16:
    return tilicho::isa::DType::bf16;
  case Precision::F16:
    return tilicho::isa::DType::f16;
  }
  llvm_unreachable("unknown precision");
}

std::optional<Model> tilicho::compiler::loadModel(
    std::unique_ptr<llvm::MemoryBuffer> buffer, StringRef name,
    StringRef folder, const CompileOptions &options, MLIRContext *context) {
  Model model;
  if (isMlir(*buffer)) {
    model.module = parseStage(std::move(buffer), context);
  } else {
    ImportOptions import = options.import;
    import.keeps = hasLowering;
    ::onnx::ModelProto graph;
    model.module =
        importModel(std::move(buffer), name, folder, import, context, &graph);
    if (model.module) {
      addInferredShapes(*model.module, *graph.mutable_graph());
      model.bounds =
          computeBounds(graph, options.machine, dtypeOf(options.precision));
    }
  }
  if (!model.module)
    return std::nullopt;
  return model;
}

std::optional<Model> tilicho::compiler::loadModel(StringRef path,
                                                  const CompileOptions &options,
                                                  MLIRContext *context) {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(
      path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer) {
    emitError(NameLoc::get(StringAttr::get(context, path)))
        << "the model cannot be read: " << buffer.getError().message();
    return std::nullopt;
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

static void addBounds(const Bounds &bounds, tilicho::Program &program) {
  program.figures.merge(boundFigures(bounds));
  for (const NodeBounds &node : bounds.nodes)
    program.figuresByNode[node.name] = boundFigures(node);
}

static LogicalResult report(Model &model, const absl::Status &status) {
  if (status.ok())
    return success();
  return emitError(model.module->getLoc()) << std::string(status.message());
}

std::unique_ptr<BuiltProgram>
tilicho::compiler::buildModel(Model &model, const CompileOptions &options) {
  if (failed(lowerTo(Stage::Isa, *model.module, options)))
    return nullptr;
  FailureOr<std::unique_ptr<BuiltProgram>> built =
      buildProgram(*model.module, options.machine);
  if (failed(built))
    return nullptr;
  tilicho::Program &program = (*built)->program;
  program.compilerVersion = TILICHO_VERSION;
  program.flags = describeFlags(options);
  if (model.bounds)
    addBounds(*model.bounds, program);
  if (failed(report(model, checkOrder(program))))
    return nullptr;
  return std::move(*built);
}

LogicalResult tilicho::compiler::writeProgram(Model &model,
                                              const CompileOptions &options,
                                              StringRef path,
                                              std::string *statistics) {
  std::unique_ptr<BuiltProgram> built = buildModel(model, options);
  if (!built)
    return failure();
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - model.begin;
  if (statistics)
    *statistics = timing::statisticsJson(
        built->program, nullptr, {{"compile_seconds", seconds.count()}});
  WeightCache cache(options.weightCache, options.weightCacheBytes);
  return report(model, tilicho::writeProgram(built->program, path.str(),
                                             built->constants(cache)));
}

std::optional<std::vector<uint8_t>>
tilicho::compiler::writeProgramToMemory(Model &model,
                                        const CompileOptions &options) {
  std::unique_ptr<BuiltProgram> built = buildModel(model, options);
  if (!built)
    return std::nullopt;
  WeightCache cache(options.weightCache, options.weightCacheBytes);
  auto bytes =
      tilicho::writeProgramToMemory(built->program, built->constants(cache));
  if (failed(report(model, bytes.status())))
    return std::nullopt;
  return *std::move(bytes);
}

LogicalResult tilicho::compiler::writeAssembly(Model &model,
                                               const CompileOptions &options,
                                               llvm::raw_ostream &out) {
  auto bytes = writeProgramToMemory(model, options);
  if (!bytes)
    return failure();
  auto program = loadProgramCopy(*bytes, "the program");
  if (failed(report(model, program.status())))
    return failure();
  std::ostringstream text;
  disassemble(**program, {}, text);
  out << text.str();
  return success();
}
