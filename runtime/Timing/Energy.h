// SPDX-License-Identifier: Apache-2.0
// What executed instructions take of energy.
#ifndef TILICHO_RUNTIME_TIMING_ENERGY_H
#define TILICHO_RUNTIME_TIMING_ENERGY_H

#include "runtime/Machine/Machine.h"
#include "runtime/Timing/Op.h"
#include "runtime/Timing/Timing.h"

#include <cstdint>
#include <vector>

namespace tilicho::timing {

/// Adds what a queue's verified instructions, at `bytes`, took to `result` and
/// its nodes. `executions` says how often each one ran. What fetching took,
/// which belongs to no node, is left out.
void addEnergy(const EnergyModel &model, const QueueOps &queue,
               const uint8_t *bytes, const std::vector<uint64_t> &executions,
               Result &result);

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_ENERGY_H
