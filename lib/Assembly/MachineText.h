// SPDX-License-Identifier: Apache-2.0
// A machine as a shipped one and the fields in which it differs.
#ifndef TILICHO_LIB_ASSEMBLY_MACHINETEXT_H
#define TILICHO_LIB_ASSEMBLY_MACHINETEXT_H

#include "runtime/Machine/Machine.h"

#include <optional>
#include <string>
#include <vector>

namespace tilicho::compiler {

struct MachineText {
  /// The name of a shipped machine, or "" for one that has no like.
  std::string base;
  /// `path=value`, as `serialize` writes them: those that differ from the base,
  /// or all.
  std::vector<std::string> settings;
};

MachineText describeMachine(const Machine &machine);

/// Changes a field in a text of `serialize` by `path=value`. False if there is
/// no such field.
bool changeField(std::string &serialized, const std::string &setting);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_ASSEMBLY_MACHINETEXT_H
