// SPDX-License-Identifier: Apache-2.0
// The cycle model: when each instruction of a program would run on its machine.
#ifndef TILICHO_RUNTIME_TIMING_TIMING_H
#define TILICHO_RUNTIME_TIMING_TIMING_H

#include "absl/status/statusor.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace tilicho {

struct Program;

namespace isa {
enum class Opcode : uint8_t;
}

namespace timing {

/// Why a queue stood still. `Wait` is a semaphore, `Slot` a DMA queue with as
/// many transfers outstanding as the machine allows, `Port` a memory that
/// another engine holds, `Fetch` an instruction that is not here yet, `Control`
/// a register, branch or loop that the sequencer could not hide, `Table` a
/// switch of activation tables, `Dependence` a result of the instruction before
/// that is not written yet.
enum class Stall { Wait, Slot, Port, Fetch, Control, Table, Dependence };
constexpr unsigned numStalls = 7;

/// The key of `stall` in statistics and reports.
const char *stallName(Stall stall);

/// One executed instruction, as shown to an observer.
struct Slice {
  unsigned queue;
  uint32_t index; ///< position in the queue's stream
  uint32_t node;  ///< position in Program::nodes, or noNode
  double startNs; ///< the engine, or the first DMA engine, starts
  double busyNs;  ///< the queue's next instruction may start this much later
  double endNs;   ///< the writes are visible
};
constexpr uint32_t noNode = ~0u;

/// Sees every executed instruction. Calls of one queue come in order of start.
class Observer {
public:
  virtual ~Observer() = default;
  virtual void onSlice(const Slice &slice) = 0;
};

/// What the registers of a program held that were loaded from memory: for each
/// queue the values of its `load_register`s in the order in which they ran.
/// All else that control depends on the cycle model works out by itself.
using LoadedRegisters = std::vector<std::vector<int64_t>>;

struct Options {
  /// Needed only by programs that load registers from memory; not owned.
  const LoadedRegisters *loaded = nullptr;
  /// Not owned, may be null.
  Observer *observer = nullptr;
  /// Also find the longest chain; takes memory in proportion to the
  /// instructions that run.
  bool criticalPath = false;
  /// Also sum up energy.
  bool energy = false;
};

struct QueueTime {
  std::string name;
  uint64_t instructions = 0; ///< that ran, control instructions included
  double busyNs = 0;
  double endNs = 0; ///< of the last instruction
  std::array<double, numStalls> stallNs{};
  std::vector<double> waitNs; ///< part of Stall::Wait, by signalling queue
};

/// Instructions that only bring elements to another place: transposes on the
/// array, and transfers that begin and end in HBM or begin and end on chip.
struct Relayouts {
  uint64_t count = 0;
  /// For which the array, or on the mean a DMA engine, is taken.
  double ns = 0;

  void add(double duration) {
    ++count;
    ns += duration;
  }
};

/// What takes energy: multiplications of the array, operations of act, vec and
/// pool, bytes of the memories, and bytes of instructions.
enum class EnergyPart { Array, Operations, Sbuf, Psum, Hbm, Fetch };
constexpr unsigned numEnergyParts = 6;
/// The key of `part` in statistics.
const char *energyPartName(EnergyPart part);

/// Picojoules by the machine's table. A model by which programs compare.
struct Energy {
  std::array<double, numEnergyParts> pj{};

  double &operator[](EnergyPart part) { return pj[unsigned(part)]; }
  double totalPj() const;
  /// Adds `times` what `other` takes.
  void add(const Energy &other, double times = 1);
};

struct NodeTime {
  std::vector<double> busyNs;         ///< by queue
  std::vector<uint64_t> instructions; ///< by queue
  std::array<double, numStalls> stallNs{};
  uint64_t hbmReadBytes = 0;
  uint64_t hbmWrittenBytes = 0;
  double startNs = 0; ///< of the first instruction
  double endNs = 0;   ///< of the last one
  double pathNs = 0;  ///< share of the critical path, with criticalPath
  Relayouts relayouts;
  Energy energy; ///< with Options::energy
};

struct Traffic {
  uint64_t readBytes = 0;
  uint64_t writtenBytes = 0;
  /// Rows that transfers move, each a descriptor for a DMA engine.
  uint64_t descriptors = 0;
};

/// What a step of the critical path does: a transfer starts up, or waits for
/// DMA engines that others hold; an engine works or bytes move; a write becomes
/// visible and the semaphore is seen.
enum class Phase { Latency, Queued, Work, Signal };
constexpr unsigned numPhases = 4;
const char *phaseName(Phase phase);

/// Time on the critical path of a queue's instructions of one kind.
struct PathPart {
  unsigned queue = 0;
  isa::Opcode opcode{};
  std::array<double, numPhases> ns{};

  double totalNs() const;
};

/// Why an instruction waits for another one: it reads what that writes, it
/// writes where that reads or has written (memory is used again), or only other
/// instructions in between show why.
enum class WaitKind { Data, Reuse, Order };
constexpr unsigned numWaitKinds = 3;
const char *waitKindName(WaitKind kind);

/// Part of Stall::Wait.
struct WaitPart {
  unsigned queue = 0, source = 0;
  isa::Opcode opcode{}, sourceOpcode{};
  WaitKind kind{};
  double ns = 0;
  uint64_t count = 0;
};

/// Times of a whole run. Bytes are those that data transfers move in HBM;
/// instruction bytes are apart.
struct Result {
  double makespanNs = 0;
  std::vector<QueueTime> queues;
  /// By position in Program::nodes; one more at the end for instructions that
  /// belong to no node.
  std::vector<NodeTime> nodes;
  std::vector<Traffic> segments; ///< by position in Program::segments
  uint64_t hbmReadBytes = 0;
  uint64_t hbmWrittenBytes = 0;
  uint64_t fetchBytes = 0;
  uint64_t instructions = 0;
  Relayouts relayouts;
  Energy energy; ///< with Options::energy
  /// Mean time for which a DMA engine was taken, and the part of it in which
  /// rows were so short that their number counted and not their bytes.
  double dmaEngineBusyNs = 0;
  double dmaShortRowsNs = 0;
  // With criticalPath, largest first.
  std::vector<PathPart> path;
  std::vector<WaitPart> waits;
  double macs = 0; ///< multiplications of the array, with those on padding
};

/// Walks the streams of `program` and prices them by its machine. Fails, with
/// each queue's place, node and semaphore, when no queue can go on, and when
/// control depends on a loaded register that `options.loaded` does not have.
absl::StatusOr<Result> simulate(const Program &program,
                                const Options &options = {});

} // namespace timing
} // namespace tilicho

#endif // TILICHO_RUNTIME_TIMING_TIMING_H
