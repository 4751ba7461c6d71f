// SPDX-License-Identifier: Apache-2.0
// From strides to byte intervals.
#include "lib/Conversion/TileToIsa/Footprint.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

bool Footprint::overlaps(const Footprint &other) const {
  if (partLow >= other.partHigh || other.partLow >= partHigh ||
      low >= other.high || other.low >= high)
    return false;
  if (partStep == other.partStep && (partLow - other.partLow) % partStep != 0)
    return false;
  if (rowStep == 0 || rowStep != other.rowStep)
    return true;
  // Rows repeat with the same step: they meet if they do within one step.
  int64_t ahead = ((other.low - low) % rowStep + rowStep) % rowStep;
  return ahead < rowBytes || rowStep - ahead < other.rowBytes;
}

bool Footprint::covers(const Footprint &other) const {
  bool hasPartitions =
      partStep == 1 ||
      (partStep == other.partStep && (partLow - other.partLow) % partStep == 0);
  return rowStep == 0 && hasPartitions && partLow <= other.partLow &&
         partHigh >= other.partHigh && low <= other.low && high >= other.high;
}

Footprint Footprint::unite(const Footprint &other) const {
  return {std::min(partLow, other.partLow),
          std::max(partHigh, other.partHigh),
          std::min(low, other.low),
          std::max(high, other.high),
          0,
          0};
}

namespace {

struct Extent {
  int64_t count, step; // step in bytes
};

/// The iteration of an operand in its memory: partitions, and free extents.
struct Walk {
  int64_t partitions = 1, partStep = 1;
  SmallVector<Extent, 5> extents;
};

} // namespace

static int64_t product(ArrayRef<int64_t> counts) {
  int64_t result = 1;
  for (int64_t count : counts)
    result *= count;
  return result;
}

static Walk walkOf(const Instruction &instruction, const Operand &operand,
                   isa::Space space) {
  tile::IssueOp op = instruction.op;
  ArrayRef<int64_t> counts = op.getCounts(), steps = operand.access.getSteps();
  int64_t partitions = op.getPartitions();
  int64_t size = isa::sizeOf(operand.access.getDtype());
  Walk walk;
  walk.partitions = partitions;
  if (operand.span == isa::Span::Array)
    walk.partitions = integerField(op, "cols");
  if (operand.span == isa::Span::Row)
    walk.partitions = 1;
  if (operand.span == isa::Span::Transposed) {
    walk.partitions = product(counts);
    walk.extents.push_back({partitions, (steps.empty() ? 0 : steps[0]) * size});
    return walk;
  }
  if (steps.size() > counts.size()) { // DMA: the partition's step is first.
    if (space == isa::Space::Hbm) {
      walk.partitions = 1;
      walk.extents.push_back({partitions, steps[0] * size});
    } else if (partitions > 1) {
      walk.partStep = steps[0];
    }
    steps = steps.drop_front();
  }
  for (auto [count, step] : llvm::zip(counts, steps))
    walk.extents.push_back({count, step * size});
  return walk;
}

Footprint footprintOf(const Instruction &instruction, const Operand &operand,
                      const InstructionList &list) {
  const Buffer &buffer = list.buffers[operand.buffer];
  Footprint print;
  print.partLow = operand.access.getPartition();
  if (operand.span == isa::Span::Table) { // Anywhere, by index.
    tile::IssueOp op = instruction.op;
    print.partHigh = print.partLow + op.getPartitions();
    print.high = buffer.type.getBytes();
    if (buffer.space() == isa::Space::Hbm)
      print.partHigh = print.partLow + 1;
    return print;
  }
  Walk walk = walkOf(instruction, operand, buffer.space());
  print.partStep = walk.partStep;
  print.partHigh = print.partLow + (walk.partitions - 1) * walk.partStep + 1;
  int64_t size = isa::sizeOf(operand.access.getDtype());
  int64_t low = operand.access.getOffset(), span = size, widest = 0;
  for (const Extent &extent : walk.extents) {
    int64_t reach = (extent.count - 1) * extent.step;
    low += std::min<int64_t>(reach, 0);
    span += std::abs(reach);
    if (extent.count > 1)
      widest = std::max(widest, std::abs(extent.step));
  }
  print.low = low;
  print.high = low + span;
  int64_t rowBytes = size;
  for (const Extent &extent : walk.extents)
    if (std::abs(extent.step) != widest)
      rowBytes += (extent.count - 1) * std::abs(extent.step);
  if (rowBytes < widest) {
    print.rowStep = widest;
    print.rowBytes = rowBytes;
  }
  return print;
}

} // namespace tilicho::compiler
