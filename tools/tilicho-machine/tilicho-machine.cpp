// SPDX-License-Identifier: Apache-2.0
// Prints a machine file as the canonical text that programs carry.
#include "lib/MachineFile/MachineFile.h"
#include "runtime/Program/AtomicFile.h"

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

#include <cstdio>

static const char help[] =
    "prints a machine file as the text that programs carry, its hash first\n"
    "\n"
    "usage: tilicho-machine NAME|FILE [--set=FIELD=VALUE ...] [-o FILE]\n"
    "\n"
    "  --set=FIELD=VALUE  change a field, for example array.rows=64\n"
    "  -o FILE            write the text alone to FILE, for tilicho-run "
    "--machine\n"
    "  --help, --version\n";

static int complain(absl::string_view message) {
  std::fprintf(stderr, "tilicho-machine: %s\n", std::string(message).c_str());
  return 1;
}

int main(int argc, char **argv) {
  std::string machineName, output;
  std::vector<std::string> settings;
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (argument == "--help")
      return std::fputs(help, stdout) < 0;
    if (argument == "--version")
      return std::puts("tilicho-machine " TILICHO_VERSION) < 0;
    if (argument == "-o" && i + 1 < argc)
      output = argv[++i];
    else if (absl::ConsumePrefix(&argument, "--set="))
      settings.push_back(std::string(argument));
    else if (absl::StartsWith(argument, "-") || !machineName.empty())
      return complain("unknown argument " + std::string(argument) +
                      "; see --help");
    else
      machineName = std::string(argument);
  }
  if (machineName.empty())
    return complain("a machine's name or file is wanted; see --help");
  auto machine = tilicho::compiler::readMachine(machineName, settings);
  if (!machine.ok())
    return complain(machine.status().message());
  const std::string text = tilicho::serialize(*machine);
  if (output.empty())
    return std::printf("hash=%s\n%s",
                       tilicho::toHex(tilicho::hash(*machine)).c_str(),
                       text.c_str()) < 0;
  absl::Status status = tilicho::writeFileAtomically(output, text);
  return status.ok() ? 0 : complain(status.message());
}
