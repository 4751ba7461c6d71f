// SPDX-License-Identifier: Apache-2.0
// Runs a program file on the emulator and the cycle model.
#include "runtime/Program/AtomicFile.h"
#include "tools/tilicho-run/Options.h"
#include "tools/tilicho-run/Run.h"

#include "absl/strings/str_split.h"

#include <cstdio>

using namespace tilicho;

static int complain(absl::string_view message) {
  for (absl::string_view line : absl::StrSplit(message, '\n'))
    std::fprintf(stderr, "tilicho-run: %s\n", std::string(line).c_str());
  return 1;
}

int main(int argc, char **argv) try {
  AtomicFile::removeOnSignals();
  absl::StatusOr<run::Options> options = run::parseOptions(argc, argv);
  if (!options.ok())
    return complain(options.status().message());
  std::string text = options->textOnly;
  absl::Status status;
  if (text.empty())
    status = run::runProgramFile(*options, text);
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
    return complain("cannot write to standard output");
  return status.ok() ? 0 : complain(status.message());
} catch (const std::bad_alloc &) {
  return complain("out of memory");
} catch (const std::exception &error) {
  return complain(error.what());
}
