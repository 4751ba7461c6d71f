// SPDX-License-Identifier: Apache-2.0
// Reductions over axes, arg-reductions and scans.
#include "runtime/Emulator/ElementOps.h"
#include "runtime/Kernels/Arithmetic.h"
#include "runtime/Kernels/Kernels.h"
#include "runtime/Kernels/Strided.h"

#include <algorithm>

namespace tilicho::kernels {

using isa::AluOp;
using isa::Compute;
using isa::DType;
using isa::ReduceOp;

namespace {
/// A tensor as what is kept by what is reduced.
struct Split {
  StridedSpace kept, reduced;
  HostShape resultShape;
};
} // namespace

static Split splitAxes(const HostTensor &input, const HostShape &axes) {
  Strides strides = rowMajor(input.shape());
  Split split;
  split.kept.strides.resize(1);
  split.reduced.strides.resize(1);
  for (int64_t dim = 0; dim < input.rank(); ++dim) {
    bool isReduced = std::count(axes.begin(), axes.end(), dim) != 0;
    StridedSpace &space = isReduced ? split.reduced : split.kept;
    space.shape.push_back(input.shape()[dim]);
    space.strides[0].push_back(strides[dim]);
    split.resultShape.push_back(isReduced ? 1 : input.shape()[dim]);
  }
  split.reduced.collapse();
  // Every index of what is kept is a row.
  split.kept.shape.push_back(1);
  return split;
}

/// Joins the chains in a tree of halves.
template <class T> static T joinChains(ReduceOp op, T *chains) {
  auto join = loops<T>().binary[size_t(ops::joining(op))];
  for (size_t width = numChains / 2; width > 0; width /= 2) {
    T joined[numChains];
    join(chains, 1, chains + width, 1, joined, width);
    std::copy(joined, joined + width, chains);
  }
  return chains[0];
}

template <class T>
static HostTensor reduceAs(ReduceOp op, AluOp elementOp,
                           const HostTensor &input, const HostShape &axes,
                           DType dtype) {
  Split split = splitAxes(input, axes);
  const ElementKernels<T> &table = loops<T>();
  int64_t size = isa::sizeOf(input.dtype()), run = split.reduced.innerExtent(),
          step = split.reduced.strides[0].back() * size;
  std::vector<T> elements(run), transformed(run), results;
  results.reserve(numElements(split.resultShape));
  forEachRow(split.kept, [&](const int64_t *keptOffset) {
    T chains[numChains];
    std::fill_n(chains, numChains, ops::neutral<T>(op));
    forEachRow(split.reduced, [&](const int64_t *offset) {
      table.read[size_t(input.dtype())](input.bytes() +
                                            (*keptOffset + *offset) * size,
                                        step, elements.data(), run);
      T *values = elements.data();
      if (elementOp != AluOp::copy) {
        table.unary[size_t(elementOp)](values, transformed.data(), run);
        values = transformed.data();
      }
      table.reduce[size_t(op)](values, run, chains);
    });
    results.push_back(joinChains(op, chains));
  });
  return writeAll(results, dtype, split.resultShape);
}

HostTensor reduction(ReduceOp op, AluOp elementOp, const HostTensor &input,
                     const HostShape &axes, Compute compute, DType dtype) {
  return withCompute(compute, [&](auto zero) {
    return reduceAs<decltype(zero)>(op, elementOp, input, axes, dtype);
  });
}

//===-- Arg-reductions ----------------------------------------------------===//

/// Whether `a` goes before `b`; NaN goes before all else.
template <class T> static bool isBetter(bool largest, T a, T b) {
  if (a != a)
    return b == b;
  return b == b && (largest ? a > b : a < b);
}

template <class T>
static int64_t bestIndex(bool largest, bool last, const T *values,
                         int64_t count) {
  int64_t best = 0;
  for (int64_t i = 1; i < count; ++i) {
    bool ties = !isBetter(largest, values[best], values[i]);
    if (isBetter(largest, values[i], values[best]) || (last && ties))
      best = i;
  }
  return best;
}

HostTensor argument(bool largest, bool selectLast, const HostTensor &input,
                    int64_t axis, Compute compute, DType dtype) {
  Split split = splitAxes(input, {axis});
  int64_t size = isa::sizeOf(input.dtype()), count = input.shape()[axis],
          step = rowMajor(input.shape())[axis] * size;
  std::vector<int64_t> results;
  withCompute(compute, [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> elements(count);
    forEachRow(split.kept, [&](const int64_t *offset) {
      loops<T>().read[size_t(input.dtype())](input.bytes() + *offset * size,
                                             step, elements.data(), count);
      results.push_back(bestIndex(largest, selectLast, elements.data(), count));
    });
  });
  return writeAll(results, dtype, split.resultShape);
}

//===-- Scans -------------------------------------------------------------===//

template <class T>
static void scanRow(AluOp op, T *values, int64_t count, bool exclusive,
                    bool reverse) {
  auto join = loops<T>().binary[size_t(op)];
  T state = op == AluOp::add ? T(0) : T(1);
  for (int64_t i = 0; i < count; ++i) {
    T &value = values[reverse ? count - 1 - i : i];
    T before = state;
    join(&before, 1, &value, 1, &state, 1);
    value = exclusive ? before : state;
  }
}

HostTensor scan(AluOp op, const HostTensor &input, Compute compute,
                int64_t axis, bool exclusive, bool reverse) {
  Split split = splitAxes(input, {axis});
  HostTensor result = HostTensor::allocate(input.dtype(), input.shape());
  int64_t size = isa::sizeOf(input.dtype()), count = input.shape()[axis],
          step = rowMajor(input.shape())[axis] * size;
  withCompute(compute, [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> elements(count);
    forEachRow(split.kept, [&](const int64_t *offset) {
      loops<T>().read[size_t(input.dtype())](input.bytes() + *offset * size,
                                             step, elements.data(), count);
      scanRow(op, elements.data(), count, exclusive, reverse);
      loops<T>().write[size_t(input.dtype())](
          elements.data(), result.mutableBytes() + *offset * size, step, count);
    });
  });
  return result;
}

/// The state goes in and out.
static void recurRow(float *values, const float *decay, const float *fresh,
                     int64_t count, float &state) {
  const auto &binary = loops<float>().binary;
  for (int64_t i = 0; i < count; ++i) {
    float scaled;
    binary[size_t(AluOp::multiply)](&state, 1, decay + i, 1, &scaled, 1);
    binary[size_t(AluOp::add)](&scaled, 1, fresh + i, 1, &state, 1);
    values[i] = state;
  }
}

std::pair<HostTensor, HostTensor>
recurrence(const HostTensor &decay, const HostTensor &fresh,
           const HostTensor &initial, DType dtype, const HostShape &shape) {
  const ElementKernels<float> &table = loops<float>();
  HostTensor states = HostTensor::allocate(dtype, shape);
  if (shape.back() == 0)
    return {states, cast(initial, dtype)};
  HostTensor last = HostTensor::allocate(dtype, initial.shape());
  StridedSpace space{shape,
                     {broadcastStrides(decay.shape(), shape),
                      broadcastStrides(fresh.shape(), shape)}};
  int64_t count = shape.back(), row = 0, size = isa::sizeOf(dtype);
  std::vector<float> a(count), b(count), values(count);
  auto read = [&](const HostTensor &from, int64_t offset, int64_t step,
                  float *to, int64_t elements) {
    int64_t bytes = isa::sizeOf(from.dtype());
    table.read[size_t(from.dtype())](from.bytes() + offset * bytes,
                                     step * bytes, to, elements);
  };
  forEachRow(space, [&](const int64_t *offsets) {
    read(decay, offsets[0], space.strides[0].back(), a.data(), count);
    read(fresh, offsets[1], space.strides[1].back(), b.data(), count);
    float state;
    read(initial, row, 1, &state, 1);
    recurRow(values.data(), a.data(), b.data(), count, state);
    table.write[size_t(dtype)](
        values.data(), states.mutableBytes() + row * count * size, size, count);
    table.write[size_t(dtype)](&state, last.mutableBytes() + row * size, size,
                               1);
    ++row;
  });
  return {states, last};
}

//===-- The largest, in order ---------------------------------------------===//

std::pair<HostTensor, HostTensor> topK(const HostTensor &input, int64_t axis,
                                       int64_t count, bool largest) {
  Split split = splitAxes(input, {axis});
  HostShape shape = input.shape();
  int64_t extent = shape[axis], size = isa::sizeOf(input.dtype()),
          step = rowMajor(input.shape())[axis] * size;
  shape[axis] = count;
  HostTensor indices = HostTensor::allocate(DType::i64, shape);
  int64_t indexStep = rowMajor(shape)[axis];
  Split target = splitAxes(indices, {axis});
  std::vector<int64_t> starts;
  forEachRow(target.kept,
             [&](const int64_t *offset) { starts.push_back(*offset); });
  auto *to = reinterpret_cast<int64_t *>(indices.mutableBytes());
  withCompute(exactCompute(input.dtype()), [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> values(extent);
    std::vector<int64_t> order(extent);
    size_t row = 0;
    forEachRow(split.kept, [&](const int64_t *offset) {
      loops<T>().read[size_t(input.dtype())](input.bytes() + *offset * size,
                                             step, values.data(), extent);
      for (int64_t i = 0; i < extent; ++i)
        order[i] = i;
      std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
        if (isBetter(largest, values[a], values[b]))
          return true;
        return !isBetter(largest, values[b], values[a]) && a < b;
      });
      for (int64_t i = 0; i < count; ++i)
        to[starts[row] + i * indexStep] = order[i];
      ++row;
    });
  });
  return {*takeElements(input, indices, axis), indices};
}

} // namespace tilicho::kernels
