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
  ask(index);
  while (llvm::any_of(toTurn, [&](const Turning &turning) {
    return turning.index == index && turning.free == free.start;
  }))
    turnNext();
  return blocks[free.start][index];
}

/// Where a tile of a constant that stays is, or will be.
View *ContractOperand::keptTile(int64_t index) {
  if (!lowering.keptConstants.contains(factor.tensor))
    return nullptr;
  return &lowering.keptConstants.tileOf(
      factor.tensor,
      {index, kTile, stepOf(index), factor.kDim, free.start, free.count, type});
}

void ContractOperand::ask(int64_t index) {
  Tiles &tiles = blocks[free.start];
  if (tiles.contains(index))
    return;
  if (View *kept = keptTile(index); kept && kept->buffer) {
    tiles[index] = *kept;
    return;
  }
  bring(index);
  for (auto &[brought, view] : tiles)
    if (View *kept = keptTile(brought); kept && !kept->buffer)
      *kept = view;
}

void ContractOperand::bring(int64_t index) {
  Tiles &tiles = blocks[free.start];
  if (needsTransposition(factor, type, lowering.machine))
    return askTurned(index);
  if (stepOf(index) > 1) {
    int64_t first = index - index % plan.kGroup;
    View group = loadInterleaved(kRange(first, plan.kGroup));
    for (int64_t turn = 0; turn < plan.kGroup; ++turn)
      tiles[first + turn] = group.pick(0, turn);
    return;
  }
  int64_t numTiles = llvm::divideCeil(factor.k, kTile);
  int64_t count = std::min(plan.kGroup, numTiles - index);
  if (std::optional<View> group = loadConstant(index, count)) {
    for (int64_t turn = 0; turn < count; ++turn)
      tiles[index + turn] = group->pick(0, turn);
    return;
  }
  tiles[index] = load(kRange(index, 1));
}

void ContractOperand::leave(int64_t index) {
  if (!plan.keepAll && !plan.keepBlock)
    blocks[free.start].erase(index);
}

/// Straight from memory: rows where k is outside, elements where it is inside.
View ContractOperand::load(Range k) {
  if (!factor.isKInner() || factor.hasKOnPartitions) {
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

/// Rows that come in at one time from this one on: as they lie on chip, if they
/// do.
int64_t ContractOperand::rowsTogether(int64_t first) const {
  int64_t most =
      std::min<int64_t>(usableRows(lowering.machine),
                        lowering.machine.psumBankBytes / isa::sizeOf(type));
  const Layout *layout = lowering.layoutOf(factor.tensor);
  bool isResident = layout && layout->partBegin == factor.freeBegin &&
                    layout->partEnd == factor.freeEnd;
  return isResident ? std::min(most, layout->leftInBlock(first)) : most;
}

/// Loads a group of tiles of k, one bank's worth of free indices at a time.
void ContractOperand::loadRaw(int64_t first) {
  int64_t size = isa::sizeOf(type);
  int64_t numTiles = llvm::divideCeil(factor.k, kTile);
  Range k = kRange(first, std::min(plan.kGroup, numTiles - first));
  int64_t bank = lowering.machine.psumBankBytes / size;
  RawGroup &parts = raw[first];
  for (int64_t start = free.start, end = start + free.count; start < end;) {
    Range part{start, 0, 1};
    while (start < end) {
      int64_t rows = std::min(rowsTogether(start), end - start);
      if (part.count + rows > bank)
        break;
      part.count += rows;
      start += rows;
    }
    parts.push_back(loadRows(part, k));
  }
}

ContractOperand::RawPart ContractOperand::loadRows(Range range, Range k) {
  RawPart loaded{range, {}};
  if (loadRuns(loaded, k))
    return loaded;
  for (int64_t start = 0, rows = 0; start < range.count; start += rows) {
    rows = std::min(rowsTogether(range.start + start), range.count - start);
    Range part{range.start + start, rows, 1};
    Block block{factor.freeBegin, factor.freeEnd, part.start, part.count,
                factor.rangesOf({part, k, batch})};
    View view = lastDimOf(lowering.read(factor.tensor, block, type));
    loaded.rows.push_back({view, {start, part.count, 1}});
  }
  return loaded;
}

void ContractOperand::askTurned(int64_t index) {
  int64_t first = index - index % plan.kGroup;
  Range k = kRange(index, 1);
  SmallVector<int64_t, 8> place = {static_cast<int64_t>(type), k.start, k.count,
                                   free.start, free.count};
  llvm::append_range(place, batch);
  if (auto before = factor.isOnChip
                        ? lowering.turnedBefore(factor.tensor, place)
                        : std::nullopt) {
    blocks[free.start][index] = *before;
    raw.erase(first);
    return;
  }
  if (!raw.contains(first))
    loadRaw(first);
  // All blocks are as large as most, so that they take turns at one place.
  View target = lowering.tile.sbuf(type, k.count, {plan.block})
                    .slice(0, {0, free.count, 1});
  blocks[free.start][index] = target;
  if (factor.isOnChip)
    lowering.rememberTurned(factor.tensor, place, target);
  for (const RawPart &part : raw[first]) {
    SmallVector<Rows, 4> rows;
    for (const Rows &some : part.rows)
      rows.push_back({some.view.slice(0, {k.start - first * kTile, k.count, 1}),
                      some.free});
    askTurned(
        index,
        target.slice(0, {part.free.start - free.start, part.free.count, 1}),
        rows);
  }
  if (index + 1 == first + plan.kGroup || (index + 1) * kTile >= factor.k)
    raw.erase(first);
}

/// target [k, free] = rows [free, k], in pieces of k that the columns take.
void ContractOperand::askTurned(int64_t index, const View &target,
                                ArrayRef<Rows> rows) {
  const Machine &machine = lowering.machine;
  int64_t most = usableCols(machine);
  if (most < target.partitions) // The next piece starts where it may.
    most = std::max<int64_t>(most / machine.partitionQuantum, 1) *
           machine.partitionQuantum;
  for (int64_t start = 0; start < target.partitions; start += most) {
    int64_t count = std::min(most, target.partitions - start);
    Turning turning{
        index, free.start, target.slicePartitions(start, count), {}};
    for (const Rows &part : rows)
      turning.rows.push_back(
          {part.view.slice(0, {start, count, 1}), part.free});
    toTurn.push_back(std::move(turning));
  }
}

void ContractOperand::turnNext() {
  Turning turning = std::move(toTurn.front());
  toTurn.pop_front();
  View turned = lowering.tile.psum(type, turning.target.partitions,
                                   {turning.target.dims[0].count});
  for (const Rows &part : turning.rows)
    lowering.tile.transpose(turned.slice(0, part.free), part.view);
  lowering.tile.move(turning.target, turned);
}

//===----------------------------------------------------------------------===//
// Short rows: several that follow each other come into one partition
//===----------------------------------------------------------------------===//

/// The indices `range` of dimension `dim` in HBM, all of the other dimension:
/// [free, k]. Nothing if they lie in more than one tensor, or on chip.
std::optional<View> ContractOperand::memoryOf(Range range, unsigned dim) const {
  std::optional<Lowering::PiecePart> part =
      lowering.pieceOf(factor.tensor, dim, range);
  if (!part || type != Lowering::dtypeOf(factor.tensor) ||
      lowering.layoutOf(part->tensor))
    return std::nullopt;
  Factor piece = factor;
  piece.tensor = part->tensor;
  return matrixInHbm(piece, batch, lowering)
      .slice(dim == factor.kDim ? 1 : 0, {part->first, range.count, 1});
}

/// Rows that lie side by side: partition p has the p-th few of them. Two loads
/// at a time, for which no plan has room, take at most half of the memory.
bool ContractOperand::loadRuns(RawPart &loaded, Range k) {
  Range range = loaded.free;
  int64_t rowBytes = k.count * static_cast<int64_t>(isa::sizeOf(type));
  int64_t together = rowsInPartition(range.count, rowBytes, lowering.machine);
  if (together == 1 || k.count != factor.k ||
      factor.freeEnd != factor.freeBegin + 1 ||
      4 * together * rowBytes > lowering.blockBytes())
    return false;
  std::optional<View> memory = memoryOf(range, factor.freeBegin);
  if (!memory || memory->dims[1].step != 1 || memory->dims[0].step != k.count)
    return false;
  int64_t partitions = range.count / together;
  View raw = lowering.tile.sbuf(type, partitions, {together, k.count});
  lowering.tile.copy(raw, memory->split(0, together).toPartitions(0));
  for (int64_t turn = 0; turn < together; ++turn)
    loaded.rows.push_back({raw.pick(0, turn), {turn, partitions, together}});
  return true;
}

int64_t ContractOperand::stepOf(int64_t index) const {
  if (!plan.interleaves || factor.isKInner() ||
      type != Lowering::dtypeOf(factor.tensor))
    return 1;
  Range k = kRange(index - index % plan.kGroup, plan.kGroup);
  std::optional<Lowering::PiecePart> part =
      lowering.pieceOf(factor.tensor, factor.kDim, k);
  if (k.count != plan.kGroup * kTile || !part ||
      lowering.layoutOf(part->tensor))
    return 1;
  View memory = lowering.hbm(part->tensor);
  bool isDense = memory.dims.back().step == 1 &&
                 memory.dims[factor.kDim].step == factor.free;
  return isDense ? plan.kGroup : 1;
}

/// [k, tiles, free] of a constant that lies in memory by blocks.
std::optional<View> ContractOperand::loadConstant(int64_t first,
                                                  int64_t count) {
  if (plan.kGroup == 1 || free.start % plan.block != 0 ||
      free.count != plan.block ||
      !canLieByBlocks(factor, plan.block, kTile, type))
    return std::nullopt;
  View memory = lowering.hbmByBlocks(factor.tensor, kTile, plan.block)
                    .slice(0, {first, count, 1})
                    .pick(2, free.start / plan.block)
                    .toPartitions(1);
  View group = lowering.tile.sbuf(type, kTile, {count, free.count});
  lowering.tile.copy(group, memory);
  return group;
}

/// [k, turns, free]: the tiles of a group take turns at the indices of k.
View ContractOperand::loadInterleaved(Range k) {
  assert(free.count == factor.free && "rows are loaded whole");
  View source = memoryOf(k, factor.kDim)->permute({1, 0});
  View group = lowering.tile.sbuf(type, kTile, {plan.kGroup, free.count});
  lowering.tile.copy(group, source.split(0, plan.kGroup).toPartitions(0));
  return group;
}

} // namespace tilicho::compiler
