// SPDX-License-Identifier: Apache-2.0
// Which input a sliding window reads, one dimension at a time.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_WINDOWGEOMETRY_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_WINDOWGEOMETRY_H

#include "lib/Conversion/StructuredToTile/View.h"

namespace tilicho::compiler {

/// A window that slides along one dimension. The input's elements are spread
/// `inputDilation` apart, then `padLow` are added before the first.
struct WindowDim {
  int64_t input = 1;
  int64_t output = 1;
  int64_t window = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t inputDilation = 1;
  int64_t padLow = 0;
};

/// One position in the window: step j of a phase reads input element
/// `offset + j * stride`, which is padding where that is outside the input.
struct Tap {
  int64_t position = 0;
  int64_t offset = 0;
};

/// The outputs `start + j * step` for j in [0, count), which see the spread
/// input alike and so meet the same taps. Without input dilation there is one
/// phase; with it most taps of a phase fall between the input's elements and
/// are left out.
struct Phase {
  int64_t start = 0;
  int64_t step = 1;
  int64_t count = 0;
  /// Input elements between the windows of j and j + 1.
  int64_t stride = 1;
  llvm::SmallVector<Tap, 8> taps;

  /// Those j whose outputs lie in `outputs`, a range of step 1.
  Range within(Range outputs) const;
};

llvm::SmallVector<Phase, 2> phasesOf(const WindowDim &dim);

/// Those j of `steps` at which `offset + j * stride` is in [0, extent).
Range clip(Range steps, int64_t offset, int64_t stride, int64_t extent);

/// Calls `visit` with each index of a box of these extents, the last dimension
/// fastest.
void forEachIndex(llvm::ArrayRef<int64_t> extents,
                  llvm::function_ref<void(llvm::ArrayRef<int64_t>)> visit);

/// Calls `visit` with the ranges of each tile of a box.
void forEachTile(llvm::ArrayRef<int64_t> extents, llvm::ArrayRef<int64_t> tile,
                 llvm::function_ref<void(llvm::ArrayRef<Range>)> visit);

/// The product of some extents.
int64_t product(llvm::ArrayRef<int64_t> extents);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_WINDOWGEOMETRY_H
