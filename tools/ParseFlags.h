// SPDX-License-Identifier: Apache-2.0
// Parses a tool's flags with LLVM's library.
#ifndef TILICHO_TOOLS_PARSEFLAGS_H
#define TILICHO_TOOLS_PARSEFLAGS_H

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

namespace tilicho {

/// Sets the options that the arguments name. What is wrong with them goes to
/// standard error, and the process ends with 1. LLVM would try an unknown flag
/// as a group of flags of one letter, and complain of these too.
inline void parseFlags(int argc, char **argv, llvm::StringRef overview) {
  llvm::StringRef tool = llvm::sys::path::filename(argv[0]);
  llvm::cl::SetVersionPrinter([tool](llvm::raw_ostream &out) {
    out << tool << " " << TILICHO_VERSION << "\n";
  });
  const auto &known = llvm::cl::getRegisteredOptions();
  bool isKnown = true;
  for (int index = 1; index < argc; ++index) {
    llvm::StringRef name(argv[index]);
    if (!name.consume_front("--"))
      continue;
    if (name.empty()) // What follows are no flags.
      break;
    name = name.split('=').first;
    if (name.size() < 3 || known.contains(name))
      continue;
    llvm::errs() << tool << ": unknown flag --" << name << "; see --help\n";
    isKnown = false;
  }
  if (!isKnown)
    std::exit(1);
  llvm::cl::ParseCommandLineOptions(argc, argv, overview);
}

} // namespace tilicho

#endif // TILICHO_TOOLS_PARSEFLAGS_H
