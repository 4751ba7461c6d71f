// SPDX-License-Identifier: Apache-2.0
// Walks over several tensors at once, each along strides of its own.
#ifndef TILICHO_RUNTIME_KERNELS_STRIDED_H
#define TILICHO_RUNTIME_KERNELS_STRIDED_H

#include "runtime/Kernels/HostTensor.h"

namespace tilicho::kernels {

using Strides = std::vector<int64_t>;

/// Row-major strides, in units of an element.
Strides rowMajor(const HostShape &shape);

/// Row-major strides of `shape` against the wider `result`, 0 where it repeats.
Strides broadcastStrides(const HostShape &shape, const HostShape &result);

/// A space of indices and, for each operand, its stride along each dimension.
struct StridedSpace {
  HostShape shape;
  std::vector<Strides> strides;

  /// Drops dimensions of extent 1 and joins those that every operand walks as
  /// one. At least one dimension is left.
  void collapse();
  int64_t innerExtent() const { return shape.back(); }
};

/// Calls `f(offsets)` with each operand's offset for every index of all
/// dimensions but the last, in row-major order.
template <class F> void forEachRow(const StridedSpace &space, F &&f) {
  size_t outer = space.shape.size() - 1, count = space.strides.size();
  for (int64_t extent : space.shape)
    if (extent == 0)
      return;
  std::vector<int64_t> index(outer, 0), offsets(count, 0);
  while (true) {
    f(offsets.data());
    size_t dim = outer;
    while (dim-- > 0) {
      bool wraps = ++index[dim] == space.shape[dim];
      int64_t move = wraps ? 1 - space.shape[dim] : 1;
      for (size_t operand = 0; operand < count; ++operand)
        offsets[operand] += move * space.strides[operand][dim];
      if (!wraps)
        break;
      index[dim] = 0;
    }
    if (dim == size_t(-1))
      return;
  }
}

/// Copies elements of `size` bytes between two strided places; strides are in
/// elements.
void copyStrided(const HostShape &shape, int64_t size, uint8_t *to,
                 const Strides &toStrides, const uint8_t *from,
                 const Strides &fromStrides);

} // namespace tilicho::kernels

#endif // TILICHO_RUNTIME_KERNELS_STRIDED_H
