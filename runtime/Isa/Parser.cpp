// SPDX-License-Identifier: Apache-2.0
// Reads instructions from assembly.
#include "runtime/Isa/Assembly.h"
#include "runtime/Isa/Concat.h"
#include "runtime/Isa/Number.h"

#include <cstring>
#include <limits>

namespace tilicho::isa {

namespace {

/// base + r<regA>*stride + r<regB>.
struct Address {
  int64_t base = 0;
  uint8_t regA = 0;
  int32_t strideA = 0;
  uint8_t regB = 0;
};

/// Parse functions return whether all went well; the first error is kept.
class Parser {
public:
  Parser(Lexer &lexer, uint8_t *bytes, const Names &names)
      : lexer(lexer), bytes(bytes), names(names) {}
  bool run(std::optional<QueueKind> queue);
  AssemblyError error;

private:
  template <class... Parts> bool fail(const Parts &...parts) {
    error = {lexer.peek().offset, concat(parts...)};
    return false;
  }
  bool failExpecting(std::string_view what);
  bool expect(std::string_view token);
  bool expectLiteral(std::string_view literal);
  bool consume(std::string_view token);

  bool parseInt(std::string_view what, int64_t least, int64_t most,
                int64_t &value);
  template <class T> bool parseInt(std::string_view what, T &value);
  bool parseNumbered(char letter, std::string_view what, unsigned limit,
                     uint8_t &number);
  bool parseRegister(uint8_t &number);
  bool parseTerm(Address &address, bool &hasBase);
  bool parseAddress(Address &address);
  bool parseSpace(Space &space, DType &dtype);
  bool parsePlace(Space space, uint16_t &place);
  bool parseSteps(int32_t *steps, size_t count);
  bool parse(Access &access);
  bool parse(DmaAccess &access);
  bool parse(IndexAccess &access);
  bool parseStepsOnly(Access &access);
  bool parse(Scalar &scalar);
  bool parseImmediate(Scalar &scalar);
  bool immediatesAreIntegers() const;
  template <class T> bool parseStruct(const FieldInfo &field);
  bool parseNumber(const FieldInfo &field);
  bool parseEnum(const FieldInfo &field);
  bool parseTarget(const FieldInfo &field);
  bool parseField(const FieldInfo &field);

  bool parseMnemonic();
  void parseModifiers();
  bool parseIteration();
  bool parseWait();
  bool parseSignal();
  bool parseSyntax();
  bool parseElement(const SyntaxElement &element);
  bool groupFollows(size_t at) const;
  bool parseClauses();

  Lexer &lexer;
  uint8_t *bytes;
  const Names &names;
  const InstructionInfo *info = nullptr;
  Header header;
};
} // namespace

//===-- Tokens ------------------------------------------------------------===//

/// How a message shows what stands where something else was expected.
static std::string shown(const Token &token) {
  if (token.kind == TokenKind::EndOfLine || token.kind == TokenKind::EndOfText)
    return "the end of the line";
  return concat("'", token.text, "'");
}

bool Parser::failExpecting(std::string_view what) {
  return fail("expected ", what, ", found ", shown(lexer.peek()));
}

bool Parser::consume(std::string_view token) {
  if (!lexer.peek().is(token))
    return false;
  lexer.next();
  return true;
}

bool Parser::expect(std::string_view token) {
  return consume(token) || failExpecting(concat("'", token, "'"));
}

bool Parser::expectLiteral(std::string_view literal) {
  Lexer tokens(literal);
  while (tokens.peek().kind != TokenKind::EndOfText)
    if (!expect(tokens.next().text))
      return false;
  return true;
}

//===-- Numbers and registers ---------------------------------------------===//

bool Parser::parseInt(std::string_view what, int64_t least, int64_t most,
                      int64_t &value) {
  if (lexer.peek().kind != TokenKind::Number)
    return failExpecting(what);
  std::optional<int64_t> number = toInteger(lexer.peek().text);
  if (!number)
    return fail("'", lexer.peek().text, "' is no integer of 64 bits");
  if (*number < least || *number > most)
    return fail(what, " is ", *number, ", but must lie in ", least, "..", most);
  value = *number;
  lexer.next();
  return true;
}

template <class T> bool Parser::parseInt(std::string_view what, T &value) {
  int64_t number;
  if (!parseInt(what, std::numeric_limits<T>::min(),
                std::numeric_limits<T>::max(), number))
    return false;
  value = T(number);
  return true;
}

bool Parser::parseNumbered(char letter, std::string_view what, unsigned limit,
                           uint8_t &number) {
  std::string_view text = lexer.peek().text;
  if (lexer.peek().kind != TokenKind::Word || text[0] != letter)
    return failExpecting(what);
  std::optional<int64_t> value = toInteger(text.substr(1));
  if (!value || *value < 0)
    return failExpecting(what);
  if (*value >= int64_t(limit))
    return fail("'", text, "' does not exist; the last one is ",
                std::string(1, letter), limit - 1);
  number = uint8_t(*value);
  lexer.next();
  return true;
}

bool Parser::parseRegister(uint8_t &number) {
  return parseNumbered('r', "a register", kNumRegisters, number);
}

bool Parser::parseTerm(Address &address, bool &hasBase) {
  if (lexer.peek().kind == TokenKind::Number) {
    if (hasBase)
      return fail("an address has one constant only");
    hasBase = true;
    return parseInt("address", address.base);
  }
  size_t offset = lexer.peek().offset;
  uint8_t reg;
  if (!parseRegister(reg))
    return false;
  bool scaled = consume("*");
  if (!scaled && !address.regB) {
    address.regB = reg;
    return true;
  }
  if (address.regA || address.strideA) {
    error = {offset, "an address has at most one register with a stride and "
                     "one without"};
    return false;
  }
  address.regA = reg;
  address.strideA = 1;
  return !scaled || parseInt("stride", address.strideA);
}

bool Parser::parseAddress(Address &address) {
  bool hasBase = false;
  do {
    if (!parseTerm(address, hasBase))
      return false;
  } while (consume("+"));
  return true;
}

//===-- Operands ----------------------------------------------------------===//

bool Parser::parseSpace(Space &space, DType &dtype) {
  std::optional<Space> where = isa::parse<Space>(lexer.peek().text);
  if (!where || *where == Space::None)
    return failExpecting("sbuf, psum or hbm");
  lexer.next();
  if (!expect("."))
    return false;
  std::optional<DType> type = isa::parse<DType>(lexer.peek().text);
  if (!type)
    return failExpecting("an element type");
  lexer.next();
  space = *where;
  dtype = *type;
  return expect("[");
}

bool Parser::parsePlace(Space space, uint16_t &place) {
  const Token &token = lexer.peek();
  if (space != Space::Hbm || token.kind == TokenKind::Number)
    return parseInt(space == Space::Hbm ? "segment" : "partition", place);
  if (token.kind != TokenKind::Word && token.kind != TokenKind::String)
    return failExpecting("a segment");
  std::string name = token.kind == TokenKind::String ? unquote(token.text)
                                                     : std::string(token.text);
  std::optional<unsigned> index = names.findSegment(name);
  if (!index)
    return fail("no segment is called '", name, "'");
  place = uint16_t(*index);
  lexer.next();
  return true;
}

bool Parser::parseSteps(int32_t *steps, size_t count) {
  for (size_t dim = 0;; ++dim) {
    if (dim == count)
      return fail("an operand has at most ", count, " steps");
    if (!parseInt("step", steps[dim]))
      return false;
    if (!consume(","))
      return expect("]");
  }
}

bool Parser::parseStepsOnly(Access &access) {
  return expect("steps") && expect("[") &&
         (consume("]") || parseSteps(access.steps, std::size(access.steps)));
}

bool Parser::parse(Access &access) {
  if (lexer.peek().is("steps"))
    return parseStepsOnly(access);
  Address address;
  if (lexer.peek().is(nameOf(Space::Hbm)))
    return fail("this operand cannot lie in hbm");
  if (!parseSpace(access.space, access.dtype))
    return false;
  size_t offset = 0;
  if (!parseInt("partition", access.partition) || !expect(","))
    return false;
  offset = lexer.peek().offset;
  if (!parseAddress(address))
    return false;
  if (address.base < 0 || address.base > UINT32_MAX) {
    error = {offset, "the address does not fit 32 bits"};
    return false;
  }
  access.address = uint32_t(address.base);
  access.regA = address.regA;
  access.strideA = address.strideA;
  access.regB = address.regB;
  if (consume(":"))
    return parseSteps(access.steps, std::size(access.steps));
  return expect("]");
}

bool Parser::parse(DmaAccess &access) {
  Address address;
  if (!parseSpace(access.space, access.dtype) ||
      !parsePlace(access.space, access.place) || !expect(","))
    return false;
  size_t offset = lexer.peek().offset;
  if (!parseAddress(address))
    return false;
  if (address.base != address.base << 16 >> 16) {
    error = {offset, "the offset does not fit 48 bits"};
    return false;
  }
  access.offset = address.base;
  access.regA = address.regA;
  access.strideA = address.strideA;
  access.regB = address.regB;
  if (consume(":"))
    return parseSteps(access.steps, std::size(access.steps));
  return expect("]");
}

bool Parser::parse(IndexAccess &access) {
  size_t offset = lexer.peek().offset;
  DmaAccess general;
  if (!parse(general))
    return false;
  if (general.regA || general.strideA || general.regB) {
    error = {offset, "the address of an index tensor has no registers"};
    return false;
  }
  access.space = general.space;
  access.dtype = general.dtype;
  access.place = general.place;
  access.offset = general.offset;
  std::copy(std::begin(general.steps), std::end(general.steps), access.steps);
  return true;
}

bool Parser::immediatesAreIntegers() const {
  if (info->integerScalars)
    return true;
  const FieldInfo *compute = info->findField("compute");
  return compute && Compute(bytes[compute->offset]) != Compute::f32 &&
         Compute(bytes[compute->offset]) != Compute::f64;
}

bool Parser::parseImmediate(Scalar &scalar) {
  std::string_view text = lexer.peek().text;
  if (immediatesAreIntegers()) {
    int32_t value;
    if (!parseInt("scalar", value))
      return false;
    scalar.payload = uint32_t(value);
    return true;
  }
  std::optional<uint32_t> bits = toFloatBits(text);
  if (!bits)
    return failExpecting("a number or 'column'");
  scalar.payload = *bits;
  lexer.next();
  return true;
}

bool Parser::parse(Scalar &scalar) {
  if (!consume("column"))
    return parseImmediate(scalar);
  scalar.kind = ScalarKind::Column;
  Address address;
  size_t offset = lexer.peek().offset;
  if (!expect("[") || !parseInt("partition", scalar.partition) ||
      !expect(",") || !parseAddress(address))
    return false;
  if (address.regA || address.strideA || address.base < 0 ||
      address.base > UINT32_MAX) {
    error = {offset, "a column's address is 32 bits and at most one register"};
    return false;
  }
  scalar.payload = uint32_t(address.base);
  scalar.reg = address.regB;
  return expect("]");
}

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

bool Parser::parseIteration() {
  if (!expect("[") || !parseInt("partitions", header.partitions))
    return false;
  for (uint16_t &count : header.counts) {
    if (!consume(","))
      break;
    if (!parseInt("count", count))
      return false;
  }
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
