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

/// Sets `queue` of each instruction. What comes onto the chip does so in the
/// order of its use, constants and inputs in one DMA queue, which never stand
/// behind what is still to be made, and the rest in another. Stores take turns
/// at the other queues.
void assignQueues(InstructionList &list, const Machine &machine);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_ASSIGNQUEUES_H
