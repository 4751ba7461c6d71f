// SPDX-License-Identifier: Apache-2.0
// Reads instructions from assembly.
#include "runtime/Isa/Parser.h"

#include <algorithm>
#include <cstring>

namespace tilicho::isa {

//===-- Fields ------------------------------------------------------------===//

template <class T> bool Parser::parseStruct(const FieldInfo &field) {
  T value;
  if (!parse(value))
    return false;
  encode(value, bytes + field.offset);
  return true;
}

bool Parser::parseNumber(const FieldInfo &field) {
  unsigned bits = 8 * field.bytes;
  bool isSigned = field.kind == FieldKind::I16 ||
                  field.kind == FieldKind::I32 || field.kind == FieldKind::I64;
  int64_t most = std::numeric_limits<int64_t>::max() >> (64 - bits);
  int64_t value;
  if (isSigned ? !parseInt(field.name, -most - 1, most, value)
               : !parseInt(field.name, 0, 2 * most + 1, value))
    return false;
  std::memcpy(bytes + field.offset, &value, field.bytes);
  return true;
}

bool Parser::parseEnum(const FieldInfo &field) {
  std::optional<uint8_t> value = field.enumInfo->find(lexer.peek().text);
  if (!value)
    return failExpecting(concat("a ", field.enumInfo->name));
  bytes[field.offset] = *value;
  lexer.next();
  return true;
}

bool Parser::parseTarget(const FieldInfo &field) {
  const Token &token = lexer.peek();
  if (token.kind != TokenKind::Word)
    return parseNumber(field);
  std::optional<int> target = names.findLabel(token.text);
  if (!target)
    return fail("this queue has no label '", token.text, "'");
  int32_t value = *target;
  std::memcpy(bytes + field.offset, &value, sizeof value);
  lexer.next();
  return true;
}

bool Parser::parseField(const FieldInfo &field) {
  switch (field.kind) {
  case FieldKind::Access:
    return parseStruct<Access>(field);
  case FieldKind::DmaAccess:
    return parseStruct<DmaAccess>(field);
  case FieldKind::IndexAccess:
    return parseStruct<IndexAccess>(field);
  case FieldKind::Scalar:
    return parseStruct<Scalar>(field);
  case FieldKind::Register:
    return parseRegister(bytes[field.offset]);
  case FieldKind::Enum:
    return parseEnum(field);
  case FieldKind::Target:
    return parseTarget(field);
  default:
    return parseNumber(field);
  }
}

//===-- Instructions ------------------------------------------------------===//

bool Parser::parseMnemonic() {
  if (lexer.peek().kind != TokenKind::Word)
    return failExpecting("an instruction");
  info = findInstruction(lexer.peek().text);
  if (!info)
    return fail("no instruction is called '", lexer.peek().text, "'");
  lexer.next();
  std::memset(bytes, 0, kInstructionBytes);
  bytes[0] = uint8_t(info->opcode);
  return true;
}

void Parser::parseModifiers() {
  const FieldInfo *compute = info->findField("compute");
  while (lexer.peek().kind == TokenKind::Word) {
    uint8_t before = header.flags;
    for (const FlagInfo &flag : info->flags)
      if (lexer.peek().is(flag.name))
        header.flags |= flag.mask;
    std::optional<Compute> type;
    if (compute && header.flags == before)
      type = isa::parse<Compute>(lexer.peek().text);
    if (type)
      bytes[compute->offset] = uint8_t(*type);
    if (!type && header.flags == before)
      return;
    lexer.next();
  }
}

/// Fewer counts than there are belong to the last dimensions.
bool Parser::parseIteration() {
  if (!expect("[") || !parseInt("partitions", header.partitions))
    return false;
  size_t given = 0;
  for (; given < std::size(header.counts) && consume(","); ++given)
    if (!parseInt("count", header.counts[given]))
      return false;
  std::rotate(header.counts, header.counts + given,
              header.counts + std::size(header.counts));
  return expect("]");
}

bool Parser::parseWait() {
  if (!parseNumbered('s', "a semaphore", kNoSemaphore, header.waitSemaphore) ||
      !expect(">") || !expect("=") || !parseInt("value", header.waitValue))
    return false;
  return !consume("+") || parseRegister(header.waitRegister);
}

bool Parser::parseSignal() {
  return parseNumbered('s', "a semaphore", kNoSemaphore,
                       header.signalSemaphore) &&
         expect("+") && expect("=") &&
         parseInt("increment", header.signalIncrement);
}

bool Parser::groupFollows(size_t at) const {
  Lexer tokens(info->syntax[at + 1].literal);
  return lexer.peek().is(tokens.peek().text);
}

bool Parser::parseElement(const SyntaxElement &element) {
  switch (element.kind) {
  case SyntaxKind::Literal:
    return expectLiteral(element.literal);
  case SyntaxKind::Field:
    return parseField(info->fields[element.field]);
  case SyntaxKind::Wait:
    return parseWait();
  case SyntaxKind::Signal:
    return parseSignal();
  default:
    return true;
  }
}

bool Parser::parseSyntax() {
  for (size_t at = 0; at < info->syntax.size(); ++at) {
    if (info->syntax[at].kind == SyntaxKind::GroupBegin && !groupFollows(at)) {
      while (info->syntax[at].kind != SyntaxKind::GroupEnd)
        ++at;
      continue;
    }
    if (!parseElement(info->syntax[at]))
      return false;
  }
  return true;
}

bool Parser::parseClauses() {
  while (consume(",")) {
    bool isWait = lexer.peek().is("wait");
    if (!isWait && !lexer.peek().is("signal"))
      return failExpecting("'wait' or 'signal'");
    bool isDouble = isWait ? header.waitSemaphore != kNoSemaphore
                           : header.signalSemaphore != kNoSemaphore;
    if (isDouble)
      return fail("an instruction has one ", lexer.peek().text, " only");
    lexer.next();
    if (isWait ? !parseWait() : !parseSignal())
      return false;
  }
  return lexer.isAtLineEnd() || failExpecting("the end of the line");
}

bool Parser::run(std::optional<QueueKind> queue) {
  size_t offset = lexer.peek().offset;
  if (!parseMnemonic())
    return false;
  parseModifiers();
  if (info->iterates && !parseIteration())
    return false;
  if (!parseSyntax() || !parseClauses())
    return false;
  encodeHeader(header, info->opcode, bytes);
  QueueKind kind = queue.value_or(info->firstQueue());
  if (absl::Status status = verify(bytes, kind); !status.ok()) {
    error = {offset, std::string(status.message())};
    return false;
  }
  return true;
}

std::optional<AssemblyError> parseInstruction(Lexer &lexer, uint8_t *bytes,
                                              std::optional<QueueKind> queue,
                                              const Names &names) {
  Parser parser(lexer, bytes, names);
  if (parser.run(queue))
    return std::nullopt;
  return parser.error;
}

} // namespace tilicho::isa
