// SPDX-License-Identifier: Apache-2.0
// Engines by name, DMA queues in turn.
#include "lib/Conversion/TileToIsa/AssignQueues.h"

#include "llvm/ADT/DenseMap.h"

#include <algorithm>

using namespace mlir;

namespace tilicho::compiler {

uint32_t numQueues(const Machine &machine) {
  return firstDmaQueue + machine.dma.queues;
}

std::string queueName(uint32_t queue) {
  if (queue < firstDmaQueue)
    return std::string(isa::nameOf(static_cast<isa::QueueKind>(queue)));
  return "dma" + std::to_string(queue - firstDmaQueue);
}

namespace {

enum Group { Constants, Loads, Stores, numGroups };

class DmaQueues {
public:
  explicit DmaQueues(int64_t numQueues) {
    for (int group = 0; group < numGroups; ++group) {
      first[group] = numQueues * group / numGroups;
      size[group] = std::max<int64_t>(1, numQueues * (group + 1) / numGroups -
                                             first[group]);
      first[group] = std::min(first[group], numQueues - 1);
    }
  }
  uint32_t next(Group group) {
    return firstDmaQueue + first[group] + turn[group]++ % size[group];
  }
  /// Buffers that take turns become free in order, and so none of a ring's
  /// transfers could overtake another.
  uint32_t queueOf(Group group, int32_t ring) {
    auto [at, isNew] = byRing.try_emplace({group, ring}, 0);
    if (isNew)
      at->second = next(group);
    return at->second;
  }

private:
  int64_t first[numGroups], size[numGroups], turn[numGroups] = {};
  llvm::DenseMap<std::pair<int, int32_t>, uint32_t> byRing;
};

} // namespace

static Group groupOf(const Instruction &instruction,
                     const InstructionList &list) {
  const Buffer &dst = list.buffers[instruction.operands[0].buffer];
  const Buffer &src = list.buffers[instruction.operands[1].buffer];
  if (dst.space() == isa::Space::Hbm)
    return Stores;
  bool isConstant =
      src.segment && const_cast<Buffer &>(src).segment.getKind() == "constant";
  return isConstant ? Constants : Loads;
}

static uint32_t queueOf(const Instruction &instruction,
                        const InstructionList &list, DmaQueues &dma) {
  Group group = groupOf(instruction, list);
  for (const Operand &operand : instruction.operands)
    if (int32_t ring = list.buffers[operand.buffer].ring; ring >= 0)
      return dma.queueOf(group, ring);
  return dma.next(group);
}

void assignQueues(InstructionList &list, const Machine &machine) {
  DmaQueues dma(machine.dma.queues);
  for (Instruction &instruction : list.instructions) {
    StringRef name = instruction.op.getQueue();
    instruction.queue =
        name == "dma"
            ? queueOf(instruction, list, dma)
            : static_cast<uint32_t>(*isa::queueKindOf(std::string_view(name)));
  }
}

} // namespace tilicho::compiler
