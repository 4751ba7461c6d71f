// SPDX-License-Identifier: Apache-2.0
// From the bytes of a queue to priced instructions.
#include "runtime/Timing/Decode.h"

#include "runtime/Timing/Accesses.h"
#include "runtime/Timing/ArrayCost.h"
#include "runtime/Timing/DmaCost.h"
#include "runtime/Timing/EngineCost.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace tilicho::timing {

using isa::Opcode;

static EngineKind kindOf(std::string_view name) {
  constexpr std::pair<std::string_view, EngineKind> kinds[] = {
      {"pe", EngineKind::Pe},     {"act", EngineKind::Act},
      {"vec", EngineKind::Vec},   {"pool", EngineKind::Pool},
      {"sync", EngineKind::Sync},
  };
  for (auto [kindName, kind] : kinds)
    if (name == kindName)
      return kind;
  return EngineKind::Dma;
}

static double clockGhz(const Machine &machine, EngineKind kind) {
  switch (kind) {
  case EngineKind::Pe:
    return machine.arrayClockGhz;
  case EngineKind::Act:
    return machine.act.clockGhz;
  case EngineKind::Vec:
    return machine.vec.clockGhz;
  case EngineKind::Pool:
    return machine.pool.clockGhz;
  case EngineKind::Sync:
  case EngineKind::Dma:
    return machine.syncClockGhz;
  }
  return machine.syncClockGhz;
}

namespace {

/// Appends decoded instructions to a queue.
class OpBuilder {
public:
  OpBuilder(const Machine &machine, QueueOps &queue)
      : machine(machine), queue(queue), engineCost(machine, queue.kind),
        clock(clockGhz(machine, queue.kind)) {}

  void add(const uint8_t *bytes, uint32_t node);

private:
  // What an instruction does, by its kind; the template is for act, vec and
  // pool.
  template <class Inst> void fill(const Inst &inst, Op &op);
  void fill(const isa::SetInst &inst, Op &op);
  void fill(const isa::AluInst &inst, Op &op);
  void fill(const isa::AddWrapInst &inst, Op &op);
  void fill(const isa::LoopInst &inst, Op &op);
  void fill(const isa::EndLoopInst &inst, Op &op);
  void fill(const isa::BranchInst &inst, Op &op);
  void fill(const isa::TrapIfInst &inst, Op &op);
  void fill(const isa::LoadRegisterInst &inst, Op &op);
  void fill(const isa::StoreRegisterInst &inst, Op &op);
  void fill(const isa::HaltInst &inst, Op &op) { fillOrdered(op); }
  void fill(const isa::WaitInst &inst, Op &op) { fillOrdered(op); }
  void fill(const isa::SignalInst &inst, Op &op) { fillOrdered(op); }
  void fill(const isa::LoadStationaryInst &inst, Op &op) {
    priceArray(inst, machine, op);
  }
  void fill(const isa::MatmulInst &inst, Op &op) {
    priceArray(inst, machine, op);
  }
  void fill(const isa::TransposeInst &inst, Op &op) {
    priceArray(inst, machine, op);
  }
  void fill(const isa::DmaInst &inst, Op &op) { fillTransfer(inst, op); }
  void fill(const isa::DmaGatherInst &inst, Op &op) { fillTransfer(inst, op); }
  void fill(const isa::DmaScatterInst &inst, Op &op) { fillTransfer(inst, op); }

  template <class Inst> void fillTransfer(const Inst &inst, Op &op);
  void fillRegister(Op &op, double cycles, const Control &control);
  void fillOrdered(Op &op);
  void fillMemory(Op &op, const isa::DmaAccess &access, uint8_t rd);
  uint32_t tablesOf(isa::AluOp function) const;

  const Machine &machine;
  QueueOps &queue;
  EngineCost engineCost;
  double clock;
  const uint8_t *bytes = nullptr;
};

} // namespace

//===----------------------------------------------------------------------===//
// Control
//===----------------------------------------------------------------------===//

void OpBuilder::fillRegister(Op &op, double cycles, const Control &control) {
  bool waits = op.waitSemaphore != isa::kNoSemaphore;
  bool signals = op.signalSemaphore != isa::kNoSemaphore;
  op.action = waits || signals ? Action::Ordered : Action::Register;
  op.busyNs = cycles / clock;
  op.detail = uint32_t(queue.controls.size());
  queue.controls.push_back(control);
}

void OpBuilder::fillOrdered(Op &op) {
  fillRegister(op, 0, Control());
  op.action = Action::Ordered;
}

/// A register comes from HBM as fast as a transfer starts, and from a memory
/// on chip as fast as an engine reaches it.
void OpBuilder::fillMemory(Op &op, const isa::DmaAccess &access, uint8_t rd) {
  Control control;
  control.rd = rd;
  fillRegister(op, 0, control);
  op.action = Action::Ordered;
  op.busyNs = access.space == isa::Space::Hbm ? machine.dma.startNs
                                              : machine.act.fixedCycles / clock;
}

void OpBuilder::fill(const isa::SetInst &inst, Op &op) {
  Control control;
  control.rd = inst.rd;
  control.imm = inst.imm;
  fillRegister(op, machine.registerCycles, control);
}

void OpBuilder::fill(const isa::AluInst &inst, Op &op) {
  Control control;
  control.rd = inst.rd;
  control.ra = inst.ra;
  control.rb = inst.rb;
  control.alu = inst.alu;
  control.imm = inst.imm;
  fillRegister(op, machine.registerCycles, control);
}

void OpBuilder::fill(const isa::AddWrapInst &inst, Op &op) {
  Control control;
  control.rd = inst.rd;
  control.ra = inst.ra;
  control.imm = inst.imm;
  control.modulus = inst.modulus;
  fillRegister(op, machine.registerCycles, control);
}

void OpBuilder::fill(const isa::LoopInst &inst, Op &op) {
  Control control;
  control.rd = inst.rd;
  control.ra = inst.ra;
  control.imm = inst.imm;
  fillRegister(op, machine.registerCycles, control);
}

void OpBuilder::fill(const isa::EndLoopInst &inst, Op &op) {
  fillRegister(op, machine.loopCycles, Control());
}

void OpBuilder::fill(const isa::BranchInst &inst, Op &op) {
  Control control;
  control.ra = inst.ra;
  control.branchIfZero = inst.isZero();
  control.target = uint32_t(inst.target);
  fillRegister(op, machine.branchCycles, control);
}

void OpBuilder::fill(const isa::TrapIfInst &inst, Op &op) {
  fillRegister(op, machine.registerCycles, Control());
}

void OpBuilder::fill(const isa::LoadRegisterInst &inst, Op &op) {
  fillMemory(op, inst.access, inst.rd);
}

void OpBuilder::fill(const isa::StoreRegisterInst &inst, Op &op) {
  fillMemory(op, inst.access, 0);
}

//===----------------------------------------------------------------------===//
// Engines and transfers
//===----------------------------------------------------------------------===//

uint32_t OpBuilder::tablesOf(isa::AluOp function) const {
  uint32_t mask = 0;
  const auto &tables = machine.activationTables;
  for (size_t table = 0; table < tables.size() && table < 32; ++table)
    for (const std::string &name : tables[table])
      if (name == isa::nameOf(function))
        mask |= 1u << table;
  return mask;
}

template <class Inst> void OpBuilder::fill(const Inst &inst, Op &op) {
  op.action = Action::Engine;
  op.busyNs = engineCost(inst) / clock;
  op.latencyNs = engineCost.engine().fixedCycles / clock;
  if constexpr (std::is_same_v<Inst, isa::ActivateInst>)
    op.tables = tablesOf(inst.op0);
  op.detail = uint32_t(queue.accesses.size());
  queue.accesses.push_back(accessesOf(bytes, op.opcode, inst, op.ports));
}

template <class Inst> void OpBuilder::fillTransfer(const Inst &inst, Op &op) {
  op.action = Action::Dma;
  op.busyNs = machine.registerCycles / clock;
  op.detail = uint32_t(queue.transfers.size());
  queue.transfers.push_back(transferOf(inst, machine));
}

void OpBuilder::add(const uint8_t *instruction, uint32_t node) {
  bytes = instruction;
  Op op;
  isa::visit(instruction, [&](const auto &inst) {
    op.opcode = inst.opcode;
    op.waitSemaphore = inst.waitSemaphore;
    op.waitRegister = inst.waitRegister;
    op.waitValue = inst.waitValue;
    op.signalSemaphore = inst.signalSemaphore;
    op.signalIncrement = inst.signalIncrement;
    op.node = node;
    fill(inst, op);
  });
  queue.ops.push_back(op);
}

/// Gives each loop and end_loop the place of the other.
static absl::Status matchLoops(QueueOps &queue) {
  std::vector<uint32_t> open;
  for (uint32_t index = 0; index < queue.ops.size(); ++index) {
    Op &op = queue.ops[index];
    if (op.opcode == Opcode::loop)
      open.push_back(index);
    if (op.opcode != Opcode::end_loop)
      continue;
    if (open.empty())
      return absl::InvalidArgumentError(absl::StrCat(
          "end_loop ", index, " of queue ", queue.name, " belongs to no loop"));
    Control &begin = queue.controls[queue.ops[open.back()].detail];
    queue.controls[op.detail].target = open.back();
    begin.target = index;
    open.pop_back();
  }
  if (open.empty())
    return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "loop ", open.back(), " of queue ", queue.name, " has no end_loop"));
}

absl::StatusOr<QueueOps> decodeQueue(const Machine &machine,
                                     const Stream &stream) {
  QueueOps queue;
  queue.name = stream.name;
  queue.kind = kindOf(stream.name);
  size_t count = stream.bytes.size() / isa::kInstructionBytes;
  queue.ops.reserve(count);
  if (queue.kind == EngineKind::Dma)
    queue.transfers.reserve(count);
  else if (queue.kind != EngineKind::Pe && queue.kind != EngineKind::Sync)
    queue.accesses.reserve(count);
  OpBuilder builder(machine, queue);
  auto *bytes = reinterpret_cast<const uint8_t *>(stream.bytes.data());
  for (size_t index = 0; index < count; ++index)
    builder.add(bytes + index * isa::kInstructionBytes,
                index < stream.nodes.size() ? stream.nodes[index] : noNode);
  if (absl::Status status = matchLoops(queue); !status.ok())
    return status;
  return queue;
}

} // namespace tilicho::timing
