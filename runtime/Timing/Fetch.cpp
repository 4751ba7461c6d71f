// SPDX-License-Identifier: Apache-2.0
// The instruction buffer of one queue.
#include "runtime/Timing/Fetch.h"

#include "runtime/Isa/Isa.h"
#include "runtime/Timing/DmaEngines.h"

#include <algorithm>

namespace tilicho::timing {

Fetch::Fetch(const Machine &machine, uint32_t numInstructions)
    : perBlock(std::max<uint32_t>(
          machine.fetchBlockBytes / isa::kInstructionBytes, 1)),
      numInstructions(numInstructions), latencyNs(machine.dma.startNs),
      bytesPerNs(std::min(machine.dma.bytesPerNs, machine.hbmGBs)),
      // The block in use, those ahead, and the one that is being replaced.
      blocks((machine.fetchAhead + perBlock - 1) / perBlock + 2),
      starts(machine.fetchAhead, 0) {}

double Fetch::find(uint32_t block, Hbm &hbm) {
  current = block;
  for (const Block &held : blocks)
    if (held.number == block)
      return currentNs = held.readyNs;
  return currentNs = load(block, hbm);
}

double Fetch::load(uint32_t block, Hbm &hbm) {
  uint32_t first = block * perBlock;
  double bytes = std::min(perBlock, numInstructions - first) *
                 double(isa::kInstructionBytes);
  double request = horizonNs();
  if (redirected)
    request = std::max(request, redirectNs) + latencyNs;
  redirected = false;
  double begin = std::max(freeNs, request);
  freeNs = begin + bytes / bytesPerNs;
  // It goes before data, which loses the bandwidth.
  hbm.reserve(begin, bytes);
  fetchedBytes += uint64_t(bytes);
  blocks[victim] = {block, freeNs};
  victim = (victim + 1) % blocks.size();
  return freeNs;
}

} // namespace tilicho::timing
