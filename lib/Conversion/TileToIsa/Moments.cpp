// SPDX-License-Identifier: Apache-2.0
// The last writers of named buffers, in one walk.
#include "lib/Conversion/TileToIsa/Moments.h"

#include "llvm/ADT/DenseMap.h"

using namespace mlir;

namespace tilicho::compiler {

using Writers = SmallVector<uint32_t, 2>;

/// Notes the writes of an instruction to buffers that have an entry.
static void noteWrites(const InstructionList &list, uint32_t index,
                       llvm::DenseMap<uint32_t, Writers> &lastWriters) {
  for (const Operand &operand : list.instructions[index].operands) {
    auto found = lastWriters.find(operand.buffer);
    if (!operand.writes || found == lastWriters.end())
      continue;
    llvm::erase_if(found->second, [&](uint32_t other) {
      return list.instructions[other].queue == list.instructions[index].queue;
    });
    found->second.push_back(index);
  }
}

std::vector<Writers> findMoments(const InstructionList &list) {
  llvm::DenseMap<uint32_t, Writers> lastWriters;
  for (const NamedBox &value : list.values)
    if (list.buffers[value.buffer].space() != isa::Space::Hbm)
      lastWriters.try_emplace(value.buffer);
  std::vector<Writers> moments;
  uint32_t index = 0;
  for (const NamedBox &value : list.values) {
    for (; index < value.position; ++index)
      noteWrites(list, index, lastWriters);
    moments.push_back(lastWriters.lookup(value.buffer));
  }
  return moments;
}

} // namespace tilicho::compiler
