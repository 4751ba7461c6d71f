// SPDX-License-Identifier: Apache-2.0
// Reads the tokens of a directive.
#ifndef TILICHO_LIB_ASSEMBLY_CURSOR_H
#define TILICHO_LIB_ASSEMBLY_CURSOR_H

#include "runtime/Isa/Assembly.h"

#include <string>
#include <string_view>
#include <vector>

namespace tilicho::compiler {

/// What each function expects is the next token; if it is not, they throw an
/// isa::AssemblyError that points at it.
class Cursor {
public:
  explicit Cursor(std::string_view text) : lexer(text), text(text) {}

  isa::Lexer lexer;

  [[noreturn]] void fail(const std::string &message) const;
  [[noreturn]] void failExpecting(std::string_view what) const;
  size_t offset() const { return lexer.peek().offset; }
  bool consume(std::string_view token);
  void expect(std::string_view token);
  void expectLineEnd() const;
  /// A word or a text in quotes.
  std::string name(std::string_view what);
  std::string word(std::string_view what);
  int64_t integer(std::string_view what, int64_t least, int64_t most);
  double real(std::string_view what);
  /// `[2, 3]`, each at least 0.
  std::vector<int64_t> shape();
  isa::DType dtype();
  /// The rest of the line as it stands, without blanks at its ends.
  std::string restOfLine();

private:
  std::string_view text;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_ASSEMBLY_CURSOR_H
