// SPDX-License-Identifier: Apache-2.0
// What an instruction costs on the systolic array.
#ifndef TILICHO_RUNTIME_TIMING_ARRAYCOST_H
#define TILICHO_RUNTIME_TIMING_ARRAYCOST_H

#include "runtime/Isa/Isa.h"
#include "runtime/Machine/Machine.h"
#include "runtime/Timing/Op.h"

namespace tilicho::timing {

/// Fill `op` with times and tiles of the array, by docs/CycleModel.md.
void priceArray(const isa::LoadStationaryInst &inst, const Machine &machine,
                Op &op);
void priceArray(const isa::MatmulInst &inst, const Machine &machine, Op &op);
void priceArray(const isa::TransposeInst &inst, const Machine &machine, Op &op);

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_ARRAYCOST_H
