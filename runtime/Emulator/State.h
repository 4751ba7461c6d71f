// SPDX-License-Identifier: Apache-2.0
// All that a program can read and change, and how instructions reach it.
#ifndef TILICHO_RUNTIME_EMULATOR_STATE_H
#define TILICHO_RUNTIME_EMULATOR_STATE_H

#include "runtime/Emulator/AccessListener.h"
#include "runtime/Emulator/Array.h"
#include "runtime/Emulator/CpuLevel.h"
#include "runtime/Emulator/FunctionMemo.h"
#include "runtime/Emulator/Memory.h"
#include "runtime/Emulator/ThreadPool.h"
#include "runtime/Machine/Machine.h"

#include <array>
#include <vector>

namespace tilicho {

/// The registers of one queue. Register 0 stays 0.
class Registers {
public:
  static constexpr unsigned count = 64;

  int64_t operator[](unsigned index) const { return values[index % count]; }
  void set(unsigned index, int64_t value) {
    if (index % count)
      values[index % count] = value;
  }

private:
  std::array<int64_t, count> values{};
};

/// Counters that only rise.
class Semaphores {
public:
  static constexpr unsigned count = 256;

  int64_t operator[](unsigned index) const { return values[index % count]; }
  void add(unsigned index, int64_t increment) {
    values[index % count] += increment;
  }

private:
  std::array<int64_t, count> values{};
};

/// The machine's state; what runs on the host beside it is chosen by `array`'s
/// back end, `level` and `pool`, and changes no bit.
struct State {
  State(const Machine &machine, const ArrayBackend &backend, CpuLevel level,
        unsigned threads, PageReserve *reserve = nullptr);

  HbmMemory hbm;
  OnChipMemory sbuf, psum;
  Array array;
  Semaphores semaphores;
  /// Bytes of a PSUM bank in one partition.
  int64_t bankBytes;
  CpuLevel level;
  FunctionMemo memo;
  ThreadPool pool;
  /// Null unless something listens.
  AccessListener *listener = nullptr;
};

/// What an execute function sees: the state, and its own queue's registers.
struct Context {
  State &state;
  Registers registers;

  /// The operand of an engine over `counts`.
  Operand read(const isa::Access &access, const Counts &counts) {
    return resolve(access, counts, AccessMode::Read);
  }
  Operand write(const isa::Access &access, const Counts &counts) {
    return resolve(access, counts, AccessMode::Write);
  }
  Operand update(const isa::Access &access, const Counts &counts) {
    return resolve(access, counts, AccessMode::Update);
  }
  /// A column of f32, one element for each of `partitions`.
  Operand readColumn(const isa::Scalar &scalar, int64_t partitions);

  Operand resolve(const isa::Access &access, const Counts &counts,
                  AccessMode mode);
  /// The operand of a DMA queue or of the sequencer.
  Operand resolve(const isa::DmaAccess &access, const Counts &counts,
                  AccessMode mode);
  Operand resolve(const isa::IndexAccess &access, const Counts &counts);
  /// The same without telling the listener: `report` says what of it is used.
  Operand place(const isa::DmaAccess &access, const Counts &counts,
                AccessMode mode);

  /// Tells the listener, if there is one, of a part of what `access` names.
  void report(const isa::DmaAccess &access, AccessMode mode,
              const Operand &part);
  /// Tells the listener, if there is one.
  void report(isa::Space space, AccessMode mode, int64_t place, int64_t offset,
              const Operand &operand) {
    if (state.listener)
      state.listener->onAccess({space, mode, place, offset, operand});
  }

private:
  Operand placeDma(isa::Space space, isa::DType dtype, int64_t place,
                   int64_t offset, const int32_t *steps, const Counts &counts,
                   AccessMode mode) const;
  int64_t address(int64_t base, uint8_t regA, int32_t strideA,
                  uint8_t regB) const;
};

/// The iteration space of an instruction.
inline Counts countsOf(const isa::Header &header) {
  return {header.partitions, header.counts[0], header.counts[1],
          header.counts[2], header.counts[3]};
}

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_STATE_H
