// SPDX-License-Identifier: Apache-2.0
// Shapes of the structured operators' results.
#ifndef TILICHO_DIALECTS_TILE_IR_STRUCTUREDSHAPES_H
#define TILICHO_DIALECTS_TILE_IR_STRUCTUREDSHAPES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <optional>

namespace tilicho::ir::tile {

using Shape = llvm::SmallVector<int64_t>;

/// A window that slides along one dimension. Padding may be negative.
struct WindowDim {
  int64_t extent;
  int64_t window;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t inputDilation = 1;
  int64_t padLow = 0;
  int64_t padHigh = 0;
};

/// How many positions the window has: 0 when it does not fit.
int64_t windowPositions(const WindowDim &dim);

/// The shape that both broadcast to as in NumPy, or nothing.
std::optional<Shape> broadcastShapes(llvm::ArrayRef<int64_t> a,
                                     llvm::ArrayRef<int64_t> b);

int64_t numElements(llvm::ArrayRef<int64_t> shape);

} // namespace tilicho::ir::tile

#endif // TILICHO_DIALECTS_TILE_IR_STRUCTUREDSHAPES_H
