// SPDX-License-Identifier: Apache-2.0
// Convolution in types that the array cannot multiply: outputs on the
// partitions, one multiply-add for each tap and channel of the group.
#include "lib/Conversion/StructuredToTile/ConvolutionPlan.h"
#include "lib/Conversion/StructuredToTile/LaneArithmetic.h"
#include "lib/Conversion/StructuredToTile/TileCutter.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace tilicho::compiler {

namespace {

class LaneConvolution {
public:
  LaneConvolution(const Convolution &conv, Lowering &lowering)
      : conv(conv), lowering(lowering), tile(lowering.tile),
        arithmetic(laneArithmetic(Lowering::dtypeOf(conv.input))) {
    for (const WindowDim &dim : conv.dims)
      dims.push_back(blockDim(dim, 1, false));
  }

  void emit() {
    int64_t lanes = lowering.machine.sbufPartitions;
    SmallVector<int64_t, 6> size = chooseTile();
    for (int64_t first = 0; first < conv.outputs; first += lanes) {
      outputs = {first, std::min(lanes, conv.outputs - first), 1};
      forEachTile(conv.outputExtents(), size,
                  [&](ArrayRef<Range> ranges) { emitTile(ranges); });
    }
  }

private:
  SmallVector<int64_t, 6> chooseTile() const {
    TileCutter cutter(conv.outputExtents(), tileUnits(dims));
    auto bytes = [&] {
      int64_t elements = 1;
      for (auto [dim, count] : llvm::zip(dims, cutter.tile))
        elements *= coordinateBound(dim, count);
      // Two inputs, as given and without their zero point; sum, product and
      // result.
      return (4 * elements + 4 * product(cutter.tile)) *
             isa::sizeOf(arithmetic.sumType);
    };
    int64_t weights = 4 * numTaps() * isa::sizeOf(arithmetic.sumType);
    while (bytes() > lowering.blockBytes() - weights && cutter.cut())
      continue;
    return cutter.tile;
  }

  int64_t numTaps() const {
    int64_t taps = 1;
    for (const WindowDim &dim : conv.dims)
      taps *= dim.window;
    return taps;
  }

  void emitTile(ArrayRef<Range> ranges) {
    SmallVector<int64_t, 6> counts;
    coordinates.clear();
    for (auto [dim, range] : llvm::zip(dims, ranges)) {
      counts.push_back(range.count);
      coordinates.push_back(dim.coordinates(range));
    }
    Block block = channelBlock(outputs.start, outputs.count, ranges);
    View dest = lowering.dest(conv.result, block);
    bool isDirect = dest.dtype == arithmetic.sumType;
    View sum =
        isDirect ? dest : tile.sbuf(arithmetic.sumType, outputs.count, counts);
    tile.memset(arithmetic.engine, sum, arithmetic.scalar(0));
    for (int64_t channel = 0; channel < conv.groupChannels(); ++channel)
      emitChannel(sum, ranges, channel);
    if (!isDirect)
      arithmetic.move(tile, dest, sum);
    lowering.commit(conv.result, block, dest);
  }

  /// Adds what channel `channel` of each output's group contributes.
  void emitChannel(const View &sum, ArrayRef<Range> ranges, int64_t channel) {
    View input = loadInput(channel), weights = loadWeights(channel);
    SmallVector<int64_t, 6> phaseCounts;
    for (const BlockDim &dim : dims)
      phaseCounts.push_back(dim.phases.size());
    forEachIndex(phaseCounts, [&](ArrayRef<int64_t> phase) {
      SmallVector<int64_t, 6> tapCounts;
      for (auto [dim, at] : llvm::zip(dims, phase))
        tapCounts.push_back(dim.phases[at].taps.size());
      forEachIndex(tapCounts, [&](ArrayRef<int64_t> tap) {
        emitTap(sum, input, weights, ranges, phase, tap);
      });
    });
  }

  void emitTap(View sum, View input, View weights, ArrayRef<Range> ranges,
               ArrayRef<int64_t> phaseIndex, ArrayRef<int64_t> tapIndex) {
    for (auto [i, dim] : llvm::enumerate(dims)) {
      const Phase &phase = dim.phases[phaseIndex[i]];
      const Tap &tap = phase.taps[tapIndex[i]];
      Range steps = dim.stepsOf(phase, tap, phase.within(ranges[i]));
      int64_t output = phase.start + steps.start * phase.step;
      sum = sum.slice(i, {output - ranges[i].start, steps.count, phase.step});
      int64_t first = tap.offset + steps.start * phase.stride;
      input = input.slice(
          i, {first - coordinates[i].start, steps.count, phase.stride});
      if (i > 0)
        weights = weights.pick(0, tap.position);
    }
    if (sum.elements())
      multiplyAdd(sum, input, weights);
  }

  void multiplyAdd(const View &sum, const View &input, View weight) {
    if (arithmetic.isFloat32())
      return tile.scalarTensorTensor(arithmetic.engine, sum, input,
                                     isa::AluOp::multiply, weight,
                                     isa::AluOp::add, sum);
    SmallVector<int64_t, 6> counts;
    for (const Dim &dim : sum.dims) {
      counts.push_back(dim.count);
      weight.dims.push_back({dim.count, 0});
    }
    View product = tile.sbuf(arithmetic.sumType, sum.partitions, counts);
    tile.tensorTensor(arithmetic.engine, isa::AluOp::multiply, product, input,
                      weight, arithmetic.compute);
    tile.tensorTensor(arithmetic.engine, isa::AluOp::add, sum, sum, product,
                      arithmetic.compute);
  }

  /// The channel for each output's group, one group after the other.
  View loadInput(int64_t channel) {
    SmallVector<int64_t, 6> counts;
    for (const Range &range : coordinates)
      counts.push_back(range.count);
    View block =
        tile.sbuf(Lowering::dtypeOf(conv.input), outputs.count, counts);
    View source = lowering.hbm(conv.input);
    for (auto [i, range] : llvm::enumerate(coordinates))
      source = source.slice(i == 0 ? 0 : i + 1, range);
    int64_t perGroup = conv.groupOutputs();
    for (int64_t done = 0; done < outputs.count;) {
      int64_t group = (outputs.start + done) / perGroup;
      int64_t input = group * conv.groupChannels() + channel;
      int64_t count = perGroup - (outputs.start + done) % perGroup;
      // With one output a group the groups are the partitions.
      if (perGroup == 1)
        count = outputs.count;
      count = std::min(count, outputs.count - done);
      View part = perGroup == 1
                      ? source.slice(1, {input, count, conv.groupChannels()})
                            .toPartitions(1)
                      : source.pick(1, input);
      part.partitions = count;
      tile.copy(block.slicePartitions(done, count), part);
      done += count;
    }
    return arithmetic.withoutZero(tile, block, conv.zeroInput);
  }

  /// A column for each tap: a dimension for each of the window.
  View loadWeights(int64_t channel) {
    View source = lowering.hbm(conv.kernel);
    unsigned rank = source.dims.size();
    source = source.slice(rank - 1, outputs)
                 .pick(rank - 2, channel)
                 .toPartitions(rank - 2);
    SmallVector<int64_t, 6> counts;
    for (const Dim &dim : source.dims)
      counts.push_back(dim.count);
    // A column of vec is f32.
    View weights =
        tile.sbuf(arithmetic.isFloat32() ? isa::DType::f32 : source.dtype,
                  outputs.count, counts);
    tile.copy(weights, source);
    return arithmetic.withoutZero(tile, weights, conv.zeroKernel);
  }

  const Convolution &conv;
  Lowering &lowering;
  TileBuilder &tile;
  LaneArithmetic arithmetic;
  SmallVector<BlockDim, 4> dims;
  Range outputs;
  SmallVector<Range, 6> coordinates;
};

} // namespace

void emitConvolutionOnLanes(const Convolution &conv, Lowering &lowering) {
  LaneConvolution(conv, lowering).emit();
}

} // namespace tilicho::compiler
