// SPDX-License-Identifier: Apache-2.0
// Reductions over windows that slide.
#include "runtime/Emulator/ElementOps.h"
#include "runtime/Kernels/Arithmetic.h"
#include "runtime/Kernels/Kernels.h"
#include "runtime/Kernels/Strided.h"

namespace tilicho::kernels {

using isa::AluOp;
using isa::DType;
using isa::ReduceOp;

namespace {
/// One dimension: for each position the taps that lie inside the input.
struct Range {
  int64_t first, count, step;
};
} // namespace

static Range tapsInside(const WindowOptions &options, size_t dim,
                        int64_t position, int64_t extent) {
  int64_t start = position * options.strides[dim] - options.padLow[dim];
  Range range{-1, 0, options.dilations[dim]};
  for (int64_t tap = 0; tap < options.window[dim]; ++tap) {
    int64_t index = start + tap * range.step;
    if (index < 0 || index >= extent)
      continue;
    if (range.count++ == 0)
      range.first = index;
  }
  return range;
}

/// One windowed dimension at a time: both operations are separable.
template <class T>
static std::vector<T> reduceDim(ReduceOp op, const std::vector<T> &input,
                                int64_t outer, int64_t extent, int64_t inner,
                                int64_t positions, const WindowOptions &options,
                                size_t dim) {
  auto join = loops<T>().binary[size_t(ops::joining(op))];
  std::vector<T> result(outer * positions * inner, ops::neutral<T>(op));
  std::vector<T> joined(inner);
  for (int64_t position = 0; position < positions; ++position) {
    Range range = tapsInside(options, dim, position, extent);
    for (int64_t o = 0; o < outer; ++o) {
      T *to = result.data() + (o * positions + position) * inner;
      for (int64_t tap = 0; tap < range.count; ++tap) {
        const T *from = input.data() +
                        (o * extent + range.first + tap * range.step) * inner;
        join(to, 1, from, 1, joined.data(), inner);
        std::copy(joined.begin(), joined.end(), to);
      }
    }
  }
  return result;
}

template <class T>
static HostTensor reduceWindows(ReduceOp op, const HostTensor &input,
                                const WindowOptions &options, DType dtype,
                                const HostShape &resultShape) {
  std::vector<T> values = readAll<T>(input);
  HostShape shape = input.shape();
  size_t first = shape.size() - options.window.size();
  for (size_t dim = 0; dim < options.window.size(); ++dim) {
    int64_t outer = 1, inner = 1, extent = shape[first + dim];
    for (size_t d = 0; d < first + dim; ++d)
      outer *= shape[d];
    for (size_t d = first + dim + 1; d < shape.size(); ++d)
      inner *= shape[d];
    values = reduceDim(op, values, outer, extent, inner,
                       resultShape[first + dim], options, dim);
    shape[first + dim] = resultShape[first + dim];
  }
  return writeAll(values, dtype, resultShape);
}

HostTensor windowReduction(ReduceOp op, const HostTensor &input,
                           const WindowOptions &options, DType dtype,
                           const HostShape &resultShape) {
  return withCompute(exactCompute(input.dtype()), [&](auto zero) {
    return reduceWindows<decltype(zero)>(op, input, options, dtype,
                                         resultShape);
  });
}

} // namespace tilicho::kernels
