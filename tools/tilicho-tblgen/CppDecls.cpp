// SPDX-License-Identifier: Apache-2.0
// -gen-isa-cpp-decls: enums, operand structs and one struct an instruction.
#include "IsaModel.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TableGen/Record.h"

namespace tilicho::tblgen {

using llvm::raw_ostream;
using llvm::Record;
using llvm::StringRef;

static void emitDoc(StringRef doc, StringRef indent, raw_ostream &os) {
  if (!doc.empty())
    os << indent << "/// " << doc << ".\n";
}

static void emitEnum(const Enum &item, raw_ostream &os) {
  emitDoc(item.record->getValueAsString("doc"), "", os);
  os << "enum class " << item.name << " : uint8_t {\n";
  for (const Record *record : item.cases) {
    emitDoc(record->getValueAsString("doc"), "  ", os);
    os << "  " << record->getValueAsString("sym") << " = "
       << record->getValueAsInt("value") << ",\n";
  }
  os << "};\ntemplate <> const EnumInfo &enumInfo<" << item.name << ">();\n\n";
}

/// A function from an enum to a number that some of its cases carry.
static void emitCaseNumbers(const Enum &item, StringRef function,
                            StringRef type, StringRef field, bool isText,
                            raw_ostream &os) {
  os << "constexpr " << type << " " << function << "(" << item.name
     << " value) {\n  switch (value) {\n";
  for (const Record *record : item.cases) {
    os << "  case " << item.name << "::" << record->getValueAsString("sym")
       << ": return ";
    if (isText)
      os << type << "::" << record->getValueAsString(field) << ";\n";
    else
      os << record->getValueAsInt(field) << ";\n";
  }
  os << "  }\n  return {};\n}\n\n";
}

static void emitOpcodes(const Isa &isa, raw_ostream &os) {
  os << "enum class Opcode : uint8_t {\n";
  for (const Instruction &instruction : isa.instructions)
    os << "  " << instruction.mnemonic << " = " << instruction.opcode << ",\n";
  os << "};\ntemplate <> const EnumInfo &enumInfo<Opcode>();\n\n";
}

static void emitNamed(llvm::ArrayRef<const Record *> records, StringRef name,
                      StringRef doc, raw_ostream &os) {
  emitDoc(doc, "", os);
  os << "enum class " << name << " : uint8_t {\n";
  for (const Record *record : records)
    os << "  " << record->getValueAsString("name") << ",\n";
  os << "};\n\n";
}

static void emitMember(const Field &field, raw_ostream &os) {
  emitDoc(field.doc, "  ", os);
  if (field.kind == "SpaceAndDType") {
    os << "  Space space = Space::None;\n  DType dtype = DType::f32;\n";
    return;
  }
  os << "  " << field.cpp << " " << field.name;
  if (field.count > 1)
    os << "[" << field.count << "] = {};\n";
  else if (field.init == "{}")
    os << "{};\n";
  else
    os << " = " << field.init << ";\n";
}

static void emitCoders(StringRef name, raw_ostream &os) {
  os << "void encode(const " << name << " &value, uint8_t *bytes);\n"
     << "void decode(const uint8_t *bytes, " << name << " &value);\n\n";
}

static void emitStruct(const Struct &item, raw_ostream &os) {
  os << "struct " << item.name << " {\n"
     << "  static constexpr unsigned encodedBytes = " << item.bytes << ";\n";
  for (const Field &member : item.members)
    emitMember(member, os);
  os << "};\n";
  emitCoders(item.name, os);
}

static void emitHeader(const Isa &isa, raw_ostream &os) {
  os << "/// What every instruction has.\nstruct Header {\n";
  for (const Field &field : isa.header) {
    if (field.name == "opcode")
      continue;
    if (field.name == "partitions")
      os << "  uint16_t partitions = 1;\n";
    else if (field.name == "counts")
      os << "  /// " << field.doc
         << ".\n  uint16_t counts[4] = {1, 1, 1, 1};\n";
    else
      emitMember(field, os);
  }
  os << "};\n/// Writes the first kHeaderBytes only.\n"
        "void encodeHeader(const Header &value, Opcode opcode, "
        "uint8_t *bytes);\n"
        "void decode(const uint8_t *bytes, Header &value);\n\n";
}

static void emitInstruction(const Instruction &instruction, raw_ostream &os) {
  emitDoc(instruction.text("summary"), "", os);
  os << "struct " << instruction.cppName << "Inst : Header {\n"
     << "  static constexpr Opcode opcode = Opcode::" << instruction.mnemonic
     << ";\n  /// Carried out by the sequencer, without an iteration space.\n"
     << "  static constexpr bool isControl = "
     << (instruction.iterates ? "false" : "true") << ";\n";
  for (const Flag &flag : instruction.flags) {
    std::string name = llvm::convertToCamelFromSnakeCase(flag.name, true);
    emitDoc(flag.doc, "  ", os);
    os << "  static constexpr uint8_t k" << name << " = "
       << (1u << flag.position) << ";\n  bool is" << name
       << "() const { return flags & k" << name << "; }\n";
  }
  for (const Field &field : instruction.uses)
    emitMember(field, os);
  os << "};\n";
  emitCoders(instruction.cppName + "Inst", os);
}

static void emitTypes(const Isa &isa, raw_ostream &os) {
  os << "constexpr unsigned kInstructionBytes = " << isa.instructionBytes
     << ";\nconstexpr unsigned kHeaderBytes = " << isa.headerBytes
     << ";\nconstexpr unsigned kNumRegisters = " << isa.registers
     << ";\nconstexpr uint8_t kNoSemaphore = " << isa.noSemaphore << ";\n\n";
  for (const Enum &item : isa.enums) {
    emitEnum(item, os);
    if (item.name == "DType") {
      emitCaseNumbers(item, "sizeOf", "unsigned", "bytes", false, os);
      emitCaseNumbers(item, "numberKind", "NumberKind", "number", true, os);
    }
    if (item.name == "AluOp")
      emitCaseNumbers(item, "arity", "unsigned", "arity", false, os);
  }
  emitOpcodes(isa, os);
  emitNamed(isa.queues, "QueueKind", "The kinds of queues; dma is several", os);
  emitNamed(isa.spans, "Span",
            "The part of the iteration space that an operand spans", os);
}

void emitCppDecls(const llvm::RecordKeeper &records, raw_ostream &os) {
  Isa isa = readIsa(records);
  os << "// Generated by tilicho-tblgen -gen-isa-cpp-decls.\n"
     << "namespace tilicho::isa {\n\n";
  emitTypes(isa, os);
  for (const Struct &item : isa.structs)
    emitStruct(item, os);
  emitHeader(isa, os);
  for (const Instruction &instruction : isa.instructions)
    emitInstruction(instruction, os);
  os << "} // namespace tilicho::isa\n\n"
     << "/// Calls X(StructNameWithoutInst, mnemonic) for each instruction.\n"
     << "#define TILICHO_ISA_INSTRUCTIONS(X)";
  for (const Instruction &instruction : isa.instructions)
    os << " \\\n  X(" << instruction.cppName << ", " << instruction.mnemonic
       << ")";
  os << "\n";
}

} // namespace tilicho::tblgen
