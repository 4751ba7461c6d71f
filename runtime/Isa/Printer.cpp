// SPDX-License-Identifier: Apache-2.0
// Prints instructions as assembly.
#include "runtime/Isa/Assembly.h"
#include "runtime/Isa/Concat.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace tilicho::isa {

Names::~Names() = default;
std::string Names::segment(unsigned index) const {
  return std::to_string(index);
}
std::string Names::label(int target) const { return std::to_string(target); }
std::optional<unsigned> Names::findSegment(std::string_view) const {
  return std::nullopt;
}
std::optional<int> Names::findLabel(std::string_view) const {
  return std::nullopt;
}

namespace {
class Printer {
public:
  Printer(const uint8_t *bytes, const Names &names)
      : info(instructionInfo(Opcode(bytes[0]))), bytes(bytes), names(names) {
    decode(bytes, header);
  }
  std::string print();

private:
  template <class... Parts> void put(const Parts &...parts) {
    (appendTo(text, parts), ...);
  }
  void putHex(int64_t value);
  void putSpace(Space space, DType dtype);
  void putAddress(int64_t base, unsigned regA, int stride, unsigned regB);
  void putSteps(const int32_t *steps, size_t count, bool isDma);
  void putOperand(const Access &access);
  void putOperand(const DmaAccess &access);
  void putOperand(const IndexAccess &access);
  void putScalar(const Scalar &scalar);
  void putNumber(const FieldInfo &field);
  void putField(const FieldInfo &field);
  void putModifiers();
  void putIteration();
  void putWait();
  void putSignal();
  void putSyntax();
  void putClauses();
  size_t endOfGroup(size_t at) const;
  bool isGroupZero(size_t begin, size_t end) const;
  template <class T> T decoded(const FieldInfo &field) const {
    return decodeAs<T>(bytes + field.offset);
  }

  const InstructionInfo &info;
  const uint8_t *bytes;
  const Names &names;
  Header header;
  std::string text;
};
} // namespace

void Printer::putHex(int64_t value) {
  char digits[20];
  uint64_t magnitude = value < 0 ? -uint64_t(value) : uint64_t(value);
  auto end = std::to_chars(digits, digits + sizeof digits, magnitude, 16);
  put(value < 0 ? "-0x" : "0x",
      std::string_view(digits, size_t(end.ptr - digits)));
}

void Printer::putSpace(Space space, DType dtype) {
  put(nameOf(space), ".", nameOf(dtype), "[");
}

void Printer::putAddress(int64_t base, unsigned regA, int stride,
                         unsigned regB) {
  putHex(base);
  if (regA || stride)
    put(" + r", regA, "*", stride);
  if (regB)
    put(" + r", regB);
}

/// Right-aligned, as shapes are: zeros before the first step are left out. Of
/// DMA the first step is the partitions' and stays.
void Printer::putSteps(const int32_t *steps, size_t count, bool isDma) {
  size_t first = isDma;
  while (first < count && steps[first] == 0)
    ++first;
  bool any = first < count || (isDma && steps[0]);
  if (any)
    put(" : ");
  if (any && isDma)
    put(steps[0], first < count ? ", " : "");
  for (size_t dim = first; dim < count; ++dim)
    put(dim == first ? "" : ", ", steps[dim]);
  put("]");
}

void Printer::putOperand(const Access &access) {
  if (access.space == Space::None) {
    text += "steps[";
    size_t begin = text.size();
    putSteps(access.steps, std::size(access.steps), false);
    if (text.compare(begin, 3, " : ") == 0)
      text.erase(begin, 3);
    return;
  }
  putSpace(access.space, access.dtype);
  put(access.partition, ", ");
  putAddress(access.address, access.regA, access.strideA, access.regB);
  putSteps(access.steps, std::size(access.steps), false);
}

void Printer::putOperand(const DmaAccess &access) {
  putSpace(access.space, access.dtype);
  put(access.space == Space::Hbm ? names.segment(access.place)
                                 : std::to_string(access.place),
      ", ");
  putAddress(access.offset, access.regA, access.strideA, access.regB);
  putSteps(access.steps, std::size(access.steps), true);
}

void Printer::putOperand(const IndexAccess &access) {
  putSpace(access.space, access.dtype);
  put(access.space == Space::Hbm ? names.segment(access.place)
                                 : std::to_string(access.place),
      ", ");
  putAddress(access.offset, 0, 0, 0);
  putSteps(access.steps, std::size(access.steps), true);
}

void Printer::putScalar(const Scalar &scalar) {
  if (scalar.kind == ScalarKind::Column) {
    put("column[", scalar.partition, ", ");
    putAddress(scalar.payload, 0, 0, scalar.reg);
    put("]");
    return;
  }
  if (info.immediatesAreIntegers(bytes))
    return put(int32_t(scalar.payload));
  float value;
  std::memcpy(&value, &scalar.payload, sizeof value);
  if (std::isnan(value))
    return putHex(scalar.payload);
  char digits[40];
  auto end = std::to_chars(digits, digits + sizeof digits, value);
  put(std::string_view(digits, size_t(end.ptr - digits)));
}

void Printer::putNumber(const FieldInfo &field) {
  uint64_t raw = 0;
  std::memcpy(&raw, bytes + field.offset, field.bytes);
  switch (field.kind) {
  case FieldKind::I16:
    return put(int16_t(raw));
  case FieldKind::I32:
    return put(int32_t(raw));
  case FieldKind::I64:
    return put(int64_t(raw));
  default:
    return put(raw);
  }
}

void Printer::putField(const FieldInfo &field) {
  switch (field.kind) {
  case FieldKind::Access:
    return putOperand(decoded<Access>(field));
  case FieldKind::DmaAccess:
    return putOperand(decoded<DmaAccess>(field));
  case FieldKind::IndexAccess:
    return putOperand(decoded<IndexAccess>(field));
  case FieldKind::Scalar:
    return putScalar(decoded<Scalar>(field));
  case FieldKind::Register:
    return put("r", unsigned(bytes[field.offset]));
  case FieldKind::Enum:
    return put(field.enumInfo->text(bytes[field.offset]));
  case FieldKind::Target: {
    int32_t target;
    std::memcpy(&target, bytes + field.offset, sizeof target);
    return put(names.label(target));
  }
  default:
    return putNumber(field);
  }
}

void Printer::putModifiers() {
  for (const FlagInfo &flag : info.flags)
    if (header.flags & flag.mask)
      put(" ", flag.name);
  const FieldInfo *compute = info.findField("compute");
  if (compute && bytes[compute->offset])
    put(" ", nameOf(Compute(bytes[compute->offset])));
}

void Printer::putIteration() {
  put(" [", header.partitions);
  size_t dim = 0;
  while (dim < std::size(header.counts) && header.counts[dim] == 1)
    ++dim;
  for (; dim < std::size(header.counts); ++dim)
    put(", ", header.counts[dim]);
  put("]");
}

void Printer::putWait() {
  put("s", header.waitSemaphore, " >= ", header.waitValue);
  if (header.waitRegister)
    put(" + r", header.waitRegister);
}

void Printer::putSignal() {
  put("s", header.signalSemaphore, " += ", header.signalIncrement);
}

size_t Printer::endOfGroup(size_t at) const {
  while (info.syntax[at].kind != SyntaxKind::GroupEnd)
    ++at;
  return at;
}

bool Printer::isGroupZero(size_t begin, size_t end) const {
  for (size_t at = begin; at < end; ++at) {
    if (info.syntax[at].kind != SyntaxKind::Field)
      continue;
    const FieldInfo &field = info.fields[info.syntax[at].field];
    const uint8_t *first = bytes + field.offset;
    if (std::any_of(first, first + field.bytes,
                    [](uint8_t byte) { return byte != 0; }))
      return false;
  }
  return true;
}

void Printer::putSyntax() {
  if (info.syntax.size())
    put(" ");
  for (size_t at = 0; at < info.syntax.size(); ++at) {
    const SyntaxElement &element = info.syntax[at];
    switch (element.kind) {
    case SyntaxKind::Literal:
      put(element.literal);
      break;
    case SyntaxKind::Field:
      putField(info.fields[element.field]);
      break;
    case SyntaxKind::Wait:
      putWait();
      break;
    case SyntaxKind::Signal:
      putSignal();
      break;
    case SyntaxKind::GroupBegin:
      if (size_t end = endOfGroup(at); isGroupZero(at, end))
        at = end;
      break;
    case SyntaxKind::GroupEnd:
      break;
    }
  }
}

void Printer::putClauses() {
  if (header.waitSemaphore != kNoSemaphore &&
      !info.hasSyntax(SyntaxKind::Wait)) {
    put(", wait ");
    putWait();
  }
  if (header.signalSemaphore != kNoSemaphore &&
      !info.hasSyntax(SyntaxKind::Signal)) {
    put(", signal ");
    putSignal();
  }
}

std::string Printer::print() {
  put(info.mnemonic);
  putModifiers();
  if (info.iterates)
    putIteration();
  putSyntax();
  putClauses();
  return std::move(text);
}

std::string printInstruction(const uint8_t *bytes, const Names &names) {
  return Printer(bytes, names).print();
}

} // namespace tilicho::isa
