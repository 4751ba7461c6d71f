// SPDX-License-Identifier: Apache-2.0
// Subtraction of boxes.
#include "lib/Conversion/StructuredToTile/MoveBoxes.h"

#include "llvm/ADT/STLExtras.h"

namespace tilicho::compiler {

/// Beyond this many boxes all is covered by one.
static constexpr size_t maxBoxes = 64;

static int64_t endOf(const Range &range) { return range.start + range.count; }

static bool isApart(const Box &one, const Box &other) {
  return llvm::any_of(llvm::zip(one, other), [](auto pair) {
    auto &[a, b] = pair;
    return a.start >= endOf(b) || b.start >= endOf(a);
  });
}

/// Adds what `piece` leaves of `box`: the sides, dimension by dimension.
static void subtract(Box box, const Box &piece,
                     llvm::SmallVectorImpl<Box> &rest) {
  for (unsigned dim = 0; dim < box.size(); ++dim) {
    int64_t begin = std::max(box[dim].start, piece[dim].start);
    int64_t end = std::min(endOf(box[dim]), endOf(piece[dim]));
    auto side = [&](int64_t from, int64_t to) {
      if (from >= to)
        return;
      rest.push_back(box);
      rest.back()[dim] = {from, to - from, 1};
    };
    side(box[dim].start, begin);
    side(end, endOf(box[dim]));
    box[dim] = {begin, end - begin, 1};
  }
}

llvm::SmallVector<Box> gapsBetween(const Box &whole,
                                   llvm::ArrayRef<Box> pieces) {
  llvm::SmallVector<Box> gaps = {whole};
  for (const Box &piece : pieces) {
    if (llvm::any_of(llvm::zip(piece, whole), [](auto pair) {
          auto &[range, all] = pair;
          return range.step != 1 && all.count > 1;
        }))
      return {whole};
    llvm::SmallVector<Box> rest;
    for (const Box &gap : gaps) {
      if (isApart(gap, piece))
        rest.push_back(gap);
      else
        subtract(gap, piece, rest);
    }
    gaps = std::move(rest);
    if (gaps.size() > maxBoxes)
      return {whole};
  }
  return gaps;
}

} // namespace tilicho::compiler
