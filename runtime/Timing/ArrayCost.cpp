// SPDX-License-Identifier: Apache-2.0
// What an instruction costs on the systolic array.
#include "runtime/Timing/ArrayCost.h"

#include "runtime/Timing/Extent.h"

namespace tilicho::timing {

static unsigned tiles(unsigned size, unsigned tile) {
  return (size + tile - 1) / tile;
}

/// What lies outside the array, which the emulator traps, is left out.
static ArrayTile tileOf(const Machine &machine, unsigned row, unsigned rows,
                        unsigned col, unsigned cols) {
  unsigned rowTile = machine.arrayRowTile, colTile = machine.arrayColTile;
  unsigned numRows = machine.arrayRows, numCols = machine.arrayCols;
  ArrayTile tile;
  tile.rowBegin = uint16_t(row / rowTile);
  tile.rowEnd = uint16_t(tiles(std::min(row + rows, numRows), rowTile));
  tile.colBegin = uint16_t(col / colTile);
  tile.colEnd = uint16_t(tiles(std::min(col + cols, numCols), colTile));
  return tile;
}

/// Columns stream in behind the current move, once for each pass.
static double loadNs(const Machine &machine, double cols, double passes) {
  return cols / machine.arrayLoadColsPerCycle * std::max(passes, 1.0) /
         machine.arrayClockGhz;
}

static double strideFactor(const Machine &machine, const isa::Header &header,
                           const isa::Access &src) {
  int64_t bytes = minorStep(header, src) * isa::sizeOf(src.dtype);
  return bytes >= machine.wideStrideBytes ? machine.wideStrideFactor : 1;
}

/// The last row leaves the array after its rows and columns were crossed, and
/// PSUM shows it after the drain.
static double latencyNs(const Machine &machine) {
  return (machine.arrayFillCycles() + machine.arrayDrainCycles) /
         machine.arrayClockGhz;
}

void priceArray(const isa::LoadStationaryInst &inst, const Machine &machine,
                Op &op) {
  double perBlock = freeElements(inst);
  double blocks = inst.blockRows ? double(inst.partitions) / inst.blockRows : 1;
  double cols = perBlock * blocks;
  op.action = Action::Load;
  op.tile = tileOf(machine, inst.src.partition, inst.partitions, inst.colStart,
                   unsigned(std::min<double>(cols, machine.arrayCols)));
  op.loadNs = loadNs(machine, cols, machine.arrayPasses[inst.src.dtype]);
}

void priceArray(const isa::MatmulInst &inst, const Machine &machine, Op &op) {
  double columns = freeElements(inst);
  double window = freeDims(inst, inst.src) > 1 ? machine.arrayWindowCycles : 0;
  double cycles =
      std::max(machine.arrayMinCycles,
               columns * strideFactor(machine, inst, inst.src) + window);
  op.action = Action::Matmul;
  op.tile = tileOf(machine, inst.src.partition, inst.partitions,
                   inst.dst.partition, inst.cols);
  op.busyNs =
      cycles * machine.arrayPasses[inst.src.dtype] / machine.arrayClockGhz;
  op.latencyNs = latencyNs(machine);
  op.macs = columns * inst.partitions * inst.cols;
}

// What is transposed is loaded, and an identity with a column for each
// partition moves through it.
void priceArray(const isa::TransposeInst &inst, const Machine &machine,
                Op &op) {
  double free = freeElements(inst);
  double passes = machine.arrayTransposePasses[inst.src.dtype];
  double cycles =
      std::max(machine.arrayMinCycles,
               inst.partitions * strideFactor(machine, inst, inst.src));
  op.action = Action::Matmul;
  op.tile =
      tileOf(machine, inst.src.partition, inst.partitions, inst.dst.partition,
             unsigned(std::min<double>(free, machine.arrayCols)));
  op.loadNs = loadNs(machine, free, passes);
  op.busyNs = cycles * passes / machine.arrayClockGhz;
  op.latencyNs = latencyNs(machine);
}

} // namespace tilicho::timing
