// SPDX-License-Identifier: Apache-2.0
// Refuses bytes that are no instruction.
#include "runtime/Isa/Concat.h"
#include "runtime/Isa/Isa.h"

#include <algorithm>
#include <string>

namespace tilicho::isa {

namespace {
/// Checks one instruction; the first error is kept.
class Verifier {
public:
  Verifier(const InstructionInfo &info, const uint8_t *bytes)
      : info(info), bytes(bytes) {
    decode(bytes, header);
  }
  absl::Status run(QueueKind queue);

private:
  template <class... Args> bool fail(const Args &...args) {
    status = absl::InvalidArgumentError(concat(info.mnemonic, ": ", args...));
    return false;
  }
  bool checkZeroBytes();
  bool checkHeader();
  bool checkIteration();
  bool checkRegister(std::string_view field, unsigned number);
  bool checkField(const FieldInfo &field);
  bool checkScalar(const FieldInfo &field);
  bool checkOperand(const OperandInfo &operand);
  bool checkAbsent(const OperandInfo &operand);
  bool checkStepsOnly(const OperandInfo &operand);
  bool checkAccessRegisters(const OperandInfo &operand);

  const InstructionInfo &info;
  const uint8_t *bytes;
  Header header;
  absl::Status status;
};
} // namespace

bool Verifier::checkZeroBytes() {
  for (unsigned byte = 0; byte < kInstructionBytes; ++byte)
    if (bytes[byte] && (info.zeroBytes[byte / 64] >> (byte % 64) & 1))
      return fail("byte ", byte, " is unused and must be 0, but is ",
                  int(bytes[byte]));
  return true;
}

bool Verifier::checkRegister(std::string_view field, unsigned number) {
  if (number < kNumRegisters)
    return true;
  return fail(field, " is register ", number, ", but the last one is ",
              kNumRegisters - 1);
}

bool Verifier::checkIteration() {
  const uint16_t *counts = header.counts;
  unsigned least = header.partitions, most = header.partitions;
  for (unsigned dim = 0; dim < 4; ++dim) {
    least = std::min<unsigned>(least, counts[dim]);
    most = std::max<unsigned>(most, counts[dim]);
  }
  if (least == 0)
    return fail("partitions and counts must be at least 1");
  if (!info.iterates && most != 1)
    return fail("partitions and counts must be 1, because it does not iterate");
  return true;
}

bool Verifier::checkHeader() {
  if (header.flags & ~info.flagMask)
    return fail("flags ", int(header.flags), " has bits that mean nothing; ",
                int(info.flagMask), " are known");
  if (!checkRegister("waitRegister", header.waitRegister))
    return false;
  if (header.waitSemaphore == kNoSemaphore && info.hasSyntax(SyntaxKind::Wait))
    return fail("waitSemaphore is missing");
  if (header.signalSemaphore == kNoSemaphore &&
      info.hasSyntax(SyntaxKind::Signal))
    return fail("signalSemaphore is missing");
  if (header.waitSemaphore == kNoSemaphore &&
      (header.waitRegister || header.waitValue))
    return fail("a wait value without a semaphore");
  if (header.signalSemaphore == kNoSemaphore && header.signalIncrement)
    return fail("a signal increment without a semaphore");
  return checkIteration();
}

bool Verifier::checkScalar(const FieldInfo &field) {
  Scalar scalar;
  decode(bytes + field.offset, scalar);
  if (!enumInfo<ScalarKind>().isValid(unsigned(scalar.kind)))
    return fail(field.name, " has the unknown kind ", int(scalar.kind));
  if (scalar.kind == ScalarKind::Immediate && (scalar.reg || scalar.partition))
    return fail(field.name, " is immediate, but has a register or partition");
  return checkRegister(field.name, scalar.reg);
}

bool Verifier::checkField(const FieldInfo &field) {
  const uint8_t value = bytes[field.offset];
  if (field.kind == FieldKind::Register)
    return checkRegister(field.name, value);
  if (field.kind == FieldKind::Scalar)
    return checkScalar(field);
  if (field.kind == FieldKind::Enum && !field.enumInfo->isValid(value))
    return fail(field.name, " is ", int(value), ", which is no ",
                field.enumInfo->name);
  return true;
}

bool Verifier::checkAbsent(const OperandInfo &operand) {
  unsigned size = info.findField(operand.name)->bytes;
  for (unsigned byte = 0; byte < size; ++byte)
    if (bytes[operand.offset + byte])
      return fail(operand.name,
                  " is not used without its flag, but is not zero");
  return true;
}

bool Verifier::checkAccessRegisters(const OperandInfo &operand) {
  const uint8_t *at = bytes + operand.offset;
  if (operand.kind == FieldKind::Access) {
    Access access;
    decode(at, access);
    return checkRegister(operand.name, access.regA) &&
           checkRegister(operand.name, access.regB);
  }
  if (operand.kind != FieldKind::DmaAccess)
    return true;
  DmaAccess access;
  decode(at, access);
  return checkRegister(operand.name, access.regA) &&
         checkRegister(operand.name, access.regB);
}

bool Verifier::checkStepsOnly(const OperandInfo &operand) {
  Access access, steps;
  decode(bytes + operand.offset, access);
  std::copy(std::begin(access.steps), std::end(access.steps), steps.steps);
  uint8_t expected[Access::encodedBytes];
  encode(steps, expected);
  if (std::equal(std::begin(expected), std::end(expected),
                 bytes + operand.offset))
    return true;
  return fail(operand.name, " has no memory, but names more than steps");
}

bool Verifier::checkOperand(const OperandInfo &operand) {
  if (!operand.isPresent(header.flags))
    return checkAbsent(operand);
  unsigned space = bytes[operand.offset] & 3;
  unsigned dtype = bytes[operand.offset] >> 2;
  if (operand.span == Span::None) {
    return checkStepsOnly(operand);
  }
  if (!(operand.spaces >> space & 1))
    return fail(operand.name, " may not be in ", nameOf(Space(space)));
  if (!enumInfo<DType>().isValid(dtype))
    return fail(operand.name, " has the unknown type ", dtype);
  if (!(operand.dtypes >> dtype & 1))
    return fail(operand.name, " may not have type ", nameOf(DType(dtype)));
  if (operand.sameDTypeAs >= 0 &&
      unsigned(bytes[operand.sameDTypeAs] >> 2) != dtype)
    return fail(operand.name, " has type ", nameOf(DType(dtype)),
                ", but must have type ",
                nameOf(DType(bytes[operand.sameDTypeAs] >> 2)));
  return checkAccessRegisters(operand);
}

absl::Status Verifier::run(QueueKind queue) {
  if (!(info.queues >> unsigned(queue) & 1)) {
    fail("cannot run on queue ", nameOf(queue));
    return status;
  }
  if (!checkZeroBytes() || !checkHeader())
    return status;
  for (const FieldInfo &field : info.fields)
    if (!checkField(field))
      return status;
  for (const OperandInfo &operand : info.operands)
    if (!checkOperand(operand))
      return status;
  return absl::OkStatus();
}

absl::Status verify(const uint8_t *bytes, QueueKind queue) {
  const InstructionInfo *info = findInstruction(bytes[0]);
  if (!info)
    return absl::InvalidArgumentError(concat("unknown opcode ", int(bytes[0])));
  return Verifier(*info, bytes).run(queue);
}

} // namespace tilicho::isa
