// SPDX-License-Identifier: Apache-2.0
// Reads tokens, numbers, addresses and operands of an instruction.
#include "runtime/Isa/Number.h"
#include "runtime/Isa/Parser.h"

#include <algorithm>

namespace tilicho::isa {

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

/// Fewer steps than there are belong to the last dimensions. Of DMA the first
/// is the partitions'.
bool Parser::parseSteps(int32_t *steps, size_t count, bool isDma) {
  if (isDma && !parseInt("step", steps[0]))
    return false;
  if (isDma && !consume(","))
    return expect("]");
  size_t first = isDma, last = first;
  do {
    if (last == count)
      return fail("an operand has at most ", count, " steps");
    if (!parseInt("step", steps[last++]))
      return false;
  } while (consume(","));
  std::rotate(steps + first, steps + last, steps + count);
  return expect("]");
}

bool Parser::parseStepsOnly(Access &access) {
  return expect("steps") && expect("[") &&
         (consume("]") ||
          parseSteps(access.steps, std::size(access.steps), false));
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
    return parseSteps(access.steps, std::size(access.steps), false);
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
  constexpr int64_t limit = int64_t(1) << 47;
  if (address.base < -limit || address.base >= limit) {
    error = {offset, "the offset does not fit 48 bits"};
    return false;
  }
  access.offset = address.base;
  access.regA = address.regA;
  access.strideA = address.strideA;
  access.regB = address.regB;
  if (consume(":"))
    return parseSteps(access.steps, std::size(access.steps), true);
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

bool Parser::parseImmediate(Scalar &scalar) {
  std::string_view text = lexer.peek().text;
  if (info->immediatesAreIntegers(bytes)) {
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

} // namespace tilicho::isa
