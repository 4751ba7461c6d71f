// SPDX-License-Identifier: Apache-2.0
// Queues take turns until all have ended.
#include "runtime/Emulator/RunQueues.h"

#include "runtime/Emulator/Trap.h"

namespace tilicho {

static absl::Status deadlock(const Program &program, const State &state,
                             const std::vector<Sequencer> &sequencers) {
  std::string text = nameOf(TrapKind::Deadlock);
  const char *separator = ": ";
  for (unsigned i = 0; i < sequencers.size(); ++i) {
    const Sequencer &sequencer = sequencers[i];
    if (sequencer.hasEnded())
      continue;
    unsigned semaphore = sequencer.awaitedSemaphore();
    text += concat(
        separator, placeOf(program, program.queues[i], sequencer.index(), true),
        " waits for semaphore ", semaphore, " to be ", sequencer.awaitedValue(),
        ", but it is ", state.semaphores[semaphore]);
    separator = "; ";
  }
  return absl::AbortedError(text);
}

absl::Status runQueues(const Program &program, const State &state,
                       std::vector<Sequencer> &sequencers) {
  bool progress = true, ended = false;
  while (progress && !ended) {
    progress = false;
    ended = true;
    for (unsigned i = 0; i < sequencers.size(); ++i) {
      try {
        progress |= sequencers[i].run();
      } catch (const Trap &trap) {
        return absl::AbortedError(concat(
            placeOf(program, program.queues[i], sequencers[i].index(), true),
            ": ", nameOf(trap.kind), ": ", trap.message));
      }
      ended &= sequencers[i].hasEnded();
    }
  }
  return ended ? absl::OkStatus() : deadlock(program, state, sequencers);
}

} // namespace tilicho
