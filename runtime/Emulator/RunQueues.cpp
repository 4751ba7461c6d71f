// SPDX-License-Identifier: Apache-2.0
// Queues take turns until all have ended.
#include "runtime/Emulator/RunQueues.h"

#include "runtime/Emulator/Trap.h"

#include <algorithm>

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

namespace {

class Turns {
public:
  Turns(const Program &program, std::vector<Sequencer> &sequencers,
        QueueOrder order)
      : sequencers(sequencers) {
    for (unsigned i = 0; i < sequencers.size(); ++i) {
      bool isDma = isa::queueKindOf(program.queues[i].name) == QueueKind::dma;
      bool isLazy = isDma && order == QueueOrder::OnDemand;
      (isLazy ? lazy : eager).push_back(i);
    }
  }

  /// Whether any queue did anything. `current` is the one that runs.
  bool take(unsigned &current) {
    bool progress = false;
    for (unsigned i : eager)
      progress |= sequencers[current = i].run();
    if (progress)
      return true;
    for (unsigned i : lazy)
      progress |= sequencers[current = i].runToSignal();
    return progress;
  }

private:
  using QueueKind = isa::QueueKind;

  std::vector<Sequencer> &sequencers;
  std::vector<unsigned> eager, lazy;
};

} // namespace

absl::Status runQueues(const Program &program, const State &state,
                       std::vector<Sequencer> &sequencers, QueueOrder order) {
  Turns turns(program, sequencers, order);
  unsigned current = 0;
  try {
    while (turns.take(current))
      ;
  } catch (const Trap &trap) {
    return absl::AbortedError(concat(placeOf(program, program.queues[current],
                                             sequencers[current].index(), true),
                                     ": ", nameOf(trap.kind), ": ",
                                     trap.message));
  }
  bool ended = std::all_of(sequencers.begin(), sequencers.end(),
                           [](const Sequencer &s) { return s.hasEnded(); });
  return ended ? absl::OkStatus() : deadlock(program, state, sequencers);
}

} // namespace tilicho
