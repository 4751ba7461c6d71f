// SPDX-License-Identifier: Apache-2.0
// The steps of tilicho-run.
#ifndef TILICHO_TOOLS_TILICHO_RUN_RUN_H
#define TILICHO_TOOLS_TILICHO_RUN_RUN_H

#include "tools/tilicho-run/Options.h"

namespace tilicho::run {

/// Loads, runs, writes and compares. Appends to `text` what is to be printed,
/// also when it fails because outputs differ.
absl::Status runProgramFile(const Options &options, std::string &text);

} // namespace tilicho::run

#endif // TILICHO_TOOLS_TILICHO_RUN_RUN_H
