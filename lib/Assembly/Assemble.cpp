// SPDX-License-Identifier: Apache-2.0
// Reads assembly line by line; every line with an error is reported.
#include "lib/Assembly/Assemble.h"

#include "lib/Assembly/Assembler.h"
#include "runtime/Isa/Concat.h"
#include "runtime/Program/Load.h"

#include "absl/strings/str_join.h"

#include <algorithm>

namespace tilicho::compiler {

/// `path:line:column`, both counted from 1.
std::string Assembler::place(size_t offset) const {
  std::string_view before = text.substr(0, offset);
  size_t row = 1 + size_t(std::count(before.begin(), before.end(), '\n'));
  size_t lineStart = before.rfind('\n') + 1;
  return concat(path, ":", row, ":", offset - lineStart + 1);
}

void Assembler::report(const isa::AssemblyError &error) {
  errors.push_back(concat(place(error.offset), ": ", error.message));
}

/// Whether a label stands at the lexer; it is then left behind.
static bool takeLabel(isa::Lexer &lexer, isa::Token &label) {
  if (lexer.peek().kind != isa::TokenKind::Word)
    return false;
  isa::Lexer ahead = lexer;
  label = ahead.next();
  if (!ahead.peek().is(":"))
    return false;
  ahead.next();
  lexer = ahead;
  return true;
}

/// Finds the labels of the queue that begins here, so that branches can go
/// forward.
void Assembler::scanLabels() {
  names.clearLabels();
  isa::Lexer ahead = cursor.lexer;
  int index = 0;
  while (ahead.peek().kind != isa::TokenKind::EndOfText) {
    isa::Token label;
    while (takeLabel(ahead, label))
      if (!names.addLabel(label.text, index))
        report({label.offset,
                concat("label '", label.text, "' occurs twice in its queue")});
    bool isDirective = ahead.peek().is(".");
    if (isDirective) {
      ahead.next();
      if (ahead.peek().is("queue"))
        return;
    }
    index += !isDirective && !ahead.isAtLineEnd();
    ahead.skipLine();
    ahead.next();
  }
}

void Assembler::instruction() {
  if (!code)
    cursor.fail("an instruction before the first .queue");
  std::array<uint8_t, isa::kInstructionBytes> bytes;
  auto error = isa::parseInstruction(cursor.lexer, bytes.data(), kind, names);
  // The place is kept, so that later labels and nodes stay right.
  code->insert(code->end(), bytes.begin(), bytes.end());
  if (error)
    throw *error;
}

void Assembler::statement() {
  isa::Token label;
  while (takeLabel(cursor.lexer, label))
    if (!code)
      throw isa::AssemblyError{label.offset, "a label before the first .queue"};
  if (cursor.lexer.isAtLineEnd())
    return;
  if (cursor.lexer.peek().is("."))
    return directive();
  instruction();
}

void Assembler::line() {
  try {
    statement();
  } catch (const isa::AssemblyError &error) {
    report(error);
    cursor.lexer.skipLine();
  }
  cursor.lexer.next();
}

void Assembler::finishQueue() {
  if (!code)
    return;
  program->queues.back().bytes = *code;
  code = nullptr;
}

absl::Status Assembler::finishMachine() {
  if (machineText.empty())
    return absl::InvalidArgumentError(
        concat(path, ":1:1: no machine is named; begin with '.machine trn1'"));
  absl::StatusOr<Machine> machine = deserializeMachine(machineText);
  if (machine.ok()) {
    program->machine = *std::move(machine);
    return absl::OkStatus();
  }
  std::string message(machine.status().message());
  size_t offset = machineOffset;
  for (const auto &[field, at] : fieldOffsets) {
    if (message.find(field) == std::string::npos)
      continue;
    offset = at;
    if (message.find("does not hold") != std::string::npos)
      message = concat("this is no value of ", field);
  }
  return absl::InvalidArgumentError(concat(place(offset), ": ", message));
}

absl::Status Assembler::finish() {
  finishQueue();
  program->storage = storage;
  if (absl::Status status = finishMachine(); !status.ok())
    return status;
  if (absl::Status status = verifyProgram(*program); !status.ok())
    return absl::InvalidArgumentError(concat(path, ": ", status.message()));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Program>> Assembler::run() {
  while (cursor.lexer.peek().kind != isa::TokenKind::EndOfText)
    line();
  if (errors.empty())
    if (absl::Status status = finish(); !status.ok())
      return status;
  if (!errors.empty())
    return absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
  return std::move(program);
}

absl::StatusOr<std::unique_ptr<Program>> assemble(std::string_view text,
                                                  const std::string &path) {
  return Assembler(text, path).run();
}

} // namespace tilicho::compiler
