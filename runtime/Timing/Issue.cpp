// SPDX-License-Identifier: Apache-2.0
// What each kind of instruction does in the cycle model when it starts.
#include "runtime/Timing/Simulator.h"

namespace tilicho::timing {

bool Simulator::issue(uint16_t id, double now) {
  switch (actors[id].op->action) {
  case Action::Engine:
    issueEngine(id, now);
    return true;
  case Action::Load:
    issueLoad(id, now);
    return true;
  case Action::Matmul:
    issueMatmul(id, now);
    return true;
  case Action::Dma:
    return issueTransfer(id, now);
  case Action::Register:
  case Action::Ordered:
    issueOrdered(id, now);
    return true;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// act, vec, pool
//===----------------------------------------------------------------------===//

/// The memory that the engine shares with another one, if `op` touches it.
SharedPort *Simulator::sharedPort(const Op &op, EngineKind kind, Port port) {
  if (!(op.ports & port))
    return nullptr;
  bool isVec = kind == EngineKind::Vec;
  if (port == sbufPort && machine.vecPoolShareSbuf &&
      (isVec || kind == EngineKind::Pool))
    return &sbuf;
  if (port == psumPort && machine.vecActSharePsum &&
      (isVec || kind == EngineKind::Act))
    return &psum;
  return nullptr;
}

/// Whether the tables of act have to be exchanged for `op`.
static bool switchesTable(Actor &actor, const Op &op) {
  if (op.tables == 0 || (op.tables & actor.tables))
    return false;
  bool isFirst = actor.tables == 0;
  actor.tables = op.tables & -op.tables;
  // The first set is there when the run starts.
  return !isFirst;
}

void Simulator::issueEngine(uint16_t id, double now) {
  Actor &actor = actors[id];
  const Op &op = *actor.op;
  EngineKind kind = actor.queue->kind;
  double start = now;
  Delays delays;
  if (switchesTable(actor, op))
    start = delays.tableNs = now + machine.activationTableSwitchNs;
  SharedPort *ports[] = {sharedPort(op, kind, sbufPort),
                         sharedPort(op, kind, psumPort)};
  for (SharedPort *port : ports)
    if (port && port->freeNs > start) {
      start = delays.portNs = port->freeNs;
      delays.portStep = port->step;
    }
  uint32_t step = accountStart(id, start, delays);
  double end = start + op.busyNs;
  for (SharedPort *port : ports)
    if (port)
      *port = {end, step};
  actor.freeNs = end;
  actor.visibleNs = std::max(actor.visibleNs, end + op.latencyNs);
  accountEnd(id, op, actor.index, start, end, step);
  raise(op, id, actor.visibleNs, step);
}

//===----------------------------------------------------------------------===//
// pe
//===----------------------------------------------------------------------===//

void Simulator::issueLoad(uint16_t id, double now) {
  Actor &actor = actors[id];
  const Op &op = *actor.op;
  double start = array.load(now, op.tile, op.loadNs);
  Delays delays;
  delays.loadedNs = start;
  uint32_t step = accountStart(id, start, delays);
  actor.freeNs = start + machine.arrayIssueCycles / machine.arrayClockGhz;
  // Its operand has been read when the load is done.
  actor.visibleNs = std::max(actor.visibleNs, start + op.loadNs);
  accountEnd(id, op, actor.index, start, start, step);
  raise(op, id, actor.visibleNs, step);
}

void Simulator::issueMatmul(uint16_t id, double now) {
  Actor &actor = actors[id];
  const Op &op = *actor.op;
  if (op.loadNs > 0)
    array.load(now, op.tile, op.loadNs);
  ArrayState::Ready ready = array.ready(op.tile);
  Delays delays;
  delays.loadedNs = ready.loadedNs;
  double start = std::max({now, ready.freeNs, ready.loadedNs});
  double end = start + op.busyNs;
  array.move(op.tile, end);
  uint32_t step = accountStart(id, start, delays);
  actor.freeNs = start + machine.arrayIssueCycles / machine.arrayClockGhz;
  actor.visibleNs = std::max(actor.visibleNs, end + op.latencyNs);
  result.macs += op.macs;
  accountEnd(id, op, actor.index, start, end, step);
  raise(op, id, actor.visibleNs, step);
}

//===----------------------------------------------------------------------===//
// Control in its place
//===----------------------------------------------------------------------===//

static bool touchesMemory(const Op &op) {
  return op.opcode == isa::Opcode::load_register ||
         op.opcode == isa::Opcode::store_register;
}

void Simulator::issueOrdered(uint16_t id, double now) {
  Actor &actor = actors[id];
  const Op &op = *actor.op;
  uint32_t step = accountStart(id, now, {});
  // A register is loaded from what the engine has written, not what it will.
  double start = touchesMemory(op) ? std::max(now, actor.visibleNs) : now;
  actor.controlNs = start + op.busyNs;
  actor.freeNs = std::max(actor.freeNs, start);
  bool signals = op.signalSemaphore != isa::kNoSemaphore;
  if (actor.queue->kind == EngineKind::Dma && signals)
    return launch(id, nullptr, now, step);
  if (op.opcode == isa::Opcode::store_register)
    actor.visibleNs = std::max(actor.visibleNs, actor.controlNs);
  actor.visibleNs = std::max(actor.visibleNs, start);
  accountEnd(id, op, actor.index, start, start, step);
  raise(op, id, actor.visibleNs, step);
}

//===----------------------------------------------------------------------===//
// DMA queues
//===----------------------------------------------------------------------===//

bool Simulator::issueTransfer(uint16_t id, double now) {
  Actor &actor = actors[id];
  if (actor.outstanding >= machine.dma.outstanding) {
    actor.waitedForSlot = true;
    return false;
  }
  ++actor.outstanding;
  uint32_t step = accountStart(id, now, {});
  actor.freeNs = now + actor.op->busyNs;
  launch(id, &actor.queue->transfers[actor.op->detail],
         now + machine.dma.startNs, step);
  return true;
}

void Simulator::launch(uint16_t id, const Transfer *transfer, double arrivalNs,
                       uint32_t step) {
  Actor &actor = actors[id];
  if (actor.flights.empty())
    events.push(arrivalNs, EventKind::Packet, id);
  uint64_t descriptors = transfer ? transfer->descriptors : 0;
  // The largest transfers have larger packets, so that no work is endless.
  constexpr uint64_t maxPackets = 1 << 16;
  uint64_t packet =
      uint64_t(machine.dma.packetDescriptors) * machine.dma.engines;
  packet = std::max(packet, descriptors / maxPackets);
  actor.flights.push_back({actor.op, transfer, actor.index, step, arrivalNs,
                           descriptors, packet, arrivalNs, arrivalNs});
}

/// Hands the oldest transfer's next packet to the engines. The one after it
/// follows when this one is being worked on, so that queues take turns.
void Simulator::dealPacket(uint16_t id, double now) {
  Actor &actor = actors[id];
  Flight &flight = actor.flights.front();
  double next = now;
  if (flight.left > 0) {
    const Transfer &transfer = *flight.transfer;
    uint64_t count = std::min(flight.left, flight.packet);
    Service service =
        engines.serve(now, count, transfer.descriptorNs,
                      transfer.hbmBytesPerDescriptor * double(count), hbm);
    if (flight.left == transfer.descriptors)
      flight.beginNs = service.beginNs;
    flight.left -= count;
    flight.endNs = std::max(flight.endNs, service.endNs);
    next = service.beginNs;
  }
  if (flight.left == 0) {
    land(id, flight);
    actor.flights.pop_front();
  }
  if (!actor.flights.empty())
    events.push(std::max(next, actor.flights.front().arrivalNs),
                EventKind::Packet, id);
}

/// All packets of a transfer are dealt, so that its end is known.
void Simulator::land(uint16_t id, const Flight &flight) {
  Actor &actor = actors[id];
  actor.visibleNs = std::max(actor.visibleNs, flight.endNs);
  accountEnd(id, *flight.op, flight.index, flight.beginNs, flight.endNs,
             flight.step);
  raise(*flight.op, id, actor.visibleNs, flight.step);
  if (!flight.transfer)
    return;
  accountTraffic(*flight.transfer, flight.op->node);
  events.pushComplete(actor.visibleNs, id, flight.step);
}

void Simulator::complete(const Event &event) {
  Actor &actor = actors[event.queue];
  --actor.outstanding;
  actor.slotStep = event.source;
  if (actor.op && actor.waitedForSlot)
    advance(event.queue, event.ns);
}

} // namespace tilicho::timing
