// SPDX-License-Identifier: Apache-2.0
// Cuts assembly into tokens.
#include "runtime/Isa/Lexer.h"

#include <algorithm>

namespace tilicho::isa {

static bool isDigit(char c) { return c >= '0' && c <= '9'; }
static bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
static bool isWordPart(char c) { return isLetter(c) || isDigit(c); }

bool isWord(std::string_view name) {
  return !name.empty() && isLetter(name[0]) &&
         std::all_of(name.begin(), name.end(), isWordPart);
}

void Lexer::skipBlanks() {
  while (position < text.size() &&
         (text[position] == ' ' || text[position] == '\t' ||
          text[position] == '\r'))
    ++position;
  if (text.substr(position, 2) == "//")
    position = std::min(text.find('\n', position), text.size());
}

size_t Lexer::numberLength() const {
  size_t end = position + (text[position] == '-');
  bool isHex = text.substr(end, 2) == "0x";
  for (; end < text.size(); ++end) {
    char c = text[end], before = end > position ? text[end - 1] : '\0';
    bool isExponentSign =
        !isHex && (c == '+' || c == '-') && (before == 'e' || before == 'E');
    if (end > position && !isWordPart(c) && c != '.' && !isExponentSign)
      break;
  }
  return end - position;
}

size_t Lexer::stringLength() const {
  for (size_t end = position + 1; end < text.size(); ++end) {
    if (text[end] == '\n')
      break;
    if (text[end] == '"')
      return end + 1 - position;
    if (text[end] == '\\')
      ++end;
  }
  return 0;
}

Token Lexer::take(TokenKind kind, size_t length) {
  Token token{kind, text.substr(position, length), position};
  position += length;
  return token;
}

Token Lexer::scan() {
  skipBlanks();
  if (position == text.size())
    return take(TokenKind::EndOfText, 0);
  char first = text[position];
  char second = position + 1 < text.size() ? text[position + 1] : '\0';
  if (first == '\n')
    return take(TokenKind::EndOfLine, 1);
  if (isDigit(first) || (first == '-' && isWordPart(second)))
    return take(TokenKind::Number, numberLength());
  if (isLetter(first)) {
    size_t end = position;
    while (end < text.size() && isWordPart(text[end]))
      ++end;
    return take(TokenKind::Word, end - position);
  }
  if (first == '"')
    if (size_t length = stringLength())
      return take(TokenKind::String, length);
  return take(TokenKind::Punctuation, 1);
}

Token Lexer::next() {
  Token before = current;
  current = scan();
  return before;
}

void Lexer::skipLine() {
  while (!isAtLineEnd())
    next();
}

std::string unquote(std::string_view token) {
  std::string text;
  for (size_t at = 1; at + 1 < token.size(); ++at) {
    if (token[at] == '\\' && at + 2 < token.size()) {
      ++at;
      text += token[at] == 'n' ? '\n' : token[at];
      continue;
    }
    text += token[at];
  }
  return text;
}

std::string quote(std::string_view text) {
  std::string token = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      token += '\\';
    if (c == '\n')
      token += "\\n";
    else
      token += c;
  }
  return token + '"';
}

} // namespace tilicho::isa
