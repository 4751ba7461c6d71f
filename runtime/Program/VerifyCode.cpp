// SPDX-License-Identifier: Apache-2.0
// Checks instructions against segments, machine and queue.
#include "runtime/Program/VerifyCode.h"

#include "absl/strings/str_cat.h"

#include <vector>

namespace tilicho {
namespace {

class CodeVerifier {
public:
  CodeVerifier(const Program &program, const QueueCode &queue,
               isa::QueueKind kind)
      : program(program), queue(queue), kind(kind) {}
  absl::Status run();

private:
  absl::Status check(const uint8_t *bytes);
  absl::Status checkSemaphore(uint8_t number) const;
  absl::Status checkOperand(const isa::OperandInfo &operand,
                            const uint8_t *bytes, uint8_t flags) const;
  absl::Status checkPlace(isa::Space space, uint16_t place,
                          bool isWritten) const;
  absl::Status checkControl(const uint8_t *bytes);
  absl::Status checkBranches();
  absl::Status locate(const absl::Status &status) const;

  const Program &program;
  const QueueCode &queue;
  isa::QueueKind kind;
  uint32_t index = 0;
  unsigned depth = 0;
  bool hasBranches = false;
};

absl::Status CodeVerifier::checkSemaphore(uint8_t number) const {
  if (number == isa::kNoSemaphore || number < program.machine.maxSemaphores)
    return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "uses semaphore ", static_cast<int>(number), ", but semaphores.count is ",
      program.machine.maxSemaphores));
}

absl::Status CodeVerifier::checkPlace(isa::Space space, uint16_t place,
                                      bool isWritten) const {
  if (space == isa::Space::None)
    return absl::OkStatus();
  if (space != isa::Space::Hbm) {
    int32_t partitions = space == isa::Space::Sbuf
                             ? program.machine.sbufPartitions
                             : program.machine.psumPartitions;
    if (place < partitions)
      return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "starts at partition ", place, " of ", std::string(isa::nameOf(space)),
        ", which has ", partitions));
  }
  if (place >= program.segments.size())
    return absl::InvalidArgumentError(absl::StrCat("names segment ", place,
                                                   ", but the program has ",
                                                   program.segments.size()));
  const Segment &segment = program.segments[place];
  if (isWritten && (segment.kind == Segment::Kind::Input ||
                    segment.kind == Segment::Kind::Constant))
    return absl::InvalidArgumentError(
        absl::StrCat("writes ", kindName(segment.kind), " ", segment.name));
  return absl::OkStatus();
}

absl::Status CodeVerifier::checkOperand(const isa::OperandInfo &operand,
                                        const uint8_t *bytes,
                                        uint8_t flags) const {
  if (!operand.isPresent(flags))
    return absl::OkStatus();
  bytes += operand.offset;
  const bool isWritten = operand.isWritten(flags);
  if (operand.kind == isa::FieldKind::Access) {
    auto access = isa::decodeAs<isa::Access>(bytes);
    return checkPlace(access.space, access.partition, isWritten);
  }
  if (operand.kind == isa::FieldKind::DmaAccess) {
    auto access = isa::decodeAs<isa::DmaAccess>(bytes);
    return checkPlace(access.space, access.place, isWritten);
  }
  if (operand.kind == isa::FieldKind::IndexAccess) {
    auto access = isa::decodeAs<isa::IndexAccess>(bytes);
    return checkPlace(access.space, access.place, isWritten);
  }
  return absl::OkStatus();
}

absl::Status CodeVerifier::checkControl(const uint8_t *bytes) {
  switch (static_cast<isa::Opcode>(bytes[0])) {
  case isa::Opcode::loop:
    if (++depth > maxLoopDepth)
      return absl::InvalidArgumentError(absl::StrCat(
          "nests loops ", depth, " deep, but ", maxLoopDepth, " are allowed"));
    return absl::OkStatus();
  case isa::Opcode::end_loop:
    if (depth == 0)
      return absl::InvalidArgumentError("ends a loop that nothing began");
    --depth;
    return absl::OkStatus();
  case isa::Opcode::branch: {
    int32_t target = isa::decodeAs<isa::BranchInst>(bytes).target;
    hasBranches = true;
    if (target < 0 || uint32_t(target) > queue.numInstructions())
      return absl::InvalidArgumentError(absl::StrCat(
          "branches to instruction ", target, " of ", queue.numInstructions()));
    return absl::OkStatus();
  }
  default:
    return absl::OkStatus();
  }
}

/// No branch leads into or out of a loop's body, to which its end belongs.
absl::Status CodeVerifier::checkBranches() {
  constexpr uint32_t outside = UINT32_MAX;
  std::vector<uint32_t> open = {outside};
  std::vector<uint32_t> bodies;
  for (uint32_t i = 0; i < queue.numInstructions(); ++i) {
    auto opcode = static_cast<isa::Opcode>(queue.instruction(i)[0]);
    bodies.push_back(open.back());
    if (opcode == isa::Opcode::loop)
      open.push_back(i);
    if (opcode == isa::Opcode::end_loop)
      open.pop_back();
  }
  bodies.push_back(outside);
  for (index = 0; index < queue.numInstructions(); ++index) {
    const uint8_t *bytes = queue.instruction(index);
    if (static_cast<isa::Opcode>(bytes[0]) != isa::Opcode::branch)
      continue;
    int32_t target = isa::decodeAs<isa::BranchInst>(bytes).target;
    if (bodies[index] != bodies[target])
      return absl::InvalidArgumentError(
          absl::StrCat("branch leads to instruction ", target,
                       ", into or out of the body of a loop"));
  }
  return absl::OkStatus();
}

absl::Status CodeVerifier::check(const uint8_t *bytes) {
  absl::Status status = isa::verify(bytes, kind);
  if (!status.ok())
    return status;
  auto header = isa::decodeAs<isa::Header>(bytes);
  const isa::InstructionInfo &info =
      isa::instructionInfo(static_cast<isa::Opcode>(bytes[0]));
  status = checkSemaphore(header.waitSemaphore);
  if (status.ok())
    status = checkSemaphore(header.signalSemaphore);
  for (const isa::OperandInfo &operand : info.operands)
    if (status.ok())
      status = checkOperand(operand, bytes, header.flags);
  if (status.ok())
    status = checkControl(bytes);
  if (status.ok())
    return status;
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(info.mnemonic), " ", status.message()));
}

absl::Status CodeVerifier::locate(const absl::Status &status) const {
  absl::string_view node = program.nodeName(queue.nodeOf(index));
  return absl::InvalidArgumentError(
      absl::StrCat("queue ", queue.name, ", instruction ", index,
                   node.empty() ? "" : absl::StrCat(" (node ", node, ")"), ": ",
                   status.message()));
}

absl::Status CodeVerifier::run() {
  for (; index < queue.numInstructions(); ++index)
    if (absl::Status status = check(queue.instruction(index)); !status.ok())
      return locate(status);
  if (depth != 0)
    return absl::InvalidArgumentError(
        absl::StrCat("queue ", queue.name, " ends inside ", depth, " loops"));
  if (!hasBranches)
    return absl::OkStatus();
  absl::Status status = checkBranches();
  return status.ok() ? status : locate(status);
}

} // namespace

absl::Status verifyCode(const Program &program, const QueueCode &queue,
                        isa::QueueKind kind) {
  return CodeVerifier(program, queue, kind).run();
}

} // namespace tilicho
