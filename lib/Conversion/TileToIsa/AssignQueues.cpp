// SPDX-License-Identifier: Apache-2.0
// Engines by name, DMA queues in turn.
#include "lib/Conversion/TileToIsa/AssignQueues.h"

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

private:
  int64_t first[numGroups], size[numGroups], turn[numGroups] = {};
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

void assignQueues(InstructionList &list, const Machine &machine) {
  DmaQueues dma(machine.dma.queues);
  for (Instruction &instruction : list.instructions) {
    StringRef name = instruction.op.getQueue();
    instruction.queue =
        name == "dma"
            ? dma.next(groupOf(instruction, list))
            : static_cast<uint32_t>(*isa::queueKindOf(std::string_view(name)));
  }
}

} // namespace tilicho::compiler
