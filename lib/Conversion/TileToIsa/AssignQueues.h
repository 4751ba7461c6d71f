// SPDX-License-Identifier: Apache-2.0
// Gives each instruction its queue.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_ASSIGNQUEUES_H
#define TILICHO_LIB_CONVERSION_TILETOISA_ASSIGNQUEUES_H

#include "lib/Conversion/TileToIsa/InstructionList.h"

namespace tilicho::compiler {

/// Queue numbers: the engines in the order of isa::QueueKind, then the DMA
/// queues.
inline constexpr uint32_t firstDmaQueue =
    static_cast<uint32_t>(isa::QueueKind::dma);
uint32_t numQueues(const Machine &machine);
std::string queueName(uint32_t queue);

/// Sets `queue` of each instruction. Inputs come onto the chip in the order of
/// their use, in one DMA queue, so that what is needed first comes first.
/// Constants have two, and what the program makes itself another, so that what
/// could run never stands behind what must wait. Stores take turns at the rest.
void assignQueues(InstructionList &list, const Machine &machine);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_ASSIGNQUEUES_H
