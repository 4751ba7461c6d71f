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

/// Moves onto the chip, from where; `Made` also those on the chip, which wait
/// for what they move.
enum Group { Inputs, Constants, Made, Stores, numGroups };

/// Queues for what comes onto the chip: two for constants, where there are so
/// many.
constexpr int64_t mostLoadQueues = 4;

class DmaQueues {
public:
  explicit DmaQueues(int64_t numQueues) {
    int64_t loads = std::min(numQueues - 1, mostLoadQueues);
    first[Inputs] = 0;
    first[Constants] = loads >= 3 ? 1 : 0;
    first[Made] = std::max<int64_t>(loads - 1, 0);
    first[Stores] = loads;
    size[Inputs] = size[Made] = 1;
    size[Constants] = std::max<int64_t>(1, first[Made] - first[Constants]);
    size[Stores] = numQueues - loads;
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
  StringRef kind =
      src.segment ? const_cast<Buffer &>(src).segment.getKind() : "";
  return kind == "constant" ? Constants : kind == "input" ? Inputs : Made;
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
