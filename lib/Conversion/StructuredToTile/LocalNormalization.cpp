// SPDX-License-Identifier: Apache-2.0
// Emits `tile.local_normalization`.
#include "lib/Conversion/StructuredToTile/LocalNormalization.h"

#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

using isa::AluOp;
using isa::DType;

namespace {

//===----------------------------------------------------------------------===//
// Channels turned into the free dimension
//===----------------------------------------------------------------------===//

/// The array turns tiles of positions, so that a window of channels lies within
/// a partition, and turns the powers back; a chunk of tiles is turned and
/// squared while the one before it is summed up and raised and the one before
/// that turned back and multiplied.
class TurnedNormalization : LocalNormalization {
public:
  using LocalNormalization::LocalNormalization;

  /// False, with nothing emitted, where the array cannot turn or rows of all
  /// channels do not fit.
  bool emit() {
    powerType = squareType = isNarrow() ? DType::bf16 : DType::f32;
    if (machine.arrayTransposePasses[dtype] == 0 ||
        machine.arrayTransposePasses[powerType] == 0 || isa::sizeOf(dtype) > 4)
      return false;
    height = std::min(arrayLanes(machine), inBank(powerType));
    blockSize = std::min(blockSize, inBank(dtype));
    if (!planUnits() || !planChunks())
      return false;
    makeRings();
    for (size_t step = 0; step < chunks.size() + 2; ++step) {
      if (step < chunks.size())
        turn(step);
      if (step >= 1 && step - 1 < chunks.size())
        sumUp(step - 1);
      if (step >= 2)
        turnBack(step - 2);
    }
    return true;
  }

private:
  /// Positions whose channels are read and written together, one view with one
  /// dimension for each block of channels.
  struct Unit {
    Ranges ranges;
    int64_t positions = 1;
    SmallVector<View> sources, results;
  };
  /// Tiles of a unit; the last one may be lower.
  struct Chunk {
    size_t unit;
    int64_t first, positions;
    View squares, powers;
  };
  /// Tiles of one height.
  struct Run {
    int64_t tile, tiles, height;
  };

  /// Whether bf16 holds all bits of the elements.
  bool isNarrow() const {
    return isa::isFloat(dtype) && dtype != DType::f16 && dtype != DType::tf32 &&
           isa::sizeOf(dtype) <= 2;
  }
  int64_t numBlocks() const { return llvm::divideCeil(channels, blockSize); }
  int64_t rowLength() const { return channels + size - 1; }
  int64_t inBank(DType type) const {
    return machine.psumBankBytes / static_cast<int64_t>(isa::sizeOf(type));
  }
  /// Bytes of one tile's channels in each of what is made of them.
  int64_t squareBytes() const { return rowLength() * isa::sizeOf(squareType); }
  int64_t sumBytes() const { return channels * isa::sizeOf(DType::f32); }
  int64_t powerBytes() const { return channels * isa::sizeOf(powerType); }

  bool isWhole(Value tensor) const {
    const Layout *layout = lowering.layoutOf(tensor);
    return layout && !layout->period && layout->partBegin == 1 &&
           layout->partEnd == 2 && layout->blockSize == blockSize;
  }

  bool planUnits();
  bool planChunks();
  void makeRings();
  SmallVector<Run, 2> runsOf(const Chunk &chunk) const;
  void open(Unit &unit);
  View flat(View view);
  void turn(size_t index);
  void turnBlock(const Chunk &chunk, const Run &run, const View &source,
                 int64_t channel);
  void sumUp(size_t index);
  bool sumsOnArray() const;
  void sumOnArray(const View &logs, const View &squares);
  void turnBack(size_t index);
  void scaleBlock(const Chunk &chunk, const Run &run, const View &source,
                  const View &target, int64_t channel);

  DType squareType = DType::f32, powerType = DType::f32;
  int64_t height = 1, chunkTiles = 1;
  std::vector<Unit> units;
  std::vector<Chunk> chunks;
  SmallVector<View> rings;
  std::optional<View> ones;
};

bool TurnedNormalization::planUnits() {
  std::vector<Ranges> parts;
  if (isWhole(input) && isWhole(result)) {
    parts = cutPositions(std::numeric_limits<int64_t>::max());
  } else {
    // Three units at a time, of what is read and of what is written, in half of
    // the memory.
    int64_t bytes = 6 * numBlocks() * isa::sizeOf(dtype);
    parts = cutPositions(lowering.blockBytes() / 2 / bytes);
  }
  for (Ranges &ranges : parts) {
    Unit &unit = units.emplace_back();
    unit.ranges = std::move(ranges);
    for (auto [dim, range] : llvm::enumerate(unit.ranges))
      unit.positions *= dim == 1 ? 1 : range.count;
  }
  return !units.empty();
}

bool TurnedNormalization::planChunks() {
  // Enough work to change act's tables twice, and enough chunks to overlap.
  constexpr int64_t most = 6000, least = 1500, parts = 4;
  int64_t total = 0;
  for (const Unit &unit : units)
    total += llvm::divideCeil(unit.positions, height);
  int64_t goal = std::clamp(total * channels / parts, least, most);
  int64_t bytes = 2 * (squareBytes() + sumBytes() + powerBytes());
  int64_t fitting = lowering.blockBytes() / 2 / bytes;
  if (fitting == 0)
    return false;
  chunkTiles = std::clamp<int64_t>(goal / channels, 1, fitting);
  for (auto [index, unit] : llvm::enumerate(units)) {
    int64_t tiles = llvm::divideCeil(unit.positions, height);
    int64_t step = evenPart(tiles, chunkTiles) * height;
    for (int64_t first = 0; first < unit.positions; first += step)
      chunks.push_back(
          {index, first, std::min(step, unit.positions - first), {}, {}});
  }
  return true;
}

/// Rows of squares that take turns. What lies beside the channels is zero and
/// stays so.
void TurnedNormalization::makeRings() {
  for (size_t index = 0; index < std::min<size_t>(2, chunks.size()); ++index) {
    View ring = tile.sbuf(squareType, height, {chunkTiles, rowLength()});
    if (padLow())
      fill(lowering, ring.slice(1, {0, padLow(), 1}), 0);
    if (int64_t after = size - 1 - padLow())
      fill(lowering, ring.slice(1, {padLow() + channels, after, 1}), 0);
    rings.push_back(ring);
  }
  if (!sumsOnArray())
    return;
  ones = tile.sbuf(squareType, height, {1});
  fill(lowering, *ones, 1);
}

SmallVector<TurnedNormalization::Run, 2>
TurnedNormalization::runsOf(const Chunk &chunk) const {
  SmallVector<Run, 2> runs;
  int64_t whole = chunk.positions / height, rest = chunk.positions % height;
  if (whole)
    runs.push_back({0, whole, height});
  if (rest)
    runs.push_back({whole, 1, rest});
  return runs;
}

/// One dimension instead of several that lie densely; copied where they do not.
View TurnedNormalization::flat(View view) {
  llvm::erase_if(view.dims, [](const Dim &dim) { return dim.count == 1; });
  if (view.dims.empty())
    view.dims.push_back({1, 1});
  bool isDense = true;
  for (size_t dim = 1; dim < view.dims.size(); ++dim)
    isDense &=
        view.dims[dim - 1].step == view.dims[dim].step * view.dims[dim].count;
  if (!isDense) {
    SmallVector<int64_t> counts;
    for (const Dim &dim : view.dims)
      counts.push_back(dim.count);
    View copy = tile.sbuf(view.dtype, view.partitions, counts);
    moveBits(lowering, copy, view);
    view = copy;
  }
  return view.merge(0, view.dims.size() - 1);
}

void TurnedNormalization::open(Unit &unit) {
  for (int64_t channel = 0; channel < channels; channel += blockSize)
    unit.sources.push_back(
        flat(lowering.read(input, blockAt(channel, unit.ranges))));
}

void TurnedNormalization::turn(size_t index) {
  Chunk &chunk = chunks[index];
  Unit &unit = units[chunk.unit];
  if (unit.sources.empty())
    open(unit);
  chunk.squares = rings[index % rings.size()];
  for (const Run &run : runsOf(chunk))
    for (auto [block, source] : llvm::enumerate(unit.sources))
      turnBlock(chunk, run, source, static_cast<int64_t>(block) * blockSize);
}

void TurnedNormalization::turnBlock(const Chunk &chunk, const Run &run,
                                    const View &source, int64_t channel) {
  int64_t count = source.partitions;
  int64_t most = inBank(dtype) / count;
  for (int64_t done = 0; done < run.tiles; done += most) {
    int64_t tiles = std::min(most, run.tiles - done);
    View bank = tile.psum(dtype, run.height, {tiles, count});
    for (int64_t at = 0; at < tiles; ++at) {
      int64_t first = chunk.first + (run.tile + done + at) * height;
      tile.transpose(bank.pick(0, at), source.slice(0, {first, run.height, 1}));
    }
    View squares = chunk.squares.slicePartitions(0, run.height)
                       .slice(0, {run.tile + done, tiles, 1})
                       .slice(1, {padLow() + channel, count, 1});
    if (tile.lighter(squares, dtype, true) == Engine::Act)
      tile.activate(squares, AluOp::square, bank);
    else
      tile.tensorScalar(Engine::Vec, squares, bank, AluOp::square);
  }
}

/// Whether the array, which adds what it multiplies by one, is faster than vec.
bool TurnedNormalization::sumsOnArray() const {
  double passes = machine.arrayPasses[squareType];
  return passes != 0 && !needsPower() &&
         passes / machine.arrayClockGhz < 1 / machine.vec.clockGhz;
}

void TurnedNormalization::sumUp(size_t index) {
  Chunk &chunk = chunks[index];
  int64_t tiles = llvm::divideCeil(chunk.positions, height);
  View sums = tile.sbuf(DType::f32, height, {tiles, channels});
  chunk.powers = tile.sbuf(powerType, height, {tiles, channels});
  for (const Run &run : runsOf(chunk)) {
    auto partOf = [&](const View &view) {
      return view.slicePartitions(0, run.height)
          .slice(0, {run.tile, run.tiles, 1});
    };
    View squares = partOf(chunk.squares), some = partOf(sums);
    if (ones) {
      sumOnArray(some, squares);
      tile.activate(partOf(chunk.powers), AluOp::exp, some, -exponent);
      continue;
    }
    squares.dims[1].count = channels;
    squares.dims.push_back({size, 1});
    tile.reduce(Engine::Vec, some, squares, isa::ReduceOp::add, 1);
    raise(partOf(chunk.powers), some);
  }
}

/// Each partition is multiplied by one and added to itself, shifted.
void TurnedNormalization::sumOnArray(const View &logs, const View &squares) {
  int64_t part = evenPart(channels, bankElements(machine));
  int64_t most = bankElements(machine) / part;
  tile.loadStationary(ones->slicePartitions(0, logs.partitions), 0, {1, 1});
  for (int64_t first = 0; first < channels; first += part)
    for (int64_t done = 0; done < logs.dims[0].count; done += most) {
      Range tiles{done, std::min(most, logs.dims[0].count - done), 1};
      int64_t count = std::min(part, channels - first);
      View sum = tile.psum(DType::f32, logs.partitions, {tiles.count, count});
      for (int64_t tap = 0; tap < size; ++tap)
        tile.matmul(sum,
                    squares.slice(0, tiles).slice(1, {first + tap, count, 1}),
                    tap != 0);
      tile.activate(logs.slice(0, tiles).slice(1, {first, count, 1}),
                    AluOp::log, sum, scale, bias);
    }
}

void TurnedNormalization::turnBack(size_t index) {
  Chunk &chunk = chunks[index];
  Unit &unit = units[chunk.unit];
  if (unit.results.empty())
    for (int64_t channel = 0; channel < channels; channel += blockSize)
      unit.results.push_back(
          lowering.dest(result, blockAt(channel, unit.ranges)));
  for (auto [block, target] : llvm::enumerate(unit.results)) {
    View dense = target;
    dense = dense.merge(0, dense.dims.size() - 1);
    for (const Run &run : runsOf(chunk))
      scaleBlock(chunk, run, unit.sources[block], dense,
                 static_cast<int64_t>(block) * blockSize);
  }
  if (chunk.first + chunk.positions < unit.positions)
    return;
  for (auto [block, target] : llvm::enumerate(unit.results))
    lowering.commit(
        result, blockAt(static_cast<int64_t>(block) * blockSize, unit.ranges),
        target);
}

void TurnedNormalization::scaleBlock(const Chunk &chunk, const Run &run,
                                     const View &source, const View &target,
                                     int64_t channel) {
  int64_t most = inBank(powerType) / run.height;
  View powers = chunk.powers.slicePartitions(0, run.height)
                    .slice(1, {channel, source.partitions, 1});
  for (int64_t done = 0; done < run.tiles; done += most) {
    int64_t tiles = std::min(most, run.tiles - done);
    View bank = tile.psum(powerType, source.partitions, {tiles * run.height});
    for (int64_t at = 0; at < tiles; ++at)
      tile.transpose(bank.slice(0, {at * run.height, run.height, 1}),
                     powers.pick(0, run.tile + done + at));
    Range positions{chunk.first + (run.tile + done) * height,
                    tiles * run.height, 1};
    tile.tensorTensor(Engine::Vec, AluOp::multiply, target.slice(0, positions),
                      source.slice(0, positions), bank);
  }
}

} // namespace

LogicalResult emitLocalNormalization(Operation *op, Lowering &lowering) {
  auto normalization = cast<tile::LocalNormalizationOp>(op);
  if (!TurnedNormalization(lowering, normalization).emit())
    ShiftedNormalization(lowering, normalization).emit();
  return success();
}

} // namespace tilicho::compiler
