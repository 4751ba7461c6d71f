// SPDX-License-Identifier: Apache-2.0
// Text, attributes and bytecode of instructions.
#include "dialects/Isa/IR/InstProperty.h"

#include "runtime/Isa/Assembly.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;

namespace tilicho::ir::isa {

using namespace ::tilicho::isa;

/// The text of the operation: the assembly without the mnemonic, which is the
/// operation's name.
static std::string textOf(const uint8_t *bytes) {
  std::string text = printInstruction(bytes);
  text.erase(0, instructionInfo(Opcode(bytes[0])).mnemonic.size());
  text.erase(0, text.find_first_not_of(' '));
  return text;
}

/// Reads what textOf gives; an error is at a place in `text`.
static std::optional<AssemblyError> readText(StringRef text, Opcode opcode,
                                             uint8_t *bytes) {
  std::string line(nameOf(opcode));
  size_t prefix = line.size() + 1;
  line += ' ';
  line += text;
  Lexer lexer(line);
  std::optional<AssemblyError> error = parseInstruction(lexer, bytes);
  if (error)
    error->offset -= std::min(prefix, error->offset);
  return error;
}

ParseResult parseBytes(AsmParser &parser, Opcode opcode, uint8_t *bytes) {
  SMLoc loc = parser.getCurrentLocation();
  std::string text;
  if (parser.parseString(&text))
    return failure();
  std::optional<AssemblyError> error = readText(text, opcode, bytes);
  if (!error)
    return success();
  // One for the quote. Escapes do not occur in assembly.
  const char *at = loc.getPointer() + 1 + error->offset;
  return parser.emitError(SMLoc::getFromPointer(at), error->message);
}

void printBytes(AsmPrinter &printer, const uint8_t *bytes) {
  printer.printString(textOf(bytes));
}

Attribute bytesToAttribute(MLIRContext *context, const uint8_t *bytes) {
  return StringAttr::get(context, textOf(bytes));
}

LogicalResult
bytesFromAttribute(Attribute attribute, Opcode opcode, uint8_t *bytes,
                   llvm::function_ref<InFlightDiagnostic()> emitError) {
  auto text = dyn_cast_or_null<StringAttr>(attribute);
  if (!text)
    return emitError ? emitError() << "expected the instruction as a string"
                     : failure();
  std::optional<AssemblyError> error = readText(text, opcode, bytes);
  if (!error)
    return success();
  return emitError ? emitError() << error->message : failure();
}

// An instruction is mostly zeros, which varints make small.
void writeBytes(DialectBytecodeWriter &writer, const uint8_t *bytes) {
  for (unsigned at = 0; at < kInstructionBytes; at += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, bytes + at, sizeof word);
    writer.writeVarInt(word);
  }
}

LogicalResult readBytes(DialectBytecodeReader &reader, Opcode opcode,
                        uint8_t *bytes) {
  for (unsigned at = 0; at < kInstructionBytes; at += sizeof(uint64_t)) {
    uint64_t word;
    if (failed(reader.readVarInt(word)))
      return failure();
    std::memcpy(bytes + at, &word, sizeof word);
  }
  absl::Status status = verify(bytes, instructionInfo(opcode).firstQueue());
  if (status.ok() && bytes[0] == uint8_t(opcode))
    return success();
  return reader.emitError("the bytecode holds no valid instruction");
}

} // namespace tilicho::ir::isa
