// SPDX-License-Identifier: Apache-2.0
// From a model to a program: the whole compiler as one call.
#ifndef TILICHO_LIB_PIPELINES_COMPILE_H
#define TILICHO_LIB_PIPELINES_COMPILE_H

#include "lib/Bounds/Bounds.h"
#include "lib/Import/Import.h"
#include "runtime/Machine/Machine.h"

#include "mlir/Pass/PassManager.h"

#include <chrono>
#include <functional>
#include <optional>

namespace tilicho::compiler {

struct BuiltProgram;

/// What a compile can stop at and hand out, in the order of the pipeline. Each
/// stage up to Isa is a module that a later compile can go on from.
enum class Stage { Onnx, Structured, Tile, Isa, Asm, Program };

/// The type that f32 parts of a model are lowered to.
enum class Precision { F32, Bf16, F16 };

/// Which outputs are updated in place in the memory of an input.
struct StateOptions {
  /// Every output that is found to be an input with a part replaced.
  bool automatic = false;
  /// Names of inputs and outputs.
  std::vector<std::pair<std::string, std::string>> pairs;
  /// Rows that a state has room for where runs add rows to it.
  int64_t capacity = 0;
};

struct CompileOptions {
  Machine machine;
  Precision precision = Precision::F32;
  /// 0 keeps every graph rewrite out that changes a bit of a result.
  unsigned optimizationLevel = 2;
  ImportOptions import;
  StateOptions state;
  /// Whether buffers share as little of SBUF as can be, rather than all of it.
  bool packSbuf = false;
  /// Where weights are kept as programs hold them, for later compiles; empty:
  /// nowhere. It changes no byte of a program.
  std::string weightCache;
  uint64_t weightCacheBytes = uint64_t(2) << 30;
  /// Lets a tool set up printing, timing and verification of passes.
  std::function<llvm::LogicalResult(mlir::PassManager &)> configure;
};

/// The options as flags of tilicho-compile, as a program records them.
std::string describeFlags(const CompileOptions &options);

/// The folder that TILICHO_WEIGHTS names; empty where it is not set.
std::string defaultWeightCache();

// The texts of options; none or false when they are not understood.
std::optional<Precision> parsePrecision(llvm::StringRef text);
/// `O0` to `O3`.
std::optional<unsigned> parseOptimizationLevel(llvm::StringRef text);
/// `NAME=VALUE`.
bool parseDimension(llvm::StringRef text, DimensionBinding &binding);
/// `auto` or `INPUT=OUTPUT`.
bool parseState(llvm::StringRef text, StateOptions &state);

struct Model {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// Of an ONNX model; a saved stage has none.
  std::optional<Bounds> bounds;
  /// When reading it began.
  std::chrono::steady_clock::time_point begin =
      std::chrono::steady_clock::now();
};

/// Reads a model, or a saved stage: MLIR text or bytecode. `-` is standard
/// input. Errors are emitted as diagnostics of `context`.
std::optional<Model> loadModel(llvm::StringRef path,
                               const CompileOptions &options,
                               mlir::MLIRContext *context);

/// The same from memory; see importModel.
std::optional<Model> loadModel(std::unique_ptr<llvm::MemoryBuffer> buffer,
                               llvm::StringRef name, llvm::StringRef folder,
                               const CompileOptions &options,
                               mlir::MLIRContext *context);

/// The stage that a module is at, by the operations it holds.
Stage findStage(mlir::ModuleOp module);

/// Runs the passes from the module's stage to `stage`.
llvm::LogicalResult lowerTo(Stage stage, mlir::ModuleOp module,
                            const CompileOptions &options);

/// Writes a module at its stage, as text or as bytecode.
void writeModule(mlir::ModuleOp module, bool bytecode, llvm::raw_ostream &out);

/// Lowers a model to the end and writes the program to `path`; it is there
/// whole or not at all. `statistics`, when given, takes what is known of the
/// program as JSON.
llvm::LogicalResult writeProgram(Model &model, const CompileOptions &options,
                                 llvm::StringRef path,
                                 std::string *statistics = nullptr);

/// Lowers a model to the end and writes the program as assembly.
llvm::LogicalResult writeAssembly(Model &model, const CompileOptions &options,
                                  llvm::raw_ostream &out);

/// Lowers a model to the end; null after an error. The result refers to the
/// model's module.
std::unique_ptr<BuiltProgram> buildModel(Model &model,
                                         const CompileOptions &options);

/// The bytes of the program of a model; none after an error.
std::optional<std::vector<uint8_t>>
writeProgramToMemory(Model &model, const CompileOptions &options);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_PIPELINES_COMPILE_H
