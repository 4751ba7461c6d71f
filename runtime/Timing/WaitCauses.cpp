// SPDX-License-Identifier: Apache-2.0
// The reason of a wait, from the memory that both instructions touch.
#include "runtime/Timing/WaitCauses.h"

#include "runtime/Program/Program.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace tilicho::timing {

const char *waitKindName(WaitKind kind) {
  constexpr const char *names[numWaitKinds] = {"data", "reuse", "order"};
  return names[static_cast<unsigned>(kind)];
}

namespace {

/// A memory operand, as bytes of a partition or of a segment.
struct Touched {
  isa::Space space = isa::Space::None;
  uint16_t place = 0; ///< of HBM the segment
  bool isAnywhere = false;
  bool reads = false, writes = false;
  int64_t begin = 0, end = 0;
};

using TouchedList = std::vector<Touched>;

template <class Steps>
void reach(Touched &touched, const isa::Header &header, const Steps &steps,
           unsigned numSteps, int64_t offset, int64_t size) {
  // DMA operands have the step over partitions first, on chip in partitions.
  const unsigned extra = numSteps - 4;
  int64_t low = 0, high = 0;
  for (unsigned dim = 0; dim < numSteps; ++dim) {
    if (dim < extra && touched.space != isa::Space::Hbm)
      continue;
    int64_t count =
        dim < extra ? header.partitions : header.counts[dim - extra];
    int64_t far = int64_t(steps[dim]) * std::max<int64_t>(count - 1, 0);
    (far < 0 ? low : high) += far;
  }
  touched.begin = offset + low * size;
  touched.end = offset + (high + 1) * size;
}

/// Of a DMA's operands and of its indices.
template <class DmaOperand>
void reachByDma(Touched &touched, const isa::Header &header,
                const DmaOperand &access) {
  touched.space = access.space;
  touched.place = access.place;
  reach(touched, header, access.steps, 5, access.offset,
        isa::sizeOf(access.dtype));
}

Touched touchedBy(const uint8_t *bytes, const isa::Header &header,
                  const isa::OperandInfo &operand) {
  Touched touched;
  touched.reads = operand.isRead(header.flags);
  touched.writes = operand.isWritten(header.flags);
  const uint8_t *at = bytes + operand.offset;
  if (operand.kind == isa::FieldKind::Access) {
    auto access = isa::decodeAs<isa::Access>(at);
    touched.space = access.space;
    touched.isAnywhere = access.regA || access.regB;
    reach(touched, header, access.steps, 4, access.address,
          isa::sizeOf(access.dtype));
  } else if (operand.kind == isa::FieldKind::DmaAccess) {
    auto access = isa::decodeAs<isa::DmaAccess>(at);
    touched.isAnywhere = access.regA || access.regB;
    reachByDma(touched, header, access);
  } else if (operand.kind == isa::FieldKind::IndexAccess) {
    reachByDma(touched, header, isa::decodeAs<isa::IndexAccess>(at));
  }
  touched.isAnywhere |= operand.span == isa::Span::Table;
  return touched;
}

TouchedList touchedBy(const uint8_t *bytes) {
  const isa::Header header = isa::decodeAs<isa::Header>(bytes);
  const isa::InstructionInfo &info =
      isa::instructionInfo(isa::Opcode(bytes[0]));
  TouchedList all;
  for (const isa::OperandInfo &operand : info.operands)
    if (operand.isPresent(header.flags))
      all.push_back(touchedBy(bytes, header, operand));
  for (const isa::FieldInfo &field : info.fields) {
    if (field.kind != isa::FieldKind::Scalar)
      continue;
    auto scalar = isa::decodeAs<isa::Scalar>(bytes + field.offset);
    if (scalar.kind == isa::ScalarKind::Column)
      all.push_back({isa::Space::Sbuf, 0, scalar.reg != 0, true, false,
                     scalar.payload, scalar.payload + 4});
  }
  return all;
}

bool meet(const Touched &a, const Touched &b) {
  if (a.space != b.space || a.space == isa::Space::None)
    return false;
  if (a.space == isa::Space::Hbm && a.place != b.place)
    return false;
  return a.isAnywhere || b.isAnywhere || (a.begin < b.end && b.begin < a.end);
}

WaitKind kindOf(const TouchedList &waiting, const TouchedList &source) {
  bool reuses = false;
  for (const Touched &mine : waiting)
    for (const Touched &other : source) {
      if (!meet(mine, other))
        continue;
      if (mine.reads && other.writes)
        return WaitKind::Data;
      reuses |= mine.writes;
    }
  return reuses ? WaitKind::Reuse : WaitKind::Order;
}

/// A wait that has an instruction of its own is for what follows it.
uint32_t whatWaits(const QueueCode &code, uint32_t index) {
  uint32_t at = index;
  while (at < code.numInstructions() &&
         isa::Opcode(*code.instruction(at)) == isa::Opcode::wait)
    ++at;
  return at < code.numInstructions() ? at : index;
}

} // namespace

std::vector<WaitPart> sumWaits(const Program &program,
                               const std::vector<WaitRecord> &records) {
  std::map<std::tuple<uint16_t, isa::Opcode, uint16_t, isa::Opcode, WaitKind>,
           WaitPart>
      sums;
  for (const WaitRecord &record : records) {
    const QueueCode &code = program.queues[record.queue];
    const uint8_t *waiting = code.instruction(whatWaits(code, record.index));
    const uint8_t *source =
        program.queues[record.source].instruction(record.sourceIndex);
    WaitPart part{record.queue,
                  record.source,
                  isa::Opcode(*waiting),
                  isa::Opcode(*source),
                  kindOf(touchedBy(waiting), touchedBy(source)),
                  0,
                  0};
    WaitPart &sum = sums.try_emplace({record.queue, part.opcode, record.source,
                                      part.sourceOpcode, part.kind},
                                     part)
                        .first->second;
    sum.ns += record.ns;
    ++sum.count;
  }
  std::vector<WaitPart> parts;
  for (const auto &[key, part] : sums)
    parts.push_back(part);
  auto rank = [](const WaitPart &part) {
    return std::make_tuple(-part.ns, part.queue, part.opcode, part.source,
                           part.sourceOpcode, part.kind);
  };
  std::sort(
      parts.begin(), parts.end(),
      [&](const WaitPart &a, const WaitPart &b) { return rank(a) < rank(b); });
  return parts;
}

} // namespace tilicho::timing
