// SPDX-License-Identifier: Apache-2.0
// Chooses taps beside channels, tiles and what stays on chip.
#include "lib/Conversion/StructuredToTile/ConvolutionPlan.h"

#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/TileCutter.h"

#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// One dimension
//===----------------------------------------------------------------------===//

Range BlockDim::stepsOf(const Phase &phase, const Tap &tap, Range steps) const {
  return isClipped() ? clip(steps, tap.offset, phase.stride, extent) : steps;
}

Range BlockDim::coordinates(Range outputs) const {
  int64_t low = std::numeric_limits<int64_t>::max();
  int64_t high = std::numeric_limits<int64_t>::min();
  bool isWhole = true;
  for (const Phase &phase : phases) {
    Range all = phase.within(outputs);
    isWhole &= all.count == phase.count;
    for (const Tap &tap : phase.taps) {
      Range steps = stepsOf(phase, tap, all);
      if (!steps.count)
        continue;
      int64_t first = tap.offset + steps.start * phase.stride;
      low = std::min(low, first);
      high = std::max(high, first + (steps.count - 1) * phase.stride + 1);
    }
  }
  if (low >= high)
    return {0, 0, 1};
  // Whole lines make longer runs in memory.
  if (isWhole && isClipped() && 2 * (high - low) > extent)
    return {0, extent, 1};
  return {low, high - low, 1};
}

Range BlockDim::inside(Range coordinates, int64_t copy) const {
  return clip(coordinates, origin + copy * shift, step, extent);
}

/// Rows that no window starts at are left out where the taps allow it; in the
/// innermost dimension that would make single elements of long runs.
BlockDim blockDim(const WindowDim &dim, int64_t stack, bool isInnermost) {
  BlockDim block;
  block.extent = dim.input;
  block.stack = stack;
  if (stack == 1) {
    block.phases = phasesOf(dim);
    return block;
  }
  int64_t reach = stack * dim.dilation;
  block.step = !isInnermost && reach % dim.stride == 0 ? dim.stride : 1;
  block.shift = dim.dilation;
  block.origin = -dim.padLow;
  Phase phase;
  phase.count = dim.output;
  phase.stride = dim.stride / block.step;
  for (int64_t first = 0; first < dim.window; first += stack)
    phase.taps.push_back({first, first / stack * reach / block.step});
  block.phases.push_back(std::move(phase));
  return block;
}

int64_t coordinateBound(const BlockDim &dim, int64_t outputs) {
  int64_t low = std::numeric_limits<int64_t>::max(), high = 0, span = 0;
  for (const Phase &phase : dim.phases) {
    for (const Tap &tap : phase.taps) {
      low = std::min(low, tap.offset);
      high = std::max(high, tap.offset);
    }
    int64_t steps = llvm::divideCeil(outputs, phase.step);
    span = std::max(span, steps * phase.stride);
  }
  if (low > high)
    return 0;
  int64_t bound = span + high - low + 1;
  return dim.isClipped() ? std::min(bound, dim.extent) : bound;
}

llvm::SmallVector<int64_t, 4> tileUnits(llvm::ArrayRef<BlockDim> dims) {
  return llvm::map_to_vector<4>(
      dims, [](const BlockDim &dim) { return dim.phases.front().step; });
}

int64_t ConvolutionPlan::copies() const {
  int64_t copies = 1;
  for (const BlockDim &dim : dims)
    copies *= dim.stack;
  return copies;
}

int64_t ConvolutionPlan::numTaps(llvm::ArrayRef<WindowDim> windows) const {
  int64_t taps = 1;
  for (auto [dim, window] : llvm::zip(dims, windows))
    taps *= dim.numTaps(window);
  return taps;
}

//===----------------------------------------------------------------------===//
// Taps beside channels
//===----------------------------------------------------------------------===//

namespace {

/// Compares ways to put taps beside channels by the time of array and DMA.
class StackChoice {
public:
  StackChoice(const Convolution &conv, const ChannelPass &pass,
              ArrayTypes types, const Lowering &lowering)
      : conv(conv), pass(pass), types(types), machine(lowering.machine),
        isResident(lowering.layoutOf(conv.input)) {}

  llvm::SmallVector<int64_t, 4> choose() {
    best.assign(conv.dims.size(), 1);
    bestNs = cost(best);
    llvm::SmallVector<int64_t, 4> stacks = best;
    bool isPossible = !pass.blocks.rows;
    for (const WindowDim &dim : conv.dims)
      isPossible &= dim.inputDilation == 1;
    if (isPossible)
      visit(stacks, conv.dims.size(), usableRows(machine) / pass.numInputs);
    return best;
  }

private:
  void visit(llvm::SmallVectorImpl<int64_t> &stacks, unsigned dim,
             int64_t room) {
    if (dim == 0) {
      if (double ns = cost(stacks); ns < bestNs && numUneven(stacks) <= 1) {
        bestNs = ns;
        best.assign(stacks.begin(), stacks.end());
      }
      return;
    }
    int64_t most = std::min(conv.dims[dim - 1].window, room);
    for (int64_t stack = 1; stack <= std::max<int64_t>(most, 1); ++stack) {
      stacks[dim - 1] = stack;
      visit(stacks, dim - 1, room / stack);
    }
    stacks[dim - 1] = 1;
  }

  int64_t numUneven(llvm::ArrayRef<int64_t> stacks) const {
    int64_t count = 0;
    for (auto [dim, stack] : llvm::zip(conv.dims, stacks))
      count += dim.window % stack != 0;
    return count;
  }

  /// What is on chip already has to be copied before the array can start.
  double cost(llvm::ArrayRef<int64_t> stacks) const {
    double array = arrayNs(stacks), dma = dmaNs(stacks);
    if (isResident)
      return product(stacks) == 1 ? array
                                  : array + dma + 2 * machine.dma.startNs;
    return std::max(array, dma) + 0.25 * std::min(array, dma);
  }

  double arrayNs(llvm::ArrayRef<int64_t> stacks) const {
    double outputs = product(conv.outputExtents()), matmuls = 1;
    for (auto [dim, stack] : llvm::zip(conv.dims, stacks))
      matmuls *= llvm::divideCeil(dim.window, stack);
    matmuls *=
        llvm::divideCeil(pass.numInputs * product(stacks), usableRows(machine));
    matmuls *= llvm::divideCeil(pass.numOutputs, usableCols(machine));
    matmuls /=
        columnRegions(machine, std::min(pass.numOutputs, usableCols(machine)));
    double chunks = std::ceil(outputs / bankElements(machine));
    double cycles = std::max<double>(machine.arrayMinCycles, outputs / chunks) +
                    machine.arrayWindowCycles;
    return matmuls * chunks * cycles * machine.arrayPasses[types.a] /
           machine.arrayClockGhz;
  }

  double dmaNs(llvm::ArrayRef<int64_t> stacks) const {
    double rows = 1, rowBytes = isa::sizeOf(types.a);
    bool isRun = true;
    for (unsigned i = conv.dims.size(); i-- > 0;) {
      bool isInnermost = i + 1 == conv.dims.size();
      BlockDim dim = blockDim(conv.dims[i], stacks[i], isInnermost);
      double extent = coordinateBound(dim, conv.dims[i].output);
      // Channels lie between the batch and the rest.
      isRun &= i > 0 && dim.step == 1;
      (isRun ? rowBytes : rows) *= extent;
      isRun &= dim.isClipped(); // A border ends the run.
    }
    double perRow =
        std::max(machine.dma.descriptorNs, rowBytes / machine.dma.bytesPerNs);
    return pass.numInputs * product(stacks) * rows * perRow /
           machine.dma.engines;
  }

  const Convolution &conv;
  const ChannelPass &pass;
  ArrayTypes types;
  const Machine &machine;
  bool isResident;
  llvm::SmallVector<int64_t, 4> best;
  double bestNs = 0;
};

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

/// Cuts until everything fits into `bytes` of each partition.
class Fitting {
public:
  Fitting(const Convolution &conv, const ChannelPass &pass, ArrayTypes types,
          const Epilogue &epilogue, const Lowering &lowering,
          ConvolutionPlan &plan)
      : conv(conv), pass(pass), types(types), epilogue(epilogue),
        bytes(lowering.blockBytes()), machine(lowering.machine),
        isResident(lowering.layoutOf(conv.input)), plan(plan),
        cutter(conv.outputExtents(), tileUnits(plan.dims)),
        rowTiles(llvm::divideCeil(pass.numInputs, plan.rows)) {}

  void run() {
    int64_t left = bytes - fitWeights();
    int64_t most = 2 * machine.psumBanks * bankElements(machine);
    // The first copies of taps are waited for.
    if (plan.copies() > 1)
      most /= 4;
    while (product(cutter.tile) > most && cutter.cut())
      continue;
    plan.loadsOnce = plan.copies() > 1 && !isResident;
    TileCutter whole = cutter;
    while (tileBytes() > left && cutter.cut())
      continue;
    if (plan.loadsOnce && tileBytes() > left) {
      plan.loadsOnce = false;
      cutter = whole;
      while (tileBytes() > left && cutter.cut())
        continue;
    }
    plan.tile = cutter.tile;
    plan.keepInput = tileBytes() <= left;
    plan.weightsOutside = areWeightsOutside();
  }

private:
  /// Two inputs in flight, if there are two, and three outputs.
  int64_t tileBytes() const {
    int64_t outputs = product(cutter.tile);
    int64_t part = std::min(outputs, bankElements(machine));
    int64_t input = inputBytes() + (plan.loadsOnce ? onceBytes() : 0);
    return input * (cutter.isWhole() ? 1 : 2) +
           3 * outputs * isa::sizeOf(Lowering::dtypeOf(conv.result)) +
           2 * outputs * epilogue.blockBytes() + part * epilogue.partBytes();
  }
  int64_t inputBytes() const {
    int64_t elements = rowTiles;
    for (auto [dim, count] : llvm::zip(plan.dims, cutter.tile))
      elements *= coordinateBound(dim, count);
    return elements * isa::sizeOf(types.a);
  }
  /// What copies are made from, with the elements between theirs.
  int64_t onceBytes() const {
    int64_t elements = 1;
    for (auto [dim, count] : llvm::zip(plan.dims, cutter.tile)) {
      int64_t reach = (coordinateBound(dim, count) - 1) * dim.step + 1 +
                      (dim.stack - 1) * dim.shift;
      elements *= std::min(reach, dim.extent);
    }
    return elements * isa::sizeOf(types.a);
  }
  int64_t weightBytes(int64_t outputs) const {
    return rowTiles * plan.numTaps(conv.dims) * outputs * isa::sizeOf(types.b);
  }

  /// Decides on weights and returns the bytes they take.
  int64_t fitWeights() {
    if (pass.blocks.rows) { // A row holds its own group's columns.
      plan.weightOutputs = pass.numOutputs;
      return weightBytes(pass.blocks.cols);
    }
    int64_t most = bytes / 2;
    plan.weightOutputs = pass.numOutputs;
    if (weightBytes(pass.numOutputs) <= most)
      return weightBytes(pass.numOutputs);
    int64_t cols = plan.cols;
    int64_t tiles = most / (2 * weightBytes(cols));
    plan.weightOutputs = std::max<int64_t>(tiles, 1) * cols;
    if (2 * weightBytes(cols) <= most)
      return 2 * weightBytes(plan.weightOutputs);
    plan.keepWeights = false;
    return 4 * cols * isa::sizeOf(types.b);
  }

  bool areWeightsOutside() const {
    double tiles = 1;
    for (auto [extent, count] : llvm::zip(conv.outputExtents(), plan.tile))
      tiles *= llvm::divideCeil(extent, count);
    double sets = llvm::divideCeil(pass.numOutputs, plan.weightOutputs);
    double input = inputBytes() * tiles, weights = weightBytes(pass.numOutputs);
    return input * sets + weights <= input + weights * tiles;
  }

  const Convolution &conv;
  const ChannelPass &pass;
  ArrayTypes types;
  const Epilogue &epilogue;
  int64_t bytes;
  const Machine &machine;
  bool isResident;
  ConvolutionPlan &plan;
  TileCutter cutter;
  int64_t rowTiles;
};

} // namespace

int64_t blockLimit(Value tensor, int64_t limit, const Lowering &lowering) {
  const Layout *layout = lowering.layoutOf(tensor);
  return layout ? std::min(limit, layout->blockSize) : limit;
}

ConvolutionPlan planConvolution(const Convolution &conv,
                                const ChannelPass &pass, ArrayTypes types,
                                const Epilogue &epilogue,
                                const Lowering &lowering) {
  const Machine &machine = lowering.machine;
  ConvolutionPlan plan;
  auto stacks = StackChoice(conv, pass, types, lowering).choose();
  for (auto [i, dim] : llvm::enumerate(conv.dims)) {
    plan.dims.push_back(blockDim(dim, stacks[i], i + 1 == conv.dims.size()));
    if (dim.window % stacks[i] != 0)
      plan.slowestStack = i;
  }
  int64_t rows = blockLimit(conv.input, usableRows(machine), lowering);
  int64_t cols = blockLimit(conv.result, usableCols(machine), lowering);
  bool isWhole = plan.copies() > 1 || pass.blocks.rows;
  plan.rows = isWhole ? pass.numInputs : std::min(pass.numInputs, rows);
  // Groups side by side share a stationary operand, with all their columns.
  plan.cols =
      pass.blocks.rows ? pass.numOutputs : std::min(pass.numOutputs, cols);
  Fitting(conv, pass, types, epilogue, lowering, plan).run();
  return plan;
}

} // namespace tilicho::compiler
