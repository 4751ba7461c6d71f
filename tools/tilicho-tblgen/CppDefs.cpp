// SPDX-License-Identifier: Apache-2.0
// -gen-isa-cpp-defs: encoders, decoders and the tables that describe them.
#include "IsaModel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

namespace tilicho::tblgen {

using llvm::raw_ostream;
using llvm::Record;
using llvm::StringRef;

//===-- Encoders and decoders ---------------------------------------------===//

static void emitEncodeField(const Field &field, raw_ostream &os) {
  if (field.kind == "SpaceAndDType") {
    os << "  bytes[" << field.offset
       << "] = uint8_t(value.space) | uint8_t(value.dtype) << 2;\n";
    return;
  }
  if (field.type && field.type->isSubClassOf("StructType")) {
    os << "  encode(value." << field.name << ", bytes + " << field.offset
       << ");\n";
    return;
  }
  for (unsigned i = 0; i < field.count; ++i) {
    os << "  store<" << field.bytes << ">(bytes + "
       << field.offset + i * field.bytes << ", uint64_t(value." << field.name;
    if (field.count > 1)
      os << "[" << i << "]";
    os << "));\n";
  }
}

static void emitDecodeField(const Field &field, raw_ostream &os) {
  if (field.kind == "SpaceAndDType") {
    os << "  value.space = Space(bytes[" << field.offset << "] & 3);\n"
       << "  value.dtype = DType(bytes[" << field.offset << "] >> 2);\n";
    return;
  }
  if (field.type && field.type->isSubClassOf("StructType")) {
    os << "  decode(bytes + " << field.offset << ", value." << field.name
       << ");\n";
    return;
  }
  for (unsigned i = 0; i < field.count; ++i) {
    os << "  value." << field.name;
    if (field.count > 1)
      os << "[" << i << "]";
    os << " = " << field.cpp << "(load<" << field.bytes << ">(bytes + "
       << field.offset + i * field.bytes << "));\n";
  }
}

static void emitCoders(StringRef name, llvm::ArrayRef<Field> fields,
                       StringRef before, StringRef decodeBefore,
                       raw_ostream &os) {
  os << "void encode(const " << name << " &value, uint8_t *bytes) {\n"
     << before;
  for (const Field &field : fields)
    emitEncodeField(field, os);
  os << "}\nvoid decode(const uint8_t *bytes, " << name << " &value) {\n"
     << decodeBefore;
  for (const Field &field : fields)
    emitDecodeField(field, os);
  os << "}\n\n";
}

static void emitHeaderCoders(const Isa &isa, raw_ostream &os) {
  os << "void encodeHeader(const Header &value, Opcode opcode, "
        "uint8_t *bytes) {\n";
  for (const Field &field : isa.header)
    if (field.name == "opcode")
      os << "  bytes[" << field.offset << "] = uint8_t(opcode);\n";
    else
      emitEncodeField(field, os);
  os << "}\nvoid decode(const uint8_t *bytes, Header &value) {\n";
  for (const Field &field : isa.header)
    if (field.name != "opcode")
      emitDecodeField(field, os);
  os << "}\n\n";
}

static void emitAllCoders(const Isa &isa, raw_ostream &os) {
  for (const Struct &item : isa.structs)
    emitCoders(item.name, item.members, "", "", os);
  emitHeaderCoders(isa, os);
  for (const Instruction &instruction : isa.instructions)
    emitCoders(instruction.cppName + "Inst", instruction.uses,
               "  std::memset(bytes, 0, kInstructionBytes);\n"
               "  encodeHeader(value, value.opcode, bytes);\n",
               "  decode(bytes, static_cast<Header &>(value));\n", os);
}

//===-- Tables ------------------------------------------------------------===//

static void emitEnumInfo(StringRef name,
                         const std::map<int64_t, StringRef> &texts,
                         raw_ostream &os) {
  os << "static constexpr std::string_view texts" << name << "[] = {\n";
  int64_t size = texts.empty() ? 0 : texts.rbegin()->first + 1;
  for (int64_t value = 0; value < size; ++value) {
    auto it = texts.find(value);
    os << "  \"" << (it == texts.end() ? "" : it->second) << "\",\n";
  }
  os << "};\nstatic constexpr EnumInfo info" << name << "{\"" << name
     << "\", texts" << name << ", " << size
     << "};\ntemplate <> const EnumInfo &enumInfo<" << name
     << ">() { return info" << name << "; }\n\n";
}

static void emitEnumInfos(const Isa &isa, raw_ostream &os) {
  for (const Enum &item : isa.enums) {
    std::map<int64_t, StringRef> texts;
    for (const Record *record : item.cases)
      texts[record->getValueAsInt("value")] = record->getValueAsString("text");
    emitEnumInfo(item.name, texts, os);
  }
  std::map<int64_t, StringRef> mnemonics;
  for (const Instruction &instruction : isa.instructions)
    mnemonics[instruction.opcode] = instruction.mnemonic;
  emitEnumInfo("Opcode", mnemonics, os);
}

static unsigned flagMask(const Instruction &instruction, StringRef name) {
  for (const Flag &flag : instruction.flags)
    if (flag.name == name)
      return 1u << flag.position;
  return 0;
}

static unsigned fieldIndex(const Instruction &instruction, StringRef name) {
  auto it = llvm::find_if(
      instruction.uses, [&](const Field &field) { return field.name == name; });
  return it - instruction.uses.begin();
}

static void emitFields(const Instruction &instruction, raw_ostream &os) {
  os << "static constexpr FieldInfo fields" << instruction.cppName
     << "[] = {\n";
  for (const Field &field : instruction.uses) {
    os << "  {\"" << field.name << "\", FieldKind::" << field.kind << ", "
       << field.offset << ", " << field.size() << ", ";
    if (field.kind == "Enum")
      os << "&info" << field.type->getValueAsString("cppName");
    else
      os << "nullptr";
    os << "},\n";
  }
  os << "  {}};\n";
}

/// `a | b | ...` of `1 << Enum::symbol`.
static void emitMask(StringRef type, llvm::ArrayRef<StringRef> symbols,
                     raw_ostream &os) {
  if (symbols.empty())
    os << "0xffff";
  llvm::interleave(
      symbols, os,
      [&](StringRef symbol) {
        os << "1u << unsigned(" << type << "::" << symbol << ")";
      },
      " | ");
}

static void emitOperands(const Instruction &instruction, raw_ostream &os) {
  os << "static constexpr OperandInfo operands" << instruction.cppName
     << "[] = {\n";
  for (const Operand &operand : instruction.operands) {
    unsigned index = fieldIndex(instruction, operand.name);
    const Field &field = instruction.uses[index];
    os << "  {\"" << operand.name << "\", FieldKind::" << field.kind << ", "
       << field.offset << ", " << (operand.reads ? "true" : "false") << ", "
       << (operand.writes ? "true" : "false") << ", "
       << flagMask(instruction, operand.presentIf) << ", "
       << flagMask(instruction, operand.readsIf) << ", Span::" << operand.span
       << ", ";
    emitMask("Space", operand.spaces, os);
    os << ", ";
    emitMask("DType", operand.dtypes, os);
    int other = -1;
    if (!operand.sameDTypeAs.empty())
      other =
          instruction.uses[fieldIndex(instruction, operand.sameDTypeAs)].offset;
    os << ", " << other << "},\n";
  }
  os << "  {}};\n";
}

static void emitFlags(const Instruction &instruction, raw_ostream &os) {
  os << "static constexpr FlagInfo flags" << instruction.cppName << "[] = {\n";
  for (const Flag &flag : instruction.flags)
    os << "  {\"" << flag.name << "\", " << (1u << flag.position) << "},\n";
  os << "  {}};\n";
}

static void emitLiteral(StringRef text, raw_ostream &os) {
  if (!text.empty())
    os << "  {SyntaxKind::Literal, \"" << text << "\", 0},\n";
}

static void emitPlaceholder(const Instruction &instruction, StringRef name,
                            raw_ostream &os) {
  if (name == "wait" || name == "signal")
    os << "  {SyntaxKind::" << (name == "wait" ? "Wait" : "Signal")
       << ", \"\", 0},\n";
  else
    os << "  {SyntaxKind::Field, \"\", " << fieldIndex(instruction, name)
       << "},\n";
}

/// The assembly text, cut at fields and groups.
static void emitSyntax(const Instruction &instruction, raw_ostream &os) {
  os << "static constexpr SyntaxElement syntax" << instruction.cppName
     << "[] = {\n";
  StringRef rest = instruction.text("assembly");
  while (!rest.empty()) {
    size_t at = rest.find_first_of("${}");
    emitLiteral(rest.substr(0, at), os);
    if (at == StringRef::npos)
      break;
    char what = rest[at];
    rest = rest.substr(at + 1);
    if (what != '$') {
      os << "  {SyntaxKind::" << (what == '{' ? "GroupBegin" : "GroupEnd")
         << ", \"\", 0},\n";
      continue;
    }
    StringRef name =
        rest.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
    emitPlaceholder(instruction, name, os);
    rest = rest.substr(name.size());
  }
  os << "  {}};\n";
}

/// Bit i of the mask: byte i of the instruction must be zero.
static void emitZeroMask(const Isa &isa, const Instruction &instruction,
                         raw_ostream &os) {
  std::vector<uint64_t> mask((isa.instructionBytes + 63) / 64, 0);
  std::vector<bool> used(isa.instructionBytes, false);
  for (unsigned byte = 0; byte < isa.headerBytes; ++byte)
    used[byte] = true;
  for (const Field &field : instruction.uses)
    for (unsigned byte = 0; byte < field.size(); ++byte)
      used[field.offset + byte] = true;
  for (unsigned byte = 0; byte < isa.instructionBytes; ++byte)
    if (!used[byte])
      mask[byte / 64] |= uint64_t(1) << (byte % 64);
  os << "{";
  for (uint64_t word : mask)
    os << "0x" << llvm::utohexstr(word) << "ull, ";
  os << "}";
}

static void emitInfo(const Isa &isa, const Instruction &instruction,
                     raw_ostream &os) {
  unsigned queues = 0, flags = 0;
  for (const Record *queue : instruction.queues)
    queues |= 1u << queue->getValueAsInt("position");
  for (const Flag &flag : instruction.flags)
    flags |= 1u << flag.position;
  StringRef name = instruction.cppName;
  os << "  {Opcode::" << instruction.mnemonic << ", \"" << instruction.mnemonic
     << "\",\n   {syntax" << name << ", std::size(syntax" << name
     << ") - 1}, {fields" << name << ", " << instruction.uses.size()
     << "}, {operands" << name << ", " << instruction.operands.size()
     << "}, {flags" << name << ", " << instruction.flags.size() << "},\n   "
     << queues << ", " << flags << ", "
     << (instruction.iterates ? "true" : "false") << ", "
     << (instruction.integerScalars ? "true" : "false") << ", ";
  emitZeroMask(isa, instruction, os);
  os << "},\n";
}

static void emitTable(const Isa &isa, raw_ostream &os) {
  for (const Instruction &instruction : isa.instructions) {
    emitFields(instruction, os);
    emitOperands(instruction, os);
    emitFlags(instruction, os);
    emitSyntax(instruction, os);
  }
  os << "static constexpr InstructionInfo instructionTable[] = {\n";
  for (const Instruction &instruction : isa.instructions)
    emitInfo(isa, instruction, os);
  os << "};\n\nstatic constexpr uint8_t tableIndex[256] = {\n  ";
  std::map<unsigned, unsigned> byOpcode;
  for (const auto &it : llvm::enumerate(isa.instructions))
    byOpcode[it.value().opcode] = it.index();
  for (unsigned opcode = 0; opcode < 256; ++opcode) {
    auto it = byOpcode.find(opcode);
    os << (it == byOpcode.end() ? 255u : it->second) << ", ";
    if (opcode % 16 == 15)
      os << "\n  ";
  }
  os << "};\n\nstatic constexpr std::string_view queueNames[] = {";
  for (const Record *queue : isa.queues)
    os << "\"" << queue->getValueAsString("name") << "\", ";
  os << "};\n";
}

void emitCppDefs(const llvm::RecordKeeper &records, raw_ostream &os) {
  Isa isa = readIsa(records);
  os << "// Generated by tilicho-tblgen -gen-isa-cpp-defs.\n"
     << "namespace tilicho::isa {\n\n";
  emitAllCoders(isa, os);
  emitEnumInfos(isa, os);
  emitTable(isa, os);
  os << "\n} // namespace tilicho::isa\n";
}

} // namespace tilicho::tblgen
