// SPDX-License-Identifier: Apache-2.0
// What each queue knows to have happened, by the semaphores it waited for.
#ifndef TILICHO_RUNTIME_EMULATOR_VECTORCLOCKS_H
#define TILICHO_RUNTIME_EMULATOR_VECTORCLOCKS_H

#include <cstdint>
#include <map>
#include <vector>

namespace tilicho {

/// For each queue, how many of its instructions.
using Clock = std::vector<uint32_t>;

class VectorClocks {
public:
  explicit VectorClocks(unsigned queues) : clocks(queues, Clock(queues, 0)) {}

  /// The queue begins its next instruction; gives its number, from 1.
  uint32_t begin(unsigned queue) { return ++clocks[queue][queue]; }

  void signal(unsigned queue, unsigned semaphore, int64_t increment);
  /// The queue has seen `semaphore` at `value`. With several producers, it
  /// knows of each only what the others cannot have contributed.
  void wait(unsigned queue, unsigned semaphore, int64_t value);

  /// Whether instruction number `epoch` of `earlier` is known to have happened
  /// before what `later` does now.
  bool isOrdered(unsigned earlier, uint32_t epoch, unsigned later) const {
    return clocks[later][earlier] >= epoch;
  }
  /// The same before what any queue will do from now on.
  bool isOrderedForAll(unsigned earlier, uint32_t epoch) const;

private:
  struct Signal {
    /// The sum of this producer's increments.
    int64_t sum;
    Clock clock;
  };
  using Producer = std::vector<Signal>;

  std::vector<Clock> clocks;
  /// By semaphore, then by producing queue.
  std::map<unsigned, std::map<unsigned, Producer>> signals;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_VECTORCLOCKS_H
