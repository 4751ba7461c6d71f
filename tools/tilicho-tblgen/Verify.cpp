// SPDX-License-Identifier: Apache-2.0
// The rules that an ISA must obey, each error at the line that breaks it.
#include "IsaModel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/Twine.h"
#include "llvm/TableGen/Error.h"

#include <map>

namespace tilicho::tblgen {

using llvm::StringRef;
using llvm::Twine;

namespace {
class Verifier {
public:
  explicit Verifier(const Isa &isa) : isa(isa) {}
  bool run();

private:
  void error(const llvm::Record *at, const Twine &message) {
    llvm::PrintError(at, message);
    ok = false;
  }
  void note(const llvm::Record *at, const Twine &message) {
    llvm::PrintNote(at->getLoc(), message);
  }
  void checkLayout(const llvm::Record *owner, StringRef what,
                   llvm::ArrayRef<Field> fields, unsigned begin, unsigned end);
  void checkGap(const llvm::Record *owner, StringRef what, unsigned from,
                unsigned to);
  void checkEnum(const Enum &item);
  void checkOpcodes();
  void checkFlags(const Instruction &instruction);
  void checkOperands(const Instruction &instruction);
  void checkAssembly(const Instruction &instruction);
  void checkFlagName(const Instruction &instruction, const Operand &operand,
                     StringRef flag);

  const Isa &isa;
  bool ok = true;
};
} // namespace

static std::string range(unsigned from, unsigned to) {
  if (from + 1 == to)
    return "byte " + std::to_string(from) + " is";
  return "bytes " + std::to_string(from) + ".." + std::to_string(to - 1) +
         " are";
}

void Verifier::checkGap(const llvm::Record *owner, StringRef what,
                        unsigned from, unsigned to) {
  if (from < to)
    error(owner, range(from, to) + " assigned to no field of " + what +
                     "; name them, or mark them Reserved<" + Twine(from) +
                     ", " + Twine(to - 1) + ">");
}

void Verifier::checkLayout(const llvm::Record *owner, StringRef what,
                           llvm::ArrayRef<Field> fields, unsigned begin,
                           unsigned end) {
  unsigned next = begin;
  const Field *previous = nullptr;
  for (const Field &field : fields) {
    StringRef name = field.isReserved() ? "Reserved" : field.name;
    if (field.offset < next) {
      error(
          field.record,
          "field '" + name + "' at byte " + Twine(field.offset) + " overlaps " +
              (previous ? "a field that ends at byte " : "what ends at byte ") +
              Twine(next - 1));
      if (previous)
        note(previous->record, "the other field is here");
    }
    checkGap(owner, what, next, field.offset);
    unsigned fieldEnd = field.offset + field.size();
    if (fieldEnd > end)
      error(field.record, "field '" + name + "' ends at byte " +
                              Twine(fieldEnd - 1) + ", but " + what +
                              " ends at byte " + Twine(end - 1));
    if (fieldEnd > next) {
      next = fieldEnd;
      previous = &field;
    }
  }
  checkGap(owner, what, next, end);
}

void Verifier::checkEnum(const Enum &item) {
  std::map<int64_t, StringRef> values;
  llvm::StringMap<bool> texts;
  for (const llvm::Record *record : item.cases) {
    int64_t value = record->getValueAsInt("value");
    StringRef text = record->getValueAsString("text");
    auto [it, isNew] = values.try_emplace(value, text);
    if (!isNew)
      error(record, "'" + text + "' has the value " + Twine(value) + " of '" +
                        it->second + "'");
    if (value < 0 || value > 255)
      error(record, "'" + text + "' has the value " + Twine(value) +
                        ", which does not fit a byte");
    if (!texts.try_emplace(text, true).second)
      error(record, "'" + text + "' occurs twice in enum " + item.name);
  }
}

void Verifier::checkOpcodes() {
  std::map<unsigned, const Instruction *> byOpcode;
  llvm::StringMap<const Instruction *> byMnemonic;
  for (const Instruction &instruction : isa.instructions) {
    auto [opcode, newOpcode] =
        byOpcode.try_emplace(instruction.opcode, &instruction);
    if (!newOpcode) {
      error(instruction.record, "'" + instruction.mnemonic +
                                    "' has the opcode " +
                                    Twine(instruction.opcode) + " of '" +
                                    opcode->second->mnemonic + "'");
      note(opcode->second->record, "the other instruction is here");
    }
    if (instruction.opcode == 0 || instruction.opcode > 255)
      error(instruction.record,
            "opcode " + Twine(instruction.opcode) + " is not in 1..255");
    auto [mnemonic, newMnemonic] =
        byMnemonic.try_emplace(instruction.mnemonic, &instruction);
    if (!newMnemonic) {
      error(instruction.record,
            "mnemonic '" + instruction.mnemonic + "' is taken");
      note(mnemonic->second->record, "the other instruction is here");
    }
  }
}

void Verifier::checkFlags(const Instruction &instruction) {
  unsigned seen = 0;
  for (const Flag &flag : instruction.flags) {
    if (flag.position > 7 || (seen >> flag.position & 1))
      error(flag.record, "flag '" + flag.name + "' has bit " +
                             Twine(flag.position) +
                             ", which is taken or no bit of a byte");
    seen |= 1u << flag.position;
  }
}

void Verifier::checkFlagName(const Instruction &instruction,
                             const Operand &operand, StringRef flag) {
  if (!flag.empty() && llvm::none_of(instruction.flags, [&](const Flag &other) {
        return other.name == flag;
      }))
    error(operand.record,
          "'" + instruction.mnemonic + "' has no flag '" + flag + "'");
}

void Verifier::checkOperands(const Instruction &instruction) {
  for (const Field &field : instruction.uses)
    if (field.isMemory() &&
        llvm::none_of(instruction.operands, [&](const Operand &operand) {
          return operand.name == field.name;
        }))
      error(instruction.record, "nothing says how '" + instruction.mnemonic +
                                    "' uses the memory operand '" + field.name +
                                    "'");
  for (const Operand &operand : instruction.operands) {
    if (llvm::none_of(instruction.uses, [&](const Field &field) {
          return field.name == operand.name && field.isMemory();
        }))
      error(operand.record, "'" + instruction.mnemonic +
                                "' uses no memory operand '" + operand.name +
                                "'");
    checkFlagName(instruction, operand, operand.presentIf);
    checkFlagName(instruction, operand, operand.readsIf);
  }
}

/// The names after `$` in an assembly text.
static std::vector<StringRef> placeholders(StringRef text) {
  std::vector<StringRef> names;
  for (size_t at = text.find('$'); at != StringRef::npos;
       at = text.find('$', at + 1))
    names.push_back(text.substr(at + 1).take_while(
        [](char c) { return llvm::isAlnum(c) || c == '_'; }));
  return names;
}

/// Groups open with a literal, are closed, and are not nested.
static bool groupsAreSound(StringRef text) {
  bool open = false;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '{' && text[at] != '}')
      continue;
    if (open == (text[at] == '{'))
      return false;
    open = !open;
    if (open && text.substr(at + 1).ltrim().starts_with("$"))
      return false;
  }
  return !open;
}

void Verifier::checkAssembly(const Instruction &instruction) {
  StringRef text = instruction.text("assembly");
  if (!groupsAreSound(text))
    error(instruction.record,
          "a group in the assembly of '" + instruction.mnemonic +
              "' must open with a literal, be closed, and hold no other group");
  std::vector<StringRef> names = placeholders(text);
  for (const Field &field : instruction.uses)
    if (field.name != "compute" && llvm::count(names, field.name) != 1)
      error(instruction.record,
            "the assembly of '" + instruction.mnemonic + "' must name '$" +
                field.name + "' once, not " +
                Twine(llvm::count(names, field.name)) + " times");
  for (StringRef name : names)
    if (name != "wait" && name != "signal" &&
        llvm::none_of(instruction.uses,
                      [&](const Field &field) { return field.name == name; }))
      error(instruction.record, "the assembly of '" + instruction.mnemonic +
                                    "' names '$" + name +
                                    "', which is no field that it uses");
}

bool Verifier::run() {
  for (const Enum &item : isa.enums)
    checkEnum(item);
  for (const Struct &item : isa.structs)
    checkLayout(item.record, item.name, item.members, 0, item.bytes);
  if (!isa.header.empty())
    checkLayout(isa.header.front().record, "the header", isa.header, 0,
                isa.headerBytes);
  for (const Format &format : isa.formats)
    checkLayout(format.record, format.record->getName(), format.fields,
                isa.headerBytes, isa.instructionBytes);
  checkOpcodes();
  for (const Instruction &instruction : isa.instructions) {
    checkFlags(instruction);
    checkOperands(instruction);
    checkAssembly(instruction);
  }
  return ok;
}

bool verifyIsa(const Isa &isa) { return Verifier(isa).run(); }

} // namespace tilicho::tblgen
