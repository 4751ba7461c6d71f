// SPDX-License-Identifier: Apache-2.0
// The types of the tables that describe enums and instructions.
#ifndef TILICHO_RUNTIME_ISA_INSTRUCTIONINFO_H
#define TILICHO_RUNTIME_ISA_INSTRUCTIONINFO_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tilicho::isa {

enum class Opcode : uint8_t;
enum class Span : uint8_t;
enum class QueueKind : uint8_t;

enum class NumberKind : uint8_t { Float, Signed, Unsigned, Bool };

/// A constant array.
template <class T> struct Table {
  const T *first = nullptr;
  size_t count = 0;
  constexpr const T *begin() const { return first; }
  constexpr const T *end() const { return first + count; }
  constexpr size_t size() const { return count; }
  constexpr const T &operator[](size_t index) const { return first[index]; }
};

/// The spelling in assembly of each value of an enum.
struct EnumInfo {
  std::string_view name;
  /// By value; empty where the enum has no such value.
  const std::string_view *texts;
  size_t size;

  constexpr bool isValid(unsigned value) const {
    return value < size && !texts[value].empty();
  }
  constexpr std::string_view text(unsigned value) const {
    return isValid(value) ? texts[value] : std::string_view("?");
  }
  std::optional<uint8_t> find(std::string_view text) const;
};

/// The table of an enum of the ISA, Opcode included.
template <class E> const EnumInfo &enumInfo();

template <class E> std::string_view nameOf(E value) {
  return enumInfo<E>().text(unsigned(value));
}
/// The value that is spelt so in assembly.
template <class E> std::optional<E> parse(std::string_view text) {
  std::optional<uint8_t> value = enumInfo<E>().find(text);
  return value ? std::optional<E>(E(*value)) : std::nullopt;
}

enum class FieldKind : uint8_t {
  U8,
  U16,
  U32,
  I16,
  I32,
  I64,
  Register,
  Semaphore,
  /// An index of an instruction in the same queue.
  Target,
  Enum,
  Access,
  DmaAccess,
  IndexAccess,
  Scalar
};

/// A field that an instruction has beside its header.
struct FieldInfo {
  std::string_view name;
  FieldKind kind{};
  uint8_t offset = 0;
  uint8_t bytes = 0;
  /// For FieldKind::Enum.
  const EnumInfo *enumInfo = nullptr;
};

/// How an instruction uses one of its memory operands.
struct OperandInfo {
  std::string_view name;
  FieldKind kind{};
  uint8_t offset = 0;
  bool reads = false;
  bool writes = false;
  /// Flag without which the operand is absent; 0: always present.
  uint8_t presentFlag = 0;
  /// Flag with which a written operand is read as well; 0: none.
  uint8_t readsFlag = 0;
  Span span{};
  /// Bit n: Space n is allowed.
  uint16_t spaces = 0;
  /// Bit n: DType n is allowed.
  uint16_t dtypes = 0;
  /// Offset of the operand that must have the same dtype, or -1.
  int16_t sameDTypeAs = -1;

  bool isPresent(uint8_t flags) const {
    return presentFlag == 0 || (flags & presentFlag);
  }
  bool isRead(uint8_t flags) const {
    return isPresent(flags) && (reads || (flags & readsFlag));
  }
  bool isWritten(uint8_t flags) const { return isPresent(flags) && writes; }
};

struct FlagInfo {
  std::string_view name;
  uint8_t mask = 0;
};

/// A part of an instruction's text in assembly. What lies between GroupBegin
/// and GroupEnd is left out when all fields in it are zero.
enum class SyntaxKind : uint8_t {
  Literal,
  Field,
  Wait,
  Signal,
  GroupBegin,
  GroupEnd
};
struct SyntaxElement {
  SyntaxKind kind{};
  /// Literal: its tokens, with the space between them.
  std::string_view literal;
  /// Field: index into the instruction's fields.
  uint8_t field = 0;
};

struct InstructionInfo {
  Opcode opcode{};
  std::string_view mnemonic;
  /// What follows the mnemonic, its flags and its iteration space.
  Table<SyntaxElement> syntax;
  Table<FieldInfo> fields;
  Table<OperandInfo> operands;
  Table<FlagInfo> flags;
  /// Bit n: QueueKind n takes the instruction.
  uint8_t queues = 0;
  /// All flags.
  uint8_t flagMask = 0;
  /// False for what the sequencer does: partitions and counts are all 1.
  bool iterates = true;
  /// Immediates are integers whatever `compute` says.
  bool integerScalars = false;
  /// Bit n of word n / 64: byte n must be zero.
  uint64_t zeroBytes[2] = {};

  /// A kind of queue that takes the instruction.
  QueueKind firstQueue() const { return QueueKind(__builtin_ctz(queues)); }
  const FieldInfo *findField(std::string_view name) const;
  /// Whether scalar immediates of an instruction with these bytes are integers,
  /// not f32.
  bool immediatesAreIntegers(const uint8_t *bytes) const;
  /// Whether the text has this kind of element; with Wait or Signal the
  /// instruction exists for that clause of the header, and must have it.
  bool hasSyntax(SyntaxKind kind) const;
};

} // namespace tilicho::isa

#endif
