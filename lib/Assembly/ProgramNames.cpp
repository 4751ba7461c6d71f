// SPDX-License-Identifier: Apache-2.0
// How assembly calls segments and branch targets.
#include "lib/Assembly/ProgramNames.h"

namespace tilicho::compiler {

std::string nameText(std::string_view name) {
  return isa::isWord(name) ? std::string(name) : isa::quote(name);
}

void ProgramNames::addSegment(std::string_view name) {
  auto [it, isNew] =
      segmentByName.try_emplace(std::string(name), unsigned(segments.size()));
  if (!isNew)
    it->second = ambiguous;
  segments.emplace_back(name);
}

bool ProgramNames::addLabel(std::string_view name, int target) {
  return labels.try_emplace(std::string(name), target).second;
}

std::string ProgramNames::segment(unsigned index) const {
  if (index < segments.size() &&
      segmentByName.find(segments[index])->second == index)
    return nameText(segments[index]);
  return std::to_string(index);
}

std::string ProgramNames::label(int target) const {
  return "L" + std::to_string(target);
}

std::optional<unsigned> ProgramNames::findSegment(std::string_view name) const {
  auto it = segmentByName.find(name);
  if (it == segmentByName.end() || it->second == ambiguous)
    return std::nullopt;
  return it->second;
}

std::optional<int> ProgramNames::findLabel(std::string_view name) const {
  auto it = labels.find(name);
  return it == labels.end() ? std::nullopt : std::optional<int>(it->second);
}

std::set<int> branchTargets(const QueueCode &queue) {
  std::set<int> targets;
  for (uint32_t index = 0; index < queue.numInstructions(); ++index) {
    const uint8_t *bytes = queue.instruction(index);
    if (isa::Opcode(bytes[0]) == isa::Opcode::branch)
      targets.insert(isa::decodeAs<isa::BranchInst>(bytes).target);
  }
  return targets;
}

} // namespace tilicho::compiler
