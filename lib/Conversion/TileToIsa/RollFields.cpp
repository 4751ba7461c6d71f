// SPDX-License-Identifier: Apache-2.0
// Fields by the ISA's table of operands.
#include "lib/Conversion/TileToIsa/RollFields.h"

#include "llvm/Support/xxhash.h"

#include <array>
#include <cstring>

namespace tilicho::compiler {

namespace {

template <class T> T decodeAt(const uint8_t *bytes, RollField field) {
  T value;
  isa::decode(bytes + field.offset, value);
  return value;
}

isa::Header headerOf(const uint8_t *bytes) {
  isa::Header header;
  isa::decode(bytes, header);
  return header;
}

void setHeader(const isa::Header &header, uint8_t *bytes) {
  isa::encodeHeader(header, isa::Opcode(bytes[0]), bytes);
}

std::vector<RollField> listFields(const isa::InstructionInfo &info) {
  std::vector<RollField> fields{{RollField::Wait, 0}};
  for (const isa::OperandInfo &operand : info.operands) {
    if (operand.kind == isa::FieldKind::Access)
      fields.push_back({RollField::OnChip, operand.offset});
    if (operand.kind == isa::FieldKind::DmaAccess)
      fields.push_back({RollField::Dma, operand.offset});
  }
  for (const isa::FieldInfo &field : info.fields)
    if (field.kind == isa::FieldKind::Scalar)
      fields.push_back({RollField::Column, field.offset});
  return fields;
}

std::array<std::vector<RollField>, 256> listAllFields() {
  std::array<std::vector<RollField>, 256> table;
  for (const isa::InstructionInfo &info : isa::allInstructions())
    table[size_t(info.opcode)] = listFields(info);
  return table;
}

/// Whether the instruction at `bytes` uses the field at all.
bool isUsed(RollField field, const uint8_t *bytes) {
  switch (field.kind) {
  case RollField::Wait:
    return headerOf(bytes).waitSemaphore != isa::kNoSemaphore;
  case RollField::OnChip:
    return decodeAt<isa::Access>(bytes, field).space != isa::Space::None;
  case RollField::Dma:
    return decodeAt<isa::DmaAccess>(bytes, field).space != isa::Space::None;
  case RollField::Column:
    return decodeAt<isa::Scalar>(bytes, field).kind == isa::ScalarKind::Column;
  }
  llvm_unreachable("no such kind");
}

void clearField(RollField field, uint8_t *bytes) {
  uint8_t *at = bytes + field.offset;
  switch (field.kind) {
  case RollField::Wait: {
    isa::Header header = headerOf(bytes);
    header.waitValue = 0;
    return setHeader(header, bytes);
  }
  case RollField::OnChip: {
    auto access = decodeAt<isa::Access>(bytes, field);
    access.address = 0;
    return isa::encode(access, at);
  }
  case RollField::Dma: {
    auto access = decodeAt<isa::DmaAccess>(bytes, field);
    access.offset = 0;
    return isa::encode(access, at);
  }
  case RollField::Column: {
    auto scalar = decodeAt<isa::Scalar>(bytes, field);
    scalar.payload = 0;
    return isa::encode(scalar, at);
  }
  }
}

} // namespace

llvm::ArrayRef<RollField> rollFieldsOf(const uint8_t *bytes) {
  static const auto table = listAllFields();
  return table[bytes[0]];
}

int64_t readField(RollField field, const uint8_t *bytes) {
  if (!isUsed(field, bytes))
    return 0;
  switch (field.kind) {
  case RollField::Wait:
    return headerOf(bytes).waitValue;
  case RollField::OnChip:
    return decodeAt<isa::Access>(bytes, field).address;
  case RollField::Dma:
    return decodeAt<isa::DmaAccess>(bytes, field).offset;
  case RollField::Column:
    return decodeAt<isa::Scalar>(bytes, field).payload;
  }
  llvm_unreachable("no such kind");
}

void setRegisters(RollField field, const RollRegisters &registers,
                  uint8_t *bytes) {
  auto setAccess = [&](auto access) {
    access.regA = registers.scaled;
    access.strideA = registers.stride;
    access.regB = registers.added;
    isa::encode(access, bytes + field.offset);
  };
  switch (field.kind) {
  case RollField::Wait: {
    isa::Header header = headerOf(bytes);
    header.waitRegister = registers.added;
    return setHeader(header, bytes);
  }
  case RollField::OnChip:
    return setAccess(decodeAt<isa::Access>(bytes, field));
  case RollField::Dma:
    return setAccess(decodeAt<isa::DmaAccess>(bytes, field));
  case RollField::Column: {
    auto scalar = decodeAt<isa::Scalar>(bytes, field);
    scalar.reg = registers.added;
    return isa::encode(scalar, bytes + field.offset);
  }
  }
}

void resolveRegisters(RollField field, llvm::ArrayRef<int64_t> values,
                      uint8_t *bytes) {
  auto moved = [&](auto access) {
    int64_t distance =
        values[access.regA] * access.strideA + values[access.regB];
    access.regA = access.regB = 0;
    access.strideA = 0;
    return std::pair(access, distance);
  };
  switch (field.kind) {
  case RollField::Wait: {
    isa::Header header = headerOf(bytes);
    header.waitValue += values[header.waitRegister];
    header.waitRegister = 0;
    return setHeader(header, bytes);
  }
  case RollField::OnChip: {
    auto [access, distance] = moved(decodeAt<isa::Access>(bytes, field));
    access.address += distance;
    return isa::encode(access, bytes + field.offset);
  }
  case RollField::Dma: {
    auto [access, distance] = moved(decodeAt<isa::DmaAccess>(bytes, field));
    access.offset += distance;
    return isa::encode(access, bytes + field.offset);
  }
  case RollField::Column: {
    auto scalar = decodeAt<isa::Scalar>(bytes, field);
    scalar.payload += values[scalar.reg];
    scalar.reg = 0;
    return isa::encode(scalar, bytes + field.offset);
  }
  }
}

uint64_t keyWithoutFields(const uint8_t *bytes) {
  std::array<uint8_t, isa::kInstructionBytes> copy;
  std::memcpy(copy.data(), bytes, copy.size());
  for (RollField field : rollFieldsOf(bytes))
    if (isUsed(field, bytes))
      clearField(field, copy.data());
  return llvm::xxh3_64bits(copy);
}

} // namespace tilicho::compiler
