// SPDX-License-Identifier: Apache-2.0
// Reads the tokens of a directive.
#include "lib/Assembly/Cursor.h"

#include "runtime/Isa/Concat.h"
#include "runtime/Isa/Number.h"

#include "absl/strings/ascii.h"

#include <charconv>
#include <limits>

namespace tilicho::compiler {

using isa::TokenKind;

void Cursor::fail(const std::string &message) const {
  throw isa::AssemblyError{offset(), message};
}

void Cursor::failExpecting(std::string_view what) const {
  if (lexer.isAtLineEnd())
    fail(concat("expected ", what, ", found the end of the line"));
  fail(concat("expected ", what, ", found '", lexer.peek().text, "'"));
}

bool Cursor::consume(std::string_view token) {
  if (!lexer.peek().is(token))
    return false;
  lexer.next();
  return true;
}

void Cursor::expect(std::string_view token) {
  if (!consume(token))
    failExpecting(concat("'", token, "'"));
}

void Cursor::expectLineEnd() const {
  if (!lexer.isAtLineEnd())
    failExpecting("the end of the line");
}

std::string Cursor::name(std::string_view what) {
  if (lexer.peek().kind == TokenKind::String)
    return isa::unquote(lexer.next().text);
  return word(what);
}

std::string Cursor::word(std::string_view what) {
  if (lexer.peek().kind != TokenKind::Word)
    failExpecting(what);
  return std::string(lexer.next().text);
}

int64_t Cursor::integer(std::string_view what, int64_t least, int64_t most) {
  if (lexer.peek().kind != TokenKind::Number)
    failExpecting(what);
  std::optional<int64_t> value = isa::toInteger(lexer.peek().text);
  if (!value)
    fail(concat("'", lexer.peek().text, "' is no integer of 64 bits"));
  if (*value < least || *value > most)
    fail(concat(what, " is ", *value, ", but must lie in ", least, "..", most));
  lexer.next();
  return *value;
}

double Cursor::real(std::string_view what) {
  std::string_view digits = lexer.peek().text;
  double value = 0;
  auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || failure != std::errc() ||
      end != digits.data() + digits.size())
    failExpecting(what);
  lexer.next();
  return value;
}

std::vector<int64_t> Cursor::shape() {
  std::vector<int64_t> sizes;
  expect("[");
  if (consume("]"))
    return sizes;
  do
    sizes.push_back(integer("size", 0, std::numeric_limits<int64_t>::max()));
  while (consume(","));
  expect("]");
  return sizes;
}

isa::DType Cursor::dtype() {
  std::optional<isa::DType> type = isa::parse<isa::DType>(lexer.peek().text);
  if (!type)
    failExpecting("an element type");
  lexer.next();
  return *type;
}

std::string Cursor::restOfLine() {
  size_t begin = offset();
  lexer.skipLine();
  std::string line(text.substr(begin, offset() - begin));
  line = line.substr(0, line.find("//"));
  return std::string(absl::StripAsciiWhitespace(line));
}

} // namespace tilicho::compiler
