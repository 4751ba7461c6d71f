// SPDX-License-Identifier: Apache-2.0
// Emits `tile.local_normalization` with channels on the partitions.
#include "lib/Conversion/StructuredToTile/LocalNormalization.h"

#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

using isa::AluOp;
using isa::DType;

//===----------------------------------------------------------------------===//
// What both ways share
//===----------------------------------------------------------------------===//

LocalNormalization::LocalNormalization(Lowering &lowering,
                                       tile::LocalNormalizationOp op)
    : lowering(lowering), tile(lowering.tile), machine(lowering.machine),
      input(op.getInput()), result(op.getResult()),
      size(static_cast<int64_t>(op.getSize())),
      scale(op.getScale().convertToFloat()),
      bias(op.getBias().convertToFloat()),
      exponent(op.getExponent().convertToFloat()),
      dtype(Lowering::dtypeOf(input)), shape(Lowering::shapeOf(input)),
      channels(shape[1]), blockSize(std::min(channels, arrayLanes(machine))) {}

bool LocalNormalization::needsPower() const {
  return (scale < 0 || bias < 0) && exponent == std::floor(exponent);
}

Block LocalNormalization::blockAt(int64_t channel,
                                  ArrayRef<Range> ranges) const {
  int64_t count = std::min(blockSize, channels - channel);
  return {1, 2, channel, count, {ranges.begin(), ranges.end()}};
}

std::vector<LocalNormalization::Ranges>
LocalNormalization::cutPositions(int64_t most) const {
  if (most < 1)
    return {};
  std::vector<Ranges> all(1);
  SmallVector<unsigned> dims;
  for (auto [dim, extent] : llvm::enumerate(shape)) {
    all[0].push_back({0, extent, 1});
    if (dim != 1)
      dims.push_back(dim);
  }
  auto cut = [&](unsigned dim, int64_t step) {
    std::vector<Ranges> parts;
    for (const Ranges &ranges : all)
      for (int64_t first = 0; first < shape[dim]; first += step) {
        parts.push_back(ranges);
        parts.back()[dim] = {first, std::min(step, shape[dim] - first), 1};
      }
    all = std::move(parts);
  };
  // The innermost dimensions stay whole as far as there is room.
  int64_t inside = 1;
  while (!dims.empty() && inside * shape[dims.back()] <= most)
    inside *= shape[dims.pop_back_val()];
  for (unsigned dim : ArrayRef(dims).drop_back(!dims.empty()))
    cut(dim, 1);
  if (!dims.empty())
    cut(dims.back(), evenPart(shape[dims.back()], most / inside));
  return all;
}

void LocalNormalization::raise(const View &powers, const View &sums) {
  if (needsPower()) {
    tile.tensorScalar(Engine::Vec, sums, sums, AluOp::multiply, scale,
                      AluOp::add, bias);
    return tile.tensorScalar(Engine::Vec, powers, sums, AluOp::pow, -exponent);
  }
  tile.activate(sums, AluOp::log, sums, scale, bias);
  tile.activate(powers, AluOp::exp, sums, -exponent);
}

//===----------------------------------------------------------------------===//
// Channels that come once for each of a window
//===----------------------------------------------------------------------===//

void ShiftedNormalization::emit() {
  // The operand, what is shifted, its squares, their sum and the result.
  constexpr int64_t bytes = 5 * isa::sizeOf(DType::f32);
  int64_t most = std::max<int64_t>(lowering.blockBytes() / 2 / bytes, 1);
  std::vector<Ranges> parts = cutPositions(most);
  for (const Ranges &ranges : parts)
    for (int64_t channel = 0; channel < channels; channel += blockSize)
      emitBlock(blockAt(channel, ranges));
}

/// The block whose channels are `shift` further; zero where there are none.
View ShiftedNormalization::shifted(const Block &block, int64_t shift) {
  int64_t first = std::clamp<int64_t>(block.first + shift, 0, channels);
  int64_t end =
      std::clamp<int64_t>(block.first + shift + block.count, 0, channels);
  Block some = block;
  some.first = first;
  some.count = end - first;
  if (some.count == block.count)
    return lowering.read(input, some);
  View source = blockOf(lowering.hbm(input), some);
  SmallVector<int64_t> counts;
  for (const Dim &dim : source.dims)
    counts.push_back(dim.count);
  View view = tile.sbuf(dtype, block.count, counts);
  fill(lowering, view, 0);
  tile.copy(view.slicePartitions(first - block.first - shift, some.count),
            source);
  return view;
}

void ShiftedNormalization::emitBlock(const Block &block) {
  View own = lowering.read(input, block), target = lowering.dest(result, block);
  SmallVector<int64_t> counts;
  for (const Dim &dim : own.dims)
    counts.push_back(dim.count);
  View sum = tile.sbuf(DType::f32, block.count, counts);
  View square = tile.sbuf(DType::f32, block.count, counts);
  bool isFirst = true;
  for (int64_t tap = 0; tap < size; ++tap) {
    int64_t shift = tap - padLow();
    if (block.first + shift >= channels ||
        block.first + shift + block.count <= 0)
      continue;
    View other = shift == 0 ? own : shifted(block, shift);
    tile.tensorScalar(Engine::Vec, isFirst ? sum : square, other,
                      AluOp::square);
    if (!isFirst)
      tile.tensorTensor(Engine::Vec, AluOp::add, sum, sum, square);
    isFirst = false;
  }
  raise(sum, sum);
  tile.tensorTensor(Engine::Vec, AluOp::multiply, target, own, sum);
  lowering.commit(result, block, target);
}

} // namespace tilicho::compiler
