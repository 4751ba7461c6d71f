// SPDX-License-Identifier: Apache-2.0
// What walks over HBM and along layouts have in common.
#include "lib/Conversion/StructuredToTile/Walk.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

namespace tilicho::compiler {

/// Well within the 16 bits of an instruction's counts.
static constexpr int64_t maxTileElements = 1 << 15;

llvm::SmallVector<int64_t> WalkOperand::shape() const {
  if (value)
    return llvm::to_vector(Lowering::shapeOf(value));
  return llvm::to_vector(
      llvm::map_range(memory.dims, [](const Dim &dim) { return dim.count; }));
}

isa::DType WalkOperand::dtype() const {
  return value ? Lowering::dtypeOf(value) : memory.dtype;
}

Walk::Walk(Lowering &lowering, const WalkRequest &request)
    : lowering(lowering), request(request), loaded(request.operands.size()) {}

bool Walk::isColumn(unsigned operand, const WalkTile &tile) const {
  for (unsigned dim = 0; dim < rank(); ++dim) {
    int64_t count = dim == partDim ? tile.inner : tile.ranges[dim].count;
    if (count != 1 && !repeats(operand, dim))
      return false;
  }
  return true;
}

int64_t Walk::elementBudget(int64_t tiles) const {
  int64_t bytes = tiles * std::max<int64_t>(1, request.bytesPerElement);
  return std::min(maxTileElements, lowering.blockBytes() / bytes);
}

bool Walk::shareOut(int64_t budget) {
  takes.assign(rank(), 1);
  for (unsigned dim = 0; dim < rank(); ++dim) {
    if (!isWhole(dim))
      continue;
    takes[dim] = extents[dim];
    budget /= std::max<int64_t>(1, extents[dim]);
  }
  if (budget < 1)
    return false;
  for (unsigned dim = rank(); dim-- > 0;) {
    if (isWhole(dim))
      continue;
    int64_t most = dim == partDim ? llvm::divideCeil(extents[dim], partitions)
                                  : extents[dim];
    takes[dim] = std::max<int64_t>(1, std::min(most, budget));
    budget = std::max<int64_t>(1, budget / takes[dim]);
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

void Walk::walkPartitions(
    llvm::ArrayRef<unsigned> order, WalkTile &tile,
    llvm::function_ref<void(const WalkTile &)> body) const {
  int64_t end = extents[partDim], most = partitions;
  for (int64_t start = 0; start < end;) {
    if (period) {
      tile.start = start;
      tile.inner = 1;
      tile.partitions = std::min(most, period - start % period);
      start += tile.partitions;
      walkDim(order.drop_front(), tile, body);
      continue;
    }
    // Where the rest does not fill the partitions evenly, what is left over
    // comes in one more tile.
    int64_t left = end - start;
    int64_t even = llvm::divideCeil(left, most);
    tile.start = start;
    tile.inner = std::min(takes[partDim], even);
    tile.partitions = most = std::min(most, left / tile.inner);
    start += tile.partitions * tile.inner;
    walkDim(order.drop_front(), tile, body);
  }
}

void Walk::walkDim(llvm::ArrayRef<unsigned> order, WalkTile &tile,
                   llvm::function_ref<void(const WalkTile &)> body) const {
  if (order.empty())
    return body(tile);
  unsigned dim = order.front();
  if (dim == partDim)
    return walkPartitions(order, tile, body);
  for (int64_t start = 0; start < extents[dim]; start += takes[dim]) {
    tile.ranges[dim] = {start, std::min(takes[dim], extents[dim] - start), 1};
    walkDim(order.drop_front(), tile, body);
  }
}

void Walk::forEachTile(llvm::function_ref<void(const WalkTile &)> body) const {
  llvm::SmallVector<unsigned> order =
      llvm::to_vector(llvm::seq<unsigned>(0, rank()));
  auto repeating = [&](unsigned dim) {
    return llvm::count_if(repeat,
                          [&](const auto &flags) { return flags[dim]; });
  };
  llvm::sort(order, [&](unsigned one, unsigned other) {
    return std::pair(repeating(one), one) < std::pair(repeating(other), other);
  });
  WalkTile tile;
  tile.ranges.resize(rank());
  walkDim(order, tile, body);
}

llvm::SmallVector<int64_t>
Walk::tileShape(const WalkTile &tile, std::optional<unsigned> operand) const {
  llvm::SmallVector<int64_t> shape;
  for (unsigned dim = 0; dim < rank(); ++dim) {
    int64_t count = dim == partDim ? tile.inner : tile.ranges[dim].count;
    shape.push_back(operand && repeats(*operand, dim) ? 1 : count);
  }
  return shape;
}

View Walk::allocate(isa::DType dtype, const WalkTile &tile,
                    std::optional<unsigned> operand) {
  return lowering.tile.sbuf(dtype, tile.partitions, tileShape(tile, operand));
}

View Walk::stretched(View view, unsigned operand, const WalkTile &tile) const {
  for (auto [dim, count] : llvm::enumerate(tileShape(tile)))
    if (repeats(operand, dim))
      view.dims[dim] = {count, 0};
  return view;
}

llvm::SmallVector<int64_t> Walk::keyOf(unsigned operand, const WalkTile &tile,
                                       std::optional<isa::DType> asType) const {
  llvm::SmallVector<int64_t> key = {asType ? static_cast<int64_t>(*asType) : -1,
                                    tile.partitions};
  for (unsigned dim = 0; dim < rank(); ++dim) {
    if (repeats(operand, dim))
      continue;
    if (dim == partDim)
      key.append({tile.start, tile.inner});
    else
      key.append({tile.ranges[dim].start, tile.ranges[dim].count});
  }
  return key;
}

View Walk::load(unsigned operand, const WalkTile &tile,
                std::optional<isa::DType> asType) {
  llvm::SmallVector<int64_t> key = keyOf(operand, tile, asType);
  Loaded &last = loaded[operand];
  if (last.key != key)
    last = {key, fetch(operand, tile, asType)};
  return stretched(last.view, operand, tile);
}

View loadTile(Lowering &lowering, const View &memory,
              std::optional<isa::DType> asType) {
  View source = memory;
  llvm::SmallVector<int64_t> shape;
  for (Dim &dim : source.dims) {
    if (dim.step == 0)
      dim.count = 1;
    shape.push_back(dim.count);
  }
  View tile = lowering.tile.sbuf(asType.value_or(memory.dtype),
                                 memory.partitions, shape);
  lowering.tile.copy(tile, source);
  for (auto [dim, from] : llvm::zip(tile.dims, memory.dims))
    if (from.step == 0)
      dim = {from.count, 0};
  return tile;
}

} // namespace tilicho::compiler
