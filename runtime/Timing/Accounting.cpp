// SPDX-License-Identifier: Apache-2.0
// Where time and bytes went.
#include "runtime/Timing/Simulator.h"

namespace tilicho::timing {

const char *stallName(Stall stall) {
  constexpr const char *names[numStalls] = {
      "wait", "slot", "port", "fetch", "control", "table", "dependence"};
  return names[static_cast<unsigned>(stall)];
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
      queue.waitNs[actor.waitQueue] += stalled;
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
  return actor.lastStep =
             path.add(causeOf(actor, delays), actor.op->node, startNs);
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
}

Result Simulator::takeResult() {
  for (Actor &actor : actors)
    result.fetchBytes += actor.fetch.bytes();
  for (const QueueTime &queue : result.queues)
    result.instructions += queue.instructions;
  for (NodeTime &node : result.nodes)
    node.startNs = std::max(node.startNs, 0.0);
  result.dmaEngineBusyNs = engines.busyNs();
  path.share(pathEnd, result.makespanNs, result.nodes);
  return std::move(result);
}

} // namespace tilicho::timing
