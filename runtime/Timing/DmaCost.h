// SPDX-License-Identifier: Apache-2.0
// A DMA instruction as descriptors.
#ifndef TILICHO_RUNTIME_TIMING_DMACOST_H
#define TILICHO_RUNTIME_TIMING_DMACOST_H

#include "runtime/Isa/Isa.h"
#include "runtime/Machine/Machine.h"
#include "runtime/Timing/Op.h"

namespace tilicho::timing {

Transfer transferOf(const isa::DmaInst &inst, const Machine &machine);
Transfer transferOf(const isa::DmaGatherInst &inst, const Machine &machine);
Transfer transferOf(const isa::DmaScatterInst &inst, const Machine &machine);

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_DMACOST_H
