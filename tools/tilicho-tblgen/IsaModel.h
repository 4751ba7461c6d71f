// SPDX-License-Identifier: Apache-2.0
// The ISA as the generators see it: the records of the .td, read and checked.
#ifndef TILICHO_TOOLS_TBLGEN_ISAMODEL_H
#define TILICHO_TOOLS_TBLGEN_ISAMODEL_H

#include "llvm/ADT/StringRef.h"
#include "llvm/TableGen/Record.h"

#include <string>
#include <vector>

namespace tilicho::tblgen {

struct Enum {
  const llvm::Record *record;
  llvm::StringRef name;
  std::vector<const llvm::Record *> cases;
};

struct Field {
  const llvm::Record *record;
  llvm::StringRef name, cpp, kind, init, doc;
  unsigned offset, bytes, count;
  /// The enum or struct type that the field has, or null.
  const llvm::Record *type;
  unsigned size() const { return bytes * count; }
  bool isReserved() const { return kind == "Reserved"; }
  bool isMemory() const {
    return kind == "Access" || kind == "DmaAccess" || kind == "IndexAccess";
  }
};

struct Struct {
  const llvm::Record *record;
  llvm::StringRef name;
  unsigned bytes;
  std::vector<Field> members;
};

struct Format {
  const llvm::Record *record;
  std::vector<Field> fields;
};

struct Flag {
  const llvm::Record *record;
  llvm::StringRef name, doc;
  unsigned position;
};

struct Operand {
  const llvm::Record *record;
  llvm::StringRef name, span, sameDTypeAs, presentIf, readsIf;
  bool reads, writes;
  std::vector<llvm::StringRef> spaces, dtypes;
};

struct Instruction {
  const llvm::Record *record;
  llvm::StringRef mnemonic;
  /// UpperCamel mnemonic, without the suffix Inst.
  std::string cppName;
  unsigned opcode;
  std::vector<Field> uses;
  std::vector<Operand> operands;
  std::vector<Flag> flags;
  std::vector<const llvm::Record *> queues;
  bool iterates, integerScalars;
  llvm::StringRef text(llvm::StringRef field) const {
    return record->getValueAsString(field);
  }
};

struct Isa {
  unsigned instructionBytes, headerBytes, registers, noSemaphore;
  std::vector<Enum> enums;
  std::vector<Struct> structs;
  std::vector<Field> header;
  std::vector<Format> formats;
  /// By opcode.
  std::vector<Instruction> instructions;
  std::vector<const llvm::Record *> queues, spans;
};

/// Reads all records. Exits with errors that point at the .td when a rule of
/// verifyIsa is broken.
Isa readIsa(const llvm::RecordKeeper &records);

/// Reports overlaps, bytes that nothing claims, fields that are used twice or
/// not at all, and duplicate opcodes and mnemonics. Returns whether all is
/// well.
bool verifyIsa(const Isa &isa);

void emitCppDecls(const llvm::RecordKeeper &records, llvm::raw_ostream &os);
void emitCppDefs(const llvm::RecordKeeper &records, llvm::raw_ostream &os);
void emitDocs(const llvm::RecordKeeper &records, llvm::raw_ostream &os);
void emitExamples(const llvm::RecordKeeper &records, llvm::raw_ostream &os);
void emitOds(const llvm::RecordKeeper &records, llvm::raw_ostream &os);

} // namespace tilicho::tblgen

#endif
