// SPDX-License-Identifier: Apache-2.0
// Reads key and value pairs.
#include "lib/CompilerLibrary/RequestOptions.h"

#include "lib/MachineFile/MachineFile.h"

#include "llvm/ADT/Twine.h"

using namespace tilicho;
using namespace tilicho::compiler;

using llvm::StringRef;

namespace {

class OptionReader {
public:
  OptionReader(const capi::CompilerRequest &request,
               std::vector<std::string> &problems)
      : request(request), problems(problems) {}
  CompileOptions read();

private:
  void readOne(StringRef key, StringRef value);
  void readLevel(StringRef value);
  void readMachineFile();
  void readConstants();
  void report(const llvm::Twine &problem) { problems.push_back(problem.str()); }

  const capi::CompilerRequest &request;
  std::vector<std::string> &problems;
  std::string machine = "trn1";
  std::vector<std::string> settings;
  CompileOptions options;
};

void OptionReader::readLevel(StringRef value) {
  std::string text = value.starts_with("O") ? value.str() : "O" + value.str();
  if (auto level = parseOptimizationLevel(text))
    options.optimizationLevel = *level;
  else
    report("optimization " + value + ": O0 to O3 are known");
}

void OptionReader::readOne(StringRef key, StringRef value) {
  if (key == "machine") {
    machine = value.str();
  } else if (key == "set") {
    settings.push_back(value.str());
  } else if (key == "dim") {
    if (!parseDimension(value, options.import.dimensions.emplace_back()))
      report("--dim=" + value + ": NAME=VALUE is wanted");
  } else if (key == "precision") {
    if (auto precision = parsePrecision(value))
      options.precision = *precision;
    else
      report("--precision=" + value + ": f32, bf16 and f16 are known");
  } else if (key == "O") {
    readLevel(value);
  } else if (key == "state") {
    if (!parseState(value, options.state))
      report("--state=" + value + ": auto or INPUT=OUTPUT is wanted");
  } else if (key == "state-capacity") {
    if (value.getAsInteger(10, options.state.capacity) ||
        options.state.capacity < 1)
      report("--state-capacity=" + value + ": a number of rows is wanted");
  } else if (key == "pack-sbuf") {
    options.packSbuf = value == "1";
    if (value != "0" && value != "1")
      report("--pack-sbuf=" + value + ": 0 or 1 is wanted");
  } else {
    report("option " + key +
           " is unknown; machine, set, dim, precision, O, state, "
           "state-capacity and pack-sbuf are known");
  }
}

void OptionReader::readMachineFile() {
  auto read = readMachine(machine, settings);
  if (read.ok())
    options.machine = *std::move(read);
  else
    report(StringRef(read.status().message().data(),
                     read.status().message().size()));
}

void OptionReader::readConstants() {
  for (const capi::ConstantInput &given : request.constants)
    options.import.constants.push_back({given.name,
                                        static_cast<isa::DType>(given.dtype),
                                        given.shape, given.bytes});
}

CompileOptions OptionReader::read() {
  for (const auto &[key, value] : request.options)
    readOne(key, value);
  readMachineFile();
  readConstants();
  return std::move(options);
}

} // namespace

CompileOptions
tilicho::compiler::readOptions(const capi::CompilerRequest &request,
                               std::vector<std::string> &problems) {
  return OptionReader(request, problems).read();
}
