// SPDX-License-Identifier: Apache-2.0
// The fields of an instruction to which the sequencer can add a register.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_ROLLFIELDS_H
#define TILICHO_LIB_CONVERSION_TILETOISA_ROLLFIELDS_H

#include "runtime/Isa/Isa.h"

#include "llvm/ADT/ArrayRef.h"

#include <vector>

namespace tilicho::compiler {

/// A field that may differ between the iterations of a loop.
struct RollField {
  enum Kind : uint8_t {
    /// waitValue + R[waitRegister]
    Wait,
    /// address + R[regA] * strideA + R[regB]
    OnChip,
    Dma,
    /// payload + R[reg] of a column
    Column
  } kind;
  /// Of the wait's, operand's or scalar's first byte in the instruction.
  uint8_t offset;

  /// Whether a register can be multiplied by a stride in place.
  bool hasStride() const { return kind == OnChip || kind == Dma; }
};

/// What is added to a field; register 0 is 0.
struct RollRegisters {
  uint8_t scaled = 0;
  int32_t stride = 0;
  uint8_t added = 0;
};

/// The fields of the encoded instruction at `bytes`, in a fixed order. They
/// have no registers.
llvm::ArrayRef<RollField> rollFieldsOf(const uint8_t *bytes);

int64_t readField(RollField field, const uint8_t *bytes);

/// Adds registers to a field.
void setRegisters(RollField field, const RollRegisters &registers,
                  uint8_t *bytes);

/// Puts the values of registers in place of them.
void resolveRegisters(RollField field, llvm::ArrayRef<int64_t> values,
                      uint8_t *bytes);

/// A number that instructions share which differ in these fields alone.
uint64_t keyWithoutFields(const uint8_t *bytes);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_ROLLFIELDS_H
