// SPDX-License-Identifier: Apache-2.0
// Programs for tests of the cycle model, from assembly text.
#ifndef TILICHO_TEST_UNIT_TIMING_ASSEMBLEDPROGRAM_H
#define TILICHO_TEST_UNIT_TIMING_ASSEMBLEDPROGRAM_H

#include "runtime/Program/Program.h"
#include "runtime/Timing/Timing.h"

#include <string>
#include <utility>
#include <vector>

namespace tilicho::timing {

/// A queue's name and its instructions, one a line.
using QueueText = std::pair<std::string, std::string>;

/// A program of these queues on the machine `machine` with `settings`. All
/// instructions of queue i belong to node i, which is called as the queue; it
/// has two segments.
Program assemble(const std::vector<QueueText> &queues,
                 const std::vector<std::string> &settings = {},
                 const std::string &machine = "trn1");

/// Assembles and simulates; fails the test if that fails.
Result timed(const std::vector<QueueText> &queues,
             const std::vector<std::string> &settings = {},
             const std::string &machine = "trn1");

/// `text`, `count` times.
std::string repeated(const std::string &text, int count);

/// Stops at the first cause; the queue's stall in ns.
inline double stallNs(const QueueTime &queue, Stall stall) {
  return queue.stallNs[static_cast<unsigned>(stall)];
}

} // namespace tilicho::timing

#endif // TILICHO_TEST_UNIT_TIMING_ASSEMBLEDPROGRAM_H
