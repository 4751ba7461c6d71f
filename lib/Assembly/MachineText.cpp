// SPDX-License-Identifier: Apache-2.0
// A machine as a shipped one and the fields in which it differs.
#include "lib/Assembly/MachineText.h"

#include "lib/MachineFile/MachineFile.h"

#include "absl/strings/str_split.h"

#include <algorithm>

namespace tilicho::compiler {

static std::vector<std::string> linesOf(const std::string &text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

MachineText describeMachine(const Machine &machine) {
  std::vector<std::string> lines = linesOf(serialize(machine));
  std::vector<std::string> shipped = shippedMachines();
  if (std::find(shipped.begin(), shipped.end(), machine.name) == shipped.end())
    return {"", lines};
  absl::StatusOr<Machine> base = readMachine(machine.name);
  if (!base.ok())
    return {"", lines};
  std::vector<std::string> baseLines = linesOf(serialize(*base));
  MachineText text{machine.name, {}};
  for (size_t line = 0; line < lines.size(); ++line)
    if (lines[line] != baseLines[line])
      text.settings.push_back(lines[line]);
  return text;
}

bool changeField(std::string &serialized, const std::string &setting) {
  std::string text = "\n" + serialized;
  size_t at = text.find("\n" + setting.substr(0, setting.find('=') + 1));
  if (at == std::string::npos || setting.find('=') == std::string::npos)
    return false;
  text.replace(at + 1, text.find('\n', at + 1) - at - 1, setting);
  serialized = text.substr(1);
  return true;
}

} // namespace tilicho::compiler
