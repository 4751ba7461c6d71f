// SPDX-License-Identifier: Apache-2.0
// Why instructions waited for one another.
#ifndef TILICHO_RUNTIME_TIMING_WAITCAUSES_H
#define TILICHO_RUNTIME_TIMING_WAITCAUSES_H

#include "runtime/Timing/Simulator.h"

namespace tilicho {
struct Program;
}

namespace tilicho::timing {

/// The waits by kinds of instructions and reason, largest first.
std::vector<WaitPart> sumWaits(const Program &program,
                               const std::vector<WaitRecord> &records);

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_WAITCAUSES_H
