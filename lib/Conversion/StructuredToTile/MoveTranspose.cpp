// SPDX-License-Identifier: Apache-2.0
// Transposes planes by way of SBUF and PSUM.
#include "lib/Conversion/StructuredToTile/MoveTranspose.h"
#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

namespace tilicho::compiler {

using isa::DType;

namespace {

/// A move of planes [rows, cols, words]: rows lie side by side in dst, columns
/// in src. An element of eight bytes is two words, which stay together.
class Transposition {
public:
  Transposition(Lowering &lowering, const View &dst, const View &src)
      : lowering(lowering), machine(lowering.machine), dst(toWords(dst)),
        src(toWords(src)) {}

  bool emit() {
    if (!findPlane() || stagedNs() >= directNs())
      return false;
    emitPlanes(dst, src);
    return true;
  }

private:
  static View toWords(const View &view);
  bool findPlane();
  double rowsNs(double rows, double bytes) const;
  double directNs() const;
  double stagedNs() const;
  void emitPlanes(const View &to, const View &from);
  void emitPlane(const View &to, const View &from);
  void emitBlock(const View &to, const View &from);
  void emitColumns(const View &to, llvm::ArrayRef<View> loaded, int64_t first,
                   int64_t count);

  int64_t words() const { return dst.dims.back().count; }
  int64_t wordBytes() const { return isa::sizeOf(dst.dtype); }
  int64_t rows() const { return dst.dims[row].count; }
  int64_t cols() const { return dst.dims[col].count; }

  Lowering &lowering;
  const Machine &machine;
  View dst, src;
  unsigned row = 0, col = 0;
  /// What the array takes at one time, and rows and columns of a block.
  int64_t rowTile = 1, colTile = 1, block = 1;
};

} // namespace

View Transposition::toWords(const View &view) {
  View result = view;
  int64_t words = isa::sizeOf(view.dtype) == 8 ? 2 : 1;
  if (words == 2)
    result.dtype = DType::i32;
  for (Dim &dim : result.dims)
    dim.step *= words;
  result.dims.push_back({words, 1});
  return result;
}

/// The dimension, but for the words, along which elements lie side by side.
static std::optional<unsigned> unitDim(const View &view) {
  for (unsigned dim = 0; dim + 1 < view.dims.size(); ++dim)
    if (view.dims[dim].step == view.dims.back().count)
      return dim;
  return std::nullopt;
}

bool Transposition::findPlane() {
  std::optional<unsigned> along = unitDim(dst), across = unitDim(src);
  if (!along || !across || *along == *across ||
      machine.arrayTransposePasses[dst.dtype] == 0)
    return false;
  row = *along;
  col = *across;
  rowTile = usableRows(machine);
  colTile = usableCols(machine);
  rowTile = std::min<int64_t>(rowTile, machine.psumBankBytes / wordBytes());
  // Rows of this many bytes keep a DMA engine busy for two descriptors.
  double goal = 2 * machine.dma.descriptorNs * machine.dma.bytesPerNs;
  block = std::max<int64_t>(1, goal / (wordBytes() * words()));
  auto bytes = [&] {
    int64_t lines =
        llvm::divideCeil(block, rowTile) + llvm::divideCeil(block, colTile);
    return lines * block * words() * wordBytes();
  };
  while (block > 1 && 3 * bytes() > lowering.blockBytes())
    block /= 2;
  return true;
}

//===----------------------------------------------------------------------===//
// Costs
//===----------------------------------------------------------------------===//

double Transposition::rowsNs(double rows, double bytes) const {
  const DmaModel &dma = machine.dma;
  return rows / dma.engines *
         std::max(dma.descriptorNs, bytes / dma.bytesPerNs);
}

double Transposition::directNs() const {
  double elements = dst.elements() / words();
  double run = words() == 1 && wordBytes() > 1 ? rows() : 1;
  double factor = run > 1 ? machine.dma.transposeFactor : 1;
  return rowsNs(elements / run, run * wordBytes() * words() * factor);
}

double Transposition::stagedNs() const {
  double bytes = wordBytes() * words();
  double planes = dst.elements() / words() / rows() / cols();
  double rowBlocks = llvm::divideCeil(rows(), block);
  double colBlocks = llvm::divideCeil(cols(), block);
  double moving = rowsNs(rows() * colBlocks, std::min(block, cols()) * bytes) +
                  rowsNs(cols() * rowBlocks, std::min(block, rows()) * bytes);
  double tiles = llvm::divideCeil(rows(), rowTile) *
                 llvm::divideCeil(cols(), colTile) * words();
  double cycles = std::max<double>(machine.arrayMinCycles, colTile) *
                  machine.arrayTransposePasses[dst.dtype];
  double leaving =
      std::max<double>(machine.vec.minCycles, rowTile) / machine.vec.clockGhz;
  double working = tiles * (cycles / machine.arrayClockGhz + leaving);
  return 2 * machine.dma.startNs + planes * std::max(moving, working);
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

void Transposition::emitPlanes(const View &to, const View &from) {
  llvm::SmallVector<unsigned> order;
  for (unsigned dim = 0; dim < to.dims.size(); ++dim)
    if (dim != row && dim != col && dim + 1 != to.dims.size())
      order.push_back(dim);
  unsigned outer = order.size();
  order.append({row, col, static_cast<unsigned>(to.dims.size() - 1)});
  std::function<void(View, View, unsigned)> loop = [&](View target, View source,
                                                       unsigned left) {
    if (left == 0)
      return emitPlane(target, source);
    for (int64_t index = 0; index < target.dims[0].count; ++index)
      loop(target.pick(0, index), source.pick(0, index), left - 1);
  };
  loop(to.permute(order), from.permute(order), outer);
}

void Transposition::emitPlane(const View &to, const View &from) {
  for (int64_t first = 0; first < to.dims[0].count; first += block)
    for (int64_t start = 0; start < to.dims[1].count; start += block) {
      Range some{first, std::min(block, to.dims[0].count - first), 1};
      Range others{start, std::min(block, to.dims[1].count - start), 1};
      emitBlock(to.slice(0, some).slice(1, others),
                from.slice(0, some).slice(1, others));
    }
}

void Transposition::emitBlock(const View &to, const View &from) {
  llvm::SmallVector<View> loaded;
  int64_t numRows = to.dims[0].count, numCols = to.dims[1].count;
  for (int64_t first = 0; first < numRows; first += rowTile) {
    int64_t count = std::min(rowTile, numRows - first);
    View tile = lowering.tile.sbuf(from.dtype, count, {numCols, words()});
    lowering.tile.copy(tile, from.slice(0, {first, count, 1}).toPartitions(0));
    loaded.push_back(tile);
  }
  for (int64_t first = 0; first < numCols; first += colTile)
    emitColumns(to, loaded, first, std::min(colTile, numCols - first));
}

void Transposition::emitColumns(const View &to, llvm::ArrayRef<View> loaded,
                                int64_t first, int64_t count) {
  int64_t numRows = to.dims[0].count;
  View turned = lowering.tile.sbuf(to.dtype, count, {numRows, words()});
  // As many row tiles meet in a bank as it holds.
  int64_t most = machine.psumBankBytes / wordBytes() / rowTile;
  for (int64_t word = 0; word < words(); ++word)
    for (size_t next = 0; next < loaded.size(); next += most) {
      int64_t begin = next * rowTile;
      int64_t end = std::min<int64_t>(begin + most * rowTile, numRows);
      View bank = lowering.tile.psum(to.dtype, count, {end - begin});
      for (int64_t at = begin; at < end; at += rowTile) {
        const View &tile = loaded[at / rowTile];
        lowering.tile.transpose(bank.slice(0, {at - begin, tile.partitions, 1}),
                                tile.pick(1, word).slice(0, {first, count, 1}));
      }
      moveBits(lowering, turned.pick(1, word).slice(0, {begin, end - begin, 1}),
               bank);
    }
  lowering.tile.copy(to.slice(1, {first, count, 1}).toPartitions(1), turned);
}

bool transposeInHbm(Lowering &lowering, const View &dst, const View &src) {
  if (dst.dtype != src.dtype)
    return false;
  return Transposition(lowering, dst, src).emit();
}

} // namespace tilicho::compiler
