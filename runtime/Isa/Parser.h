// SPDX-License-Identifier: Apache-2.0
// The state of reading one instruction from assembly.
#ifndef TILICHO_RUNTIME_ISA_PARSER_H
#define TILICHO_RUNTIME_ISA_PARSER_H

#include "runtime/Isa/Assembly.h"
#include "runtime/Isa/Concat.h"

#include <limits>

namespace tilicho::isa {

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
  bool parseSteps(int32_t *steps, size_t count, bool isDma);
  bool parse(Access &access);
  bool parse(DmaAccess &access);
  bool parse(IndexAccess &access);
  bool parseStepsOnly(Access &access);
  bool parse(Scalar &scalar);
  bool parseImmediate(Scalar &scalar);
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
template <class T> bool Parser::parseInt(std::string_view what, T &value) {
  int64_t number;
  if (!parseInt(what, std::numeric_limits<T>::min(),
                std::numeric_limits<T>::max(), number))
    return false;
  value = T(number);
  return true;
}

} // namespace tilicho::isa

#endif
