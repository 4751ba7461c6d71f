// SPDX-License-Identifier: Apache-2.0
// Fields by the ISA's table of the instruction, semaphores by counting.
#include "lib/Conversion/TileToIsa/Encode.h"

#include "lib/Conversion/TileToIsa/LoopEncoder.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

namespace {

/// Encodes the operands and fields of one instruction.
class InstructionEncoder {
public:
  InstructionEncoder(const Instruction &instruction,
                     const InstructionList &list, uint8_t *bytes)
      : instruction(instruction), list(list), op(instruction.op), bytes(bytes) {
  }

  LogicalResult run() {
    encodeOperands();
    DictionaryAttr fields = op.getFieldsAttr();
    if (!fields)
      return success();
    for (NamedAttribute field : fields)
      if (field.getName() != "flags" && failed(encodeField(field)))
        return failure();
    return success();
  }

private:
  /// Steps stand right-aligned: the innermost is always the last.
  template <size_t n>
  static void setSteps(int32_t (&to)[n], ArrayRef<int64_t> from) {
    size_t shift = n - from.size();
    for (auto [index, step] : llvm::enumerate(from))
      to[shift + index] = step;
  }

  void encodeOperands() {
    size_t index = 0;
    for (const isa::OperandInfo &info : instruction.info->operands) {
      if (!info.isPresent(instruction.flags) || info.span == isa::Span::None)
        continue;
      if (index == instruction.operands.size())
        return;
      encodeOperand(info, instruction.operands[index++]);
    }
  }

  void encodeOperand(const isa::OperandInfo &info, const Operand &operand) {
    switch (info.kind) {
    case isa::FieldKind::Access:
      return encodeOnChip(info.offset, operand);
    case isa::FieldKind::DmaAccess: {
      isa::DmaAccess access;
      setPlace(access, operand);
      return isa::encode(access, bytes + info.offset);
    }
    case isa::FieldKind::IndexAccess: {
      isa::IndexAccess access;
      setPlace(access, operand);
      return isa::encode(access, bytes + info.offset);
    }
    default:
      llvm_unreachable("not a memory operand");
    }
  }

  void encodeOnChip(unsigned offset, const Operand &operand) {
    const Buffer &buffer = list.buffers[operand.buffer];
    isa::Access access;
    access.space = buffer.space();
    access.dtype = operand.access.getDtype();
    access.partition = operand.access.getPartition();
    access.address = buffer.address + operand.access.getOffset();
    if (operand.span == isa::Span::Transposed)
      access.steps[3] = operand.access.getSteps().empty()
                            ? 0
                            : operand.access.getSteps().front();
    else
      setSteps(access.steps, operand.access.getSteps());
    isa::encode(access, bytes + offset);
  }

  template <class Access>
  void setPlace(Access &access, const Operand &operand) {
    const Buffer &buffer = list.buffers[operand.buffer];
    bool isHbm = buffer.space() == isa::Space::Hbm;
    access.space = buffer.space();
    access.dtype = operand.access.getDtype();
    access.place = isHbm ? buffer.address : operand.access.getPartition();
    access.offset = operand.access.getOffset() + (isHbm ? 0 : buffer.address);
    ArrayRef<int64_t> steps = operand.access.getSteps();
    access.steps[0] = steps.front();
    size_t shift = 5 - steps.size();
    for (auto [index, step] : llvm::enumerate(steps.drop_front()))
      access.steps[1 + shift + index] = step;
  }

  LogicalResult encodeField(NamedAttribute field) {
    StringRef name = field.getName();
    if (name == "steps") // Those of an operand without memory.
      return encodeStepsOnly(cast<DenseI64ArrayAttr>(field.getValue()));
    const isa::FieldInfo *info =
        instruction.info->findField(std::string_view(name));
    if (!info)
      return op.emitOpError() << "instruction \"" << op.getMnemonic()
                              << "\" has no field \"" << name << '"';
    if (info->kind == isa::FieldKind::Scalar)
      return encodeScalar(*info, field.getValue());
    if (info->kind == isa::FieldKind::Enum)
      return encodeEnum(*info, cast<StringAttr>(field.getValue()));
    int64_t value = cast<IntegerAttr>(field.getValue()).getInt();
    for (unsigned byte = 0; byte < info->bytes; ++byte)
      bytes[info->offset + byte] = value >> (8 * byte);
    return success();
  }

  LogicalResult encodeStepsOnly(DenseI64ArrayAttr steps) {
    for (const isa::OperandInfo &info : instruction.info->operands) {
      if (info.span != isa::Span::None)
        continue;
      isa::Access access;
      setSteps(access.steps, steps.asArrayRef());
      isa::encode(access, bytes + info.offset);
    }
    return success();
  }

  /// The operand that `value` names as a column, or null.
  const Operand *findColumn(Attribute value) {
    auto dictionary = dyn_cast<DictionaryAttr>(value);
    auto index = dictionary ? dictionary.getAs<IntegerAttr>("column") : nullptr;
    if (!index || index.getInt() < 0 ||
        index.getInt() >= static_cast<int64_t>(instruction.operands.size()))
      return nullptr;
    const Operand &operand = instruction.operands[index.getInt()];
    bool isInSbuf = list.buffers[operand.buffer].space() == isa::Space::Sbuf;
    return isInSbuf && operand.access.getDtype() == isa::DType::f32 ? &operand
                                                                    : nullptr;
  }

  LogicalResult encodeScalar(const isa::FieldInfo &info, Attribute value) {
    isa::Scalar scalar;
    if (auto number = dyn_cast<FloatAttr>(value)) {
      scalar.payload = number.getValue().bitcastToAPInt().getZExtValue();
    } else if (auto integer = dyn_cast<IntegerAttr>(value)) {
      scalar.payload = static_cast<uint32_t>(integer.getInt());
    } else if (const Operand *column = findColumn(value)) {
      scalar.kind = isa::ScalarKind::Column;
      scalar.partition = column->access.getPartition();
      scalar.payload =
          list.buffers[column->buffer].address + column->access.getOffset();
    } else {
      return op.emitOpError()
             << "field \"" << StringRef(info.name) << "\" is " << value
             << " but must be a number or an f32 operand in sbuf";
    }
    isa::encode(scalar, bytes + info.offset);
    return success();
  }

  LogicalResult encodeEnum(const isa::FieldInfo &info, StringAttr text) {
    std::optional<uint8_t> value =
        info.enumInfo->find(std::string_view(text.getValue()));
    if (!value)
      return op.emitOpError() << "has no value " << text << " for its field \""
                              << StringRef(info.name) << '"';
    bytes[info.offset] = *value;
    return success();
  }

  const Instruction &instruction;
  const InstructionList &list;
  tile::IssueOp op;
  uint8_t *bytes;
};

/// Appends instructions to the streams of their queues.
class StreamEncoder {
public:
  StreamEncoder(const InstructionList &list,
                ArrayRef<SmallVector<Wait, 2>> waits, uint32_t numQueues)
      : list(list), waits(waits), writer(list, numQueues),
        counts(list.instructions.size()), places(list.instructions.size()),
        isAwaited(list.instructions.size(), false) {}

  FailureOr<Streams> run() {
    for (const auto &perInstruction : waits)
      for (const Wait &wait : perInstruction)
        isAwaited[wait.instruction] = true;
    LoopEncoder loops(list, writer);
    for (uint32_t index = 0, n = list.instructions.size(); index < n; ++index) {
      loops.encodeBordersBefore(index);
      if (failed(add(index)))
        return failure();
    }
    loops.encodeBordersBefore(list.instructions.size());
    Streams used;
    used.places = std::move(places);
    used.queues = writer.takeStreams();
    return used;
  }

private:
  LogicalResult add(uint32_t index) {
    const Instruction &instruction = list.instructions[index];
    isa::Header header;
    ArrayRef<Wait> own = waits[index];
    for (const Wait &wait : own.drop_back(own.empty() ? 0 : 1)) {
      setWait(header, wait);
      writer.append(instruction.queue, instruction.node, header,
                    isa::Opcode::wait);
      header = {};
    }
    if (!own.empty())
      setWait(header, own.back());
    tile::IssueOp op = instruction.op;
    header.flags = instruction.flags;
    header.partitions = op.getPartitions();
    size_t shift = 4 - op.getCounts().size();
    for (auto [dim, count] : llvm::enumerate(op.getCounts()))
      header.counts[shift + dim] = count;
    if (isAwaited[index]) {
      header.signalSemaphore = instruction.queue;
      header.signalIncrement = 1;
      counts[index] = ++writer.signalled[instruction.queue];
    }
    uint8_t *bytes = writer.append(instruction.queue, instruction.node, header,
                                   instruction.info->opcode);
    places[index].index = writer.length(instruction.queue) - 1;
    return InstructionEncoder(instruction, list, bytes).run();
  }

  void setWait(isa::Header &header, const Wait &wait) {
    writer.setWait(header, wait.queue, counts[wait.instruction]);
  }

  const InstructionList &list;
  ArrayRef<SmallVector<Wait, 2>> waits;
  StreamWriter writer;
  /// By instruction, its queue's semaphore when it has ended, but for what
  /// loops of run time have added.
  std::vector<int32_t> counts;
  std::vector<Place> places;
  std::vector<bool> isAwaited;
};

} // namespace

FailureOr<Streams> encodeStreams(const InstructionList &list,
                                 ArrayRef<SmallVector<Wait, 2>> waits,
                                 uint32_t numQueues) {
  return StreamEncoder(list, waits, numQueues).run();
}

} // namespace tilicho::compiler
