// SPDX-License-Identifier: Apache-2.0
// Walks over tensors in HBM: which dimension goes to the partitions.
#include "lib/Conversion/StructuredToTile/IterationSpace.h"
#include "lib/Conversion/StructuredToTile/WalkImpl.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// Dimensions
//===----------------------------------------------------------------------===//

View alignTo(const View &memory, llvm::ArrayRef<int64_t> shape) {
  View view = memory;
  size_t missing = shape.size() - memory.dims.size();
  view.dims.insert(view.dims.begin(), missing, Dim{1, 0});
  for (auto [dim, count] : llvm::zip(view.dims, shape))
    if (dim.count == 1)
      dim = {count, 0};
  return view;
}

/// Leaves out dimensions of extent 1 and merges neighbours that lie densely, or
/// repeat, in all views.
static void mergeAll(llvm::MutableArrayRef<View> views) {
  auto erase = [&](unsigned dim) {
    for (View &view : views)
      view.dims.erase(view.dims.begin() + dim);
  };
  for (unsigned dim = views.back().dims.size(); dim-- > 0;)
    if (views.back().dims[dim].count == 1)
      erase(dim);
  for (unsigned dim = views.back().dims.size(); dim-- > 1;) {
    bool mergeable = llvm::all_of(views, [&](const View &view) {
      const Dim &inner = view.dims[dim];
      return view.dims[dim - 1].step == inner.step * inner.count;
    });
    if (!mergeable)
      continue;
    for (View &view : views)
      view.dims[dim].count *= view.dims[dim - 1].count;
    erase(dim - 1);
  }
  if (views.back().dims.empty())
    for (View &view : views)
      view.dims.push_back({1, 1});
}

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

double HbmWalk::transferNs(const View &view) const {
  const DmaModel &dma = lowering.machine.dma;
  int64_t loads = 1, run = 1, rows = partitions;
  bool contiguous = true;
  for (unsigned dim = rank(); dim-- > 0;) {
    int64_t step = view.dims[dim].step;
    if (step == 0)
      continue;
    int64_t covered = takes[dim] * (dim == partDim ? partitions : 1);
    loads *= llvm::divideCeil(extents[dim], covered);
    contiguous &= step == run;
    (contiguous ? run : rows) *= takes[dim];
    contiguous &= takes[dim] == extents[dim];
  }
  double rowNs = std::max(dma.descriptorNs,
                          run * isa::sizeOf(view.dtype) / dma.bytesPerNs);
  return loads * llvm::divideCeil(rows, dma.engines) * rowNs;
}

int64_t HbmWalk::partitionTiles() const {
  int64_t full = partitions * takes[partDim];
  int64_t tiles = extents[partDim] / full, most = partitions;
  for (int64_t left = extents[partDim] % full; left > 0; ++tiles) {
    int64_t inner =
        std::min<int64_t>(takes[partDim], llvm::divideCeil(left, most));
    most = std::min(most, left / inner);
    left -= most * inner;
  }
  return tiles;
}

double HbmWalk::cost() const {
  int64_t tiles = partitionTiles(), elements = 1;
  for (unsigned dim = 0; dim < rank(); ++dim) {
    if (dim != partDim)
      tiles *= llvm::divideCeil(extents[dim], takes[dim]);
    elements *= takes[dim];
  }
  double moving = 0;
  for (const View &view : views)
    moving += transferNs(view);
  const EngineModel &vec = lowering.machine.vec;
  double least = vec.minCycles / vec.clockGhz;
  double computing = tiles * request.instructions *
                     std::max<double>(least, elements / vec.clockGhz);
  // What even the smallest tile takes, so that ragged plans lose.
  double each = least + lowering.machine.dma.descriptorNs;
  return std::max(moving, computing) + (moving + computing) / tiles +
         tiles * each;
}

int64_t HbmWalk::pipelinedBudget() const {
  int64_t elements = 1, bytes = 1;
  for (int64_t extent : extents)
    elements *= extent;
  for (const View &view : views)
    bytes = std::max<int64_t>(bytes, isa::sizeOf(view.dtype));
  // A row of this size keeps a DMA engine busy for two descriptors; beyond it,
  // more tiles let transfers and work overlap.
  const DmaModel &dma = lowering.machine.dma;
  int64_t row = 2 * dma.descriptorNs * dma.bytesPerNs / bytes;
  int64_t quarter = llvm::divideCeil(elements, 4 * partitions);
  return std::min(elementBudget(pipelined),
                  std::max<int64_t>({1, row, quarter}));
}

bool HbmWalk::consider(unsigned dim, int64_t count) {
  partDim = dim;
  partitions = count;
  return shareOut(pipelinedBudget()) || shareOut(elementBudget(pipelined)) ||
         shareOut(elementBudget(1));
}

bool HbmWalk::choose() {
  double best = std::numeric_limits<double>::infinity();
  unsigned bestDim = rank();
  int64_t bestPartitions = 0;
  for (unsigned dim = 0; dim < rank(); ++dim) {
    if (isWhole(dim))
      continue;
    int64_t most =
        std::min<int64_t>(extents[dim], lowering.machine.sbufPartitions);
    auto attempt = [&](int64_t count) {
      if (!consider(dim, count) || cost() >= best)
        return;
      best = cost();
      bestDim = dim;
      bestPartitions = count;
    };
    for (int64_t count = most; count > 0; count /= 2) {
      attempt(count);
      attempt(largestDivisor(extents[dim], count));
    }
  }
  // Only whole dimensions: one more for the partition.
  if (bestDim == rank() && llvm::all_of(llvm::seq<unsigned>(0, rank()),
                                        [&](auto dim) { return isWhole(dim); }))
    return addUnitDim() && consider(rank() - 1, 1);
  return bestDim != rank() && consider(bestDim, bestPartitions);
}

bool HbmWalk::addUnitDim() {
  extents.push_back(1);
  whole.push_back(false);
  for (auto [view, flags] : llvm::zip(views, repeat)) {
    view.dims.push_back({1, 1});
    flags.push_back(false);
  }
  return true;
}

/// A tensor that repeats along the whole dimensions alone: it keeps them apart.
static View markerFor(const WalkRequest &request) {
  View marker;
  marker.dims.assign(request.shape.size(), Dim{1, 0});
  int64_t step = 1;
  for (unsigned dim = request.shape.size(); dim-- > 0;) {
    marker.dims[dim].count = request.shape[dim];
    if (llvm::is_contained(request.wholeDims, dim))
      continue;
    marker.dims[dim].step = step;
    step *= request.shape[dim];
  }
  return marker;
}

HbmWalk::HbmWalk(Lowering &lowering, const WalkRequest &request)
    : Walk(lowering, request) {
  for (const WalkOperand &operand : request.operands) {
    View memory = !operand.value    ? operand.memory
                  : operand.written ? lowering.hbmResult(operand.value)
                                    : lowering.hbm(operand.value);
    views.push_back(alignTo(memory, request.shape));
  }
  views.push_back(markerFor(request));
  mergeAll(views);
  for (const Dim &dim : views.back().dims) {
    extents.push_back(dim.count);
    whole.push_back(dim.step == 0);
  }
  views.pop_back();
  for (const View &view : views)
    repeat.push_back(llvm::to_vector(llvm::map_range(
        view.dims, [](const Dim &dim) { return dim.step == 0; })));
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

View HbmWalk::sliceView(const View &memory, const WalkTile &tile) const {
  View view = memory;
  for (unsigned dim = 0; dim < rank(); ++dim) {
    if (view.dims[dim].step == 0)
      view.dims[dim].count = 1;
    // An operand may have only the first part of a whole dimension.
    else if (dim != partDim && tile.ranges[dim].count <= view.dims[dim].count)
      view = view.slice(dim, tile.ranges[dim]);
  }
  if (view.dims[partDim].step == 0) {
    view.partitions = tile.partitions;
    return view;
  }
  return view.slice(partDim, {tile.start, tile.partitions * tile.inner, 1})
      .split(partDim, tile.inner)
      .toPartitions(partDim);
}

WalkOperand HbmWalk::mergedOperand(unsigned operand) const {
  View view = views[operand];
  for (Dim &dim : view.dims)
    if (dim.step == 0)
      dim.count = 1;
  return {{}, view, request.operands[operand].written};
}

View HbmWalk::fetch(unsigned operand, const WalkTile &tile,
                    std::optional<isa::DType> asType) {
  return loadTile(lowering, sliceView(views[operand], tile), asType);
}

View HbmWalk::dest(unsigned operand, const WalkTile &tile) {
  return allocate(views[operand].dtype, tile, operand);
}

void HbmWalk::commit(unsigned operand, const WalkTile &tile,
                     const View &written) {
  lowering.tile.copy(sliceView(views[operand], tile), written);
}

} // namespace tilicho::compiler
