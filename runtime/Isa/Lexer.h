// SPDX-License-Identifier: Apache-2.0
// The tokens of assembly.
#ifndef TILICHO_RUNTIME_ISA_LEXER_H
#define TILICHO_RUNTIME_ISA_LEXER_H

#include <cstddef>
#include <string>
#include <string_view>

namespace tilicho::isa {

enum class TokenKind {
  /// Letters, digits and underscores, not led by a digit.
  Word,
  /// A number in any notation, sign included.
  Number,
  /// A text in double quotes; Token::text holds it with its quotes.
  String,
  /// Any other single character.
  Punctuation,
  EndOfLine,
  EndOfText
};

struct Token {
  TokenKind kind = TokenKind::EndOfText;
  std::string_view text;
  /// Bytes from the start of the text.
  size_t offset = 0;
  bool is(std::string_view other) const {
    return text == other && kind != TokenKind::String;
  }
};

/// Cuts a text into tokens, one ahead. `//` starts a comment. The text must
/// outlive the lexer and its tokens.
class Lexer {
public:
  explicit Lexer(std::string_view text) : text(text) { next(); }

  const Token &peek() const { return current; }
  /// Returns the current token and goes on to the one behind it.
  Token next();
  bool isAtLineEnd() const {
    return current.kind == TokenKind::EndOfLine ||
           current.kind == TokenKind::EndOfText;
  }
  /// Goes on to the end of the line, which stays the current token.
  void skipLine();

private:
  Token scan();
  Token take(TokenKind kind, size_t length);
  size_t numberLength() const;
  size_t stringLength() const;
  void skipBlanks();

  std::string_view text;
  size_t position = 0;
  Token current;
};

/// What a String token stands for: quotes removed, `\"`, `\\` and `\n`
/// replaced.
std::string unquote(std::string_view token);
/// The inverse of unquote.
std::string quote(std::string_view text);
/// Whether a name can be written as a single Word token.
bool isWord(std::string_view name);

} // namespace tilicho::isa

#endif
