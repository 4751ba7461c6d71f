// SPDX-License-Identifier: Apache-2.0
// Which instruction each one had to wait for last.
#ifndef TILICHO_RUNTIME_TIMING_CRITICALPATH_H
#define TILICHO_RUNTIME_TIMING_CRITICALPATH_H

#include "runtime/Timing/Timing.h"

#include <vector>

namespace tilicho::timing {

/// A record for each executed instruction, if enabled. The longest chain is
/// found backwards from the instruction that ended last; the time from one's
/// start to the next one's is the share of its node.
class CriticalPath {
public:
  static constexpr uint32_t none = ~0u;

  explicit CriticalPath(bool enabled) : enabled(enabled) {}

  uint32_t add(uint32_t cause, uint32_t node, double startNs) {
    if (!enabled)
      return none;
    steps.push_back({startNs, cause, node});
    return uint32_t(steps.size() - 1);
  }

  /// Adds to `nodes` the chain that ends with `last` at `endNs`.
  void share(uint32_t last, double endNs, std::vector<NodeTime> &nodes) const {
    for (uint32_t step = last; step != none; step = steps[step].cause) {
      size_t node = std::min<size_t>(steps[step].node, nodes.size() - 1);
      nodes[node].pathNs += endNs - steps[step].startNs;
      endNs = steps[step].startNs;
    }
  }

private:
  struct Step {
    double startNs;
    uint32_t cause, node;
  };
  bool enabled;
  std::vector<Step> steps;
};

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_CRITICALPATH_H
