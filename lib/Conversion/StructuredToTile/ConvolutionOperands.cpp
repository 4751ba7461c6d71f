// SPDX-License-Identifier: Apache-2.0
// Loads input blocks and weights of a convolution.
#include "lib/Conversion/StructuredToTile/ConvolutionOperands.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

namespace tilicho::compiler {

void forEachCopy(
    const ConvolutionPlan &plan,
    llvm::function_ref<void(llvm::ArrayRef<int64_t> copy, int64_t number)>
        visit) {
  llvm::SmallVector<int64_t, 4> stacks;
  for (const BlockDim &dim : plan.dims)
    stacks.push_back(dim.stack);
  std::swap(stacks[0], stacks[plan.slowestStack]);
  int64_t number = 0;
  forEachIndex(stacks, [&](llvm::ArrayRef<int64_t> index) {
    llvm::SmallVector<int64_t, 4> copy(index);
    std::swap(copy[0], copy[plan.slowestStack]);
    visit(copy, number++);
  });
}

/// Channels of row tile `rowTile`, counted within the pass.
static Range channelsOf(const ConvolutionPlan &plan, const ChannelPass &pass,
                        int64_t rowTile) {
  int64_t first = rowTile * plan.rows;
  return {first, std::min(plan.rows, pass.numInputs - first), 1};
}

//===----------------------------------------------------------------------===//
// Input
//===----------------------------------------------------------------------===//

void ConvolutionInput::enter(llvm::ArrayRef<Range> outputs) {
  coordinates.clear();
  for (auto [dim, range] : llvm::zip(plan.dims, outputs))
    coordinates.push_back(dim.coordinates(range));
  blocks.assign(llvm::divideCeil(pass.numInputs, plan.rows), std::nullopt);
}

View ConvolutionInput::block(int64_t rowTile) {
  if (!plan.keepInput)
    return load(rowTile);
  if (!blocks[rowTile])
    blocks[rowTile] = load(rowTile);
  return *blocks[rowTile];
}

View ConvolutionInput::load(int64_t rowTile) {
  if (plan.copies() > 1)
    return loadCopies();
  Range channels = channelsOf(plan, pass, rowTile);
  return lowering.read(conv.input,
                       channelBlock(pass.firstInput + channels.start,
                                    channels.count, coordinates),
                       types.a);
}

/// Fills what some copy does not cover: along each dimension a strip at either
/// end.
void ConvolutionInput::fillBorder(const View &block) {
  ScalarOperand zero = isa::isInteger(types.a)
                           ? ScalarOperand::ofInteger(conv.zeroInput)
                           : ScalarOperand(0.0f);
  View inner = block;
  for (auto [i, dim] : llvm::enumerate(plan.dims)) {
    int64_t count = coordinates[i].count, low = 0, high = count;
    for (int64_t copy = 0; copy < dim.stack; ++copy) {
      Range inside = dim.inside(coordinates[i], copy);
      int64_t first =
          inside.count ? inside.start - coordinates[i].start : count;
      low = std::max(low, first);
      high = std::min(high, first + inside.count);
    }
    low = std::min(low, count);
    high = std::max(high, low);
    for (Range strip : {Range{0, low, 1}, Range{high, count - high, 1}})
      if (strip.count)
        lowering.tile.memset(Engine::Vec, inner.slice(i, strip), zero);
    inner = inner.slice(i, {low, high - low, 1});
  }
}

/// Elements of the input along a dimension that a copy holds.
static Range elementsOf(const BlockDim &dim, Range inside, int64_t copy) {
  return {dim.origin + inside.start * dim.step + copy * dim.shift, inside.count,
          dim.step};
}

View ConvolutionInput::loadCopies() {
  llvm::SmallVector<int64_t, 6> counts;
  for (const Range &range : coordinates)
    counts.push_back(range.count);
  View block =
      lowering.tile.sbuf(types.a, plan.copies() * pass.numInputs, counts);
  fillBorder(block);
  loadOnce();
  forEachCopy(plan, [&](llvm::ArrayRef<int64_t> copy, int64_t number) {
    loadCopy(block, copy, number * pass.numInputs);
  });
  return block;
}

/// What lies in memory comes onto the chip once, with the elements of all
/// copies.
void ConvolutionInput::loadOnce() {
  once.reset();
  if (!plan.loadsOnce)
    return;
  onceRanges.clear();
  for (auto [range, dim] : llvm::zip(coordinates, plan.dims)) {
    int64_t low = std::numeric_limits<int64_t>::max(), high = 0;
    for (int64_t copy = 0; copy < dim.stack; ++copy) {
      Range elements = elementsOf(dim, dim.inside(range, copy), copy);
      if (!elements.count)
        continue;
      low = std::min(low, elements.start);
      high = std::max(high, elements.start +
                                (elements.count - 1) * elements.step + 1);
    }
    if (low >= high)
      return;
    onceRanges.push_back({low, high - low, 1});
  }
  once = lowering.read(
      conv.input, channelBlock(pass.firstInput, pass.numInputs, onceRanges),
      types.a);
}

void ConvolutionInput::loadCopy(const View &block, llvm::ArrayRef<int64_t> copy,
                                int64_t partition) {
  View target = block.slicePartitions(partition, pass.numInputs);
  llvm::SmallVector<Range, 6> elements;
  for (auto [i, dim] : llvm::enumerate(plan.dims)) {
    Range inside = dim.inside(coordinates[i], copy[i]);
    target =
        target.slice(i, {inside.start - coordinates[i].start, inside.count, 1});
    elements.push_back(elementsOf(dim, inside, copy[i]));
  }
  if (target.elements() == 0)
    return;
  if (!once)
    return lowering.tile.copy(
        target,
        lowering.read(conv.input,
                      channelBlock(pass.firstInput, pass.numInputs, elements)));
  View source = *once;
  for (auto [i, range] : llvm::enumerate(elements))
    source = source.slice(
        i, {range.start - onceRanges[i].start, range.count, range.step});
  lowering.tile.copy(target, source);
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

void ConvolutionWeights::enter(int64_t first, int64_t count) {
  outputs = {first, count, 1};
  kept.assign(llvm::divideCeil(pass.numInputs, plan.rows), std::nullopt);
}

View ConvolutionWeights::stationary(int64_t rowTile,
                                    llvm::ArrayRef<int64_t> tap, Range wanted,
                                    int64_t partition) {
  llvm::SmallVector<Range, 4> all, one;
  for (unsigned i = 1; i < plan.dims.size(); ++i) {
    all.push_back({0, plan.dims[i].numTaps(conv.dims[i]), 1});
    one.push_back({tap[i], 1, 1});
  }
  View weights;
  if (plan.keepWeights) {
    if (!kept[rowTile] && comeTogether(partition))
      keepTogether(all);
    if (!kept[rowTile])
      kept[rowTile] = load(rowTile, all, outputs, partition);
    weights = *kept[rowTile];
    wanted.start -= outputs.start;
  } else {
    weights = load(rowTile, one, wanted, partition);
    wanted.start = 0;
  }
  for (unsigned i = 1; i < plan.dims.size(); ++i)
    weights = weights.pick(0, plan.keepWeights ? tap[i] : 0);
  if (!pass.blocks.rows)
    weights = weights.slice(0, wanted);
  return weights.slicePartitions(0, rowsOf(rowTile, tap));
}

int64_t ConvolutionWeights::rowsOf(int64_t rowTile,
                                   llvm::ArrayRef<int64_t> tap) const {
  if (plan.copies() == 1)
    return channelsOf(plan, pass, rowTile).count;
  unsigned slowest = plan.slowestStack;
  const BlockDim &dim = plan.dims[slowest];
  int64_t copies =
      std::min(dim.stack, conv.dims[slowest].window - tap[slowest] * dim.stack);
  return pass.numInputs * (plan.copies() / dim.stack) * copies;
}

/// Worth it only where a row is so short that its descriptor takes longer than
/// its bytes: what comes together also takes its memory together.
bool ConvolutionWeights::comeTogether(int64_t partition) const {
  double rowBytes = outputs.count * isa::sizeOf(types.b);
  for (unsigned i = 1; i < plan.dims.size(); ++i)
    rowBytes *= conv.dims[i].window;
  const DmaModel &dma = lowering.machine.dma;
  return rowBytes < dma.descriptorNs * dma.bytesPerNs && partition == 0 &&
         plan.copies() == 1 && !pass.blocks.rows &&
         Lowering::constantOf(conv.kernel) && pass.numInputs > plan.rows &&
         pass.numInputs % plan.rows == 0;
}

void ConvolutionWeights::keepTogether(llvm::ArrayRef<Range> taps) {
  unsigned rank = taps.size();
  // [window..., row tile, row, output]
  View kernel = lowering.hbmByPartition(conv.kernel, rank, plan.rows);
  llvm::SmallVector<int64_t, 6> shape = {int64_t(kept.size())};
  llvm::SmallVector<unsigned, 6> order = {rank};
  for (unsigned i = 0; i < rank; ++i) {
    kernel = kernel.slice(i, taps[i]);
    shape.push_back(taps[i].count);
    order.push_back(i);
  }
  shape.push_back(outputs.count);
  order.push_back(rank + 1);
  View source =
      kernel
          .slice(rank + 2, {pass.firstOutput + outputs.start, outputs.count, 1})
          .toPartitions(rank + 1)
          .permute(order);
  View weights = lowering.tile.sbuf(types.b, plan.rows, shape);
  lowering.tile.copy(weights, source);
  for (auto [tile, view] : llvm::enumerate(kept))
    view = weights.pick(0, tile);
}

llvm::SmallVector<unsigned> orderInMemory(unsigned windowRank,
                                          bool isDepthwise) {
  llvm::SmallVector<unsigned> order = {windowRank};
  if (isDepthwise)
    order.insert(order.begin(), windowRank + 1);
  for (unsigned dim = 0; dim < windowRank; ++dim)
    order.push_back(dim);
  if (!isDepthwise)
    order.push_back(windowRank + 1);
  return order;
}

/// The kernel's channels on the partitions, a dimension for each of the window,
/// then the outputs of the pass.
View ConvolutionWeights::source(int64_t rowTile,
                                llvm::ArrayRef<Range> positions) const {
  unsigned rank = positions.size();
  View kernel = lowering.hbmInOrder(conv.kernel,
                                    orderInMemory(rank, pass.blocks.rows == 1));
  for (unsigned i = 0; i < rank; ++i)
    kernel = kernel.slice(i, positions[i]);
  Range channels = channelsOf(plan, pass, rowTile);
  if (pass.blocks.rows)
    channels = {0, pass.blocks.rows, 1};
  return kernel.slice(rank, channels)
      .slice(rank + 1, {pass.firstOutput, pass.numOutputs, 1})
      .toPartitions(rank);
}

llvm::SmallVector<Dim, 6> windowDims(const Convolution &conv) {
  llvm::SmallVector<Dim, 6> dims;
  int64_t step = 1;
  for (const WindowDim &dim : llvm::reverse(llvm::drop_begin(conv.dims))) {
    dims.insert(dims.begin(), {dim.window, step});
    step *= dim.window;
  }
  return dims;
}

/// Those of a depthwise convolution are on chip from the start.
std::optional<View>
ConvolutionWeights::pooled(llvm::ArrayRef<Range> taps) const {
  if (pass.blocks.rows != 1 || pass.blocks.cols != 1 || plan.copies() > 1)
    return std::nullopt;
  std::optional<View> view =
      lowering.pooled(conv.kernel, types.b, pass.firstOutput, pass.numOutputs);
  if (!view)
    return std::nullopt;
  view->dims = windowDims(conv);
  for (auto [dim, range] : llvm::enumerate(taps))
    *view = view->slice(dim, range);
  view->dims.push_back({1, 1});
  return view;
}

View ConvolutionWeights::load(int64_t rowTile, llvm::ArrayRef<Range> taps,
                              Range wanted, int64_t partition) {
  if (std::optional<View> view = pooled(taps);
      view && view->partition == partition)
    return *view;
  int64_t cols = pass.blocks.rows ? pass.blocks.cols : wanted.count;
  llvm::SmallVector<int64_t, 6> shape;
  for (const Range &range : taps)
    shape.push_back(range.count);
  shape.push_back(cols);
  int64_t rows = plan.copies() * channelsOf(plan, pass, rowTile).count;
  View weights = lowering.tile.sbuf(types.b, rows, shape, partition);
  forEachCopy(plan, [&](llvm::ArrayRef<int64_t> copy, int64_t number) {
    View target = weights.slicePartitions(number * (rows / plan.copies()),
                                          rows / plan.copies());
    llvm::SmallVector<Range, 4> positions;
    for (auto [i, range] : llvm::enumerate(taps)) {
      const BlockDim &dim = plan.dims[i + 1];
      int64_t first = range.start * dim.stack + copy[i + 1];
      int64_t count = llvm::divideCeil(
          std::max<int64_t>(conv.dims[i + 1].window - first, 0), dim.stack);
      count = std::min(count, range.count);
      positions.push_back({first, count, dim.stack});
      target = target.slice(i, {0, count, 1});
    }
    View from = source(rowTile, positions);
    if (pass.blocks.rows)
      loadBlocks(target, from);
    else
      lowering.tile.copy(target, from.slice(taps.size(), wanted));
  });
  return weights;
}

/// Row k of the block-diagonal operand holds the columns of its own group.
void ConvolutionWeights::loadBlocks(const View &weights, const View &source) {
  unsigned last = source.dims.size() - 1;
  View groups = source.split(last, pass.blocks.cols);
  if (pass.blocks.rows == 1) {
    // With one channel a group the groups are the partitions.
    View rows = groups;
    rows.partitions = groups.dims[last].count;
    rows.partitionStep = groups.dims[last].step;
    rows.dims.erase(rows.dims.begin() + last);
    return lowering.tile.copy(weights, rows);
  }
  for (int64_t group = 0; group < groups.dims[last].count; ++group)
    lowering.tile.copy(
        weights.slicePartitions(group * pass.blocks.rows, pass.blocks.rows),
        groups.pick(last, group));
}

} // namespace tilicho::compiler
