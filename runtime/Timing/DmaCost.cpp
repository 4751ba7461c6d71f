// SPDX-License-Identifier: Apache-2.0
// A DMA instruction as descriptors.
#include "runtime/Timing/DmaCost.h"

#include <algorithm>
#include <cmath>

namespace tilicho::timing {

using isa::DmaAccess;
using isa::Header;
using isa::IndexAccess;
using isa::Space;

namespace {

constexpr int numDims = 5;

/// The five iterated dimensions of a transfer, the partitions first.
struct Shape {
  int64_t counts[numDims];
  double elements = 1;

  explicit Shape(const Header &header) {
    counts[0] = header.partitions;
    std::copy_n(header.counts, numDims - 1, counts + 1);
    for (int64_t count : counts)
      elements *= double(count);
  }
};

/// Contiguous pieces of both sides.
struct Rows {
  double count = 0;
  double elements = 0;
  bool transposed = false;
};

} // namespace

/// A count that may be past all that there is room for.
static uint64_t toCount(double value) {
  constexpr double most = double(uint64_t{1} << 62);
  return static_cast<uint64_t>(std::min(value, most));
}

/// On chip a step of dimension 0 leads to another partition, which no row of
/// bytes reaches.
static bool leavesPartition(const DmaAccess &access, int dim) {
  return dim == 0 && access.space != Space::Hbm;
}

static bool continues(const DmaAccess &access, int dim, int64_t run) {
  return !leavesPartition(access, dim) && access.steps[dim] == run;
}

static Rows contiguousRows(const Shape &shape, const DmaAccess &dst,
                           const DmaAccess &src, const IndexAccess *index) {
  int64_t run = 1;
  for (int dim = numDims - 1; dim >= 0; --dim) {
    if (shape.counts[dim] == 1)
      continue;
    bool sameIndex = !index || index->steps[dim] == 0;
    if (!sameIndex || !continues(dst, dim, run) || !continues(src, dim, run))
      break;
    run *= shape.counts[dim];
  }
  return {shape.elements / double(run), double(run), false};
}

/// The dimension along which `access` walks element by element, or -1.
static int unitDim(const Shape &shape, const DmaAccess &access) {
  for (int dim = numDims - 1; dim >= 0; --dim)
    if (shape.counts[dim] > 1 && continues(access, dim, 1))
      return dim;
  return -1;
}

/// Elements side by side on each side, but along different dimensions, are
/// what the transposing mode is for: its rows are those of the written side.
static Rows rowsOf(const Shape &shape, const DmaAccess &dst,
                   const DmaAccess &src, const IndexAccess *index) {
  Rows rows = contiguousRows(shape, dst, src, index);
  int64_t size = isa::sizeOf(dst.dtype);
  if (rows.elements > 1 || index || (size != 2 && size != 4))
    return rows;
  int written = unitDim(shape, dst), read = unitDim(shape, src);
  if (written < 0 || read < 0 || written == read)
    return rows;
  double run = double(shape.counts[written]);
  return {shape.elements / run, run, true};
}

static double indexBytes(const Shape &shape, const IndexAccess &index) {
  double elements = 1;
  for (int dim = 0; dim < numDims; ++dim)
    if (index.steps[dim] != 0)
      elements *= double(shape.counts[dim]);
  return elements * isa::sizeOf(index.dtype);
}

static void addTraffic(Transfer &transfer, const Shape &shape,
                       const DmaAccess &dst, const DmaAccess &src) {
  if (src.space == Space::Hbm) {
    transfer.readSegment = src.place;
    transfer.hbmReadBytes = toCount(shape.elements * isa::sizeOf(src.dtype));
  }
  if (dst.space == Space::Hbm) {
    transfer.writtenSegment = dst.place;
    transfer.hbmWrittenBytes = toCount(shape.elements * isa::sizeOf(dst.dtype));
  }
}

static Transfer price(const Header &header, const DmaAccess &dst,
                      const DmaAccess &src, const IndexAccess *index,
                      double factor, const Machine &machine) {
  Shape shape(header);
  Transfer transfer;
  if (shape.elements == 0)
    return transfer;
  Rows rows = rowsOf(shape, dst, src, index);
  double size = std::max(isa::sizeOf(dst.dtype), isa::sizeOf(src.dtype));
  double rowBytes = rows.elements * size;
  double pieces = std::ceil(rowBytes / machine.dma.descriptorBytes);
  if (rows.transposed)
    factor *= machine.dma.transposeFactor;
  transfer.descriptors = toCount(rows.count * pieces);
  transfer.descriptorNs =
      std::max(machine.dma.descriptorNs,
               rowBytes / pieces / machine.dma.bytesPerNs * factor);
  addTraffic(transfer, shape, dst, src);
  if (index && index->space == Space::Hbm) {
    transfer.indexSegment = index->place;
    transfer.indexBytes = toCount(indexBytes(shape, *index));
  }
  transfer.hbmBytesPerDescriptor =
      (double(transfer.hbmReadBytes) + double(transfer.hbmWrittenBytes) +
       double(transfer.indexBytes)) /
      double(transfer.descriptors);
  return transfer;
}

Transfer transferOf(const isa::DmaInst &inst, const Machine &machine) {
  return price(inst, inst.dst, inst.src, nullptr, 1, machine);
}

Transfer transferOf(const isa::DmaGatherInst &inst, const Machine &machine) {
  return price(inst, inst.dst, inst.src, &inst.index, 1, machine);
}

// Merging into what is there reads it as well.
Transfer transferOf(const isa::DmaScatterInst &inst, const Machine &machine) {
  bool merges = inst.mode != isa::ScatterMode::write;
  double factor = merges ? machine.dma.accumulateFactor : 1;
  Transfer transfer =
      price(inst, inst.dst, inst.src, &inst.index, factor, machine);
  if (merges && transfer.readSegment < 0) {
    transfer.readSegment = transfer.writtenSegment;
    transfer.hbmReadBytes = transfer.hbmWrittenBytes;
  }
  return transfer;
}

} // namespace tilicho::timing
