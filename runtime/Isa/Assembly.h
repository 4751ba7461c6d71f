// SPDX-License-Identifier: Apache-2.0
// One instruction as text, and back.
#ifndef TILICHO_RUNTIME_ISA_ASSEMBLY_H
#define TILICHO_RUNTIME_ISA_ASSEMBLY_H

#include "runtime/Isa/Isa.h"
#include "runtime/Isa/Lexer.h"

#include <optional>
#include <string>
#include <string_view>

namespace tilicho::isa {

/// The names that operands use for what lies outside the instruction. As it
/// stands, everything is called by its number.
class Names {
public:
  virtual ~Names();
  virtual std::string segment(unsigned index) const;
  virtual std::string label(int target) const;
  virtual std::optional<unsigned> findSegment(std::string_view name) const;
  virtual std::optional<int> findLabel(std::string_view name) const;
};

/// The instruction as assembly, without a line end. The bytes must have been
/// verified.
std::string printInstruction(const uint8_t *bytes,
                             const Names &names = Names());

/// What is wrong, and where in the text.
struct AssemblyError {
  size_t offset = 0;
  std::string message;
};

/// Reads one instruction up to the end of its line into kInstructionBytes, and
/// verifies it for the queue, if one is given. On an error the lexer stands
/// somewhere in the line.
std::optional<AssemblyError>
parseInstruction(Lexer &lexer, uint8_t *bytes,
                 std::optional<QueueKind> queue = std::nullopt,
                 const Names &names = Names());

} // namespace tilicho::isa

#endif
