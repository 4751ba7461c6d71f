// SPDX-License-Identifier: Apache-2.0
// Cuts an index space into tiles until one fits.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_TILECUTTER_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_TILECUTTER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

namespace tilicho::compiler {

/// A tile that starts as the whole space and shrinks, outer dimensions first
/// and into parts of about one size. Along dimension d it stays a multiple of
/// `units[d]`, or the whole.
class TileCutter {
public:
  TileCutter(llvm::ArrayRef<int64_t> extents, llvm::ArrayRef<int64_t> units)
      : tile(extents), extents(extents), units(units),
        parts(extents.size(), 1) {}

  llvm::SmallVector<int64_t, 6> tile;

  /// Makes the tile smaller; false if it is as small as can be.
  bool cut() {
    for (size_t dim = 0; dim < parts.size(); ++dim) {
      if (tile[dim] <= units[dim])
        continue;
      int64_t numUnits = llvm::divideCeil(extents[dim], units[dim]);
      int64_t before = tile[dim];
      while (tile[dim] >= before)
        tile[dim] = llvm::divideCeil(numUnits, ++parts[dim]) * units[dim];
      return true;
    }
    return false;
  }

  bool isWhole() const { return tile == extents; }

private:
  llvm::SmallVector<int64_t, 6> extents, units, parts;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_TILECUTTER_H
