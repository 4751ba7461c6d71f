// SPDX-License-Identifier: Apache-2.0
// Repeats rows by two transpositions, which move bits.
#include "lib/Conversion/StructuredToTile/RepeatRows.h"

#include "lib/Conversion/StructuredToTile/ArrayLimits.h"

#include "llvm/Support/MathExtras.h"

namespace tilicho::compiler {

static int64_t lanesOf(const Machine &machine) {
  return std::min(usableRows(machine), usableCols(machine));
}

bool canStandOnArray(const Machine &machine, isa::DType dtype, int64_t elements,
                     int64_t height) {
  int64_t columns = (elements + height - 1) / height;
  return machine.arrayTransposePasses[dtype] != 0 &&
         height <= lanesOf(machine) && machine.act.reachesPsum &&
         machine.vec.reachesPsum && isa::isFloat(dtype) &&
         machine.vec.dtypes.has(dtype) && machine.act.dtypes.has(dtype) &&
         columns * isa::sizeOf(dtype) <= machine.psumBankBytes;
}

bool canRepeatOnArray(const Machine &machine, isa::DType dtype,
                      int64_t elements, int64_t partitions) {
  int64_t lanes = lanesOf(machine), size = isa::sizeOf(dtype);
  if (partitions > lanes || lanes * size > machine.psumBankBytes ||
      !canStandOnArray(machine, dtype, elements, lanes))
    return false;
  double rowNs = std::max<double>(machine.dma.descriptorNs,
                                  elements * size / machine.dma.bytesPerNs);
  double dmaNs = rowNs * partitions / machine.dma.engines;
  double laneNs = elements / machine.vec.clockGhz;
  // What has to come from memory is more often waited for than the lanes.
  return 2 * dmaNs > laneNs;
}

namespace {

class Repeater {
public:
  Repeater(TileBuilder &tile, const View &row, int64_t lanes)
      : tile(tile), row(row), elements(row.dims[0].count), lanes(lanes),
        columns(llvm::divideCeil(elements, lanes)) {}

  View repeat(int64_t partitions, bool staysInPsum) {
    View stood = standUp(row.dtype);
    if (staysInPsum)
      return layDown(stood, partitions, 0, columns);
    View result = tile.sbuf(row.dtype, partitions, {elements});
    int64_t inBank =
        tile.getMachine().psumBankBytes / isa::sizeOf(row.dtype) / lanes;
    for (int64_t first = 0; first < columns; first += inBank) {
      View bank =
          layDown(stood, partitions, first, std::min(inBank, columns - first));
      tile.move(result.slice(0, {first * lanes, bank.dims[0].count, 1}), bank);
    }
    return result;
  }

  /// [lanes, columns]: the row in pieces, each on the partitions.
  View standUp(isa::DType dtype) {
    View loaded = tile.sbuf(row.dtype, 1, {elements});
    tile.copy(loaded, row);
    int64_t most = std::min(lanes, elements);
    View bank = tile.psum(row.dtype, most, {columns});
    View stood = tile.sbuf(dtype, most, {columns});
    for (int64_t column = 0; column < columns; ++column)
      tile.transpose(
          bank.slice(0, {column, 1, 1}).slicePartitions(0, heightOf(column)),
          loaded.slice(0, {column * lanes, heightOf(column), 1}));
    int64_t full = elements / lanes;
    if (full > 0)
      tile.move(stood.slice(0, {0, full, 1}), bank.slice(0, {0, full, 1}));
    if (full < columns) {
      int64_t height = heightOf(full);
      tile.move(stood.slice(0, {full, 1, 1}).slicePartitions(0, height),
                bank.slice(0, {full, 1, 1}).slicePartitions(0, height));
    }
    return stood;
  }

private:
  int64_t heightOf(int64_t column) const {
    return std::min(lanes, elements - column * lanes);
  }

  /// In a bank of PSUM, the elements of columns side by side, once for each
  /// time that a column is read.
  View layDown(const View &stood, int64_t partitions, int64_t first,
               int64_t count) {
    int64_t start = first * lanes;
    View bank = tile.psum(row.dtype, partitions,
                          {std::min(count * lanes, elements - start)});
    for (int64_t column = first; column < first + count; ++column) {
      int64_t height = heightOf(column);
      View source = stood.slice(0, {column, 1, 1}).slicePartitions(0, height);
      tile.transpose(bank.slice(0, {column * lanes - start, height, 1}),
                     source.stretch(0, partitions));
    }
    return bank;
  }

  TileBuilder &tile;
  const View &row;
  int64_t elements, lanes, columns;
};

} // namespace

View repeatOnArray(TileBuilder &tile, const View &row, int64_t partitions,
                   bool staysInPsum) {
  int64_t lanes = lanesOf(tile.getMachine());
  return Repeater(tile, row, lanes).repeat(partitions, staysInPsum);
}

View standOnArray(TileBuilder &tile, const View &row, int64_t height,
                  isa::DType dtype) {
  return Repeater(tile, row, height).standUp(dtype);
}

} // namespace tilicho::compiler
