// SPDX-License-Identifier: Apache-2.0
// The machine that a program is built for and emulated on, as plain data.
#ifndef TILICHO_RUNTIME_MACHINE_MACHINE_H
#define TILICHO_RUNTIME_MACHINE_MACHINE_H

#include "runtime/Machine/Sha256.h"

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tilicho {

/// Element types in the order of `isa::DType`, under their assembly names.
inline constexpr const char *elementTypeNames[] = {
    "f32", "tf32", "bf16", "f16", "f8e4m3fn", "f8e5m2", "i8",  "u8",
    "i16", "u16",  "i32",  "u32", "bool",     "i64",    "u64", "f64"};
/// Types of arithmetic in the order of `isa::Compute`.
inline constexpr const char *computeTypeNames[] = {"f32", "i32", "u32",
                                                   "i64", "u64", "f64"};
inline constexpr int numElementTypes = 16;
inline constexpr int numComputeTypes = 6;

/// A set of `isa::DType` or of `isa::Compute`, one bit for each.
struct TypeSet {
  uint32_t bits = 0;
  template <class Type> constexpr bool has(Type type) const {
    return bits >> static_cast<unsigned>(type) & 1;
  }
};

/// One number for each `isa::DType`.
struct TypeTable {
  double values[numElementTypes] = {};
  template <class Type> constexpr double operator[](Type type) const {
    return values[static_cast<unsigned>(type)];
  }
};

/// An engine that works on lanes: act, vec or pool. Cycles are its own.
struct EngineModel {
  double clockGhz = 0;
  /// Partitions worked on at once; more partitions take that many turns.
  int32_t lanes = 0;
  /// The least number of cycles between two instructions.
  double minCycles = 0;
  /// Cycles from the last element's read until its write is visible.
  double fixedCycles = 0;
  /// Element types that it reads and writes.
  TypeSet dtypes;
  /// Types that it calculates in.
  TypeSet computes;
  /// Whether it reads and writes PSUM.
  bool reachesPsum = false;
};

/// The DMA engines and the queues that feed them.
struct DmaModel {
  /// Instruction queues dma0, dma1, ...
  int32_t queues = 0;
  /// Engines over which the rows of a transfer are dealt, round robin.
  int32_t engines = 0;
  /// Rate of one engine.
  double bytesPerNs = 0;
  /// The least time for which one contiguous row occupies an engine.
  double descriptorNs = 0;
  /// The most bytes of a row that one descriptor moves.
  int32_t descriptorBytes = 0;
  /// Descriptors of one queue that an engine works on before it turns to the
  /// next queue.
  int32_t packetDescriptors = 0;
  /// Latency of a transfer, which occupies nothing.
  double startNs = 0;
  /// Transfers of one queue in flight.
  int32_t outstanding = 0;
  /// How many times slower a transposing transfer is.
  double transposeFactor = 0;
  /// How many times slower an accumulating transfer is.
  double accumulateFactor = 0;
  TypeSet dtypes;
};

/// What is done, in picojoules. Only ratios between programs count.
struct EnergyModel {
  /// A multiplication of the array and its addition, by the element type.
  TypeTable macPj;
  /// An operation of act, vec or pool on one element, by the type of the
  /// arithmetic.
  TypeTable operationPj;
  /// A byte read or written.
  double sbufPjPerByte = 0;
  double psumPjPerByte = 0;
  double hbmPjPerByte = 0;
};

/// Everything that the compiler, the emulator and the cycle model know of a
/// machine. Read by lib/MachineFile from machines/NAME.textproto, where each
/// number has its source; carried in each program file. The paths by which a
/// user names the fields are in MachineFields.h.
struct Machine {
  std::string name;

  /// The systolic array: rows are partitions of SBUF that it reads, columns
  /// partitions of PSUM that it writes.
  int32_t arrayRows = 0;
  int32_t arrayCols = 0;
  /// Sizes of which row tiles and column tiles are multiples.
  int32_t arrayRowTile = 0;
  int32_t arrayColTile = 0;
  double arrayClockGhz = 0;
  /// Cycles for each column of the moving operand, by its element type; 0 for
  /// a type that the array cannot multiply.
  TypeTable arrayPasses;
  /// The same for the transposing move; 0 for a type that it cannot move.
  TypeTable arrayTransposePasses;
  /// The least cycles of a matmul.
  double arrayMinCycles = 0;
  /// Columns of a stationary operand loaded in a cycle, behind the current
  /// matmul.
  double arrayLoadColsPerCycle = 0;
  /// Cycles from the last row's leaving the array until PSUM shows it.
  double arrayDrainCycles = 0;
  /// Cycles from one instruction's start until the next, on other tiles of the
  /// array, may start.
  double arrayIssueCycles = 0;
  /// Cycles that a moving operand of two or more free dimensions adds.
  double arrayWindowCycles = 0;

  int32_t sbufPartitions = 0;
  /// The physical size.
  int32_t sbufBytesPerPartition = 0;
  /// What a program may address, from 0.
  int32_t sbufUsableBytes = 0;
  int32_t psumPartitions = 0;
  int32_t psumBanks = 0;
  /// Bytes of a bank in one partition.
  int32_t psumBankBytes = 0;
  /// Partitions at which an operand may start are multiples of this.
  int32_t partitionQuantum = 0;

  EngineModel act, vec, pool;
  double syncClockGhz = 0;
  /// Cycles that the accumulating operand adds on act and vec.
  double accumulateCycles = 0;
  /// From this step of the innermost dimension on, in bytes, reads and writes
  /// take `wideStrideFactor` times as long.
  int32_t wideStrideBytes = 0;
  double wideStrideFactor = 0;

  /// vec: how many times longer two tensor operands both in SBUF take.
  double vecTwoOperandFactor = 0;
  /// vec: speed-up of such an instruction when all operands are 16-bit floats.
  double vecNarrowTwoOperandSpeedup = 0;
  /// vec: speed-up of copies and tensor_scalar on contiguous 16-bit floats in
  /// SBUF.
  double vecNarrowSpeedup = 0;
  /// vec: the same where one is in PSUM or not contiguous.
  double vecNarrowStridedSpeedup = 0;
  /// vec: speed-up of reductions and memset on 16-bit floats.
  double vecNarrowReduceSpeedup = 0;
  /// vec: cycles for each element of a reciprocal, a division or a function.
  double vecFunctionFactor = 0;
  /// vec: cycles for each element of a scan.
  double vecScanFactor = 0;

  /// pool: cycles that one of its kernels takes to start.
  double poolKernelCycles = 0;
  /// pool: bytes that it gathers in a cycle.
  double poolGatherBytesPerCycle = 0;
  /// pool: how many times longer 64-bit arithmetic takes.
  double poolWideFactor = 0;

  DmaModel dma;
  int64_t hbmBytes = 0;
  double hbmGBs = 0;

  /// Semaphores are numbered from 0.
  int32_t maxSemaphores = 0;
  /// From a signal in one engine until a wait in another sees it.
  double semaphoreNs = 0;

  /// The sequencer, in cycles of the engine it belongs to.
  double registerCycles = 0;
  double branchCycles = 0;
  double loopCycles = 0;

  /// Instructions are fetched from HBM in blocks of this size,
  int32_t fetchBlockBytes = 0;
  /// this many instructions ahead.
  int32_t fetchAhead = 0;

  /// act: time to load another set of function tables.
  double activationTableSwitchNs = 0;
  /// Functions (names of `isa::AluOp`) that are resident together. A function
  /// that is in no set needs no table.
  std::vector<std::vector<std::string>> activationTables;

  /// Whether vec and pool wait for each other's use of SBUF.
  bool vecPoolShareSbuf = false;
  /// Whether vec and act wait for each other's use of PSUM.
  bool vecActSharePsum = false;

  EnergyModel energy;

  int32_t psumBytesPerPartition() const { return psumBanks * psumBankBytes; }
  /// Cycles until the first result of a dependent chain of matmuls.
  int32_t arrayFillCycles() const { return arrayRows + arrayCols; }
};

/// One field by which a machine is not what it should be.
struct MachineProblem {
  /// As in MachineFields.h, for example "array.rows".
  std::string path;
  std::string message;
};

/// All that is wrong with `machine`; empty if it can be built for.
std::vector<MachineProblem> validate(const Machine &machine);

/// One line `path=value` for each field, in a fixed order: equal machines have
/// equal texts.
std::string serialize(const Machine &machine);

/// The inverse of `serialize`; refuses any other text and any machine that is
/// not valid.
absl::StatusOr<Machine> deserializeMachine(absl::string_view text);

/// SHA-256 of the text.
Sha256 hash(const Machine &machine);

/// The fields in which two machines differ, one line `path: ours, theirs` for
/// each.
std::vector<std::string> differences(const Machine &ours,
                                     const Machine &theirs);

} // namespace tilicho

#endif // TILICHO_RUNTIME_MACHINE_MACHINE_H
