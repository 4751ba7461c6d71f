// SPDX-License-Identifier: Apache-2.0
// Reads the ISA from TableGen records.
#include "IsaModel.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/TableGen/Error.h"

#include <algorithm>

namespace tilicho::tblgen {

using llvm::Record;
using llvm::StringRef;

static std::vector<StringRef> strings(const Record *record, StringRef name) {
  return record->getValueAsListOfStrings(name);
}

static std::vector<const Record *> defs(const Record *record, StringRef name) {
  return record->getValueAsListOfDefs(name);
}

static Field readField(const Record *record) {
  const Record *type = record->getValueAsDef("type");
  bool composite = type->isSubClassOf("StructType");
  const Record *of = composite ? type : nullptr;
  if (type->isSubClassOf("EnumType"))
    of = type->getValueAsDef("enum");
  return {record,
          record->getValueAsString("name"),
          type->getValueAsString("cpp"),
          type->getValueAsString("kind"),
          type->getValueAsString("init"),
          record->getValueAsString("doc"),
          unsigned(record->getValueAsInt("offset")),
          unsigned(type->getValueAsInt("bytes")),
          unsigned(record->getValueAsInt("count")),
          of};
}

static std::vector<Field> readFields(const Record *record, StringRef name) {
  std::vector<Field> fields;
  for (const Record *field : defs(record, name))
    fields.push_back(readField(field));
  llvm::sort(fields, [](const Field &a, const Field &b) {
    return a.offset < b.offset;
  });
  return fields;
}

static Operand readOperand(const Record *record) {
  return {record,
          record->getValueAsString("name"),
          record->getValueAsDef("span")->getValueAsString("name"),
          record->getValueAsString("sameDTypeAs"),
          record->getValueAsString("presentIf"),
          record->getValueAsString("readsIf"),
          record->getValueAsBit("reads"),
          record->getValueAsBit("writes"),
          strings(record, "spaces"),
          strings(record, "dtypes")};
}

static std::vector<Field> usedFields(const Record *record) {
  std::vector<Field> format =
      readFields(record->getValueAsDef("format"), "fields");
  std::vector<Field> used;
  for (StringRef name : strings(record, "uses")) {
    auto it = llvm::find_if(format, [&](const Field &field) {
      return field.name == name && !field.isReserved();
    });
    if (it == format.end())
      PrintFatalError(record, "format '" +
                                  record->getValueAsDef("format")->getName() +
                                  "' has no field '" + name + "'");
    used.push_back(*it);
  }
  return used;
}

static Instruction readInstruction(const Record *record) {
  Instruction instruction;
  instruction.record = record;
  instruction.mnemonic = record->getValueAsString("mnemonic");
  instruction.cppName =
      llvm::convertToCamelFromSnakeCase(instruction.mnemonic, true);
  instruction.opcode = record->getValueAsInt("opcode");
  instruction.uses = usedFields(record);
  for (const Record *operand : defs(record, "operands"))
    instruction.operands.push_back(readOperand(operand));
  for (const Record *flag : defs(record, "flags"))
    instruction.flags.push_back({flag, flag->getValueAsString("name"),
                                 flag->getValueAsString("doc"),
                                 unsigned(flag->getValueAsInt("position"))});
  instruction.queues = defs(record, "queues");
  instruction.iterates = record->getValueAsBit("iterates");
  instruction.integerScalars = record->getValueAsBit("integerScalars");
  return instruction;
}

/// Records come sorted by name; the file's order is what a reader expects.
static std::vector<const Record *> inOrder(const llvm::RecordKeeper &records,
                                           StringRef className) {
  auto found = records.getAllDerivedDefinitions(className);
  std::vector<const Record *> sorted(found.begin(), found.end());
  llvm::sort(sorted, [](const Record *a, const Record *b) {
    return a->getID() < b->getID();
  });
  return sorted;
}

static void readTypes(const llvm::RecordKeeper &records, Isa &isa) {
  for (const Record *record : inOrder(records, "IsaEnum"))
    isa.enums.push_back(
        {record, record->getValueAsString("cppName"), defs(record, "cases")});
  for (const Record *record : inOrder(records, "StructType"))
    isa.structs.push_back({record, record->getValueAsString("cpp"),
                           unsigned(record->getValueAsInt("bytes")),
                           readFields(record, "members")});
  for (const Record *record : inOrder(records, "IsaFormat"))
    isa.formats.push_back({record, readFields(record, "fields")});
}

Isa readIsa(const llvm::RecordKeeper &records) {
  const Record *limits = records.getDef("Limits");
  const Record *header = records.getDef("HeaderFields");
  if (!limits || !header)
    llvm::PrintFatalError("the records 'Limits' and 'HeaderFields' are needed");
  Isa isa;
  isa.instructionBytes = limits->getValueAsInt("instructionBytes");
  isa.headerBytes = limits->getValueAsInt("headerBytes");
  isa.registers = limits->getValueAsInt("registers");
  isa.noSemaphore = limits->getValueAsInt("noSemaphore");
  readTypes(records, isa);
  isa.header = readFields(header, "fields");
  for (const Record *record : inOrder(records, "IsaInstruction"))
    isa.instructions.push_back(readInstruction(record));
  llvm::sort(isa.instructions, [](const Instruction &a, const Instruction &b) {
    return std::pair(a.opcode, a.record->getID()) <
           std::pair(b.opcode, b.record->getID());
  });
  isa.queues = inOrder(records, "IsaQueue");
  isa.spans = inOrder(records, "IsaSpan");
  if (!verifyIsa(isa))
    llvm::PrintFatalError("the ISA is not well formed");
  return isa;
}

} // namespace tilicho::tblgen
