// SPDX-License-Identifier: Apache-2.0
// Instructions as the cycle model sees them: decoded and priced once.
#ifndef TILICHO_RUNTIME_TIMING_OP_H
#define TILICHO_RUNTIME_TIMING_OP_H

#include "runtime/Isa/Isa.h"
#include "runtime/Timing/Timing.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tilicho::timing {

/// What of the queue an instruction keeps busy. `Register` is a control
/// instruction that the sequencer carries out ahead of the engine, `Ordered`
/// one that keeps its place in the queue because it waits, signals or touches
/// memory.
enum class Action : uint8_t { Engine, Matmul, Load, Dma, Register, Ordered };

/// Memories that engines share, as bits of Op::ports.
enum Port : uint8_t { sbufPort = 1, psumPort = 2 };

/// Row and column tiles of the array, half open.
struct ArrayTile {
  uint16_t rowBegin = 0, rowEnd = 0, colBegin = 0, colEnd = 0;
};

struct Op {
  Action action = Action::Register;
  isa::Opcode opcode{};
  uint8_t waitSemaphore = isa::kNoSemaphore;
  uint8_t waitRegister = 0;
  uint8_t signalSemaphore = isa::kNoSemaphore;
  uint8_t signalIncrement = 0;
  uint8_t ports = 0;
  ArrayTile tile;
  int32_t waitValue = 0;
  uint32_t node = noNode;
  /// act: bit i is set if function table i has this function; 0: needs none.
  uint32_t tables = 0;
  /// Index into QueueOps::transfers, ::accesses or ::controls.
  uint32_t detail = 0;
  /// How long the engine is taken, or for control the sequencer.
  double busyNs = 0;
  /// From the end of `busyNs` until the writes are visible.
  double latencyNs = 0;
  /// Loading weights into the array, in the background.
  double loadNs = 0;
  double macs = 0;
};

/// A box of on-chip memory; bytes are relative to the registers' sum.
struct Span {
  isa::Space space = isa::Space::None;
  uint8_t regA = 0, regB = 0;
  uint16_t partitionBegin = 0, partitionEnd = 0;
  int32_t strideA = 0;
  int64_t byteBegin = 0, byteEnd = 0;
};

/// What an engine instruction reads and writes.
struct Accesses {
  Span reads[4];
  Span writes[2];
};

/// A DMA instruction as descriptors, each a row contiguous on both sides.
struct Transfer {
  uint64_t descriptors = 0;
  double descriptorNs = 0; ///< for which one occupies a DMA engine
  double hbmBytesPerDescriptor = 0;
  uint64_t hbmReadBytes = 0, hbmWrittenBytes = 0, indexBytes = 0;
  int32_t readSegment = -1, writtenSegment = -1, indexSegment = -1;
};

struct Control {
  uint8_t rd = 0, ra = 0, rb = 0;
  isa::RegisterOp alu{};
  bool branchIfZero = false;
  int64_t imm = 0;
  int64_t modulus = 1;
  /// Where a branch goes; for a loop its end_loop, and the reverse.
  uint32_t target = 0;
};

/// Which engine a queue feeds.
enum class EngineKind : uint8_t { Pe, Act, Vec, Pool, Sync, Dma };

struct QueueOps {
  std::string name;
  EngineKind kind = EngineKind::Sync;
  std::vector<Op> ops;
  std::vector<Accesses> accesses;
  std::vector<Transfer> transfers;
  std::vector<Control> controls;
};

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_OP_H
