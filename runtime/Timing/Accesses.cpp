// SPDX-License-Identifier: Apache-2.0
// The on-chip memory that an engine instruction touches.
#include "runtime/Timing/Accesses.h"

#include "runtime/Timing/Extent.h"

#include <limits>

namespace tilicho::timing {

using isa::Space;

static unsigned partitionsOf(isa::Span span, const isa::Header &header) {
  bool isOne = span == isa::Span::Row || span == isa::Span::Element;
  return isOne ? 1 : header.partitions;
}

static int freeDimsOf(isa::Span span, const uint8_t *bytes) {
  if (span == isa::Span::Column || span == isa::Span::Element)
    return 0;
  if (span != isa::Span::Outer)
    return 4;
  int axes = isa::decodeAs<isa::TensorReduceInst>(bytes).axes;
  return std::max(4 - axes, 0);
}

static uint8_t portOf(Space space) {
  if (space == Space::Sbuf)
    return sbufPort;
  return space == Space::Psum ? psumPort : 0;
}

static Span operandSpan(const uint8_t *bytes, const isa::OperandInfo &operand,
                        const isa::Header &header) {
  auto access = isa::decodeAs<isa::Access>(bytes + operand.offset);
  Span span = spanOf(header, access, partitionsOf(operand.span, header),
                     freeDimsOf(operand.span, bytes));
  // A table is read where data decides: anywhere in its partitions.
  if (operand.span == isa::Span::Table) {
    span.byteBegin = 0;
    span.byteEnd = std::numeric_limits<int64_t>::max() / 2;
  }
  return span;
}

static Span columnSpan(const isa::Scalar &scalar, unsigned partitions) {
  Span span;
  span.space = Space::Sbuf;
  span.regB = scalar.reg;
  span.partitionBegin = scalar.partition;
  span.partitionEnd = uint16_t(scalar.partition + partitions);
  span.byteBegin = scalar.payload;
  span.byteEnd = span.byteBegin + isa::sizeOf(isa::DType::f32);
  return span;
}

Accesses accessesOf(const uint8_t *bytes, isa::Opcode opcode,
                    const isa::Header &header, uint8_t &ports) {
  const isa::InstructionInfo &info = isa::instructionInfo(opcode);
  Accesses accesses;
  Span *read = std::begin(accesses.reads), *write = accesses.writes;
  for (const isa::OperandInfo &operand : info.operands) {
    if (operand.kind != isa::FieldKind::Access ||
        !operand.isPresent(header.flags))
      continue;
    Span span = operandSpan(bytes, operand, header);
    ports |= portOf(span.space);
    if (operand.isRead(header.flags))
      *read++ = span;
    if (operand.isWritten(header.flags))
      *write++ = span;
  }
  for (const isa::FieldInfo &field : info.fields) {
    if (field.kind != isa::FieldKind::Scalar)
      continue;
    auto scalar = isa::decodeAs<isa::Scalar>(bytes + field.offset);
    if (scalar.kind != isa::ScalarKind::Column)
      continue;
    ports |= sbufPort;
    *read++ = columnSpan(scalar, header.partitions);
  }
  return accesses;
}

} // namespace tilicho::timing
