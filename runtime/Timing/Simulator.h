// SPDX-License-Identifier: Apache-2.0
// The discrete-event core of the cycle model.
#ifndef TILICHO_RUNTIME_TIMING_SIMULATOR_H
#define TILICHO_RUNTIME_TIMING_SIMULATOR_H

#include "runtime/Timing/ArrayState.h"
#include "runtime/Timing/CriticalPath.h"
#include "runtime/Timing/Decode.h"
#include "runtime/Timing/DmaEngines.h"
#include "runtime/Timing/Events.h"
#include "runtime/Timing/Fetch.h"
#include "runtime/Timing/Sequencer.h"

#include <deque>

namespace tilicho::timing {

/// A transfer between its issue and its last packet.
struct Flight {
  const Op *op;
  const Transfer *transfer; ///< null for a control instruction in its place
  uint32_t index;
  uint32_t step; ///< in the critical path
  double arrivalNs;
  uint64_t left;
  uint64_t packet; ///< descriptors after which another queue has its turn
  double beginNs;
  double endNs;
};

/// A queue, its sequencer and the instruction that is to start next.
struct Actor {
  Actor(const Machine &machine, const QueueOps &queue,
        const std::vector<int64_t> *loaded)
      : queue(&queue), sequencer(queue, loaded),
        fetch(machine, uint32_t(queue.ops.size())) {}

  const QueueOps *queue;
  Sequencer sequencer;
  Fetch fetch;
  double controlNs = 0; ///< the sequencer has done what came before
  double freeNs = 0;    ///< the next instruction may start, in order
  double busyEndNs = 0; ///< the engine has nothing more to do
  double visibleNs = 0; ///< all writes so far are visible

  // The pending instruction, if any.
  const Op *op = nullptr;
  uint32_t index = 0;
  int64_t waitTarget = 0;
  double fetchNs = 0, dependenceNs = 0, waitNs = 0;
  bool redirects = false; ///< where it goes on could not be foreseen
  bool waitedForSlot = false;
  uint16_t waitQueue = 0; ///< that gave the awaited signal
  uint32_t waitStep = CriticalPath::none;
  bool waiting = false;

  /// When the pending instruction has all it needs but a slot or a port.
  double readyNs() const {
    return std::max({freeNs, controlNs, fetchNs, dependenceNs, waitNs});
  }

  uint32_t tables = 0;                    ///< act: the resident function table
  const Accesses *lastAccesses = nullptr; ///< of the instruction before,
  int64_t lastBases[2] = {};              ///< its writes' registers,
  uint32_t lastStep = CriticalPath::none; ///< and its place in the path

  std::deque<Flight> flights; ///< DMA: not all packets dealt
  int outstanding = 0;        ///< DMA: not ended
  uint32_t slotStep = CriticalPath::none;
};

struct Semaphore {
  int64_t value = 0;
  uint16_t queue = 0;
  uint32_t step = CriticalPath::none;
  std::vector<uint16_t> waiters;
};

/// A memory that one engine has at a time.
struct SharedPort {
  double freeNs = 0;
  uint32_t step = CriticalPath::none;
};

/// A queue stood still for a signal of another one's instruction.
struct WaitRecord {
  double ns;
  uint32_t index, sourceIndex;
  uint16_t queue, source;
};

class Simulator {
public:
  /// `nodes` are the names by which messages call them. All is to outlive the
  /// simulator.
  Simulator(const Machine &machine, const std::vector<QueueOps> &queues,
            const std::vector<std::string> &nodes, size_t numSegments,
            const Options &options);

  absl::Status run();
  Result takeResult();
  /// With Options::criticalPath, in the order of time.
  const std::vector<WaitRecord> &waits() const { return waitRecords; }
  /// How often each instruction of a queue ran.
  const std::vector<uint64_t> &executions(size_t queue) const {
    return executed[queue];
  }

private:
  // Simulator.cpp: the order of events.
  void handle(const Event &event);
  void advance(uint16_t id, double now);
  void prepare(uint16_t id);
  void makePending(Actor &actor);
  bool mustWait(uint16_t id);
  void signal(const Event &event);
  void raise(const Op &op, uint16_t id, double visibleNs, uint32_t step);
  absl::Status stuck() const;
  void fail(const Actor &actor, std::string_view why);

  // Issue.cpp: what each kind of instruction does when it starts.
  bool issue(uint16_t id, double now);
  void issueEngine(uint16_t id, double now);
  void issueLoad(uint16_t id, double now);
  void issueMatmul(uint16_t id, double now);
  void issueOrdered(uint16_t id, double now);
  bool issueTransfer(uint16_t id, double now);
  void launch(uint16_t id, const Transfer *transfer, double arrivalNs,
              uint32_t step);
  void dealPacket(uint16_t id, double now);
  void land(uint16_t id, const Flight &flight);
  void complete(const Event &event);
  SharedPort *sharedPort(const Op &op, EngineKind kind, Port port);

  // Accounting.cpp: where time and bytes went.
  /// Delays that show only when an instruction starts; 0: none.
  struct Delays {
    double loadedNs = 0, tableNs = 0, portNs = 0;
    uint32_t portStep = CriticalPath::none;
  };
  uint32_t accountStart(uint16_t id, double startNs, const Delays &delays);
  void accountEnd(uint16_t id, const Op &op, uint32_t index, double startNs,
                  double busyEndNs, uint32_t step);
  void accountFinish(uint16_t id);
  void accountTraffic(const Transfer &transfer, uint32_t node);
  void accountWait(uint16_t id, double ns);
  void accountPath();
  uint32_t causeOf(const Actor &actor, const Delays &delays) const;
  NodeTime &nodeTime(uint32_t node);

  const Machine &machine;
  const std::vector<std::string> &nodeNames;
  Options options;
  std::vector<Actor> actors;
  std::vector<Semaphore> semaphores;
  Events events;
  ArrayState array;
  Hbm hbm;
  DmaEngines engines;
  SharedPort sbuf, psum;
  CriticalPath path;
  uint32_t pathEnd = CriticalPath::none;
  std::vector<WaitRecord> waitRecords;
  std::vector<std::vector<uint64_t>> executed; ///< by queue and position
  absl::Status failure;
  Result result;
};

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_SIMULATOR_H
