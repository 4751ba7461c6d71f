// SPDX-License-Identifier: Apache-2.0
// The assembler's state from line to line.
#ifndef TILICHO_LIB_ASSEMBLY_ASSEMBLER_H
#define TILICHO_LIB_ASSEMBLY_ASSEMBLER_H

#include "lib/Assembly/Cursor.h"
#include "lib/Assembly/ProgramNames.h"
#include "runtime/Program/Program.h"

#include "absl/status/statusor.h"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tilicho::compiler {

class Assembler {
public:
  Assembler(std::string_view text, const std::string &path)
      : text(text), path(path), cursor(text) {}
  absl::StatusOr<std::unique_ptr<Program>> run();

private:
  /// What the program's spans point into.
  struct Storage {
    std::deque<std::vector<uint8_t>> blocks;
    std::vector<std::shared_ptr<const void>> files;
  };

  // Lines.
  void report(const isa::AssemblyError &error);
  void line();
  void statement();
  void instruction();
  void scanLabels();
  void finishQueue();
  absl::Status finish();
  absl::Status finishMachine();
  std::string place(size_t offset) const;

  // Directives.
  using Directive = void (Assembler::*)();
  static Directive findDirective(std::string_view name);
  void directive();
  void machine();
  void setField();
  void compilerVersion();
  void flags();
  void nodes();
  void node();
  void segment();
  uint32_t earlierSegment(Segment::Kind kind);
  void segmentData(Segment &segment);
  void fileData(Segment &segment);
  void queue();
  void value();
  void fusedValue();
  void piece();
  void pieceDims(DumpPiece &piece);
  void figure();
  void nodeFigure();
  uint32_t nodeIndex(const std::string &name);
  uint32_t numberedNode();
  uint32_t queueIndex();

  std::string_view text;
  std::string path;
  Cursor cursor;
  std::vector<std::string> errors;

  std::unique_ptr<Program> program = std::make_unique<Program>();
  std::shared_ptr<Storage> storage = std::make_shared<Storage>();
  ProgramNames names;
  std::map<std::string, uint32_t> nodeByName;
  /// The machine as `serialize` writes it, once one is begun.
  std::string machineText;
  /// Where the machine and each of its fields were last set.
  size_t machineOffset = 0;
  std::map<std::string, size_t> fieldOffsets;
  /// The queue that instructions go to.
  isa::QueueKind kind{};
  std::vector<uint8_t> *code = nullptr;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_ASSEMBLY_ASSEMBLER_H
