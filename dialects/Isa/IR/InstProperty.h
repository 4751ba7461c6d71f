// SPDX-License-Identifier: Apache-2.0
// Instruction structs as properties of operations: text, hash, bytecode.
#ifndef TILICHO_DIALECTS_ISA_IR_INSTPROPERTY_H
#define TILICHO_DIALECTS_ISA_IR_INSTPROPERTY_H

#include "runtime/Isa/Isa.h"

#include "mlir/Bytecode/BytecodeImplementation.h"
#include "mlir/IR/Attributes.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/Hashing.h"

#include <cstring>
#include <type_traits>

namespace tilicho::isa {

/// Instructions are equal when their bytes are.
template <class Inst, class = std::enable_if_t<std::is_base_of_v<Header, Inst>>>
bool operator==(const Inst &a, const Inst &b) {
  uint8_t bytesOfA[kInstructionBytes], bytesOfB[kInstructionBytes];
  encode(a, bytesOfA);
  encode(b, bytesOfB);
  return std::memcmp(bytesOfA, bytesOfB, kInstructionBytes) == 0;
}

} // namespace tilicho::isa

namespace tilicho::ir::isa {

/// The verifier of every instruction.
llvm::LogicalResult verifyInstruction(mlir::Operation *op);

// The same for all structs, by way of the encoded bytes.
mlir::ParseResult parseBytes(mlir::AsmParser &parser,
                             ::tilicho::isa::Opcode opcode, uint8_t *bytes);
void printBytes(mlir::AsmPrinter &printer, const uint8_t *bytes);
mlir::Attribute bytesToAttribute(mlir::MLIRContext *context,
                                 const uint8_t *bytes);
llvm::LogicalResult
bytesFromAttribute(mlir::Attribute attribute, ::tilicho::isa::Opcode opcode,
                   uint8_t *bytes,
                   llvm::function_ref<mlir::InFlightDiagnostic()> emitError);
void writeBytes(mlir::DialectBytecodeWriter &writer, const uint8_t *bytes);
llvm::LogicalResult readBytes(mlir::DialectBytecodeReader &reader,
                              ::tilicho::isa::Opcode opcode, uint8_t *bytes);

template <class Inst> struct Encoded {
  uint8_t bytes[::tilicho::isa::kInstructionBytes];
  explicit Encoded(const Inst &inst) { encode(inst, bytes); }
};

template <class Inst>
mlir::ParseResult parseInst(mlir::AsmParser &parser, Inst &inst) {
  uint8_t bytes[::tilicho::isa::kInstructionBytes];
  if (parseBytes(parser, Inst::opcode, bytes))
    return mlir::failure();
  decode(bytes, inst);
  return mlir::success();
}

template <class Inst>
void printInst(mlir::AsmPrinter &printer, const Inst &inst) {
  printBytes(printer, Encoded(inst).bytes);
}

template <class Inst>
void printInst(mlir::AsmPrinter &printer, mlir::Operation *, const Inst &inst) {
  printInst(printer, inst);
}

template <class Inst>
mlir::Attribute toAttribute(mlir::MLIRContext *context, const Inst &inst) {
  return bytesToAttribute(context, Encoded(inst).bytes);
}

template <class Inst>
llvm::LogicalResult
fromAttribute(mlir::Attribute attribute, Inst &inst,
              llvm::function_ref<mlir::InFlightDiagnostic()> emitError) {
  uint8_t bytes[::tilicho::isa::kInstructionBytes];
  if (failed(bytesFromAttribute(attribute, Inst::opcode, bytes, emitError)))
    return mlir::failure();
  decode(bytes, inst);
  return mlir::success();
}

template <class Inst> llvm::hash_code hashOf(const Inst &inst) {
  Encoded<Inst> encoded(inst);
  return llvm::hash_combine_range(std::begin(encoded.bytes),
                                  std::end(encoded.bytes));
}

template <class Inst>
void writeInst(mlir::DialectBytecodeWriter &writer, const Inst &inst) {
  writeBytes(writer, Encoded(inst).bytes);
}

template <class Inst>
llvm::LogicalResult readInst(mlir::DialectBytecodeReader &reader, Inst &inst) {
  uint8_t bytes[::tilicho::isa::kInstructionBytes];
  if (failed(readBytes(reader, Inst::opcode, bytes)))
    return mlir::failure();
  decode(bytes, inst);
  return mlir::success();
}

} // namespace tilicho::ir::isa

#endif // TILICHO_DIALECTS_ISA_IR_INSTPROPERTY_H
