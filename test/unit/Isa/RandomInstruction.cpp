// SPDX-License-Identifier: Apache-2.0
// Draws instructions field by field from the tables.
#include "RandomInstruction.h"

#include <cstring>
#include <vector>

namespace tilicho::isa {

namespace {
class Generator {
public:
  Generator(const InstructionInfo &info, std::mt19937_64 &random)
      : info(info), random(random) {}
  Bytes run();

private:
  uint64_t below(uint64_t limit) { return random() % limit; }
  uint8_t pickBit(uint16_t mask);
  void fillHeader();
  void fillField(const FieldInfo &field);
  void fillScalar(const FieldInfo &field);
  void fillOperand(const OperandInfo &operand);

  const InstructionInfo &info;
  std::mt19937_64 &random;
  Bytes bytes{};
  Header header;
};
} // namespace

uint8_t Generator::pickBit(uint16_t mask) {
  std::vector<uint8_t> bits;
  for (uint8_t bit = 0; bit < 16; ++bit)
    if (mask >> bit & 1)
      bits.push_back(bit);
  return bits[below(bits.size())];
}

void Generator::fillHeader() {
  header.flags = uint8_t(random()) & info.flagMask;
  if (info.iterates) {
    header.partitions = uint16_t(1 + below(UINT16_MAX));
    for (uint16_t &count : header.counts)
      count = below(2) ? 1 : uint16_t(1 + below(UINT16_MAX));
  }
  if (below(2) || info.hasSyntax(SyntaxKind::Wait)) {
    header.waitSemaphore = uint8_t(below(kNoSemaphore));
    header.waitRegister = uint8_t(below(2) * below(kNumRegisters));
    header.waitValue = int32_t(random());
  }
  if (below(2) || info.hasSyntax(SyntaxKind::Signal)) {
    header.signalSemaphore = uint8_t(below(kNoSemaphore));
    header.signalIncrement = uint8_t(random());
  }
  encodeHeader(header, info.opcode, bytes.data());
}

void Generator::fillScalar(const FieldInfo &field) {
  Scalar scalar;
  scalar.payload = uint32_t(random());
  scalar.kind = ScalarKind(below(2));
  if (scalar.kind == ScalarKind::Column) {
    scalar.reg = uint8_t(below(kNumRegisters));
    scalar.partition = uint16_t(random());
  }
  encode(scalar, bytes.data() + field.offset);
}

void Generator::fillField(const FieldInfo &field) {
  uint8_t *at = bytes.data() + field.offset;
  for (unsigned byte = 0; byte < field.bytes; ++byte)
    at[byte] = uint8_t(random());
  if (field.kind == FieldKind::Register)
    *at = uint8_t(below(kNumRegisters));
  while (field.kind == FieldKind::Enum && !field.enumInfo->isValid(*at))
    *at = uint8_t(random());
  if (field.kind == FieldKind::Scalar)
    fillScalar(field);
  if (field.kind == FieldKind::Target)
    std::memset(at, 0, field.bytes);
}

void Generator::fillOperand(const OperandInfo &operand) {
  uint8_t *at = bytes.data() + operand.offset;
  unsigned size = info.findField(operand.name)->bytes;
  if (!operand.isPresent(header.flags)) {
    std::memset(at, 0, size);
    return;
  }
  if (operand.span == Span::None) {
    Access steps;
    for (int32_t &step : steps.steps)
      step = int32_t(random());
    return encode(steps, at);
  }
  uint8_t dtype = pickBit(operand.dtypes);
  if (operand.sameDTypeAs >= 0)
    dtype = bytes[size_t(operand.sameDTypeAs)] >> 2;
  at[0] = uint8_t(pickBit(operand.spaces) | dtype << 2);
  // Registers lie at these bytes of Access and DmaAccess.
  std::vector<unsigned> registers;
  if (operand.kind == FieldKind::Access)
    registers = {7, 12};
  if (operand.kind == FieldKind::DmaAccess)
    registers = {9, 14};
  for (unsigned byte : registers)
    at[byte] = uint8_t(below(2) * below(kNumRegisters));
}

Bytes Generator::run() {
  fillHeader();
  for (const FieldInfo &field : info.fields)
    fillField(field);
  // Twice, because an operand may take its type from one behind it.
  for (int pass = 0; pass < 2; ++pass)
    for (const OperandInfo &operand : info.operands)
      fillOperand(operand);
  for (const OperandInfo &operand : info.operands)
    if (operand.sameDTypeAs >= 0)
      bytes[operand.offset] =
          uint8_t((bytes[operand.offset] & 3) |
                  (bytes[size_t(operand.sameDTypeAs)] & ~3));
  return bytes;
}

Bytes randomInstruction(const InstructionInfo &info, std::mt19937_64 &random) {
  return Generator(info, random).run();
}

} // namespace tilicho::isa
