// SPDX-License-Identifier: Apache-2.0
// The instruction buffer of one queue.
#ifndef TILICHO_RUNTIME_TIMING_FETCH_H
#define TILICHO_RUNTIME_TIMING_FETCH_H

#include "runtime/Machine/Machine.h"

#include <cstdint>
#include <vector>

namespace tilicho::timing {

class Hbm;

/// Blocks of instructions are fetched along the path that is taken, a fixed
/// number of instructions before they start, at the rate of one DMA engine; a
/// place that could not be foreseen is asked for when it is reached and comes
/// with the latency of a transfer. A loop whose body is in the buffer fetches
/// nothing. The first blocks are on their way when the run starts.
class Fetch {
public:
  Fetch(const Machine &machine, uint32_t numInstructions);

  /// When the instruction `index` is in the buffer. Calls follow the path.
  double arrival(uint32_t index, Hbm &hbm) {
    uint32_t block = index / perBlock;
    return block == current ? currentNs : find(block, hbm);
  }
  /// The instruction asked for last starts at `ns`.
  void started(double ns) {
    starts[cursor] = ns;
    if (++cursor == starts.size())
      cursor = 0;
  }
  /// The path goes on at a place that was not known before `ns`.
  void redirect(double ns) {
    redirectNs = ns;
    redirected = true;
  }
  /// When the instruction as far back as the buffer reaches ahead started:
  /// nothing of the next one can have been known earlier.
  double horizonNs() const { return starts[cursor]; }
  uint64_t bytes() const { return fetchedBytes; }

private:
  struct Block {
    uint32_t number = ~0u;
    double readyNs = 0;
  };
  double find(uint32_t block, Hbm &hbm);
  double load(uint32_t block, Hbm &hbm);

  uint32_t perBlock, numInstructions;
  uint32_t current = ~0u;
  double currentNs = 0;
  double latencyNs, bytesPerNs;
  double freeNs = 0, redirectNs = 0;
  bool redirected = false;
  uint64_t fetchedBytes = 0;
  std::vector<Block> blocks;
  size_t victim = 0;
  std::vector<double> starts;
  size_t cursor = 0;
};

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_FETCH_H
