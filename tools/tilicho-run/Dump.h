// SPDX-License-Identifier: Apache-2.0
// Which values inside the graph --dump writes.
#ifndef TILICHO_TOOLS_TILICHO_RUN_DUMP_H
#define TILICHO_TOOLS_TILICHO_RUN_DUMP_H

#include "runtime/Program/Program.h"
#include "tools/tilicho-run/Options.h"

namespace tilicho::run {

/// Values that were asked for.
struct Dumped {
  /// Positions in `Program::values`.
  std::vector<size_t> found;
  /// Names of values that are nowhere in memory.
  std::vector<std::string> fused;
};

/// Fails when a name is no value of the graph, or one that is nowhere in
/// memory; `all` takes what there is.
absl::StatusOr<Dumped> findValues(const Program &program,
                                  const Options &options);

/// What was found, and the names of what was not.
std::string dumpText(const Dumped &dumped);

} // namespace tilicho::run

#endif // TILICHO_TOOLS_TILICHO_RUN_DUMP_H
