// SPDX-License-Identifier: Apache-2.0
// Convolution on the array: one matmul for each tap and tile of channels, on a
// strided window of the input's block, accumulating in PSUM.
#include "lib/Conversion/StructuredToTile/Convolution.h"

#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/ConvolutionOperands.h"
#include "lib/Conversion/StructuredToTile/DepthwiseLanes.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <vector>

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// The operation
//===----------------------------------------------------------------------===//

Convolution::Convolution(tile::ConvolutionOp op)
    : input(op.getInput()), kernel(op.getKernel()), result(op.getResult()),
      groups(op.getGroup()), zeroInput(op.getZeroInput()),
      zeroKernel(op.getZeroKernel()) {
  ArrayRef<int64_t> from = Lowering::shapeOf(input);
  ArrayRef<int64_t> to = Lowering::shapeOf(result);
  ArrayRef<int64_t> window = Lowering::shapeOf(kernel);
  channels = from[1];
  outputs = to[1];
  dims.push_back({from[0], to[0]});
  for (unsigned i = 0; i + 2 < from.size(); ++i)
    dims.push_back({from[i + 2], to[i + 2], window[i], op.getStrides()[i],
                    op.getDilations()[i], op.getInputDilations()[i],
                    op.getPadLow()[i]});
}

SmallVector<int64_t, 4> Convolution::outputExtents() const {
  SmallVector<int64_t, 4> extents;
  for (const WindowDim &dim : dims)
    extents.push_back(dim.output);
  return extents;
}

Block channelBlock(int64_t firstChannel, int64_t numChannels,
                   ArrayRef<Range> ranges) {
  Block block{1, 2, firstChannel, numChannels, {}};
  block.ranges.assign(ranges.begin(), ranges.end());
  block.ranges.insert(block.ranges.begin() + 1, Range{0, numChannels, 1});
  return block;
}

void forEachPass(const Convolution &conv, int64_t rows, int64_t cols,
                 function_ref<void(const ChannelPass &)> visit) {
  int64_t channels = conv.groupChannels(), outputs = conv.groupOutputs();
  int64_t together = std::min({conv.groups, rows / channels, cols / outputs});
  Blocks blocks{channels, outputs};
  if (together < 2) {
    together = 1;
    blocks = {};
  }
  for (int64_t group = 0; group < conv.groups; group += together) {
    int64_t count = std::min(together, conv.groups - group);
    visit({group * channels, count * channels, group * outputs, count * outputs,
           blocks});
  }
}

SmallVector<int64_t, 6> chunkOf(ArrayRef<int64_t> extents, int64_t capacity) {
  SmallVector<int64_t, 6> chunk(extents);
  for (size_t dim = extents.size(); dim-- > 0;) {
    int64_t most = std::max<int64_t>(capacity, 1);
    if (chunk[dim] > most)
      chunk[dim] =
          llvm::divideCeil(chunk[dim], llvm::divideCeil(chunk[dim], most));
    capacity = chunk[dim] < extents[dim] ? 1 : capacity / chunk[dim];
  }
  return chunk;
}

//===----------------------------------------------------------------------===//
// On the array
//===----------------------------------------------------------------------===//

namespace {

/// Outputs that the array sums up in one region of its columns, from `column`
/// on.
struct ColumnRegion {
  int64_t first, count, column;
  bool operator==(const ColumnRegion &other) const {
    return first == other.first && column == other.column;
  }
};

/// Outputs that one accumulator holds: steps of a phase in each dimension.
struct Chunk {
  SmallVector<Range, 6> steps;
  View acc;
  SmallVector<ColumnRegion, 2> regions;
  /// Who sums it up, if not the array.
  std::optional<Engine> engine = {};
  bool isWritten = false;
};

/// Emits one pass over channels.
class ArrayPass {
public:
  ArrayPass(const Convolution &conv, const ChannelPass &pass, ArrayTypes types,
            Epilogue &epilogue, DepthwiseLanes &lanes, Lowering &lowering)
      : conv(conv), pass(pass), types(types), epilogue(epilogue), lanes(lanes),
        lowering(lowering), machine(lowering.machine),
        plan(planConvolution(conv, pass, types, epilogue, lowering)),
        input(conv, pass, plan, types, lowering),
        weights(conv, pass, plan, types, lowering),
        isSpread(lanes.enter(pass, plan)) {}

  void emit() {
    if (plan.weightsOutside)
      return forEachWeights([&] { forEachInput([&] { emitTile(); }); });
    forEachInput([&] { forEachWeights([&] { emitTile(); }); });
  }

private:
  void forEachWeights(function_ref<void()> body) {
    for (int64_t first = 0; first < pass.numOutputs;
         first += plan.weightOutputs) {
      channels = {first, std::min(plan.weightOutputs, pass.numOutputs - first),
                  1};
      weights.enter(channels.start, channels.count);
      body();
    }
  }

  void forEachInput(function_ref<void()> body) {
    forEachTile(conv.outputExtents(), plan.tile, [&](ArrayRef<Range> ranges) {
      outputs.assign(ranges.begin(), ranges.end());
      input.enter(ranges);
      body();
    });
  }

  /// All channels whose weights are on chip, of all outputs of the tile.
  void emitTile() {
    for (int64_t first = 0; first < channels.count; first += plan.cols) {
      cols = {channels.start + first,
              std::min(plan.cols, channels.count - first), 1};
      Block block =
          channelBlock(pass.firstOutput + cols.start, cols.count, outputs);
      View dest = lowering.dest(conv.result, block);
      epilogue.enter(block);
      forEachPhase([&] { emitPhase(dest); });
      lowering.commit(conv.result, block, dest);
    }
  }

  /// Sets `phases` to each combination of the dimensions' phases.
  void forEachPhase(function_ref<void()> body) {
    SmallVector<int64_t, 6> counts;
    for (const BlockDim &dim : plan.dims)
      counts.push_back(dim.phases.size());
    forEachIndex(counts, [&](ArrayRef<int64_t> index) {
      phases.clear();
      for (auto [dim, at] : llvm::zip(plan.dims, index))
        phases.push_back(&dim.phases[at]);
      body();
    });
  }

  /// The outputs of one phase, a few accumulators at a time, so that each
  /// stationary operand serves all of them.
  void emitPhase(const View &dest) {
    SmallVector<Range, 6> steps;
    SmallVector<int64_t, 6> counts;
    for (auto [phase, range] : llvm::zip(phases, outputs)) {
      steps.push_back(phase->within(range));
      counts.push_back(steps.back().count);
    }
    if (product(counts) == 0)
      return;
    std::vector<Chunk> onArray, onLanes;
    forEachTile(
        counts, chunkOf(counts, chunkElements(product(counts))),
        [&](ArrayRef<Range> ranges) {
          Chunk chunk;
          for (auto [range, all] : llvm::zip(ranges, steps))
            chunk.steps.push_back({all.start + range.start, range.count, 1});
          if (isSpread)
            chunk.engine = lanes.take(elementsOf(chunk.steps), numTaps(),
                                      epilogue.numOperations());
          (chunk.engine ? onLanes : onArray).push_back(chunk);
        });
    emitShares(onArray, onLanes, dest);
  }

  /// The rows of a diagonal stationary meet their own columns alone: with two
  /// halves of the channels in two regions of the array, a second accumulator
  /// has room where these rows and columns cross the others.
  bool isCrossed() const {
    return pass.blocks.rows == 1 && pass.blocks.cols == 1 &&
           isCrossable(machine, cols.count);
  }

  int64_t numRegions() const {
    return isCrossed() ? 2 : columnRegions(machine, cols.count);
  }

  /// Accumulator number `index` of those that are summed up together.
  SmallVector<ColumnRegion, 2> regionsOf(int64_t index) const {
    if (!isCrossed())
      return {{0, cols.count,
               index % numRegions() * columnStep(machine, cols.count)}};
    int64_t half = halfColumns(machine, cols.count);
    bool isSwapped = index % 2 == 1;
    return {{0, half, isSwapped ? half : 0},
            {half, cols.count - half, isSwapped ? 0 : half}};
  }

  /// So few that each region of columns has an accumulator.
  int64_t chunkElements(int64_t elements) const {
    int64_t each = llvm::divideCeil(elements, numRegions());
    return std::clamp<int64_t>(each, machine.arrayMinCycles,
                               bankElements(machine));
  }

  int64_t numTaps() const {
    int64_t taps = 1;
    for (const Phase *phase : phases)
      taps *= phase->taps.size();
    return taps;
  }

  /// Both engines' accumulators in turns, each with its share of a turn.
  void emitShares(MutableArrayRef<Chunk> onArray,
                  MutableArrayRef<Chunk> onLanes, const View &dest) {
    // Accumulators that are filled and those that are emptied.
    size_t together =
        std::max(machine.psumBanks / (onLanes.empty() ? 2 : 4), 1);
    size_t turns = std::max<size_t>(llvm::divideCeil(onArray.size(), together),
                                    onLanes.empty() ? 0 : 1);
    size_t done = 0;
    for (size_t turn = 0; turn < turns; ++turn) {
      size_t first = std::min(turn * together, onArray.size());
      size_t share = (turn + 1) * onLanes.size() / turns;
      emitTurn(onArray.slice(first, std::min(together, onArray.size() - first)),
               onLanes.slice(done, share - done), dest);
      done = share;
    }
  }

  void emitTurn(MutableArrayRef<Chunk> onArray, MutableArrayRef<Chunk> onLanes,
                const View &dest) {
    if (!onArray.empty())
      emitOnArray(onArray);
    // Two at a time, as a sum waits for the one before it, if PSUM has room.
    size_t most = machine.psumBanks > 2 ? 2 : 1;
    for (; !onLanes.empty();
         onLanes = onLanes.drop_front(std::min(most, onLanes.size()))) {
      MutableArrayRef<Chunk> few = onLanes.take_front(most);
      emitOnLanes(few);
      evacuate(few, dest);
    }
    evacuate(onArray, dest);
  }

  void evacuate(ArrayRef<Chunk> chunks, const View &dest) {
    for (const Chunk &chunk : chunks)
      for (const ColumnRegion &region : chunk.regions) {
        auto partOf = [&](const View &view) {
          return destOf(view, chunk)
              .slicePartitions(region.first, region.count);
        };
        epilogue.apply(partOf(dest), accOf(chunk.acc, chunk, region), partOf);
      }
  }

  /// The region's part of an accumulator.
  static View accOf(const View &acc, const Chunk &chunk,
                    const ColumnRegion &region) {
    return acc.slicePartitions(region.column - chunk.acc.partition,
                               region.count);
  }

  void emitOnArray(MutableArrayRef<Chunk> chunks) {
    SmallVector<SmallVector<int64_t, 6>> taps = orderTaps(chunks);
    for (auto [index, chunk] : llvm::enumerate(chunks)) {
      chunk.regions = regionsOf(index);
      startChunk(chunk, taps);
    }
    int64_t rowTiles = llvm::divideCeil(pass.numInputs, plan.rows);
    for (ArrayRef<int64_t> tap : taps)
      for (int64_t rowTile = 0; rowTile < rowTiles; ++rowTile)
        emitTap(chunks, tap, rowTile);
  }

  void emitOnLanes(MutableArrayRef<Chunk> chunks) {
    SmallVector<SmallVector<int64_t, 6>> taps = orderTaps(chunks);
    for (Chunk &chunk : chunks) {
      chunk.regions = {{0, cols.count, 0}};
      startChunk(chunk, taps);
    }
    View block = input.block(0).slicePartitions(0, pass.numInputs);
    for (ArrayRef<int64_t> tap : taps) {
      SmallVector<int64_t, 6> position;
      for (unsigned i = 1; i < plan.dims.size(); ++i)
        position.push_back(phases[i]->taps[tap[i]].position);
      for (Chunk &chunk : chunks) {
        auto [acc, moving] = operandsOf(chunk, block, tap);
        if (acc.elements() == 0)
          continue;
        lanes.emitTap(*chunk.engine, acc, moving, position, chunk.isWritten);
        chunk.isWritten = true;
      }
    }
  }

  /// Taps of this phase that meet the input, the one that meets most of it
  /// first.
  SmallVector<SmallVector<int64_t, 6>> orderTaps(ArrayRef<Chunk> chunks) {
    SmallVector<int64_t, 6> counts;
    for (const Phase *phase : phases)
      counts.push_back(phase->taps.size());
    SmallVector<std::pair<int64_t, SmallVector<int64_t, 6>>> covered;
    forEachIndex(counts, [&](ArrayRef<int64_t> tap) {
      int64_t elements = 0;
      for (const Chunk &chunk : chunks)
        elements += elementsOf(stepsOf(chunk, tap));
      if (elements)
        covered.emplace_back(elements, SmallVector<int64_t, 6>(tap));
    });
    // Only the first has to be the largest: the rest keeps its order.
    auto largest = llvm::max_element(
        covered, [](auto &a, auto &b) { return a.first < b.first; });
    if (largest != covered.end())
      std::rotate(covered.begin(), largest, std::next(largest));
    return llvm::map_to_vector(covered,
                               [](auto &entry) { return entry.second; });
  }

  static int64_t elementsOf(ArrayRef<Range> ranges) {
    int64_t elements = 1;
    for (const Range &range : ranges)
      elements *= range.count;
    return elements;
  }

  /// Steps of the chunk that a tap, by its index in each phase, takes part in.
  SmallVector<Range, 6> stepsOf(const Chunk &chunk,
                                ArrayRef<int64_t> tap) const {
    SmallVector<Range, 6> steps;
    for (auto [i, dim] : llvm::enumerate(plan.dims))
      steps.push_back(
          dim.stepsOf(*phases[i], phases[i]->taps[tap[i]], chunk.steps[i]));
    return steps;
  }

  /// An accumulator that the first tap does not cover starts as zero.
  void startChunk(Chunk &chunk, ArrayRef<SmallVector<int64_t, 6>> taps) {
    SmallVector<int64_t, 6> counts;
    for (const Range &range : chunk.steps)
      counts.push_back(range.count);
    int64_t first = chunk.regions[0].column, last = first;
    for (const ColumnRegion &region : chunk.regions) {
      first = std::min(first, region.column);
      last = std::max(last, region.column + region.count);
    }
    chunk.acc =
        chunk.engine == Engine::Pool // It does not reach PSUM.
            ? lowering.tile.sbuf(types.sum, last - first, counts, first)
            : lowering.tile.psum(types.sum, last - first, counts, first);
    bool isCovered = !taps.empty() && elementsOf(stepsOf(chunk, taps[0])) ==
                                          elementsOf(chunk.steps);
    if (isCovered)
      return;
    chunk.isWritten = true;
    lowering.tile.memset(chunk.engine.value_or(Engine::Vec), chunk.acc,
                         types.sum == isa::DType::i32
                             ? ScalarOperand::ofInteger(0)
                             : ScalarOperand(0.0f));
  }

  void emitTap(MutableArrayRef<Chunk> chunks, ArrayRef<int64_t> tap,
               int64_t rowTile) {
    SmallVector<int64_t, 6> place;
    for (auto [i, dim] : llvm::enumerate(plan.dims))
      place.push_back(phases[i]->taps[tap[i]].position / dim.stack);
    // Array rows are the partitions of both operands.
    View block = input.block(rowTile);
    View stationary = weights.stationary(rowTile, place, cols, block.partition);
    block = block.slicePartitions(0, stationary.partitions);
    SmallVector<ColumnRegion, 4> loaded;
    for (const Chunk &chunk : chunks)
      for (const ColumnRegion &region : chunk.regions)
        if (!llvm::is_contained(loaded, region)) {
          lowering.tile.loadStationary(rowsOf(stationary, region),
                                       region.column, pass.blocks,
                                       conv.zeroKernel);
          loaded.push_back(region);
        }
    for (Chunk &chunk : chunks)
      emitMatmul(chunk, block, tap);
  }

  /// The array's rows that a region's columns depend on.
  View rowsOf(const View &view, const ColumnRegion &region) const {
    return isCrossed() ? view.slicePartitions(region.first, region.count)
                       : view;
  }

  void emitMatmul(Chunk &chunk, const View &block, ArrayRef<int64_t> tap) {
    auto [acc, moving] = operandsOf(chunk, block, tap);
    if (acc.elements() == 0)
      return;
    for (const ColumnRegion &region : chunk.regions)
      lowering.tile.matmul(accOf(acc, chunk, region), rowsOf(moving, region),
                           chunk.isWritten, conv.zeroInput);
    chunk.isWritten = true;
  }

  /// The accumulator's elements that a tap adds to, and what it multiplies.
  std::pair<View, View> operandsOf(const Chunk &chunk, const View &block,
                                   ArrayRef<int64_t> tap) const {
    View acc = chunk.acc, moving = block;
    for (auto [i, steps] : llvm::enumerate(stepsOf(chunk, tap))) {
      const Phase &phase = *phases[i];
      acc = acc.slice(i, {steps.start - chunk.steps[i].start, steps.count, 1});
      int64_t first = phase.taps[tap[i]].offset + steps.start * phase.stride;
      moving =
          moving.slice(i, {first - input.start(i), steps.count, phase.stride});
    }
    return {acc, moving};
  }

  /// Where the chunk's outputs lie in the tile's.
  View destOf(const View &dest, const Chunk &chunk) const {
    View view = dest;
    for (auto [i, phase] : llvm::enumerate(phases)) {
      const Range &steps = chunk.steps[i];
      int64_t first = phase->start + steps.start * phase->step;
      view =
          view.slice(i, {first - outputs[i].start, steps.count, phase->step});
    }
    return view;
  }

  const Convolution &conv;
  ChannelPass pass;
  ArrayTypes types;
  Epilogue &epilogue;
  DepthwiseLanes &lanes;
  Lowering &lowering;
  const Machine &machine;
  ConvolutionPlan plan;
  ConvolutionInput input;
  ConvolutionWeights weights;
  bool isSpread;

  // Where the nest is.
  Range channels, cols;
  SmallVector<Range, 6> outputs;
  SmallVector<const Phase *, 6> phases;
};

} // namespace

void emitConvolutionOnArray(const Convolution &conv, ArrayTypes types,
                            Epilogue &epilogue, Lowering &lowering) {
  lowering.tile.restartWork();
  Convolution fused = conv;
  fused.result = epilogue.result();
  DepthwiseLanes lanes(fused, types, lowering);
  int64_t rows = usableRows(lowering.machine);
  int64_t cols =
      blockLimit(fused.result, usableCols(lowering.machine), lowering);
  forEachPass(fused, rows, cols, [&](const ChannelPass &pass) {
    ArrayPass(fused, pass, types, epilogue, lanes, lowering).emit();
  });
}

LogicalResult emitConvolution(Operation *op, Lowering &lowering) {
  if (isEmittedByEpilogue(op))
    return success();
  Convolution conv(cast<tile::ConvolutionOp>(op));
  std::optional<ArrayTypes> types =
      arrayTypes(lowering.machine, Lowering::dtypeOf(conv.input),
                 Lowering::dtypeOf(conv.kernel));
  if (!types) {
    emitConvolutionOnLanes(conv, lowering);
    return success();
  }
  Epilogue epilogue(op, lowering);
  emitConvolutionOnArray(conv, *types, epilogue, lowering);
  return success();
}

} // namespace tilicho::compiler
