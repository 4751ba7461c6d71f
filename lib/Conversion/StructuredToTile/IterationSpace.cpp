// SPDX-License-Identifier: Apache-2.0
// Merging of dimensions.
#include "lib/Conversion/StructuredToTile/IterationSpace.h"

#include "llvm/ADT/STLExtras.h"

namespace tilicho::compiler {

static bool isDense(llvm::ArrayRef<View> operands, unsigned outer) {
  return llvm::all_of(operands, [&](const View &view) {
    const Dim &inner = view.dims[outer + 1];
    return view.dims[outer].step == inner.step * inner.count;
  });
}

unsigned mergeCommonDims(llvm::MutableArrayRef<View> operands, unsigned first,
                         unsigned last) {
  auto erase = [&](unsigned dim) {
    for (View &view : operands)
      view.dims.erase(view.dims.begin() + dim);
    --last;
  };
  for (unsigned dim = first; dim < last;)
    operands[0].dims[dim].count == 1 ? erase(dim) : void(++dim);
  for (unsigned dim = last; dim > first + 1; --dim) {
    unsigned outer = dim - 2, inner = dim - 1;
    int64_t product =
        operands[0].dims[outer].count * operands[0].dims[inner].count;
    if (product > maxCount || !isDense(operands, outer))
      continue;
    for (View &view : operands)
      view.dims[inner].count = product;
    erase(outer);
  }
  return last - first;
}

View mergeDims(const View &view) {
  View merged = view;
  mergeCommonDims(merged, 0, merged.dims.size());
  return merged;
}

int64_t largestDivisor(int64_t count, int64_t limit) {
  for (int64_t divisor = std::min(count, limit); divisor > 1; --divisor)
    if (count % divisor == 0)
      return divisor;
  return 1;
}

} // namespace tilicho::compiler
