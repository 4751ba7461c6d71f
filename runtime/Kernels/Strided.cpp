// SPDX-License-Identifier: Apache-2.0
// Walks over several tensors at once, each along strides of its own.
#include "runtime/Kernels/Strided.h"

#include <algorithm>
#include <cstring>

namespace tilicho::kernels {

Strides rowMajor(const HostShape &shape) {
  Strides strides(shape.size());
  int64_t step = 1;
  for (size_t dim = shape.size(); dim-- > 0;) {
    strides[dim] = step;
    step *= shape[dim];
  }
  return strides;
}

Strides broadcastStrides(const HostShape &shape, const HostShape &result) {
  Strides own = rowMajor(shape), strides(result.size(), 0);
  size_t added = result.size() - shape.size();
  for (size_t dim = 0; dim < shape.size(); ++dim)
    strides[added + dim] = shape[dim] == 1 ? 0 : own[dim];
  return strides;
}

void StridedSpace::collapse() {
  StridedSpace result;
  result.strides.resize(strides.size());
  for (size_t dim = 0; dim < shape.size(); ++dim) {
    if (shape[dim] == 1)
      continue;
    bool joins = !result.shape.empty();
    for (size_t operand = 0; joins && operand < strides.size(); ++operand)
      joins =
          result.strides[operand].back() == strides[operand][dim] * shape[dim];
    if (joins)
      result.shape.back() *= shape[dim];
    else
      result.shape.push_back(shape[dim]);
    for (size_t operand = 0; operand < strides.size(); ++operand) {
      Strides &own = result.strides[operand];
      if (joins)
        own.back() = strides[operand][dim];
      else
        own.push_back(strides[operand][dim]);
    }
  }
  if (result.shape.empty()) {
    result.shape = {1};
    for (Strides &own : result.strides)
      own = {0};
  }
  *this = std::move(result);
}

//===-- Copies ------------------------------------------------------------===//

/// Elements may lie anywhere: those of a model are where its file has them.
template <class Element>
static void copyRow(uint8_t *to, int64_t toStep, const uint8_t *from,
                    int64_t fromStep, int64_t count) {
  constexpr int64_t size = sizeof(Element);
  if (toStep == 1 && fromStep == 1) {
    std::memcpy(to, from, count * size);
    return;
  }
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(to + i * toStep * size, from + i * fromStep * size, size);
}

/// A plane whose rows are contiguous on one side and whose columns are on the
/// other goes in blocks that fit the cache.
template <class Element>
static void copyPlane(const StridedSpace &space, uint8_t *to,
                      const uint8_t *from) {
  constexpr int64_t block = 32;
  size_t rowDim = space.shape.size() - 2, colDim = rowDim + 1;
  int64_t rows = space.shape[rowDim], cols = space.shape[colDim];
  const Strides &toStrides = space.strides[0], &fromStrides = space.strides[1];
  for (int64_t row = 0; row < rows; row += block)
    for (int64_t col = 0; col < cols; col += block)
      for (int64_t r = row; r < std::min(rows, row + block); ++r)
        copyRow<Element>(
            to + (r * toStrides[rowDim] + col * toStrides[colDim]) *
                     int64_t(sizeof(Element)),
            toStrides[colDim],
            from + (r * fromStrides[rowDim] + col * fromStrides[colDim]) *
                       int64_t(sizeof(Element)),
            fromStrides[colDim], std::min(block, cols - col));
}

/// Moves the dimension along which the source is contiguous next to the last.
static void pairContiguousDims(StridedSpace &space) {
  size_t rank = space.shape.size();
  for (size_t dim = 0; dim + 2 < rank; ++dim) {
    if (space.strides[1][dim] != 1)
      continue;
    std::rotate(space.shape.begin() + dim, space.shape.begin() + dim + 1,
                space.shape.begin() + rank - 1);
    for (Strides &own : space.strides)
      std::rotate(own.begin() + dim, own.begin() + dim + 1,
                  own.begin() + rank - 1);
    return;
  }
}

template <class Element>
static void copyElements(StridedSpace space, uint8_t *to, const uint8_t *from) {
  space.collapse();
  size_t last = space.shape.size() - 1;
  bool transposes = last > 0 && space.strides[1][last] != 1;
  if (!transposes) {
    forEachRow(space, [&](const int64_t *offsets) {
      copyRow<Element>(to + offsets[0] * int64_t(sizeof(Element)),
                       space.strides[0][last],
                       from + offsets[1] * int64_t(sizeof(Element)),
                       space.strides[1][last], space.innerExtent());
    });
    return;
  }
  pairContiguousDims(space);
  // Each row of the outer space is one plane of the last two dimensions.
  StridedSpace outer = space;
  outer.shape.pop_back();
  outer.shape.back() = 1;
  forEachRow(outer, [&](const int64_t *offsets) {
    copyPlane<Element>(space, to + offsets[0] * int64_t(sizeof(Element)),
                       from + offsets[1] * int64_t(sizeof(Element)));
  });
}

void copyStrided(const HostShape &shape, int64_t size, uint8_t *to,
                 const Strides &toStrides, const uint8_t *from,
                 const Strides &fromStrides) {
  if (numElements(shape) == 0)
    return;
  StridedSpace space{shape, {toStrides, fromStrides}};
  switch (size) {
  case 1:
    return copyElements<uint8_t>(std::move(space), to, from);
  case 2:
    return copyElements<uint16_t>(std::move(space), to, from);
  case 4:
    return copyElements<uint32_t>(std::move(space), to, from);
  default:
    return copyElements<uint64_t>(std::move(space), to, from);
  }
}

} // namespace tilicho::kernels
