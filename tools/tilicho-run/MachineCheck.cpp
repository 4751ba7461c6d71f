// SPDX-License-Identifier: Apache-2.0
// Compares machines by the texts that lie beside the tool.
#include "tools/tilicho-run/MachineCheck.h"
#include "runtime/Program/MappedFile.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <filesystem>

namespace tilicho::run {

namespace fs = std::filesystem;

static fs::path shippedFolder() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored)
             .parent_path()
             .parent_path() /
         "share" / "tilicho" / "machines";
}

static absl::Status unknownMachine(const std::string &name) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const fs::directory_entry &entry :
       fs::directory_iterator(shippedFolder(), ignored))
    if (entry.path().extension() == ".machine")
      names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return absl::NotFoundError(
      absl::StrCat("unknown machine \"", name, "\"; shipped are ",
                   absl::StrJoin(names, ", "),
                   "; of another, tilicho-machine writes a "
                   "text NAME.machine whose path is taken too"));
}

static absl::StatusOr<Machine> readMachineText(const std::string &name) {
  std::string path = name;
  if (!absl::EndsWith(path, ".machine"))
    path = shippedFolder() / (name + ".machine");
  std::error_code ignored;
  if (path != name && !fs::exists(path, ignored))
    return unknownMachine(name);
  absl::StatusOr<MappedFile> file = mapFile(path);
  if (!file.ok())
    return file.status();
  absl::StatusOr<Machine> machine = deserializeMachine(
      {reinterpret_cast<const char *>(file->bytes.data()), file->bytes.size()});
  if (!machine.ok())
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", machine.status().message()));
  return machine;
}

static std::string describe(const Machine &machine) {
  return absl::StrCat(machine.name, " (", toHex(hash(machine)).substr(0, 12),
                      ")");
}

absl::Status checkMachine(const Program &program, const Options &options) {
  if (options.machine.empty())
    return absl::OkStatus();
  absl::StatusOr<Machine> wanted = readMachineText(options.machine);
  if (!wanted.ok())
    return wanted.status();
  std::vector<std::string> fields = differences(program.machine, *wanted);
  if (fields.empty())
    return absl::OkStatus();
  constexpr size_t numShown = 6;
  const size_t numHidden = fields.size() - std::min(fields.size(), numShown);
  if (numHidden > 0) {
    fields.resize(numShown);
    fields.push_back(absl::StrCat("and ", numHidden, " more fields"));
  }
  return absl::FailedPreconditionError(
      absl::StrCat(options.program, ": the program is for machine ",
                   describe(program.machine), ", but --machine is ",
                   describe(*wanted), "; they differ in ",
                   absl::StrJoin(fields, "; "), "; compile the model again"));
}

} // namespace tilicho::run
