// SPDX-License-Identifier: Apache-2.0
// What all DMA queues share: the engines and the bandwidth of HBM.
#include "runtime/Timing/DmaEngines.h"

#include <limits>

namespace tilicho::timing {

Service DmaEngines::serve(double ns, uint64_t count, double each,
                          double hbmBytes, Hbm &hbm) {
  size_t engines = freeNs.size();
  size_t used = std::min<uint64_t>(count, engines);
  uint64_t share = count / engines, extra = count % engines;
  Service service{std::numeric_limits<double>::max(), 0};
  for (size_t turn = 0; turn < used; ++turn) {
    size_t engine = next + turn;
    if (engine >= engines)
      engine -= engines;
    double begin = std::max(ns, freeNs[engine]);
    double end = begin + double(share + (turn < extra)) * each;
    freeNs[engine] = end;
    service.beginNs = std::min(service.beginNs, begin);
    service.endNs = std::max(service.endNs, end);
  }
  totalNs += double(count) * each;
  double hbmNs = hbmBytes > 0 ? hbm.reserve(service.beginNs, hbmBytes) : 0;
  // An engine holds its descriptor until HBM has taken or given the bytes.
  if (hbmNs > service.endNs) {
    service.endNs = hbmNs;
    for (size_t turn = 0; turn < used; ++turn)
      freeNs[(next + turn) % engines] = hbmNs;
  }
  next = (next + count) % engines;
  return service;
}

} // namespace tilicho::timing
