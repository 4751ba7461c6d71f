// SPDX-License-Identifier: Apache-2.0
// What of a memory operand's shape its price depends on.
#ifndef TILICHO_RUNTIME_TIMING_EXTENT_H
#define TILICHO_RUNTIME_TIMING_EXTENT_H

#include "runtime/Isa/Isa.h"
#include "runtime/Timing/Op.h"

#include <algorithm>
#include <cstdlib>

namespace tilicho::timing {

/// Iterations of the free dimensions of `header`.
inline double freeElements(const isa::Header &header) {
  double product = 1;
  for (uint16_t count : header.counts)
    product *= count;
  return product;
}

/// Elements between neighbours along the innermost dimension that moves; 0 if
/// none does.
inline int64_t minorStep(const isa::Header &header, const isa::Access &access) {
  for (int dim = 3; dim >= 0; --dim)
    if (header.counts[dim] > 1)
      return std::abs(int64_t{access.steps[dim]});
  return 0;
}

/// The number of free dimensions left when those that continue each other are
/// one.
inline int freeDims(const isa::Header &header, const isa::Access &access) {
  int dims = 0;
  int64_t expected = 0;
  for (int dim = 3; dim >= 0; --dim) {
    if (header.counts[dim] <= 1)
      continue;
    if (dims == 0 || access.steps[dim] != expected)
      ++dims;
    expected = int64_t{access.steps[dim]} * header.counts[dim];
  }
  return dims;
}

/// Whether the free elements lie side by side.
inline bool isContiguous(const isa::Header &header, const isa::Access &access) {
  return freeDims(header, access) <= 1 && minorStep(header, access) <= 1;
}

/// The box around `access`. `dims` is how many of the outermost free
/// dimensions it spans.
inline Span spanOf(const isa::Header &header, const isa::Access &access,
                   unsigned partitions, int dims = 4) {
  int64_t low = 0, high = 0;
  for (int dim = 0; dim < dims; ++dim) {
    int64_t reach =
        int64_t{access.steps[dim]} * std::max(header.counts[dim] - 1, 0);
    low += std::min<int64_t>(reach, 0);
    high += std::max<int64_t>(reach, 0);
  }
  int64_t size = isa::sizeOf(access.dtype);
  Span span;
  span.space = access.space;
  span.regA = access.regA;
  span.regB = access.regB;
  span.strideA = access.strideA;
  span.partitionBegin = access.partition;
  span.partitionEnd = static_cast<uint16_t>(access.partition + partitions);
  span.byteBegin = access.address + low * size;
  span.byteEnd = access.address + (high + 1) * size;
  return span;
}

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_EXTENT_H
