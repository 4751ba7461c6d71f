// SPDX-License-Identifier: Apache-2.0
// Instructions that touch their operands and do nothing else.
#include "runtime/Emulator/CheckOrder.h"

#include "runtime/Emulator/Code.h"
#include "runtime/Emulator/RunQueues.h"
#include "runtime/Emulator/Sanitizer.h"
#include "runtime/Isa/OperandCounts.h"

#include <algorithm>

namespace tilicho {

namespace {

/// Reports to the state's listener what each instruction would touch.
class OperandToucher : public Observer {
public:
  void onStart(const Event &event) override {
    isa::Header header;
    isa::decode(event.bytes, header);
    const isa::InstructionInfo &info =
        isa::instructionInfo(isa::Opcode(event.bytes[0]));
    for (const isa::OperandInfo &operand : info.operands)
      if (operand.isPresent(header.flags) && hasKnownPlace(operand.span))
        touch(operand, header, event);
    for (const isa::FieldInfo &field : info.fields)
      if (field.kind == isa::FieldKind::Scalar)
        touchColumn(event.bytes + field.offset, header, event.context);
  }

private:
  static bool hasKnownPlace(isa::Span span) {
    return span != isa::Span::None && span != isa::Span::Table;
  }

  static void touch(const isa::OperandInfo &operand, const isa::Header &header,
                    const Event &event) {
    const uint8_t *at = event.bytes + operand.offset;
    Counts counts = isa::operandCounts(operand, header, event.bytes);
    AccessMode mode = AccessMode::Read;
    if (operand.isWritten(header.flags))
      mode =
          operand.isRead(header.flags) ? AccessMode::Update : AccessMode::Write;
    if (operand.kind == isa::FieldKind::IndexAccess)
      event.context.resolve(isa::decodeAs<isa::IndexAccess>(at), counts);
    else if (operand.kind == isa::FieldKind::DmaAccess)
      event.context.resolve(isa::decodeAs<isa::DmaAccess>(at), counts, mode);
    else
      event.context.resolve(isa::decodeAs<isa::Access>(at), counts, mode);
  }

  static void touchColumn(const uint8_t *at, const isa::Header &header,
                          Context &context) {
    auto scalar = isa::decodeAs<isa::Scalar>(at);
    if (scalar.kind == isa::ScalarKind::Column)
      context.readColumn(scalar, header.partitions);
  }
};

bool loadsRegisters(const std::vector<Instruction> &code) {
  return std::any_of(code.begin(), code.end(), [](const Instruction &next) {
    return next.opcode == isa::Opcode::load_register;
  });
}

void doNothing(const isa::Header &, Context &) {}

/// The queue's instructions, of which only the sequencer's have an effect.
absl::StatusOr<std::vector<Instruction>> decode(const Program &program,
                                                const QueueCode &queue) {
  auto code = decodeQueue(program, queue);
  if (code.ok())
    for (Instruction &instruction : *code)
      if (instruction.function)
        instruction.function = doNothing;
  return code;
}

/// Segments at addresses of their own, which nothing reads.
void addSegments(const Program &program, State &state) {
  constexpr uintptr_t first = 4096;
  for (const Segment &segment : program.segments) {
    bool isWritten = segment.kind != Segment::Kind::Input &&
                     segment.kind != Segment::Kind::Constant;
    state.hbm.add({segment.name, reinterpret_cast<uint8_t *>(first),
                   int64_t(segment.bytes), isWritten});
  }
}

} // namespace

absl::Status checkOrder(const Program &program) {
  State state(program.machine, referenceBackend(), CpuLevel::Baseline, 1);
  addSegments(program, state);
  Sanitizer sanitizer(program, state, /*checksWrites=*/false);
  sanitizer.restart();
  state.listener = &sanitizer;
  OperandToucher toucher;
  const std::vector<Observer *> observers{&sanitizer, &toucher};
  std::vector<std::vector<Instruction>> code;
  for (const QueueCode &queue : program.queues) {
    auto decoded = decode(program, queue);
    if (!decoded.ok())
      return decoded.status();
    if (loadsRegisters(*decoded))
      return absl::OkStatus();
    code.push_back(*std::move(decoded));
  }
  std::vector<Sequencer> sequencers;
  for (unsigned i = 0; i < program.queues.size(); ++i)
    sequencers.emplace_back(i, program.queues[i], code[i], state, observers);
  return runQueues(program, state, sequencers, QueueOrder::InTurn);
}

} // namespace tilicho
