// SPDX-License-Identifier: Apache-2.0
// One function for each instruction that reads or writes memory, written like
// its formula in the ISA. Control is the sequencer's.
#ifndef TILICHO_RUNTIME_EMULATOR_EXECUTE_H
#define TILICHO_RUNTIME_EMULATOR_EXECUTE_H

#include "runtime/Emulator/State.h"

namespace tilicho {

// The array.
void execute(const isa::LoadStationaryInst &inst, Context &context);
void execute(const isa::MatmulInst &inst, Context &context);
void execute(const isa::TransposeInst &inst, Context &context);

// Element by element.
void execute(const isa::ActivateInst &inst, Context &context);
void execute(const isa::TensorTensorInst &inst, Context &context);
void execute(const isa::TensorScalarInst &inst, Context &context);
void execute(const isa::ScalarTensorTensorInst &inst, Context &context);
void execute(const isa::SelectInst &inst, Context &context);
void execute(const isa::MemsetInst &inst, Context &context);

// Along dimensions.
void execute(const isa::TensorReduceInst &inst, Context &context);
void execute(const isa::ArgReduceInst &inst, Context &context);
void execute(const isa::ScanInst &inst, Context &context);
void execute(const isa::PartitionReduceInst &inst, Context &context);

// Only pool.
void execute(const isa::IotaInst &inst, Context &context);
void execute(const isa::SortInst &inst, Context &context);
void execute(const isa::LocalGatherInst &inst, Context &context);

// DMA.
void execute(const isa::DmaInst &inst, Context &context);
void execute(const isa::DmaGatherInst &inst, Context &context);
void execute(const isa::DmaScatterInst &inst, Context &context);

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_EXECUTE_H
