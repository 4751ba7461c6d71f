// SPDX-License-Identifier: Apache-2.0
// From the operands of an instruction to places in memory.
#include "runtime/Emulator/State.h"

#include "runtime/Emulator/Trap.h"

namespace tilicho {

State::State(const Machine &machine, const ArrayBackend &backend,
             CpuLevel level, unsigned threads, PageReserve *reserve)
    : sbuf("SBUF", machine.sbufPartitions, machine.sbufUsableBytes,
           machine.partitionQuantum, reserve),
      psum("PSUM", machine.psumPartitions, machine.psumBytesPerPartition(),
           machine.partitionQuantum, reserve),
      array(machine, backend), bankBytes(machine.psumBankBytes), level(level),
      pool(threads) {}

int64_t Context::address(int64_t base, uint8_t regA, int32_t strideA,
                         uint8_t regB) const {
  if (!(regA | regB))
    return base;
  // Registers hold anything; what is far outside every memory stays so.
  constexpr int64_t far = int64_t(1) << 52;
  int64_t scaled, sum, result;
  bool overflow = __builtin_mul_overflow(registers[regA], strideA, &scaled) ||
                  __builtin_add_overflow(scaled, registers[regB], &sum) ||
                  __builtin_add_overflow(sum, base, &result);
  return overflow || result > far ? far : std::max(result, -far);
}

Operand Context::resolve(const isa::Access &access, const Counts &counts,
                         AccessMode mode) {
  int64_t size = isa::sizeOf(access.dtype);
  Operand operand{nullptr, access.dtype, counts, {}};
  for (int d = 0; d < 4; ++d)
    operand.steps[d + 1] = access.steps[d] * size;
  int64_t start =
      address(access.address, access.regA, access.strideA, access.regB);
  const OnChipMemory &memory =
      access.space == isa::Space::Psum ? state.psum : state.sbuf;
  memory.place(operand, access.partition, start);
  report(access.space, mode, access.partition, start, operand);
  return operand;
}

Operand Context::readColumn(const isa::Scalar &scalar, int64_t partitions) {
  Operand operand{nullptr, isa::DType::f32, {partitions, 1, 1, 1, 1}, {}};
  int64_t start = address(scalar.payload, 0, 0, scalar.reg);
  state.sbuf.place(operand, scalar.partition, start);
  report(isa::Space::Sbuf, AccessMode::Read, scalar.partition, start, operand);
  return operand;
}

Operand Context::placeDma(isa::Space space, isa::DType dtype, int64_t place,
                          int64_t offset, const int32_t *steps,
                          const Counts &counts, AccessMode mode) const {
  int64_t size = isa::sizeOf(dtype);
  Operand operand{nullptr, dtype, counts, {}};
  operand.steps[0] = steps[0];
  for (int d = 1; d < 5; ++d)
    operand.steps[d] = steps[d] * size;
  if (space == isa::Space::Hbm)
    state.hbm.place(operand, place, offset, mode != AccessMode::Read);
  else
    (space == isa::Space::Psum ? state.psum : state.sbuf)
        .placeAnywhere(operand, place, offset);
  return operand;
}

Operand Context::place(const isa::DmaAccess &access, const Counts &counts,
                       AccessMode mode) {
  int64_t offset =
      address(access.offset, access.regA, access.strideA, access.regB);
  return placeDma(access.space, access.dtype, access.place, offset,
                  access.steps, counts, mode);
}

Operand Context::resolve(const isa::DmaAccess &access, const Counts &counts,
                         AccessMode mode) {
  Operand operand = place(access, counts, mode);
  report(access, mode, operand);
  return operand;
}

Operand Context::resolve(const isa::IndexAccess &access, const Counts &counts) {
  Operand operand =
      placeDma(access.space, access.dtype, access.place, access.offset,
               access.steps, counts, AccessMode::Read);
  report(access.space, AccessMode::Read, access.place, access.offset, operand);
  return operand;
}

void Context::report(const isa::DmaAccess &access, AccessMode mode,
                     const Operand &part) {
  if (!state.listener)
    return;
  if (access.space == isa::Space::Hbm) {
    int64_t offset = part.data - state.hbm[access.place].data;
    return report(access.space, mode, access.place, offset, part);
  }
  const OnChipMemory &memory =
      access.space == isa::Space::Psum ? state.psum : state.sbuf;
  int64_t at = part.data - memory.at(0, 0);
  report(access.space, mode, at / memory.partitionStride(),
         at % memory.partitionStride(), part);
}

} // namespace tilicho
