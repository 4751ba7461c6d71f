// SPDX-License-Identifier: Apache-2.0
// The instruction set: enums, operands, one struct an instruction, coding.
#ifndef TILICHO_RUNTIME_ISA_ISA_H
#define TILICHO_RUNTIME_ISA_ISA_H

#include "runtime/Isa/InstructionInfo.h"

#include "dialects/Isa/IR/IsaInstructions.h.inc"

#include "absl/status/status.h"

#include <utility>

namespace tilicho::isa {

constexpr bool isFloat(DType dtype) {
  return numberKind(dtype) == NumberKind::Float;
}
constexpr bool isSigned(DType dtype) {
  return numberKind(dtype) == NumberKind::Signed;
}
/// Signed or unsigned, not bool.
constexpr bool isInteger(DType dtype) {
  return isSigned(dtype) || numberKind(dtype) == NumberKind::Unsigned;
}

/// The instruction that an opcode stands for; the opcode must be one.
const InstructionInfo &instructionInfo(Opcode opcode);
/// Null for a byte that is no opcode.
const InstructionInfo *findInstruction(uint8_t opcode);
/// Null for a name that is no mnemonic.
const InstructionInfo *findInstruction(std::string_view mnemonic);
/// Every instruction, by opcode.
Table<InstructionInfo> allInstructions();

/// `pe`, `act`, ...; `dma` for all DMA queues.
std::string_view nameOf(QueueKind kind);
/// The kind of a queue by its name in a program: `dma` and a number is dma.
std::optional<QueueKind> queueKindOf(std::string_view name);

/// Checks the kInstructionBytes at `bytes`: opcode, queue, flags, enums,
/// registers, spaces and types of operands, and that all else is zero. What
/// depends on the machine is not checked. The text of the error names field,
/// value and what is allowed.
absl::Status verify(const uint8_t *bytes, QueueKind queue);

/// Calls `f(const XInst &)` with the decoded instruction. `bytes` must have
/// been verified.
template <class F> decltype(auto) visit(const uint8_t *bytes, F &&f) {
  switch (Opcode(bytes[0])) {
#define TILICHO_ISA_CASE(NAME, MNEMONIC)                                       \
  case Opcode::MNEMONIC: {                                                     \
    NAME##Inst instruction;                                                    \
    decode(bytes, instruction);                                                \
    return std::forward<F>(f)(std::as_const(instruction));                     \
  }
    TILICHO_ISA_INSTRUCTIONS(TILICHO_ISA_CASE)
#undef TILICHO_ISA_CASE
  }
  __builtin_unreachable();
}

/// The bytes decoded as an instruction that they are known to hold.
template <class Inst> Inst decodeAs(const uint8_t *bytes) {
  Inst instruction;
  decode(bytes, instruction);
  return instruction;
}

} // namespace tilicho::isa

#endif
