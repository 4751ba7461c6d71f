// SPDX-License-Identifier: Apache-2.0
// Concatenations that stay in their pieces while a function is lowered.
#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace tilicho::compiler {

void Lowering::leaveInPieces(Value result, unsigned dim) {
  inPieces[result] = dim;
}

/// Calls `body` with each piece of a concatenation along `dim` that has some of
/// the indices `range`: the piece, those of its indices, and how many of the
/// range come before.
static void forEachPiece(Value whole, unsigned dim, Range range,
                         llvm::function_ref<void(Value, Range, int64_t)> body) {
  int64_t begin = 0, last = range.start + range.count;
  for (Value piece : whole.getDefiningOp()->getOperands()) {
    int64_t end = begin + Lowering::shapeOf(piece)[dim];
    int64_t from = std::max(begin, range.start), to = std::min(end, last);
    if (from < to)
      body(piece, {from - begin, to - from, 1}, from - range.start);
    begin = end;
  }
}

std::optional<Lowering::PiecePart> Lowering::pieceOf(Value tensor, unsigned dim,
                                                     Range range) const {
  auto known = inPieces.find(tensor);
  if (known == inPieces.end())
    return PiecePart{tensor, range.start};
  std::optional<PiecePart> part;
  if (known->second == dim)
    forEachPiece(tensor, dim, range, [&](Value piece, Range own, int64_t) {
      if (own.count == range.count)
        part = PiecePart{piece, own.start};
    });
  return part;
}

void Lowering::joinPieces(Value tensor) {
  unsigned dim = inPieces.lookup(tensor);
  inPieces.erase(tensor);
  View whole = hbmResult(tensor);
  forEachPiece(tensor, dim, {0, shapeOf(tensor)[dim], 1},
               [&](Value piece, Range own, int64_t before) {
                 tile.copy(whole.slice(dim, {before, own.count, 1}),
                           hbm(piece));
               });
}

/// Pieces go where they belong in a block's memory.
View Lowering::readPieces(Value tensor, const Block &block, isa::DType type) {
  unsigned dim = inPieces.lookup(tensor);
  bool isOnPartitions = dim >= block.partBegin && dim < block.partEnd;
  if (isOnPartitions && block.partEnd != block.partBegin + 1) {
    joinPieces(tensor);
    return read(tensor, block, type);
  }
  Range range =
      isOnPartitions ? Range{block.first, block.count, 1} : block.ranges[dim];
  unsigned freeDim = dim;
  SmallVector<int64_t> shape;
  for (auto [other, part] : llvm::enumerate(block.ranges))
    if (other < block.partBegin || other >= block.partEnd)
      shape.push_back(part.count);
    else
      freeDim -= other < dim;
  View result = tile.sbuf(type, block.count, shape);
  forEachPiece(tensor, dim, range, [&](Value piece, Range own, int64_t before) {
    Block part = block;
    part.ranges[dim] = own;
    View target = result;
    if (isOnPartitions) {
      part.first = own.start;
      part.count = own.count;
      target = result.slicePartitions(before, own.count);
    } else {
      target = result.slice(freeDim, {before, own.count, 1});
    }
    tile.copy(target, blockOf(hbm(piece), part));
  });
  return result;
}

} // namespace tilicho::compiler
