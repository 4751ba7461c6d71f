// SPDX-License-Identifier: Apache-2.0
// Repeats rows by two transpositions, which move bits.
#include "lib/Conversion/StructuredToTile/RepeatRows.h"

#include "lib/Conversion/StructuredToTile/ArrayLimits.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

namespace tilicho::compiler {

bool canStandOnArray(const Machine &machine, isa::DType dtype, int64_t elements,
                     int64_t height) {
  int64_t columns = (elements + height - 1) / height;
  return turnsBesideSums(machine, dtype) && height <= arrayLanes(machine) &&
         machine.act.reachesPsum && machine.vec.reachesPsum &&
         isa::isFloat(dtype) && machine.vec.dtypes.has(dtype) &&
         machine.act.dtypes.has(dtype) &&
         columns * isa::sizeOf(dtype) <= machine.psumBankBytes;
}

bool canRepeatOnArray(const Machine &machine, isa::DType dtype,
                      int64_t elements, int64_t partitions) {
  int64_t lanes = arrayLanes(machine), size = isa::sizeOf(dtype);
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

View standOnArray(TileBuilder &tile, const View &row, int64_t height,
                  isa::DType dtype) {
  int64_t elements = row.dims[0].count;
  int64_t count = llvm::divideCeil(elements, height);
  View loaded = tile.sbuf(row.dtype, 1, {elements});
  tile.copy(loaded, row);
  int64_t most = std::min(height, elements);
  View bank = tile.psum(row.dtype, most, {count});
  View stood = tile.sbuf(dtype, most, {count});
  for (auto [index, column] : llvm::enumerate(columnsOf(bank, elements))) {
    int64_t first = static_cast<int64_t>(index) * height;
    tile.transpose(column, loaded.slice(0, {first, column.partitions, 1}));
  }
  int64_t full = elements / most;
  tile.move(stood.slice(0, {0, full, 1}), bank.slice(0, {0, full, 1}));
  if (full < count)
    tile.move(columnsOf(stood, elements).back(),
              columnsOf(bank, elements).back());
  return stood;
}

llvm::SmallVector<View> columnsOf(const View &stood, int64_t elements) {
  llvm::SmallVector<View> columns;
  for (int64_t index = 0; index < stood.dims[0].count; ++index) {
    int64_t left = elements - index * stood.partitions;
    columns.push_back(
        stood.slice(0, {index, 1, 1})
            .slicePartitions(0, std::min(stood.partitions, left)));
  }
  return columns;
}

/// A bank of PSUM with the elements of columns side by side.
static View layDown(TileBuilder &tile, llvm::ArrayRef<View> columns,
                    int64_t partitions) {
  int64_t elements = 0, first = 0;
  for (const View &column : columns)
    elements += column.partitions;
  View bank = tile.psum(columns[0].dtype, partitions, {elements});
  for (const View &column : columns) {
    tile.transpose(bank.slice(0, {first, column.partitions, 1}),
                   column.stretch(0, partitions));
    first += column.partitions;
  }
  return bank;
}

View repeatOnArray(TileBuilder &tile, llvm::ArrayRef<View> columns,
                   int64_t partitions, bool staysInPsum) {
  if (staysInPsum)
    return layDown(tile, columns, partitions);
  int64_t height = columns[0].partitions;
  isa::DType dtype = columns[0].dtype;
  int64_t elements = (columns.size() - 1) * height + columns.back().partitions;
  View result = tile.sbuf(dtype, partitions, {elements});
  size_t inBank = std::max<int64_t>(
      tile.getMachine().psumBankBytes / isa::sizeOf(dtype) / height, 1);
  for (size_t first = 0; first < columns.size(); first += inBank) {
    View bank = layDown(
        tile, columns.slice(first, std::min(inBank, columns.size() - first)),
        partitions);
    int64_t start = static_cast<int64_t>(first) * height;
    tile.move(result.slice(0, {start, bank.dims[0].count, 1}), bank);
  }
  return result;
}

} // namespace tilicho::compiler
