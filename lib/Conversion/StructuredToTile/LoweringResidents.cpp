// SPDX-License-Identifier: Apache-2.0
// Tensors that stay on chip between operators.
#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/ResidentWalk.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

const Layout *Lowering::layoutOf(Value tensor) const {
  auto home = homes.find(tensor);
  if (home == homes.end() || !home->second.layout)
    return nullptr;
  return &*home->second.layout;
}

void Lowering::setLayout(Value tensor, Layout layout) {
  homes[tensor].layout = std::move(layout);
}

bool Lowering::aliasOnChip(Operation *move) {
  Value result = move->getResult(0);
  Home source = homes[move->getOperand(0)];
  Home &home = homes[result];
  if (!home.layout)
    return false;
  std::optional<ResidentWalk> walk;
  if (source.resident && !home.hbm)
    walk = walkThrough(move, {*source.layout, 0, source.resident->dims});
  if (!walk) {
    home.layout.reset(); // The operand did not stay after all.
    return false;
  }
  home.layout = walk->layout;
  View view = *source.resident;
  view.offset += walk->offset * isa::sizeOf(view.dtype);
  view.dims = walk->dims;
  // A partition of a block is one of the other's, or a block is not whole.
  view.partitions =
      std::min(view.partitions, shapeOf(result)[walk->layout.partBegin]);
  home.resident = view;
  return true;
}

/// Indices of the collapsed dimensions that are on the partitions.
static int64_t collapsedExtent(const Layout &layout, ArrayRef<int64_t> shape) {
  int64_t extent = 1;
  for (unsigned dim = layout.partBegin; dim < layout.partEnd; ++dim)
    extent *= shape[dim];
  return extent;
}

View Lowering::allocateResident(const Layout &layout, Value tensor) {
  ArrayRef<int64_t> shape = shapeOf(tensor);
  int64_t extent = collapsedExtent(layout, shape);
  SmallVector<int64_t> dims = {layout.blocksOf(extent)};
  if (layout.period)
    dims.push_back(layout.matricesOf(extent));
  for (auto [dim, count] : llvm::enumerate(shape))
    if (dim < layout.partBegin || dim >= layout.partEnd)
      dims.push_back(count);
  return tile.sbuf(dtypeOf(tensor), std::min(extent, layout.blockSize), dims);
}

std::optional<View> Lowering::residentOf(Value tensor) const {
  auto home = homes.find(tensor);
  return home == homes.end() ? std::nullopt : home->second.resident;
}

View Lowering::makeResident(Value tensor) {
  Home &home = homes[tensor];
  if (!home.resident)
    home.resident = allocateResident(*home.layout, tensor);
  return *home.resident;
}

std::optional<View> Lowering::residentBlock(const Home &home, Value tensor,
                                            const Block &block,
                                            int64_t quantum) const {
  const Layout &layout = *home.layout;
  if (layout.partBegin != block.partBegin || layout.partEnd != block.partEnd)
    return std::nullopt;
  int64_t inBlock = layout.partitionOf(block.first);
  if (block.count > layout.leftInBlock(block.first) || inBlock % quantum != 0)
    return std::nullopt;
  View view = home.resident->pick(0, layout.blockOf(block.first));
  if (layout.period)
    view = view.pick(0, layout.matrixOf(block.first));
  unsigned at = 0;
  for (unsigned dim = 0, rank = shapeOf(tensor).size(); dim < rank; ++dim)
    if (dim < layout.partBegin || dim >= layout.partEnd)
      view = view.slice(at++, block.ranges[dim]);
  return view.slicePartitions(inBlock, block.count);
}

int64_t numBlocks(const Layout &layout, ArrayRef<int64_t> shape) {
  return layout.numBlocks(collapsedExtent(layout, shape));
}

Block wholeBlock(const Layout &layout, ArrayRef<int64_t> shape, int64_t index) {
  Block block{layout.partBegin, layout.partEnd, layout.firstOf(index), 1, {}};
  block.count = std::min(layout.leftInBlock(block.first),
                         collapsedExtent(layout, shape) - block.first);
  for (int64_t extent : shape)
    block.ranges.push_back({0, extent, 1});
  return block;
}

void Lowering::spill(Value tensor) {
  Home home = homes[tensor];
  assert(home.resident && "a tensor that is nowhere");
  View whole = hbmResult(tensor);
  ArrayRef<int64_t> shape = shapeOf(tensor);
  for (int64_t index = 0, n = numBlocks(*home.layout, shape); index < n;
       ++index) {
    Block block = wholeBlock(*home.layout, shape, index);
    tile.copy(blockOf(whole, block),
              *residentBlock(home, tensor, block, /*quantum=*/1));
  }
}

} // namespace tilicho::compiler
