// SPDX-License-Identifier: Apache-2.0
// Where time and bytes went.
#include "runtime/Timing/Simulator.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace tilicho::timing {

const char *stallName(Stall stall) {
  constexpr const char *names[numStalls] = {
      "wait", "slot", "port", "fetch", "control", "table", "dependence"};
  return names[static_cast<unsigned>(stall)];
}

const char *phaseName(Phase phase) {
  constexpr const char *names[numPhases] = {"latency", "queued", "work",
                                            "signal"};
  return names[static_cast<unsigned>(phase)];
}

double PathPart::totalNs() const {
  return std::accumulate(ns.begin(), ns.end(), 0.0);
}

NodeTime &Simulator::nodeTime(uint32_t node) {
  return result.nodes[std::min<size_t>(node, result.nodes.size() - 1)];
}

/// The executed instruction without which the pending one had started earlier.
uint32_t Simulator::causeOf(const Actor &actor, const Delays &delays) const {
  if (delays.portNs > 0)
    return delays.portStep;
  if (actor.waitedForSlot)
    return actor.slotStep;
  double others = std::max({actor.freeNs, actor.controlNs, actor.fetchNs,
                            actor.dependenceNs, delays.loadedNs});
  bool waited = actor.waitNs > others || actor.lastStep == CriticalPath::none;
  return waited ? actor.waitStep : actor.lastStep;
}

/// Splits the time since the queue had nothing to do by what it waited for;
/// where causes overlap, the one named first has it.
uint32_t Simulator::accountStart(uint16_t id, double startNs,
                                 const Delays &delays) {
  Actor &actor = actors[id];
  QueueTime &queue = result.queues[id];
  NodeTime &node = nodeTime(actor.op->node);
  double idleNs = std::max(actor.freeNs, actor.busyEndNs);
  // Transfers on their way keep a DMA queue busy; a slot is waited for though.
  if (actor.waitedForSlot)
    idleNs = actor.readyNs();
  else if (!actor.flights.empty())
    idleNs = startNs;
  auto upTo = [&](Stall stall, double ns) {
    double stalled = std::min(ns, startNs) - idleNs;
    if (stalled <= 0)
      return;
    idleNs += stalled;
    queue.stallNs[unsigned(stall)] += stalled;
    node.stallNs[unsigned(stall)] += stalled;
    if (stall == Stall::Wait)
      accountWait(id, stalled);
  };
  upTo(Stall::Fetch, actor.fetchNs);
  upTo(Stall::Control, actor.controlNs);
  upTo(Stall::Dependence, actor.dependenceNs);
  upTo(Stall::Wait, actor.waitNs);
  if (actor.waitedForSlot)
    upTo(Stall::Slot, startNs);
  upTo(Stall::Dependence, delays.loadedNs);
  upTo(Stall::Table, delays.tableNs);
  upTo(Stall::Port, delays.portNs);
  return actor.lastStep = path.add(causeOf(actor, delays), actor.op->node, id,
                                   actor.index, startNs);
}

void Simulator::accountWait(uint16_t id, double ns) {
  const Actor &actor = actors[id];
  result.queues[id].waitNs[actor.waitQueue] += ns;
  if (const CriticalPath::Step *source = path.find(actor.waitStep))
    waitRecords.push_back({ns, actor.index, source->index, id, source->queue});
}

/// An instruction holds the engine from `startNs` to `busyEndNs`, and its
/// writes are visible with all before them at the actor's `visibleNs`.
void Simulator::accountEnd(uint16_t id, const Op &op, uint32_t index,
                           double startNs, double busyEndNs, uint32_t step) {
  Actor &actor = actors[id];
  NodeTime &node = nodeTime(op.node);
  double busy = busyEndNs - std::max(startNs, actor.busyEndNs);
  if (busy > 0) {
    result.queues[id].busyNs += busy;
    node.busyNs[id] += busy;
    actor.busyEndNs = busyEndNs;
  }
  if (op.opcode == isa::Opcode::transpose) {
    result.relayouts.add(op.busyNs);
    node.relayouts.add(op.busyNs);
  }
  path.setWork(step, startNs, busyEndNs);
  if (node.startNs < 0 || startNs < node.startNs)
    node.startNs = startNs;
  node.endNs = std::max(node.endNs, actor.visibleNs);
  result.queues[id].endNs = actor.visibleNs;
  if (actor.visibleNs > result.makespanNs) {
    result.makespanNs = actor.visibleNs;
    pathEnd = step;
  }
  if (options.observer)
    options.observer->onSlice(
        {id, index, op.node, startNs, busyEndNs - startNs, actor.visibleNs});
}

/// A queue has run out of instructions; what its sequencer did last counts.
void Simulator::accountFinish(uint16_t id) {
  Actor &actor = actors[id];
  double end = std::max(actor.visibleNs, actor.controlNs);
  result.queues[id].endNs = std::max(result.queues[id].endNs, end);
  result.makespanNs = std::max(result.makespanNs, end);
}

void Simulator::accountTraffic(const Transfer &transfer, uint32_t nodeIndex) {
  NodeTime &node = nodeTime(nodeIndex);
  auto read = [&](int32_t segment, uint64_t bytes) {
    result.hbmReadBytes += bytes;
    node.hbmReadBytes += bytes;
    if (segment >= 0 && size_t(segment) < result.segments.size())
      result.segments[segment].readBytes += bytes;
  };
  read(transfer.readSegment, transfer.hbmReadBytes);
  read(transfer.indexSegment, transfer.indexBytes);
  result.hbmWrittenBytes += transfer.hbmWrittenBytes;
  node.hbmWrittenBytes += transfer.hbmWrittenBytes;
  size_t written = size_t(transfer.writtenSegment);
  if (transfer.writtenSegment >= 0 && written < result.segments.size())
    result.segments[written].writtenBytes += transfer.hbmWrittenBytes;
  for (int32_t segment : {transfer.readSegment, transfer.writtenSegment})
    if (segment >= 0 && size_t(segment) < result.segments.size())
      result.segments[segment].descriptors += transfer.descriptors;
  double engineNs = double(transfer.descriptors) * transfer.descriptorNs /
                    machine.dma.engines;
  bool staysInKind =
      (transfer.hbmReadBytes > 0) == (transfer.hbmWrittenBytes > 0);
  if (staysInKind && transfer.indexBytes == 0) {
    result.relayouts.add(engineNs);
    node.relayouts.add(engineNs);
  }
  if (transfer.descriptorNs <= machine.dma.descriptorNs)
    result.dmaShortRowsNs += engineNs;
}

/// Shares the makespan out to nodes, and to kinds of instructions.
void Simulator::accountPath() {
  std::map<std::pair<uint16_t, isa::Opcode>, PathPart> parts;
  path.forEachShare(pathEnd, result.makespanNs, machine.dma.startNs,
                    [&](const CriticalPath::Share &share) {
                      uint16_t queue = share.step.queue;
                      isa::Opcode opcode =
                          actors[queue].queue->ops[share.step.index].opcode;
                      PathPart &part = parts[{queue, opcode}];
                      part.queue = queue;
                      part.opcode = opcode;
                      const double ns[] = {share.latencyNs, share.queuedNs,
                                           share.workNs, share.signalNs};
                      for (unsigned phase = 0; phase < numPhases; ++phase) {
                        part.ns[phase] += ns[phase];
                        nodeTime(share.step.node).pathNs += ns[phase];
                      }
                    });
  for (const auto &[key, part] : parts)
    result.path.push_back(part);
  std::sort(result.path.begin(), result.path.end(),
            [](const PathPart &a, const PathPart &b) {
              return std::make_tuple(-a.totalNs(), a.queue, a.opcode) <
                     std::make_tuple(-b.totalNs(), b.queue, b.opcode);
            });
}

Result Simulator::takeResult() {
  for (Actor &actor : actors)
    result.fetchBytes += actor.fetch.bytes();
  for (const QueueTime &queue : result.queues)
    result.instructions += queue.instructions;
  for (NodeTime &node : result.nodes)
    node.startNs = std::max(node.startNs, 0.0);
  result.dmaEngineBusyNs = engines.busyNs();
  accountPath();
  return std::move(result);
}

} // namespace tilicho::timing
