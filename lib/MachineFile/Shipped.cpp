// SPDX-License-Identifier: Apache-2.0
// Finds the machine files that lie beside the tool or library we are part of.
#include "lib/MachineFile/Shipped.h"

#include <algorithm>
#include <dlfcn.h>
#include <filesystem>

namespace tilicho::compiler {

namespace fs = std::filesystem;

static const char fileSuffix[] = ".textproto";

/// The file that holds this code: a tool, or the shared library.
static fs::path ownModule() {
  Dl_info info;
  std::error_code ignored;
  if (dladdr(&fileSuffix, &info) && info.dli_fname &&
      fs::path(info.dli_fname).is_absolute()) {
    // An update may have taken the file away that we were loaded from.
    fs::path real = fs::canonical(info.dli_fname, ignored);
    return real.empty() ? fs::path(info.dli_fname) : real;
  }
  // A tool's own name may be relative to a folder that is no longer current.
  return fs::read_symlink("/proc/self/exe", ignored);
}

std::string shippedMachineFolder() {
  // PREFIX/bin/tool, PREFIX/lib/library and build/test/unit/test.
  std::error_code ignored;
  fs::path folder = ownModule().parent_path();
  for (int level = 0; level < 3; ++level, folder = folder.parent_path()) {
    fs::path machines = folder / "share" / "tilicho" / "machines";
    if (fs::is_directory(machines, ignored))
      return machines;
  }
  return "";
}

std::string shippedMachinePath(absl::string_view name) {
  fs::path path = fs::path(shippedMachineFolder()) / std::string(name);
  path += fileSuffix;
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) ? path.string() : "";
}

std::vector<std::string> shippedMachines() {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const fs::directory_entry &entry :
       fs::directory_iterator(shippedMachineFolder(), ignored))
    if (entry.path().extension() == fileSuffix)
      names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace tilicho::compiler
