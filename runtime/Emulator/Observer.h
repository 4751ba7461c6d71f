// SPDX-License-Identifier: Apache-2.0
// Who watches a run: traces, breakpoints, dumps of values, sanitizers.
#ifndef TILICHO_RUNTIME_EMULATOR_OBSERVER_H
#define TILICHO_RUNTIME_EMULATOR_OBSERVER_H

#include "runtime/Emulator/State.h"
#include "runtime/Isa/Isa.h"

namespace tilicho {

/// An instruction that is about to run or has run.
struct Event {
  /// Position in Program::queues.
  unsigned queue;
  /// Position in the queue's instructions.
  uint32_t index;
  const uint8_t *bytes;
  Context &context;
};

/// Told of what happens, in the order in which the emulator does it: each queue
/// runs until it has to wait. To stop the run, throw a Trap.
class Observer {
public:
  virtual ~Observer() = default;
  /// Its wait is over, and nothing of it is done yet.
  virtual void onStart(const Event &event) {}
  /// Its writes are made; it has not signalled yet.
  virtual void onEnd(const Event &event) {}
  /// The queue has passed a wait for `value`.
  virtual void onWait(unsigned queue, unsigned semaphore, int64_t value) {}
  /// The queue has raised `semaphore` by `increment`.
  virtual void onSignal(unsigned queue, unsigned semaphore, int64_t increment) {
  }
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_OBSERVER_H
