// SPDX-License-Identifier: Apache-2.0
// Which instruction each one had to wait for last.
#ifndef TILICHO_RUNTIME_TIMING_CRITICALPATH_H
#define TILICHO_RUNTIME_TIMING_CRITICALPATH_H

#include "runtime/Timing/Timing.h"

#include <algorithm>
#include <vector>

namespace tilicho::timing {

/// A record for each executed instruction, if enabled. The longest chain is
/// found backwards from the instruction that ended last; the time from one's
/// start to the next one's is its share.
class CriticalPath {
public:
  static constexpr uint32_t none = ~0u;

  /// `workBeginNs` to `workEndNs` is when the engine or the DMA engines work.
  struct Step {
    double startNs;
    double workBeginNs, workEndNs;
    uint32_t cause, node, index;
    uint16_t queue;
  };

  /// The time of a chain's step up to the start of the next one.
  struct Share {
    const Step &step;
    double latencyNs, queuedNs, workNs, signalNs;
  };

  explicit CriticalPath(bool enabled) : enabled(enabled) {}

  uint32_t add(uint32_t cause, uint32_t node, uint16_t queue, uint32_t index,
               double startNs) {
    if (!enabled)
      return none;
    steps.push_back({startNs, startNs, startNs, cause, node, index, queue});
    return uint32_t(steps.size() - 1);
  }
  void setWork(uint32_t step, double beginNs, double endNs) {
    if (step == none)
      return;
    steps[step].workBeginNs = beginNs;
    steps[step].workEndNs = endNs;
  }
  const Step *find(uint32_t step) const {
    return step == none ? nullptr : &steps[step];
  }

  /// Calls `f` with each share of the chain that ends with `last` at `endNs`,
  /// the last first. A transfer starts `dmaStartNs` after it is issued; what
  /// it then waits for are DMA engines at work for others.
  template <class F>
  void forEachShare(uint32_t last, double endNs, double dmaStartNs,
                    F &&f) const {
    for (uint32_t at = last; at != none; at = steps[at].cause) {
      const Step &step = steps[at];
      double ns = step.startNs;
      auto upTo = [&](double limit) {
        double part = std::max(0.0, std::min(limit, endNs) - ns);
        ns += part;
        return part;
      };
      double latency =
          upTo(std::min(step.startNs + dmaStartNs, step.workBeginNs));
      double queued = upTo(step.workBeginNs);
      double work = upTo(step.workEndNs);
      f(Share{step, latency, queued, work, upTo(endNs)});
      endNs = step.startNs;
    }
  }

private:
  bool enabled;
  std::vector<Step> steps;
};

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_CRITICALPATH_H
