// SPDX-License-Identifier: Apache-2.0
// Options of a compile from and to text.
#include "lib/Pipelines/Compile.h"

#include <cstdlib>

using namespace mlir;
using namespace tilicho::compiler;

static constexpr StringLiteral precisionNames[] = {"f32", "bf16", "f16"};

std::optional<Precision> tilicho::compiler::parsePrecision(StringRef text) {
  for (auto [index, name] : llvm::enumerate(precisionNames))
    if (text == name)
      return static_cast<Precision>(index);
  return std::nullopt;
}

std::optional<unsigned>
tilicho::compiler::parseOptimizationLevel(StringRef text) {
  bool valid =
      text.size() == 2 && text[0] == 'O' && text[1] >= '0' && text[1] <= '3';
  return valid ? std::optional<unsigned>(text[1] - '0') : std::nullopt;
}

bool tilicho::compiler::parseDimension(StringRef text,
                                       DimensionBinding &binding) {
  // The last sign divides: a name may hold one.
  auto [name, value] = text.rsplit('=');
  binding.name = name.str();
  return !name.empty() && !value.getAsInteger(10, binding.value);
}

bool tilicho::compiler::parseState(StringRef text, StateOptions &state) {
  if (text == "auto") {
    state.automatic = true;
    return true;
  }
  auto [input, output] = text.split('=');
  state.pairs.emplace_back(input.str(), output.str());
  return !input.empty() && !output.empty();
}

std::string tilicho::compiler::describeFlags(const CompileOptions &options) {
  std::string flags = "--machine=" + options.machine.name + " -O" +
                      std::to_string(options.optimizationLevel);
  if (options.precision != Precision::F32)
    flags += " --precision=" +
             precisionNames[static_cast<int>(options.precision)].str();
  for (const DimensionBinding &binding : options.import.dimensions)
    flags += " --dim=" + binding.name + "=" + std::to_string(binding.value);
  if (options.state.automatic)
    flags += " --state=auto";
  for (const auto &[input, output] : options.state.pairs)
    flags += " --state=" + input + "=" + output;
  if (options.state.capacity)
    flags += " --state-capacity=" + std::to_string(options.state.capacity);
  if (options.packSbuf)
    flags += " --pack-sbuf";
  return flags;
}

std::string tilicho::compiler::defaultWeightCache() {
  const char *folder = std::getenv("TILICHO_WEIGHTS");
  return folder ? folder : "";
}
