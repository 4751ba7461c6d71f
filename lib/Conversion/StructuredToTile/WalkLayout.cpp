// SPDX-License-Identifier: Apache-2.0
// Walks along the layout of tensors that live on chip.
#include "lib/Conversion/StructuredToTile/WalkImpl.h"

#include "llvm/ADT/STLExtras.h"

namespace tilicho::compiler {

/// The extents of an operand, broadcast to the walk's rank.
static llvm::SmallVector<int64_t> alignedShape(const WalkOperand &operand,
                                               size_t rank) {
  llvm::SmallVector<int64_t> shape = operand.shape();
  shape.insert(shape.begin(), rank - shape.size(), 1);
  return shape;
}

bool LayoutWalk::fits(const WalkRequest &request, const Layout &layout) {
  llvm::ArrayRef<int64_t> shape = request.shape;
  size_t parts = layout.partEnd - layout.partBegin;
  for (unsigned dim : request.wholeDims)
    if (dim >= layout.partBegin && dim < layout.partEnd)
      return false;
  for (const WalkOperand &operand : request.operands) {
    if (!operand.value)
      return false;
    llvm::SmallVector<int64_t> own = alignedShape(operand, shape.size());
    auto part = llvm::ArrayRef(own).slice(layout.partBegin, parts);
    bool all = part == shape.slice(layout.partBegin, parts);
    bool none = llvm::all_of(part, [](int64_t extent) { return extent == 1; });
    // A written part of a dimension.
    for (auto [extent, full] : llvm::zip(own, shape))
      if (extent != full && extent != 1)
        return false;
    if (!all && (!none || operand.written))
      return false;
  }
  return true;
}

LayoutWalk::LayoutWalk(Lowering &lowering, const WalkRequest &request,
                       const Layout &layout)
    : Walk(lowering, request), layout(layout) {
  llvm::ArrayRef<int64_t> shape = request.shape;
  int64_t collapsed = 1;
  for (unsigned dim = layout.partBegin; dim < layout.partEnd; ++dim)
    collapsed *= shape[dim];
  extents.append(shape.begin(), shape.begin() + layout.partBegin);
  extents.push_back(collapsed);
  extents.append(shape.begin() + layout.partEnd, shape.end());
  partDim = layout.partBegin;
  partitions = layout.blockSize;
  period = layout.period;
  whole.assign(rank(), false);
  for (unsigned dim : request.wholeDims)
    whole[walkDim(dim)] = true;
  for (const WalkOperand &operand : request.operands) {
    llvm::SmallVector<int64_t> own = alignedShape(operand, shape.size());
    llvm::SmallVector<bool> &flags = repeat.emplace_back(rank(), false);
    for (unsigned dim = 0; dim < shape.size(); ++dim)
      if (own[dim] == 1 && shape[dim] != 1)
        flags[walkDim(dim)] = true;
  }
}

unsigned LayoutWalk::walkDim(unsigned dim) const {
  if (dim < layout.partBegin)
    return dim;
  return dim < layout.partEnd ? partDim
                              : dim + 1 + layout.partBegin - layout.partEnd;
}

bool LayoutWalk::choose() {
  bool fits = shareOut(elementBudget(pipelined)) || shareOut(elementBudget(1));
  takes[partDim] = 1;
  return fits;
}

Block LayoutWalk::blockOf(unsigned operand, const WalkTile &tile) const {
  llvm::SmallVector<int64_t> shape = request.operands[operand].shape();
  unsigned missing = request.shape.size() - shape.size();
  Block block;
  block.count = tile.partitions;
  if (!repeats(operand, partDim) && layout.partBegin >= missing) {
    block.partBegin = layout.partBegin - missing;
    block.partEnd = layout.partEnd - missing;
    block.first = tile.start;
  }
  for (auto [dim, extent] : llvm::enumerate(shape)) {
    unsigned inWalk = walkDim(dim + missing);
    bool isPart = inWalk == partDim && layout.partBegin != layout.partEnd;
    block.ranges.push_back(extent == 1 || isPart ? Range{0, 1, 1}
                                                 : tile.ranges[inWalk]);
  }
  return block;
}

View LayoutWalk::toWalkDims(const View &view, unsigned operand,
                            const Block &block) const {
  unsigned missing = request.shape.size() - block.ranges.size();
  View result = view;
  result.dims.assign(rank(), Dim{1, 0});
  unsigned next = 0;
  for (unsigned dim = 0; dim < block.ranges.size(); ++dim) {
    if (dim >= block.partBegin && dim < block.partEnd)
      continue;
    unsigned inWalk = walkDim(dim + missing);
    if (inWalk != partDim || layout.partBegin == layout.partEnd)
      result.dims[inWalk] = view.dims[next];
    ++next;
  }
  return result;
}

/// Whether vec takes all operands.
bool LayoutWalk::isForVec() const {
  return llvm::all_of(request.operands, [&](const WalkOperand &operand) {
    return lowering.machine.vec.dtypes.has(operand.dtype());
  });
}

void LayoutWalk::enter(const WalkTile &tile) {
  for (const WalkOperand &operand : request.operands)
    if (!operand.written && lowering.rowOrder.canEnter(operand.value))
      return lowering.rowOrder.enter(tile.start, tile.partitions,
                                     lowering.tile);
}

View LayoutWalk::fetch(unsigned operand, const WalkTile &tile,
                       std::optional<isa::DType> asType) {
  Block block = blockOf(operand, tile);
  mlir::Value value = request.operands[operand].value;
  if (block.partBegin == block.partEnd)
    lowering.repeatOnPartitions(value, block.count,
                                isForVec() && !isColumn(operand, tile));
  return toWalkDims(lowering.read(value, block, asType), operand, block);
}

View LayoutWalk::dest(unsigned operand, const WalkTile &tile) {
  Block block = blockOf(operand, tile);
  mlir::Value value = request.operands[operand].value;
  return toWalkDims(lowering.dest(value, block), operand, block);
}

/// The inverse of `toWalkDims`.
void LayoutWalk::commit(unsigned operand, const WalkTile &tile,
                        const View &written) {
  Block block = blockOf(operand, tile);
  unsigned missing = request.shape.size() - block.ranges.size();
  View view = written;
  view.dims.clear();
  for (unsigned dim = 0; dim < block.ranges.size(); ++dim)
    if (dim < block.partBegin || dim >= block.partEnd)
      view.dims.push_back(written.dims[walkDim(dim + missing)]);
  lowering.commit(request.operands[operand].value, block, view);
}

//===----------------------------------------------------------------------===//
// Choice
//===----------------------------------------------------------------------===//

/// The layout to follow: that of what is written, or of an operand of the
/// walk's shape.
static const Layout *layoutToFollow(Lowering &lowering,
                                    const WalkRequest &request) {
  for (bool written : {true, false})
    for (const WalkOperand &operand : request.operands) {
      if (!operand.value || operand.written != written)
        continue;
      const Layout *layout = lowering.layoutOf(operand.value);
      bool sameRank = operand.shape().size() == request.shape.size();
      if (layout && sameRank && LayoutWalk::fits(request, *layout))
        return layout;
    }
  return nullptr;
}

std::unique_ptr<Walk> Walk::plan(Lowering &lowering, WalkRequest request) {
  if (const Layout *layout = layoutToFollow(lowering, request)) {
    auto walk = std::make_unique<LayoutWalk>(lowering, request, *layout);
    if (walk->choose())
      return walk;
  }
  auto walk = std::make_unique<HbmWalk>(lowering, request);
  if (walk->choose())
    return walk;
  return nullptr;
}

} // namespace tilicho::compiler
