// SPDX-License-Identifier: Apache-2.0
// Where the machine files are that come with the tools.
#ifndef TILICHO_LIB_MACHINEFILE_SHIPPED_H
#define TILICHO_LIB_MACHINEFILE_SHIPPED_H

#include "lib/MachineFile/MachineFile.h"

namespace tilicho::compiler {

/// `share/tilicho/machines` beside the folder of this tool or library, or "".
std::string shippedMachineFolder();

/// The file of the shipped machine `name`, or "".
std::string shippedMachinePath(absl::string_view name);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_MACHINEFILE_SHIPPED_H
