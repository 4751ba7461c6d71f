// SPDX-License-Identifier: Apache-2.0
// From the bytes of a queue to priced instructions.
#include "runtime/Timing/Decode.h"

#include "runtime/Timing/ArrayCost.h"
#include "runtime/Timing/DmaCost.h"
#include "runtime/Timing/EngineCost.h"
#include "runtime/Timing/Extent.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace tilicho::timing {

using isa::Opcode;
using isa::Space;

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

/// Appends one decoded instruction to a queue.
class OpBuilder {
public:
  OpBuilder(const Machine &machine, QueueOps &queue)
      : machine(machine), queue(queue), engineCost(machine, queue.kind),
        clock(clockGhz(machine, queue.kind)) {}

  void add(const uint8_t *bytes, uint32_t node);

private:
  template <class Inst> void fill(const Inst &inst, Op &op);
  template <class Inst> void fillEngine(const Inst &inst, Op &op);
  template <class Inst> void fillTransfer(const Inst &inst, Op &op);
  void fillArray(const isa::Header &header, Op &op);
  void fillRegister(Op &op, double cycles, const Control &control);
  void fillOrdered(Op &op);
  void fillMemoryRegister(Op &op, const isa::DmaAccess &access, uint8_t rd);
  void addAccesses(const uint8_t *bytes, const isa::Header &header, Op &op);
  uint32_t tablesOf(isa::AluOp function) const;

  const Machine &machine;
  QueueOps &queue;
  EngineCost engineCost;
  double clock;
  const uint8_t *bytes = nullptr;
};

} // namespace

//===----------------------------------------------------------------------===//
// Memory that is touched
//===----------------------------------------------------------------------===//

static unsigned partitionsOf(isa::Span span, const isa::Header &header) {
  return span == isa::Span::Row || span == isa::Span::Element
             ? 1
             : header.partitions;
}

static int freeDimsOf(isa::Span span, const isa::Header &header,
                      const uint8_t *bytes) {
  if (span == isa::Span::Column || span == isa::Span::Element)
    return 0;
  if (span != isa::Span::Outer)
    return 4;
  int axes = isa::decodeAs<isa::TensorReduceInst>(bytes).axes;
  return std::max(4 - axes, 0);
}

static void addPort(Op &op, Space space) {
  if (space == Space::Sbuf)
    op.ports |= sbufPort;
  if (space == Space::Psum)
    op.ports |= psumPort;
}

/// A table is read at places that data decides: all of the partition counts.
static Span wholePartition(Span span) {
  span.byteBegin = 0;
  span.byteEnd = INT64_MAX / 2;
  return span;
}

static Span columnSpan(const isa::Scalar &scalar, unsigned partitions) {
  Span span;
  span.space = Space::Sbuf;
  span.regB = scalar.reg;
  span.partitionBegin = scalar.partition;
  span.partitionEnd = uint16_t(scalar.partition + partitions);
  span.byteBegin = scalar.payload;
  span.byteEnd = span.byteBegin + isa::sizeOf(isa::DType::f32);
  return span;
}

void OpBuilder::addAccesses(const uint8_t *bytes, const isa::Header &header,
                            Op &op) {
  const isa::InstructionInfo &info = isa::instructionInfo(op.opcode);
  Accesses accesses;
  int reads = 0, writes = 0;
  for (const isa::OperandInfo &operand : info.operands) {
    if (operand.kind != isa::FieldKind::Access ||
        !operand.isPresent(header.flags))
      continue;
    isa::Access access;
    isa::decode(bytes + operand.offset, access);
    addPort(op, access.space);
    Span span = spanOf(header, access, partitionsOf(operand.span, header),
                       freeDimsOf(operand.span, header, bytes));
    if (operand.span == isa::Span::Table)
      span = wholePartition(span);
    if (operand.isRead(header.flags))
      accesses.reads[reads++] = span;
    if (operand.isWritten(header.flags))
      accesses.writes[writes++] = span;
  }
  for (const isa::FieldInfo &field : info.fields) {
    if (field.kind != isa::FieldKind::Scalar)
      continue;
    isa::Scalar scalar;
    isa::decode(bytes + field.offset, scalar);
    if (scalar.kind == isa::ScalarKind::Column && reads < 4) {
      addPort(op, Space::Sbuf);
      accesses.reads[reads++] = columnSpan(scalar, header.partitions);
    }
  }
  op.detail = uint32_t(queue.accesses.size());
  queue.accesses.push_back(accesses);
}

//===----------------------------------------------------------------------===//
// Instructions
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

template <class Inst> void OpBuilder::fillEngine(const Inst &inst, Op &op) {
  op.action = Action::Engine;
  op.busyNs = engineCost(inst) / clock;
  op.latencyNs = engineCost.engine().fixedCycles / clock;
  if constexpr (std::is_same_v<Inst, isa::ActivateInst>)
    op.tables = tablesOf(inst.op0);
  addAccesses(bytes, inst, op);
}

template <class Inst> void OpBuilder::fillTransfer(const Inst &inst, Op &op) {
  op.action = Action::Dma;
  op.busyNs = machine.registerCycles / clock;
  op.detail = uint32_t(queue.transfers.size());
  queue.transfers.push_back(transferOf(inst, machine));
}

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
void OpBuilder::fillMemoryRegister(Op &op, const isa::DmaAccess &access,
                                   uint8_t rd) {
  Control control;
  control.rd = rd;
  fillRegister(op, machine.act.fixedCycles, control);
  op.action = Action::Ordered;
  if (access.space == Space::Hbm)
    op.busyNs = machine.dma.startNs;
}

template <class Inst> void OpBuilder::fill(const Inst &inst, Op &op) {
  Control control;
  if constexpr (std::is_same_v<Inst, isa::SetInst>) {
    control.rd = inst.rd;
    control.imm = inst.imm;
    fillRegister(op, machine.registerCycles, control);
  } else if constexpr (std::is_same_v<Inst, isa::AluInst>) {
    control.rd = inst.rd;
    control.ra = inst.ra;
    control.rb = inst.rb;
    control.alu = inst.alu;
    control.imm = inst.imm;
    fillRegister(op, machine.registerCycles, control);
  } else if constexpr (std::is_same_v<Inst, isa::AddWrapInst>) {
    control.rd = inst.rd;
    control.ra = inst.ra;
    control.imm = inst.imm;
    control.modulus = inst.modulus;
    fillRegister(op, machine.registerCycles, control);
  } else if constexpr (std::is_same_v<Inst, isa::LoopInst>) {
    control.rd = inst.rd;
    control.ra = inst.ra;
    control.imm = inst.imm;
    fillRegister(op, machine.registerCycles, control);
  } else if constexpr (std::is_same_v<Inst, isa::EndLoopInst>) {
    fillRegister(op, machine.loopCycles, control);
  } else if constexpr (std::is_same_v<Inst, isa::BranchInst>) {
    control.ra = inst.ra;
    control.branchIfZero = inst.isZero();
    control.target = uint32_t(inst.target);
    fillRegister(op, machine.branchCycles, control);
  } else if constexpr (std::is_same_v<Inst, isa::TrapIfInst>) {
    fillRegister(op, machine.registerCycles, control);
  } else if constexpr (std::is_same_v<Inst, isa::LoadRegisterInst>) {
    fillMemoryRegister(op, inst.access, inst.rd);
  } else if constexpr (std::is_same_v<Inst, isa::StoreRegisterInst>) {
    fillMemoryRegister(op, inst.access, 0);
  } else if constexpr (std::is_same_v<Inst, isa::HaltInst> ||
                       std::is_same_v<Inst, isa::WaitInst> ||
                       std::is_same_v<Inst, isa::SignalInst>) {
    fillOrdered(op);
  } else if constexpr (std::is_same_v<Inst, isa::LoadStationaryInst> ||
                       std::is_same_v<Inst, isa::MatmulInst> ||
                       std::is_same_v<Inst, isa::TransposeInst>) {
    priceArray(inst, machine, op);
  } else if constexpr (std::is_same_v<Inst, isa::DmaInst> ||
                       std::is_same_v<Inst, isa::DmaGatherInst> ||
                       std::is_same_v<Inst, isa::DmaScatterInst>) {
    fillTransfer(inst, op);
  } else {
    fillEngine(inst, op);
  }
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
