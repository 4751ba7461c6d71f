// SPDX-License-Identifier: Apache-2.0
// Generated coders and tables, and how they are looked up.
#include "runtime/Isa/Isa.h"

#include <cstring>
#include <string>
#include <unordered_map>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "instructions are read and written as on a little-endian host"
#endif

namespace tilicho::isa {

template <unsigned numBytes>
static inline void store(uint8_t *bytes, uint64_t value) {
  std::memcpy(bytes, &value, numBytes);
}

/// Sign-extended; the caller's cast drops what its field does not have.
template <unsigned numBytes> static inline int64_t load(const uint8_t *bytes) {
  uint64_t value = 0;
  std::memcpy(&value, bytes, numBytes);
  constexpr unsigned unused = 64 - 8 * numBytes;
  return int64_t(value << unused) >> unused;
}

} // namespace tilicho::isa

#include "dialects/Isa/IR/IsaInstructions.cpp.inc"

namespace tilicho::isa {

std::optional<uint8_t> EnumInfo::find(std::string_view text) const {
  for (size_t value = 0; value < size; ++value)
    if (texts[value] == text && !text.empty())
      return uint8_t(value);
  return std::nullopt;
}

const FieldInfo *InstructionInfo::findField(std::string_view name) const {
  for (const FieldInfo &field : fields)
    if (field.name == name)
      return &field;
  return nullptr;
}

bool InstructionInfo::immediatesAreIntegers(const uint8_t *bytes) const {
  const FieldInfo *field = findField("compute");
  if (integerScalars || !field)
    return integerScalars;
  Compute compute = Compute(bytes[field->offset]);
  return compute != Compute::f32 && compute != Compute::f64;
}

bool InstructionInfo::hasSyntax(SyntaxKind kind) const {
  for (const SyntaxElement &element : syntax)
    if (element.kind == kind)
      return true;
  return false;
}

const InstructionInfo *findInstruction(uint8_t opcode) {
  uint8_t index = tableIndex[opcode];
  return index == 255 ? nullptr : &instructionTable[index];
}

const InstructionInfo &instructionInfo(Opcode opcode) {
  return *findInstruction(uint8_t(opcode));
}

const InstructionInfo *findInstruction(std::string_view mnemonic) {
  std::optional<Opcode> opcode = parse<Opcode>(mnemonic);
  return opcode ? &instructionInfo(*opcode) : nullptr;
}

Table<InstructionInfo> allInstructions() {
  return {instructionTable, std::size(instructionTable)};
}

std::string_view nameOf(QueueKind kind) { return queueNames[size_t(kind)]; }

std::optional<QueueKind> queueKindOf(std::string_view name) {
  for (size_t kind = 0; kind < size_t(QueueKind::dma); ++kind)
    if (queueNames[kind] == name)
      return QueueKind(kind);
  std::string_view dma = nameOf(QueueKind::dma);
  if (name.size() <= dma.size() || name.substr(0, dma.size()) != dma)
    return std::nullopt;
  if (name.find_first_not_of("0123456789", dma.size()) != name.npos)
    return std::nullopt;
  return QueueKind::dma;
}

} // namespace tilicho::isa
