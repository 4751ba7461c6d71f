// SPDX-License-Identifier: Apache-2.0
// Sliding windows, one dimension at a time.
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

namespace tilicho::compiler {

Range Phase::within(Range outputs) const {
  int64_t first = llvm::divideCeilSigned(outputs.start - start, step);
  int64_t end =
      llvm::divideCeilSigned(outputs.start + outputs.count - start, step);
  first = std::max<int64_t>(first, 0);
  end = std::min(end, count);
  return {first, std::max<int64_t>(end - first, 0), 1};
}

/// Output y meets tap t at position y * stride - padLow + t * dilation of the
/// spread input; there is an element if that is a multiple of inputDilation.
/// For outputs `step` apart the remainder is the same.
static Phase phaseAt(const WindowDim &dim, int64_t start, int64_t step) {
  Phase phase;
  phase.start = start;
  phase.step = step;
  phase.count = llvm::divideCeil(dim.output - start, step);
  phase.stride = step * dim.stride / dim.inputDilation;
  for (int64_t tap = 0; tap < dim.window; ++tap) {
    int64_t place = start * dim.stride - dim.padLow + tap * dim.dilation;
    if (place % dim.inputDilation == 0)
      phase.taps.push_back({tap, place / dim.inputDilation});
  }
  return phase;
}

llvm::SmallVector<Phase, 2> phasesOf(const WindowDim &dim) {
  int64_t step = dim.inputDilation / std::gcd(dim.inputDilation, dim.stride);
  llvm::SmallVector<Phase, 2> phases;
  for (int64_t start = 0; start < std::min(step, dim.output); ++start)
    phases.push_back(phaseAt(dim, start, step));
  return phases;
}

Range clip(Range steps, int64_t offset, int64_t stride, int64_t extent) {
  int64_t low = llvm::divideCeilSigned(-offset, stride);
  int64_t high = llvm::divideFloorSigned(extent - 1 - offset, stride) + 1;
  low = std::max(low, steps.start);
  high = std::min(high, steps.start + steps.count);
  return {low, std::max<int64_t>(high - low, 0), 1};
}

void forEachIndex(llvm::ArrayRef<int64_t> extents,
                  llvm::function_ref<void(llvm::ArrayRef<int64_t>)> visit) {
  llvm::SmallVector<int64_t, 6> index(extents.size(), 0);
  for (int64_t left = product(extents); left > 0; --left) {
    visit(index);
    for (size_t dim = extents.size(); dim-- > 0;) {
      if (++index[dim] < extents[dim])
        break;
      index[dim] = 0;
    }
  }
}

void forEachTile(llvm::ArrayRef<int64_t> extents, llvm::ArrayRef<int64_t> tile,
                 llvm::function_ref<void(llvm::ArrayRef<Range>)> visit) {
  llvm::SmallVector<int64_t, 6> counts;
  for (auto [extent, size] : llvm::zip(extents, tile))
    counts.push_back(llvm::divideCeil(extent, size));
  forEachIndex(counts, [&](llvm::ArrayRef<int64_t> index) {
    llvm::SmallVector<Range, 6> ranges;
    for (auto [i, at] : llvm::enumerate(index)) {
      int64_t first = at * tile[i];
      ranges.push_back({first, std::min(tile[i], extents[i] - first), 1});
    }
    visit(ranges);
  });
}

int64_t product(llvm::ArrayRef<int64_t> extents) {
  return std::accumulate(extents.begin(), extents.end(), int64_t(1),
                         std::multiplies<int64_t>());
}

} // namespace tilicho::compiler
