// SPDX-License-Identifier: Apache-2.0
// The command line of tilicho-run.
#ifndef TILICHO_TOOLS_TILICHO_RUN_OPTIONS_H
#define TILICHO_TOOLS_TILICHO_RUN_OPTIONS_H

#include "runtime/Session/Session.h"
#include "runtime/Tensors/Values.h"

#include "absl/status/statusor.h"

#include <optional>
#include <string>
#include <vector>

namespace tilicho::run {

struct Options {
  std::string program;
  /// Of the first run.
  std::string inputs;
  /// Of the runs after it, which `state` connects.
  std::vector<std::string> laterInputs;
  std::string outputs, expected, stats, machine, state;
  std::optional<uint64_t> randomSeed;
  Tolerance tolerance;
  /// ONNX names; "all" alone stands for every one.
  std::vector<std::string> dump;
  SessionOptions session;
  bool isQuiet = false, isReport = false;
  /// Asked for the help or the version, which is this text.
  std::string textOnly;
};

/// Fails with one line that names the flag and what it wants.
absl::StatusOr<Options> parseOptions(int argc, const char *const *argv);

} // namespace tilicho::run

#endif // TILICHO_TOOLS_TILICHO_RUN_OPTIONS_H
