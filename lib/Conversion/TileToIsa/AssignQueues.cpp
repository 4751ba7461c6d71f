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

/// Constants and inputs, which are there from the start; other moves onto the
/// chip or on it, which wait for what they move; stores.
enum Group { Given, Made, Stores };

class DmaQueues {
public:
  /// What comes onto the chip does so in the order of its use. Stores have the
  /// queues that are left.
  explicit DmaQueues(int64_t numQueues)
      : numQueues(numQueues), firstStore(std::min<int64_t>(2, numQueues - 1)) {}

  uint32_t queueOf(Group group) {
    if (group == Stores)
      return firstDmaQueue + firstStore + turn++ % (numQueues - firstStore);
    return firstDmaQueue + (firstStore < 2 ? 0 : group);
  }
  /// Buffers that take turns are stored in their order.
  uint32_t queueOf(Group group, int32_t ring) {
    if (group != Stores)
      return queueOf(group);
    auto [at, isNew] = byRing.try_emplace(ring, 0);
    if (isNew)
      at->second = queueOf(group);
    return at->second;
  }

private:
  int64_t numQueues, firstStore, turn = 0;
  llvm::DenseMap<int32_t, uint32_t> byRing;
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
  return kind == "constant" || kind == "input" ? Given : Made;
}

static uint32_t queueOf(const Instruction &instruction,
                        const InstructionList &list, DmaQueues &dma) {
  Group group = groupOf(instruction, list);
  for (const Operand &operand : instruction.operands)
    if (int32_t ring = list.buffers[operand.buffer].ring; ring >= 0)
      return dma.queueOf(group, ring);
  return dma.queueOf(group);
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
