// SPDX-License-Identifier: Apache-2.0
// Whether a program is one of the machine that the user named.
#ifndef TILICHO_TOOLS_TILICHO_RUN_MACHINECHECK_H
#define TILICHO_TOOLS_TILICHO_RUN_MACHINECHECK_H

#include "tools/tilicho-run/Options.h"

namespace tilicho::run {

/// Holds the program's machine against --machine, if that was given; the error
/// names both and each field in which they differ.
absl::Status checkMachine(const Program &program, const Options &options);

} // namespace tilicho::run

#endif // TILICHO_TOOLS_TILICHO_RUN_MACHINECHECK_H
