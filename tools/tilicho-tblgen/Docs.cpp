// SPDX-License-Identifier: Apache-2.0
// -gen-isa-docs and -gen-isa-examples: the ISA for readers, and its examples
// as a program.
#include "IsaModel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <map>

namespace tilicho::tblgen {

using llvm::raw_ostream;
using llvm::Record;
using llvm::StringRef;

/// A text in a table's cell.
static std::string cell(StringRef text) {
  std::string escaped;
  for (char c : text) {
    if (c == '|')
      escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

static std::string byteRange(unsigned offset, unsigned size) {
  std::string text = std::to_string(offset);
  if (size > 1)
    text += ".." + std::to_string(offset + size - 1);
  return text;
}

static std::string typeName(const Field &field) {
  std::string name = field.kind.str();
  if (field.kind == "Enum")
    name = field.type->getValueAsString("cppName").str();
  if (field.kind == "SpaceAndDType")
    return "Space in bits 0..1, DType in bits 2..7";
  if (field.isReserved())
    return "reserved, zero";
  if (field.count > 1)
    name = std::to_string(field.count) + " x " + name;
  return name;
}

static void emitLayout(llvm::ArrayRef<Field> fields, raw_ostream &os) {
  os << "| bytes | field | type | |\n| --- | --- | --- | --- |\n";
  for (const Field &field : fields)
    os << "| " << byteRange(field.offset, field.size()) << " | "
       << (field.isReserved() ? "" : "`" + field.name.str() + "`") << " | "
       << typeName(field) << " | " << cell(field.doc) << " |\n";
  os << "\n";
}

static void emitExampleOf(const Record *record, raw_ostream &os) {
  os << "**Example.**\n\n```\n";
  for (StringRef example : record->getValueAsListOfStrings("examples"))
    os << example << "\n";
  os << "```\n\n";
}

static void emitEnum(const Enum &item, raw_ostream &os) {
  os << "### " << item.name << "\n\n"
     << item.record->getValueAsString("doc") << ".";
  StringRef description = item.record->getValueAsString("description").trim();
  if (!description.empty())
    os << "\n" << description;
  os << "\n\n| value | name | meaning |\n| --- | --- | --- |\n";
  for (const Record *record : item.cases)
    os << "| " << record->getValueAsInt("value") << " | `"
       << record->getValueAsString("text") << "` | "
       << cell(record->getValueAsString("doc")) << " |\n";
  os << "\n";
  if (!item.record->getValueAsListOfStrings("examples").empty())
    emitExampleOf(item.record, os);
}

static void emitEnums(const Isa &isa, raw_ostream &os) {
  os << "## Enums\n\n";
  for (const Enum &item : isa.enums)
    emitEnum(item, os);
}

static void emitFormats(const Isa &isa, raw_ostream &os) {
  os << "## Operands\n\n";
  for (const Struct &item : isa.structs) {
    os << "### " << item.name << ", " << item.bytes << " bytes\n\n";
    emitLayout(item.members, os);
  }
  os << "## Formats\n\nAn instruction has " << isa.instructionBytes
     << " bytes, little endian. Fields that an instruction does not use are "
        "zero.\n\n### Header\n\n";
  emitLayout(isa.header, os);
  for (const Format &format : isa.formats) {
    os << "### " << format.record->getName() << ": "
       << format.record->getValueAsString("doc") << "\n\n";
    emitLayout(format.fields, os);
  }
}

static std::string syntaxOf(const Instruction &instruction) {
  std::string text = instruction.mnemonic.str();
  for (const Flag &flag : instruction.flags)
    text += " {" + flag.name.str() + "}";
  if (llvm::any_of(instruction.uses,
                   [](const Field &field) { return field.name == "compute"; }))
    text += " {compute}";
  if (instruction.iterates)
    text += " [partitions, counts...]";
  std::string assembly = instruction.text("assembly").str();
  if (assembly == "$wait")
    assembly = "semaphore >= waitValue {+ waitRegister}";
  if (assembly == "$signal")
    assembly = "semaphore += signalIncrement";
  if (!assembly.empty())
    text += " " + assembly;
  text.erase(std::remove(text.begin(), text.end(), '$'), text.end());
  return text;
}

static void emitList(const Instruction &instruction, StringRef field,
                     StringRef title, bool isLabelled, raw_ostream &os) {
  auto items = instruction.record->getValueAsListOfStrings(field);
  os << "**" << title << ".**";
  if (items.empty()) {
    os << " None.\n\n";
    return;
  }
  os << "\n\n";
  for (size_t i = 0; i < items.size(); ++i) {
    os << "- ";
    if (isLabelled)
      os << "(C" << i + 1 << ") ";
    os << items[i] << "\n";
  }
  os << "\n";
}

static std::string howUsed(const Operand &operand) {
  std::string text = operand.reads
                         ? (operand.writes ? "read and written" : "read")
                     : operand.writes ? "written"
                                      : "steps only";
  if (!operand.readsIf.empty())
    text += ", with `" + operand.readsIf.str() + "` read as well";
  if (!operand.presentIf.empty())
    text += ", present with `" + operand.presentIf.str() + "`";
  return text;
}

static void emitFields(const Instruction &instruction, raw_ostream &os) {
  os << "**Fields.**";
  if (instruction.uses.empty() && instruction.flags.empty())
    os << " The header only.\n\n";
  else
    os << "\n\n| bytes | field | type | |\n| --- | --- | --- | --- |\n";
  for (const Flag &flag : instruction.flags)
    os << "| 1, bit " << flag.position << " | `" << flag.name << "` | flag | "
       << cell(flag.doc) << " |\n";
  for (const Field &field : instruction.uses) {
    os << "| " << byteRange(field.offset, field.size()) << " | `" << field.name
       << "` | " << typeName(field) << " | " << cell(field.doc);
    for (const Operand &operand : instruction.operands)
      if (operand.name == field.name)
        os << howUsed(operand) << "; "
           << operand.record->getValueAsDef("span")->getValueAsString("doc");
    os << " |\n";
  }
  if (!instruction.uses.empty() || !instruction.flags.empty())
    os << "\n";
}

static void emitEntry(const Instruction &instruction, raw_ostream &os) {
  os << "### `" << instruction.mnemonic << "`\n\nOpcode "
     << llvm::format_hex(instruction.opcode, 4) << ", on ";
  llvm::interleaveComma(instruction.queues, os, [&](const Record *queue) {
    os << queue->getValueAsString("name");
  });
  os << ": " << instruction.text("summary") << ".\n\n**Syntax.**\n\n```\n"
     << syntaxOf(instruction) << "\n```\n\n";
  emitFields(instruction, os);
  os << "**Operation.**\n\n```\n"
     << instruction.text("operation").trim() << "\n```\n\n";
  StringRef description = instruction.text("description").trim();
  if (!description.empty())
    os << description << "\n\n";
  emitList(instruction, "constraints", "Constraints", true, os);
  emitList(instruction, "traps", "Traps", false, os);
  emitExampleOf(instruction.record, os);
}

void emitDocs(const llvm::RecordKeeper &records, raw_ostream &os) {
  Isa isa = readIsa(records);
  os << "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
        "<!-- Generated by tilicho-tblgen -gen-isa-docs. -->\n"
        "# ISA tables\n\nWhat is common to all instructions is in "
        "[ISA.md](../ISA.md). In the syntax, `{...}` may be left out.\n\n"
        "## Instructions\n\n";
  for (const Instruction &instruction : isa.instructions)
    emitEntry(instruction, os);
  emitFormats(isa, os);
  emitEnums(isa, os);
}

/// The examples of an instruction, and those of enums that use it.
static std::vector<StringRef> examplesOf(const Instruction &instruction,
                                         const Isa &isa) {
  auto examples = instruction.record->getValueAsListOfStrings("examples");
  for (const Enum &item : isa.enums)
    llvm::copy_if(item.record->getValueAsListOfStrings("examples"),
                  std::back_inserter(examples), [&](StringRef example) {
                    return example.split(' ').first == instruction.mnemonic;
                  });
  return examples;
}

void emitExamples(const llvm::RecordKeeper &records, raw_ostream &os) {
  Isa isa = readIsa(records);
  std::map<unsigned, std::vector<const Instruction *>> byQueue;
  for (const Instruction &instruction : isa.instructions)
    byQueue[instruction.queues.front()->getValueAsInt("position")].push_back(
        &instruction);
  os << "// Generated by tilicho-tblgen -gen-isa-examples.\n.machine trn1\n";
  for (StringRef name : {"a", "b", "c"})
    os << ".segment scratch " << name << " u8 [16777216]\n";
  for (const auto &[position, instructions] : byQueue) {
    StringRef name =
        instructions.front()->queues.front()->getValueAsString("name");
    os << "\n.queue " << name << (name == "dma" ? "0" : "") << "\n";
    for (const Instruction *instruction : instructions) {
      os << ".node " << instruction->mnemonic << "\n";
      for (StringRef example : examplesOf(*instruction, isa))
        os << example << "\n";
    }
  }
}

} // namespace tilicho::tblgen
