// SPDX-License-Identifier: Apache-2.0
// The on-chip memory that an engine instruction touches.
#ifndef TILICHO_RUNTIME_TIMING_ACCESSES_H
#define TILICHO_RUNTIME_TIMING_ACCESSES_H

#include "runtime/Timing/Op.h"

namespace tilicho::timing {

/// What the instruction at `bytes` reads and writes, by the ISA's table of its
/// operands. Adds the memories to `ports`.
Accesses accessesOf(const uint8_t *bytes, isa::Opcode opcode,
                    const isa::Header &header, uint8_t &ports);

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_ACCESSES_H
