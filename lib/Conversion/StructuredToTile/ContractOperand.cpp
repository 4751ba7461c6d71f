// SPDX-License-Identifier: Apache-2.0
// Loads operands of a matrix multiplication. What lies in memory with k
// innermost comes in as it is and is turned on the array, which moves bits.
#include "lib/Conversion/StructuredToTile/ContractOperand.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace tilicho::compiler {

void ContractOperand::enterBatch(ArrayRef<int64_t> index) {
  auto startsOf = [&](ArrayRef<int64_t> batch) {
    return llvm::to_vector(
        llvm::map_range(factor.rangesOf({{}, {}, batch}),
                        [](const Range &range) { return range.start; }));
  };
  // What all batches share stays.
  if (batch.size() != index.size() || startsOf(batch) != startsOf(index))
    forget();
  batch.assign(index.begin(), index.end());
}

void ContractOperand::forget() { blocks.clear(); }

void ContractOperand::enter(Range range) {
  free = range;
  if (!plan.keepAll)
    blocks.clear();
}

Range ContractOperand::kRange(int64_t firstTile, int64_t numTiles) const {
  int64_t first = firstTile * kTile;
  return {first, std::min(numTiles * kTile, factor.k - first), 1};
}

View ContractOperand::tile(int64_t index) {
  Tiles &tiles = blocks[free.start];
  if (auto found = tiles.find(index); found != tiles.end())
    return found->second;
  if (!plan.keepAll && !plan.keepBlock)
    tiles.clear();
  loadGroup(index);
  return blocks[free.start][index];
}

void ContractOperand::loadGroup(int64_t first) {
  int64_t numTiles = llvm::divideCeil(factor.k, kTile);
  if (needsTransposition(factor, type, lowering.machine))
    return turnGroup(first, std::min(plan.kGroup, numTiles - first));
  blocks[free.start][first] = load(kRange(first, 1));
}

/// Straight from memory: rows where k is outside, elements where it is inside.
View ContractOperand::load(Range k) {
  if (!factor.isKInner()) {
    Block block{factor.kDim, factor.kDim + 1, k.start, k.count,
                factor.rangesOf({free, k, batch})};
    return lastDimOf(lowering.read(factor.tensor, block, type));
  }
  View source = matrixInHbm(factor, batch, lowering)
                    .slice(0, free)
                    .slice(1, k)
                    .toPartitions(1);
  View target = lowering.tile.sbuf(type, k.count, {free.count});
  lowering.tile.copy(target, source);
  return target;
}

//===----------------------------------------------------------------------===//
// Turning
//===----------------------------------------------------------------------===//

void ContractOperand::turnGroup(int64_t first, int64_t count) {
  Tiles &tiles = blocks[free.start];
  for (int64_t index = first; index < first + count; ++index)
    tiles[index] =
        lowering.tile.sbuf(type, kRange(index, 1).count, {free.count});
  // One bank's worth of free indices at a time.
  int64_t size = isa::sizeOf(type);
  int64_t rows = std::min<int64_t>(usableRows(lowering.machine),
                                   lowering.machine.psumBankBytes / size);
  int64_t bank = lowering.machine.psumBankBytes / size / rows * rows;
  for (int64_t start = 0; start < free.count; start += bank)
    turnRows({free.start + start, std::min(bank, free.count - start), 1}, first,
             count);
  collect();
}

/// Turns free indices `range` of the group's tiles of k.
void ContractOperand::turnRows(Range range, int64_t first, int64_t count) {
  int64_t rows = usableRows(lowering.machine);
  SmallVector<View, 4> raw;
  for (int64_t start = 0; start < range.count; start += rows) {
    Range part{range.start + start, std::min(rows, range.count - start), 1};
    Block block{factor.freeBegin, factor.freeEnd, part.start, part.count,
                factor.rangesOf({part, kRange(first, count), batch})};
    raw.push_back(lastDimOf(lowering.read(factor.tensor, block, type)));
  }
  Tiles &tiles = blocks[free.start];
  for (int64_t index = 0; index < count; ++index) {
    View target = tiles[first + index].slice(
        0, {range.start - free.start, range.count, 1});
    SmallVector<View, 4> parts;
    for (const View &view : raw)
      parts.push_back(
          view.slice(0, {index * kTile, kRange(first + index, 1).count, 1}));
    turnTile(target, parts);
  }
}

/// What was turned last leaves PSUM, while the array turns the next.
void ContractOperand::collect() {
  if (turnedLast)
    lowering.tile.move(turnedLast->first, turnedLast->second);
  turnedLast.reset();
}

/// target [k, free] = rows [free, k], in pieces of k that the columns take.
void ContractOperand::turnTile(const View &target, ArrayRef<View> rows) {
  const Machine &machine = lowering.machine;
  int64_t most = usableCols(machine);
  if (most < target.partitions) // The next piece starts where it may.
    most = std::max<int64_t>(most / machine.partitionQuantum, 1) *
           machine.partitionQuantum;
  for (int64_t start = 0; start < target.partitions; start += most) {
    int64_t count = std::min(most, target.partitions - start);
    View turned = lowering.tile.psum(type, count, {target.dims[0].count});
    int64_t column = 0;
    for (const View &part : rows) {
      lowering.tile.transpose(turned.slice(0, {column, part.partitions, 1}),
                              part.slice(0, {start, count, 1}));
      column += part.partitions;
    }
    collect();
    turnedLast = {target.slicePartitions(start, count), turned};
    if (turningBanks(machine) < 2)
      collect();
  }
}

} // namespace tilicho::compiler
