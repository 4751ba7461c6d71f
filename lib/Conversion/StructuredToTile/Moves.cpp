// SPDX-License-Identifier: Apache-2.0
// Emits moves between tensors in HBM: reshape, restride and assemble.
#include "lib/Conversion/StructuredToTile/Concatenation.h"
#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/FusePieces.h"
#include "lib/Conversion/StructuredToTile/MoveBoxes.h"
#include "lib/Conversion/StructuredToTile/MoveTranspose.h"
#include "lib/Conversion/StructuredToTile/PermutePartitions.h"
#include "lib/Conversion/StructuredToTile/RecurrenceGroup.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"
#include "lib/Conversion/StructuredToTile/TileBatch.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

/// The dimensions that one DMA instruction iterates over.
static constexpr size_t maxTransferDims = 5;

/// Leaves out dimensions of extent 1 and merges what lies densely in both.
static void mergePair(View &dst, View &src) {
  for (unsigned dim = dst.dims.size(); dim-- > 0;) {
    bool isUnit = dst.dims[dim].count == 1;
    bool isDense =
        dim > 0 && llvm::all_of(ArrayRef<View *>{&dst, &src}, [&](View *view) {
          const Dim &inner = view->dims[dim];
          return view->dims[dim - 1].step == inner.step * inner.count;
        });
    if (!isUnit && !isDense)
      continue;
    for (View *view : {&dst, &src}) {
      if (!isUnit)
        view->dims[dim - 1] = {view->dims[dim - 1].count *
                                   view->dims[dim].count,
                               view->dims[dim].step};
      view->dims.erase(view->dims.begin() + dim);
    }
  }
}

/// One long run, cut into as many rows as keep every DMA engine busy.
static void copyRun(Lowering &lowering, const View &dst, const View &src) {
  const DmaModel &dma = lowering.machine.dma;
  int64_t count = dst.dims[0].count;
  int64_t bytes = std::max(isa::sizeOf(dst.dtype), isa::sizeOf(src.dtype));
  int64_t least =
      std::max<int64_t>(1, dma.descriptorNs * dma.bytesPerNs / bytes);
  int64_t row =
      std::clamp<int64_t>(llvm::divideCeil(count, dma.engines), least,
                          std::max(least, dma.descriptorBytes / bytes));
  int64_t rows = count / row;
  auto part = [&](const View &view) {
    return view.slice(0, {0, rows * row, 1}).split(0, row).toPartitions(0);
  };
  auto rest = [&](const View &view) {
    return view.slice(0, {rows * row, count - rows * row, 1});
  };
  if (rows > 0)
    lowering.tile.copy(part(dst), part(src));
  if (rows * row < count)
    lowering.tile.copy(rest(dst), rest(src));
}

/// Whether two views are one memory, so that a copy changes nothing.
static bool isSame(const View &a, const View &b) {
  auto isSameDim = [](const Dim &a, const Dim &b) {
    return a.count == b.count && a.step == b.step;
  };
  return a.buffer == b.buffer && a.offset == b.offset && a.dtype == b.dtype &&
         llvm::equal(a.dims, b.dims, isSameDim);
}

void copyInHbm(Lowering &lowering, const View &dst, const View &src) {
  View to = dst, from = src;
  mergePair(to, from);
  if (isSame(to, from))
    return;
  if (to.dims.size() == 1)
    return copyRun(lowering, to, from);
  if (transposeInHbm(lowering, to, from))
    return;
  if (to.dims.size() <= maxTransferDims)
    return lowering.tile.copy(to, from);
  // More dimensions than an instruction has: one for each index of the
  // shortest, but of those that rows run along.
  unsigned shortest = 0;
  for (unsigned dim = 1; dim + 1 < to.dims.size(); ++dim)
    if (to.dims[dim].count < to.dims[shortest].count &&
        from.dims[dim].step != 1)
      shortest = dim;
  for (int64_t index = 0; index < to.dims[shortest].count; ++index)
    copyInHbm(lowering, to.pick(shortest, index), from.pick(shortest, index));
}

static bool isEmpty(Value tensor) {
  return llvm::is_contained(Lowering::shapeOf(tensor), 0);
}

//===----------------------------------------------------------------------===//
// Reshape and restride
//===----------------------------------------------------------------------===//

LogicalResult emitReshape(Operation *op, Lowering &lowering) {
  if (isInsidePermutation(op, lowering) || emitPermutation(op, lowering) ||
      lowering.aliasOnChip(op))
    return success();
  lowering.alias(op->getResult(0), op->getOperand(0));
  return success();
}

LogicalResult emitBitcast(Operation *op, Lowering &lowering) {
  lowering.alias(op->getResult(0), op->getOperand(0));
  return success();
}

static View restrided(const View &source, tile::RestrideOp op) {
  View view = source;
  view.dims.clear();
  for (auto [dim, start] : llvm::zip(source.dims, op.getStarts()))
    view.offset += start * dim.step * isa::sizeOf(source.dtype);
  for (auto [count, dim, step] :
       llvm::zip(op.getType().getShape(), op.getDims(), op.getSteps()))
    view.dims.push_back({count, dim < 0 ? 0 : source.dims[dim].step * step});
  return view;
}

/// Whether a restride is read only by one other move, which reads through it.
static bool isReadThrough(Operation *op) {
  if (!llvm::isa<tile::RestrideOp>(op) || tile::isKept(op) ||
      !op->hasOneUse() || isEmpty(op->getResult(0)))
    return false;
  Operation *user = *op->user_begin();
  return user->getBlock() == op->getBlock() &&
         llvm::isa<tile::RestrideOp, tile::AssembleOp>(user) &&
         !isInPlace(user);
}

/// A tensor in HBM, through the moves that are not carried out.
static View sourceOf(Value tensor, Lowering &lowering) {
  Operation *producer = tensor.getDefiningOp();
  if (producer && isReadThrough(producer) && !lowering.layoutOf(tensor))
    return restrided(sourceOf(producer->getOperand(0), lowering),
                     cast<tile::RestrideOp>(producer));
  return lowering.hbm(tensor);
}

LogicalResult emitRestride(Operation *op, Lowering &lowering) {
  if (isInsideRowChain(op))
    return success();
  if (auto group = recurrenceGroupOf(op, lowering.machine)) {
    emitRecurrenceGroup(*group, lowering);
    return success();
  }
  if (isInsidePermutation(op, lowering) || emitPermutation(op, lowering) ||
      lowering.aliasOnChip(op))
    return success();
  if (isInPlace(op)) {
    View source = sourceOf(op->getOperand(0), lowering);
    lowering.setHbm(op->getResult(0),
                    restrided(source, cast<tile::RestrideOp>(op)));
    return success();
  }
  // A result on chip is put together from the pieces themselves.
  if (isReadThrough(op) && !lowering.layoutOf(op->user_begin()->getResult(0)))
    return success();
  View dst = lowering.hbmResult(op->getResult(0));
  auto restride = cast<tile::RestrideOp>(op);
  copyInHbm(lowering, dst,
            restrided(sourceOf(op->getOperand(0), lowering), restride));
  return success();
}

//===----------------------------------------------------------------------===//
// Assemble
//===----------------------------------------------------------------------===//

/// Where piece `index` lies in the result.
static Box boxOf(tile::AssembleOp op, unsigned index) {
  ArrayRef<int64_t> shape = Lowering::shapeOf(op.getPieces()[index]);
  Box box;
  for (auto [dim, count] : llvm::enumerate(shape)) {
    size_t at = index * shape.size() + dim;
    box.push_back({op.getOffsets()[at], count, op.getSteps()[at]});
  }
  return box;
}

static View sliceBox(View view, const Box &box) {
  for (auto [dim, range] : llvm::enumerate(box))
    view = view.slice(dim, range);
  return view;
}

static double valueOf(Attribute attr) {
  if (auto value = dyn_cast<FloatAttr>(attr))
    return value.getValueAsDouble();
  auto integer = cast<IntegerAttr>(attr);
  if (integer.getType().isUnsignedInteger() || integer.getType().isInteger(1))
    return double(integer.getValue().getZExtValue());
  return double(integer.getValue().getSExtValue());
}

void fillInHbm(Lowering &lowering, const View &dst, double value) {
  if (dst.elements() == 0)
    return;
  View to = dst, same = dst;
  mergePair(to, same);
  if (to.dims.empty())
    to.dims.push_back({1, 1});
  // One row on chip is stored to all rows of the tensor.
  int64_t most = lowering.blockBytes() / 2 / isa::sizeOf(dst.dtype);
  Dim &last = to.dims.back();
  int64_t run = std::min<int64_t>({last.count, most, 1 << 14});
  View row = lowering.tile.sbuf(dst.dtype, 1, {run});
  fill(lowering, row, value);
  for (int64_t start = 0; start < last.count; start += run) {
    int64_t count = std::min(run, last.count - start);
    View part = to.slice(to.dims.size() - 1, {start, count, 1});
    View source = row.slice(0, {0, count, 1});
    for (size_t dim = to.dims.size() - 1; dim-- > 0;)
      source = source.repeat(0, to.dims[dim].count);
    lowering.tile.copy(part, source);
  }
}

static void fillGaps(tile::AssembleOp op, const View &dst, Lowering &lowering) {
  Box whole;
  for (int64_t extent : Lowering::shapeOf(op.getResult()))
    whole.push_back({0, extent, 1});
  SmallVector<Box> pieces;
  for (unsigned index = 0; index < op.getPieces().size(); ++index)
    if (!isEmpty(op.getPieces()[index]))
      pieces.push_back(boxOf(op, index));
  double value = valueOf(*op.getFill());
  for (const Box &gap : gapsBetween(whole, pieces))
    fillInHbm(lowering, sliceBox(dst, gap), value);
}

/// Pieces of a resident result are copied on chip, a block of partitions at a
/// time. The layout has one dimension on the partitions.
static void assembleResident(tile::AssembleOp assemble, const Layout &layout,
                             Lowering &lowering) {
  Value result = assemble.getResult();
  unsigned rank = Lowering::shapeOf(result).size(), along = layout.partBegin;
  for (auto [index, piece] : llvm::enumerate(assemble.getPieces())) {
    ArrayRef<int64_t> shape = Lowering::shapeOf(piece);
    ArrayRef<int64_t> offsets = assemble.getOffsets().slice(index * rank, rank);
    Block from{along, along + 1, 0, 1, {}}, to = from;
    for (auto [extent, offset] : llvm::zip(shape, offsets)) {
      from.ranges.push_back({0, extent, 1});
      to.ranges.push_back({offset, extent, 1});
    }
    for (int64_t first = 0; first < shape[along]; first += from.count) {
      from.first = first;
      from.count = std::min(layout.leftInBlock(first), shape[along] - first);
      to.first = offsets[along] + first;
      to.count = from.count;
      lowering.store(result, to, lowering.read(piece, from));
    }
  }
}

LogicalResult emitAssemble(Operation *op, Lowering &lowering) {
  auto assemble = cast<tile::AssembleOp>(op);
  if (emitPieces(op, lowering))
    return success();
  if (isInPlace(op))
    return success(); // The pieces were written where they lie.
  if (const Layout *layout = lowering.layoutOf(assemble.getResult())) {
    assembleResident(assemble, *layout, lowering);
    return success();
  }
  if (std::optional<unsigned> dim = readInPieces(op)) {
    lowering.leaveInPieces(assemble.getResult(), *dim);
    return success();
  }
  View dst = lowering.hbmResult(assemble.getResult());
  if (assemble.getFill())
    fillGaps(assemble, dst, lowering);
  for (auto [index, piece] : llvm::enumerate(assemble.getPieces()))
    if (!isEmpty(piece))
      copyInHbm(lowering, sliceBox(dst, boxOf(assemble, index)),
                sourceOf(piece, lowering));
  return success();
}

} // namespace tilicho::compiler
