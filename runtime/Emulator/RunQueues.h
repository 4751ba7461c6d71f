// SPDX-License-Identifier: Apache-2.0
// All queues of a program, from where they are to their ends.
#ifndef TILICHO_RUNTIME_EMULATOR_RUNQUEUES_H
#define TILICHO_RUNTIME_EMULATOR_RUNQUEUES_H

#include "runtime/Emulator/Sequencer.h"

#include "absl/status/status.h"

#include <vector>

namespace tilicho {

/// Runs the queues of `program` on `state`, each until it has to wait, until
/// all have ended. An error says which instruction trapped and why, or for what
/// each queue waits for ever.
absl::Status runQueues(const Program &program, const State &state,
                       std::vector<Sequencer> &sequencers);

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_RUNQUEUES_H
