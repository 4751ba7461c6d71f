// SPDX-License-Identifier: Apache-2.0
// What all DMA queues share: the engines and the bandwidth of HBM.
#ifndef TILICHO_RUNTIME_TIMING_DMAENGINES_H
#define TILICHO_RUNTIME_TIMING_DMAENGINES_H

#include "runtime/Machine/Machine.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace tilicho::timing {

/// HBM as one server: bytes take their turn at its rate.
class Hbm {
public:
  explicit Hbm(double bytesPerNs) : bytesPerNs(bytesPerNs) {}
  /// When `bytes` that are asked for at `ns` have moved.
  double reserve(double ns, double bytes) {
    freeNs = std::max(freeNs, ns) + bytes / bytesPerNs;
    return freeNs;
  }

private:
  double bytesPerNs;
  double freeNs = 0;
};

/// When a packet of descriptors is worked on.
struct Service {
  double beginNs, endNs;
};

/// The DMA engines. Descriptors are dealt to them in turn; each engine works
/// in order of arrival.
class DmaEngines {
public:
  explicit DmaEngines(const Machine &machine)
      : freeNs(machine.dma.engines, 0.0) {}

  /// `count` descriptors of `each` ns arrive at `ns`; together they move
  /// `hbmBytes`.
  Service serve(double ns, uint64_t count, double each, double hbmBytes,
                Hbm &hbm);
  /// Mean time for which an engine was taken.
  double busyNs() const { return totalNs / double(freeNs.size()); }

private:
  std::vector<double> freeNs;
  size_t next = 0;
  double totalNs = 0;
};

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_DMAENGINES_H
