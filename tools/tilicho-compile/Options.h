// SPDX-License-Identifier: Apache-2.0
// The command line of tilicho-compile.
#ifndef TILICHO_TOOLS_TILICHO_COMPILE_OPTIONS_H
#define TILICHO_TOOLS_TILICHO_COMPILE_OPTIONS_H

#include "lib/Pipelines/Compile.h"

namespace tilicho::compiler {

struct CommandLine {
  std::string input, output;
  Stage emit = Stage::Program;
  bool bytecode = false;
  /// Report where nodes would run, or the lower bounds, and write no program.
  bool check = false, bounds = false;
  /// The report is JSON.
  bool json = false;
  /// Where statistics go, if anywhere.
  std::string statistics;
  CompileOptions options;
};

/// Parses the arguments; none, after a message, when they are at fault.
std::optional<CommandLine> parseCommandLine(int argc, char **argv);

} // namespace tilicho::compiler

#endif // TILICHO_TOOLS_TILICHO_COMPILE_OPTIONS_H
