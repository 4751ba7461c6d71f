// SPDX-License-Identifier: Apache-2.0
// The order of events in the cycle model.
#include "runtime/Timing/Simulator.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace tilicho::timing {

/// Control instructions that a queue may run in a row before it is taken to
/// run for ever.
constexpr uint64_t maxControlRun = uint64_t{1} << 24;

Simulator::Simulator(const Machine &machine,
                     const std::vector<QueueOps> &queues,
                     const std::vector<std::string> &nodes, size_t numSegments,
                     const Options &options)
    : machine(machine), nodeNames(nodes), options(options),
      semaphores(isa::kNoSemaphore), array(machine), hbm(machine.hbmGBs),
      engines(machine), path(options.criticalPath) {
  actors.reserve(queues.size());
  for (size_t id = 0; id < queues.size(); ++id) {
    const auto *loaded = options.loaded && id < options.loaded->size()
                             ? &(*options.loaded)[id]
                             : nullptr;
    actors.emplace_back(machine, queues[id], loaded);
    result.queues.emplace_back();
    result.queues.back().name = queues[id].name;
    result.queues.back().waitNs.resize(queues.size());
    executed.emplace_back(queues[id].ops.size());
  }
  result.nodes.resize(nodes.size() + 1);
  for (NodeTime &node : result.nodes) {
    node.busyNs.resize(queues.size());
    node.instructions.resize(queues.size());
    node.startNs = -1;
  }
  result.segments.resize(numSegments);
}

//===----------------------------------------------------------------------===//
// Waiting
//===----------------------------------------------------------------------===//

bool Simulator::mustWait(uint16_t id) {
  Actor &actor = actors[id];
  if (actor.op->waitSemaphore == isa::kNoSemaphore)
    return false;
  Semaphore &semaphore = semaphores[actor.op->waitSemaphore];
  if (semaphore.value >= actor.waitTarget)
    return false;
  if (!actor.waiting)
    semaphore.waiters.push_back(id);
  actor.waiting = true;
  return true;
}

void Simulator::raise(const Op &op, uint16_t id, double visibleNs,
                      uint32_t step) {
  if (op.signalSemaphore != isa::kNoSemaphore)
    events.pushSignal(visibleNs + machine.semaphoreNs, op.signalSemaphore,
                      op.signalIncrement, id, step);
}

void Simulator::signal(const Event &event) {
  Semaphore &semaphore = semaphores[event.semaphore];
  semaphore.value += event.increment;
  auto isAwake = [&](uint16_t id) {
    Actor &actor = actors[id];
    if (actor.waitTarget > semaphore.value)
      return false;
    actor.waiting = false;
    actor.waitNs = event.ns;
    actor.waitQueue = event.queue;
    actor.waitStep = event.source;
    events.push(std::max(event.ns, actor.readyNs()), EventKind::Issue, id);
    return true;
  };
  auto &waiters = semaphore.waiters;
  waiters.erase(std::remove_if(waiters.begin(), waiters.end(), isAwake),
                waiters.end());
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

static std::string placeOf(const Actor &actor,
                           const std::vector<std::string> &nodes) {
  std::string text = absl::StrCat(actor.queue->name, ":", actor.index, " ",
                                  std::string(isa::nameOf(actor.op->opcode)));
  if (actor.op->node < nodes.size())
    absl::StrAppend(&text, " of node ", nodes[actor.op->node]);
  return text;
}

void Simulator::fail(const Actor &actor, std::string_view why) {
  if (failure.ok())
    failure = absl::FailedPreconditionError(
        absl::StrCat(placeOf(actor, nodeNames), ": ", std::string(why)));
}

absl::Status Simulator::stuck() const {
  std::string text = "no queue can go on:";
  for (const Actor &actor : actors)
    if (actor.op)
      absl::StrAppend(&text, " ", placeOf(actor, nodeNames),
                      " waits for semaphore ", actor.op->waitSemaphore,
                      " to reach ", actor.waitTarget, ", it holds ",
                      semaphores[actor.op->waitSemaphore].value, ";");
  text.pop_back();
  return absl::FailedPreconditionError(text);
}

//===----------------------------------------------------------------------===//
// Going on
//===----------------------------------------------------------------------===//

/// Whether two boxes of memory meet, with the bytes counted from their bases.
static bool meet(const Span &a, int64_t baseA, const Span &b, int64_t baseB) {
  return a.space == b.space && a.space != isa::Space::None &&
         a.partitionBegin < b.partitionEnd &&
         b.partitionBegin < a.partitionEnd &&
         baseA + a.byteBegin < baseB + b.byteEnd &&
         baseB + b.byteBegin < baseA + a.byteEnd;
}

/// Whether the pending instruction reads what the one before it writes.
static bool readsLastWrite(const Actor &actor, const Accesses &accesses) {
  for (const Span &read : accesses.reads) {
    int64_t base = actor.sequencer.base(read);
    for (int write = 0; write < 2; ++write)
      if (meet(read, base, actor.lastAccesses->writes[write],
               actor.lastBases[write]))
        return true;
  }
  return false;
}

static void findDependence(Actor &actor) {
  actor.dependenceNs = 0;
  if (actor.op->action != Action::Engine) {
    actor.lastAccesses = nullptr;
    return;
  }
  const Accesses &accesses = actor.queue->accesses[actor.op->detail];
  if (actor.lastAccesses && readsLastWrite(actor, accesses))
    actor.dependenceNs = actor.visibleNs;
  actor.lastAccesses = &accesses;
  for (int write = 0; write < 2; ++write)
    actor.lastBases[write] = actor.sequencer.base(accesses.writes[write]);
}

/// Lets the sequencer run to the next instruction that keeps its place in the
/// queue, which becomes the pending one.
void Simulator::prepare(uint16_t id) {
  Actor &actor = actors[id];
  Sequencer &sequencer = actor.sequencer;
  actor.fetchNs = actor.waitNs = 0;
  for (uint64_t run = 0; !sequencer.atEnd(); ++run) {
    const Op &op = sequencer.op();
    actor.index = sequencer.index();
    actor.fetchNs =
        std::max(actor.fetchNs, actor.fetch.arrival(actor.index, hbm));
    actor.controlNs = std::max(actor.controlNs, actor.fetch.horizonNs());
    ++result.queues[id].instructions;
    ++executed[id][actor.index];
    ++nodeTime(op.node).instructions[id];
    actor.op = &op;
    if (op.action != Action::Register)
      return makePending(actor);
    actor.controlNs = std::max(actor.controlNs, actor.fetchNs) + op.busyNs;
    actor.fetch.started(actor.controlNs);
    if (sequencer.step())
      actor.fetch.redirect(actor.controlNs);
    if (sequencer.isLost() || run == maxControlRun)
      return fail(actor, run == maxControlRun
                             ? "runs for ever without an instruction to time"
                             : "control depends on a register loaded from "
                               "memory; time it together with values");
  }
  actor.op = nullptr;
  accountFinish(id);
}

void Simulator::makePending(Actor &actor) {
  Sequencer &sequencer = actor.sequencer;
  const Op &op = *actor.op;
  if (op.waitSemaphore != isa::kNoSemaphore &&
      !sequencer.isKnown(op.waitRegister))
    return fail(actor, "waits for a value loaded from memory; time it "
                       "together with values");
  actor.waitTarget =
      isa::wrappingSum(op.waitValue, sequencer.value(op.waitRegister));
  findDependence(actor);
  actor.redirects = sequencer.step();
  if (sequencer.isLost())
    fail(actor, "control depends on a register loaded from memory; time it "
                "together with values");
}

/// Starts instructions of a queue until it must wait, or until something else
/// happens earlier.
void Simulator::advance(uint16_t id, double now) {
  Actor &actor = actors[id];
  while (failure.ok()) {
    if (!actor.op)
      prepare(id);
    if (!actor.op || !failure.ok() || mustWait(id))
      return;
    double ready = actor.readyNs();
    if (ready > now && !events.empty() && events.nextNs() <= ready)
      return events.push(ready, EventKind::Issue, id);
    now = std::max(now, ready);
    if (!issue(id, now))
      return;
    actor.fetch.started(now);
    if (actor.redirects)
      actor.fetch.redirect(now);
    actor.op = nullptr;
    actor.waitedForSlot = false;
  }
}

void Simulator::handle(const Event &event) {
  switch (event.kind) {
  case EventKind::Signal:
    return signal(event);
  case EventKind::Issue:
    return advance(event.queue, event.ns);
  case EventKind::Packet:
    return dealPacket(event.queue, event.ns);
  case EventKind::Complete:
    return complete(event);
  }
}

absl::Status Simulator::run() {
  for (uint16_t id = 0; id < actors.size(); ++id)
    events.push(0, EventKind::Issue, id);
  while (!events.empty() && failure.ok())
    handle(events.pop());
  if (!failure.ok())
    return failure;
  for (const Actor &actor : actors)
    if (actor.op)
      return stuck();
  return absl::OkStatus();
}

} // namespace tilicho::timing
