// SPDX-License-Identifier: Apache-2.0
// What tilicho-compile writes.
#ifndef TILICHO_TOOLS_TILICHO_COMPILE_WRITE_H
#define TILICHO_TOOLS_TILICHO_COMPILE_WRITE_H

#include "Options.h"

namespace tilicho::compiler {

/// Writes what was asked for; false after an error, which has been reported.
bool write(const CommandLine &line, Model &model);

} // namespace tilicho::compiler

#endif // TILICHO_TOOLS_TILICHO_COMPILE_WRITE_H
