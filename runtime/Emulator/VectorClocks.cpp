// SPDX-License-Identifier: Apache-2.0
// Joins clocks along semaphores.
#include "runtime/Emulator/VectorClocks.h"

#include <algorithm>

namespace tilicho {

void VectorClocks::signal(unsigned queue, unsigned semaphore,
                          int64_t increment) {
  Producer &producer = signals[semaphore][queue];
  int64_t before = producer.empty() ? 0 : producer.back().sum;
  producer.push_back({before + increment, clocks[queue]});
}

void VectorClocks::wait(unsigned queue, unsigned semaphore, int64_t value) {
  auto found = signals.find(semaphore);
  if (found == signals.end())
    return;
  int64_t total = 0;
  for (auto &[producing, producer] : found->second)
    total += producer.back().sum;
  for (auto &[producing, producer] : found->second) {
    int64_t needed = value - (total - producer.back().sum);
    if (needed <= 0)
      continue;
    auto signal = std::lower_bound(
        producer.begin(), producer.end(), needed,
        [](const Signal &signal, int64_t sum) { return signal.sum < sum; });
    if (signal == producer.end())
      continue;
    Clock &clock = clocks[queue];
    for (size_t i = 0; i < clock.size(); ++i)
      clock[i] = std::max(clock[i], signal->clock[i]);
  }
}

bool VectorClocks::isOrderedForAll(unsigned earlier, uint32_t epoch) const {
  return std::all_of(clocks.begin(), clocks.end(), [&](const Clock &clock) {
    return clock[earlier] >= epoch;
  });
}

} // namespace tilicho
