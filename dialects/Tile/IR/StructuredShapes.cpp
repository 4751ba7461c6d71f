// SPDX-License-Identifier: Apache-2.0
// Shapes of the structured operators' results.
#include "dialects/Tile/IR/StructuredShapes.h"

#include <algorithm>

namespace tilicho::ir::tile {

int64_t windowPositions(const WindowDim &dim) {
  int64_t dilated =
      dim.extent == 0 ? 0 : (dim.extent - 1) * dim.inputDilation + 1;
  int64_t padded = dilated + dim.padLow + dim.padHigh;
  int64_t reach = (dim.window - 1) * dim.dilation + 1;
  if (padded < reach)
    return 0;
  return (padded - reach) / dim.stride + 1;
}

std::optional<Shape> broadcastShapes(llvm::ArrayRef<int64_t> a,
                                     llvm::ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  Shape result(a.begin(), a.end());
  size_t offset = a.size() - b.size();
  for (size_t dim = 0; dim < b.size(); ++dim) {
    int64_t &extent = result[offset + dim];
    if (extent == 1)
      extent = b[dim];
    if (b[dim] != 1 && b[dim] != extent)
      return std::nullopt;
  }
  return result;
}

int64_t numElements(llvm::ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  return count;
}

} // namespace tilicho::ir::tile
