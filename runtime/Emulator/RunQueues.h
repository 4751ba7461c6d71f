// SPDX-License-Identifier: Apache-2.0
// All queues of a program, from where they are to their ends.
#ifndef TILICHO_RUNTIME_EMULATOR_RUNQUEUES_H
#define TILICHO_RUNTIME_EMULATOR_RUNQUEUES_H

#include "runtime/Emulator/Sequencer.h"

#include "absl/status/status.h"

#include <vector>

namespace tilicho {

/// Whose turn it is.
enum class QueueOrder {
  /// Each queue in turn runs until it has to wait.
  InTurn,
  /// Engines run until they have to wait, then each DMA queue up to its next
  /// signal: what it brings is still in the host's caches when it is used.
  OnDemand
};

/// Runs the queues of `program` on `state` until all have ended. An error says
/// which instruction trapped and why, or for what each queue waits for ever.
absl::Status runQueues(const Program &program, const State &state,
                       std::vector<Sequencer> &sequencers, QueueOrder order);

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_RUNQUEUES_H
