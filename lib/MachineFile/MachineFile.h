// SPDX-License-Identifier: Apache-2.0
// Machines from their text files.
#ifndef TILICHO_LIB_MACHINEFILE_MACHINEFILE_H
#define TILICHO_LIB_MACHINEFILE_MACHINEFILE_H

#include "runtime/Machine/Machine.h"

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include <string>
#include <vector>

namespace tilicho::compiler {

/// Reads the shipped machine of that name, or the file at that path, and
/// changes it by `settings`, each `FIELD=VALUE` with a field's path such as
/// `array.rows` (the text of the option --set). On failure the message holds
/// one line for each problem, `path:line:column: ...`.
absl::StatusOr<Machine>
readMachine(absl::string_view nameOrPath,
            const std::vector<std::string> &settings = {});

/// The same for the text of a file; `fileName` is for messages.
absl::StatusOr<Machine>
parseMachine(absl::string_view text, absl::string_view fileName,
             const std::vector<std::string> &settings = {});

/// The names of the machine files beside this tool or library, sorted.
std::vector<std::string> shippedMachines();

} // namespace tilicho::compiler

#endif // TILICHO_LIB_MACHINEFILE_MACHINEFILE_H
