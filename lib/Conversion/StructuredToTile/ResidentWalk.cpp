// SPDX-License-Identifier: Apache-2.0
// Reshapes and restrides of tensors on chip, without moving an element.
#include "lib/Conversion/StructuredToTile/ResidentWalk.h"

#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

using Dims = SmallVector<Dim, 6>;

static int64_t product(ArrayRef<int64_t> extents) {
  int64_t result = 1;
  for (int64_t extent : extents)
    result *= extent;
  return result;
}

ResidentWalk denseWalk(const Layout &layout, ArrayRef<int64_t> shape) {
  ResidentWalk walk{layout, 0, {}};
  int64_t step = 1;
  for (size_t dim = shape.size(); dim-- > 0;) {
    if (dim == layout.partBegin)
      continue;
    walk.dims.push_back({shape[dim], step});
    step *= shape[dim];
  }
  int64_t extent = shape[layout.partBegin];
  if (layout.period) {
    walk.dims.push_back({layout.matricesOf(extent), step});
    step *= layout.matricesOf(extent);
  }
  walk.dims.push_back({layout.blocksOf(extent), step});
  std::reverse(walk.dims.begin(), walk.dims.end());
  return walk;
}

/// The same elements in the same order as dimensions of other extents; none
/// where they are not in one distance.
static std::optional<Dims> redivide(ArrayRef<Dim> from,
                                    ArrayRef<int64_t> extents) {
  Dims rest;
  for (const Dim &dim : from)
    if (dim.count != 1)
      rest.push_back(dim);
  Dims result;
  for (int64_t extent : llvm::reverse(extents)) {
    Dim taken{1, 1};
    while (taken.count < extent) {
      if (rest.empty())
        return std::nullopt;
      Dim &last = rest.back();
      int64_t count = std::min(last.count, extent / taken.count);
      bool isFirst = taken.count == 1;
      if (count == 0 || last.count % count != 0 ||
          extent % (taken.count * count) != 0 ||
          (!isFirst && last.step != taken.step * taken.count))
        return std::nullopt;
      taken = {taken.count * count, isFirst ? last.step : taken.step};
      last = {last.count / count, last.step * count};
      if (last.count == 1)
        rest.pop_back();
    }
    result.push_back(taken);
  }
  if (!rest.empty())
    return std::nullopt;
  std::reverse(result.begin(), result.end());
  return result;
}

/// The dimension of `to` in whose place the partitions are: what follows it is
/// what follows them.
static std::optional<unsigned> partitionsAfter(ArrayRef<int64_t> from,
                                               ArrayRef<int64_t> to,
                                               const Layout &layout) {
  int64_t inner = product(from.drop_front(layout.partBegin + 1));
  int64_t extent = from[layout.partBegin];
  for (unsigned dim = 0; dim < to.size(); ++dim) {
    if (product(to.drop_front(dim + 1)) != inner)
      continue;
    if (to[dim] == extent || (extent % layout.blockSize == 0 && to[dim] > 1 &&
                              to[dim] % layout.blockSize == 0))
      return dim;
  }
  return std::nullopt;
}

/// What lies in one partition may have any dimension of extent 1 on it: the
/// rows of a matrix, if they can be that.
static std::optional<ResidentWalk> alone(ArrayRef<int64_t> to,
                                         const ResidentWalk &source) {
  unsigned part = to.size() >= 2 && to[to.size() - 2] == 1
                      ? to.size() - 2
                      : llvm::find(to, 1) - to.begin();
  if (part == to.size())
    return std::nullopt;
  SmallVector<int64_t> extents(to);
  extents.erase(extents.begin() + part);
  std::optional<Dims> dims = redivide(source.dims, extents);
  if (!dims)
    return std::nullopt;
  ResidentWalk walk{{part, part + 1, 1}, source.offset, {{1, 1}}};
  llvm::append_range(walk.dims, *dims);
  return walk;
}

/// With a dimension for the matrices that have a period, which does not change
/// where anything lies.
static ResidentWalk splitPeriod(const ResidentWalk &source,
                                SmallVectorImpl<int64_t> &shape) {
  ResidentWalk split = source;
  Layout &layout = split.layout;
  if (!layout.period)
    return split;
  shape.front() /= layout.period;
  shape.insert(shape.begin() + 1, layout.period);
  layout = {1, 2, layout.blockSize};
  return split;
}

/// A reshape that puts all rows of several matrices below each other.
static std::optional<ResidentWalk> joinRows(ArrayRef<int64_t> from,
                                            ArrayRef<int64_t> to,
                                            const ResidentWalk &source) {
  const Layout &layout = source.layout;
  int64_t rows = from[layout.partBegin];
  int64_t matrices = product(from.take_front(layout.partBegin));
  if (layout.partBegin == 0 || matrices == 1 || to.empty() ||
      to[0] != matrices * rows)
    return std::nullopt;
  ArrayRef<Dim> all = source.dims;
  std::optional<Dims> outer =
      redivide(all.slice(1, layout.partBegin), {matrices});
  std::optional<Dims> inner =
      redivide(all.drop_front(1 + layout.partBegin), to.drop_front());
  if (!outer || !inner)
    return std::nullopt;
  ResidentWalk walk{
      {0, 1, layout.blockSize, rows}, source.offset, {all.front()}};
  llvm::append_range(walk.dims, *outer);
  llvm::append_range(walk.dims, *inner);
  return walk;
}

static std::optional<ResidentWalk> throughReshape(tile::ReshapeOp op,
                                                  const ResidentWalk &given) {
  SmallVector<int64_t> from(Lowering::shapeOf(op.getInput()));
  ArrayRef<int64_t> to = Lowering::shapeOf(op.getResult());
  ResidentWalk source = splitPeriod(given, from);
  if (from[source.layout.partBegin] == 1)
    return alone(to, source);
  std::optional<unsigned> part = partitionsAfter(from, to, source.layout);
  if (!part)
    return joinRows(from, to, source);
  ResidentWalk walk{
      {*part, *part + 1, source.layout.blockSize}, source.offset, {}};
  // Outside the partitions: the outer dimensions and the blocks.
  ArrayRef<Dim> all = source.dims;
  Dims outside(all.slice(1, source.layout.partBegin));
  outside.push_back(all.front());
  SmallVector<int64_t> extents(to.take_front(*part));
  extents.push_back(llvm::divideCeil(to[*part], walk.layout.blockSize));
  std::optional<Dims> outer = redivide(outside, extents);
  std::optional<Dims> inner = redivide(
      all.drop_front(1 + source.layout.partBegin), to.drop_front(*part + 1));
  if (!outer || !inner)
    return std::nullopt;
  walk.dims.push_back(outer->pop_back_val());
  llvm::append_range(walk.dims, *outer);
  llvm::append_range(walk.dims, *inner);
  return walk;
}

static std::optional<ResidentWalk> throughRestride(tile::RestrideOp op,
                                                   const ResidentWalk &source) {
  ArrayRef<int64_t> from = Lowering::shapeOf(op.getInput()),
                    to = Lowering::shapeOf(op.getResult());
  if (source.layout.period)
    return std::nullopt;
  unsigned part = source.layout.partBegin;
  auto at = llvm::find(op.getDims(), static_cast<int64_t>(part));
  if (at == op.getDims().end() || op.getStarts()[part] != 0)
    return std::nullopt;
  unsigned result = at - op.getDims().begin();
  if (to[result] != from[part] || op.getSteps()[result] != 1)
    return std::nullopt;
  auto placeOf = [&](unsigned dim) { return dim < part ? dim + 1 : dim; };
  ResidentWalk walk{{result, result + 1, source.layout.blockSize},
                    source.offset,
                    {source.dims.front()}};
  for (auto [dim, start] : llvm::enumerate(op.getStarts()))
    if (dim != part)
      walk.offset += start * source.dims[placeOf(dim)].step;
  for (auto [index, extent] : llvm::enumerate(to)) {
    if (index == result)
      continue;
    int64_t dim = op.getDims()[index];
    int64_t step =
        dim < 0 ? 0 : source.dims[placeOf(dim)].step * op.getSteps()[index];
    walk.dims.push_back({extent, step});
  }
  return walk;
}

std::optional<ResidentWalk> walkThrough(Operation *move,
                                        const ResidentWalk &source) {
  if (llvm::is_contained(Lowering::shapeOf(move->getResult(0)), 0))
    return std::nullopt;
  if (auto reshape = llvm::dyn_cast<tile::ReshapeOp>(move))
    return throughReshape(reshape, source);
  if (auto restride = llvm::dyn_cast<tile::RestrideOp>(move))
    return throughRestride(restride, source);
  return std::nullopt;
}

} // namespace tilicho::compiler
