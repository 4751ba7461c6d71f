// SPDX-License-Identifier: Apache-2.0
// The compiler library's one function: models in memory to program files.
#include "runtime/CApi/CompilerEntry.h"
#include "lib/MachineFile/MachineFile.h"
#include "lib/Pipelines/Compile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

#include <cstring>

using namespace tilicho;
using namespace tilicho::compiler;

using llvm::StringRef;

namespace {

/// Turns the caller's options into the compiler's. Collects every problem.
class OptionReader {
public:
  explicit OptionReader(const tilicho_compile_options &given) : given(given) {}
  CompileOptions read();

  std::vector<std::string> problems;

private:
  void readMachineOptions();
  void readDimensions();
  void readPrecisionAndLevel();
  void report(const llvm::Twine &problem) { problems.push_back(problem.str()); }

  const tilicho_compile_options &given;
  CompileOptions options;
};

void OptionReader::readMachineOptions() {
  std::vector<std::string> settings(given.settings,
                                    given.settings + given.setting_count);
  auto machine = readMachine(given.machine ? given.machine : "trn1", settings);
  if (machine.ok())
    options.machine = *std::move(machine);
  else
    report(StringRef(machine.status().message().data(),
                     machine.status().message().size()));
}

void OptionReader::readDimensions() {
  for (size_t i = 0; i < given.dim_count; ++i)
    if (!parseDimension(given.dims[i],
                        options.import.dimensions.emplace_back()))
      report("--dim=" + StringRef(given.dims[i]) + ": NAME=VALUE is wanted");
}

void OptionReader::readPrecisionAndLevel() {
  if (StringRef text = given.precision; !text.empty()) {
    if (auto precision = parsePrecision(text))
      options.precision = *precision;
    else
      report("--precision=" + text + ": f32, bf16 and f16 are known");
  }
  if (StringRef text = given.optimization; !text.empty()) {
    if (auto level = parseOptimizationLevel(text))
      options.optimizationLevel = *level;
    else
      report("optimization " + text + ": O0 to O3 are known");
  }
}

CompileOptions OptionReader::read() {
  readMachineOptions();
  readPrecisionAndLevel();
  readDimensions();
  return std::move(options);
}

void copyOut(llvm::ArrayRef<uint8_t> bytes, tilicho_allocate *allocate,
             void *context) {
  void *memory = allocate(context, bytes.size());
  std::memcpy(memory, bytes.data(), bytes.size());
}

} // namespace

extern "C" TILICHO_API int
tilicho_compiler_compile(const void *model, size_t size,
                         const tilicho_compile_options *given,
                         tilicho_allocate *allocateProgram, void *program,
                         tilicho_allocate *allocateProblems, void *problems) {
  OptionReader reader(*given);
  CompileOptions options = reader.read();
  std::string errors = llvm::join(reader.problems, "\n");
  std::optional<std::vector<uint8_t>> bytes;
  if (reader.problems.empty())
    bytes = compileModel({static_cast<const char *>(model), size},
                         given->name ? given->name : "model",
                         given->folder ? given->folder : "", options, errors);
  if (bytes)
    copyOut(*bytes, allocateProgram, program);
  else
    copyOut(llvm::arrayRefFromStringRef(StringRef(errors).rtrim()),
            allocateProblems, problems);
  return bytes.has_value();
}

/// Holds the definition to the type that the runtime library calls it by.
[[maybe_unused]] static tilicho_compiler_compile_1 *const checkedType =
    tilicho_compiler_compile;
