// SPDX-License-Identifier: Apache-2.0
// Elementwise operations, selection and casts.
#include "runtime/Kernels/Arithmetic.h"
#include "runtime/Kernels/Kernels.h"
#include "runtime/Kernels/Strided.h"

#include <algorithm>
#include <cstring>

namespace tilicho::kernels {

using isa::AluOp;
using isa::Compute;
using isa::DType;

/// Elements calculated at a time, so that what is between stays in the cache.
static constexpr int64_t blockElements = 2048;

isa::Compute exactCompute(DType dtype) {
  switch (dtype) {
  case DType::i32:
    return Compute::i32;
  case DType::u32:
    return Compute::u32;
  case DType::i64:
    return Compute::i64;
  case DType::u64:
    return Compute::u64;
  case DType::f64:
    return Compute::f64;
  default:
    return Compute::f32;
  }
}

static HostShape broadcastShape(const Tensors &inputs) {
  HostShape shape;
  for (const HostTensor &input : inputs)
    if (input.shape().size() > shape.size())
      shape.insert(shape.begin(), input.shape().size() - shape.size(), 1);
  for (const HostTensor &input : inputs) {
    size_t added = shape.size() - input.shape().size();
    for (size_t dim = 0; dim < input.shape().size(); ++dim)
      if (input.shape()[dim] != 1)
        shape[added + dim] = input.shape()[dim];
  }
  return shape;
}

/// The space of the result, operand 0, and of the inputs after it.
static StridedSpace spaceOf(const HostShape &shape, const Tensors &inputs) {
  StridedSpace space{shape, {rowMajor(shape)}};
  for (const HostTensor &input : inputs)
    space.strides.push_back(broadcastStrides(input.shape(), shape));
  space.collapse();
  return space;
}

namespace {
/// Reads blocks of one operand along a row.
template <class T> struct BlockReader {
  const HostTensor &tensor;
  int64_t step;
  T block[blockElements];

  const T *read(int64_t offset, int64_t first, int64_t count) {
    int64_t size = isa::sizeOf(tensor.dtype());
    loops<T>().read[size_t(tensor.dtype())](
        tensor.bytes() + (offset + first * step) * size, step * size, block,
        step == 0 ? 1 : count);
    return block;
  }
};
} // namespace

/// Calls `f(offsets, first, count)` for blocks of every row.
template <class F> static void forEachBlock(const StridedSpace &space, F &&f) {
  forEachRow(space, [&](const int64_t *offsets) {
    for (int64_t first = 0; first < space.innerExtent(); first += blockElements)
      f(offsets, first, std::min(blockElements, space.innerExtent() - first));
  });
}

template <class T>
static void writeBlock(HostTensor &result, int64_t offset, const T *values,
                       int64_t count) {
  int64_t size = isa::sizeOf(result.dtype());
  loops<T>().write[size_t(result.dtype())](
      values, result.mutableBytes() + offset * size, size, count);
}

template <class T>
static void applyUnary(AluOp op, const StridedSpace &space,
                       const HostTensor &input, HostTensor &result) {
  BlockReader<T> reader{input, space.strides[1].back(), {}};
  T values[blockElements];
  auto function = loops<T>().unary[size_t(op)];
  forEachBlock(space,
               [&](const int64_t *offsets, int64_t first, int64_t count) {
                 const T *a = reader.read(offsets[1], first, count);
                 int64_t distinct = reader.step == 0 ? 1 : count;
                 if (op != AluOp::copy) {
                   function(a, values, distinct);
                   a = values;
                 }
                 if (distinct == 1 && count > 1) {
                   std::fill(values, values + count, T(a[0]));
                   a = values;
                 }
                 writeBlock(result, offsets[0] + first, a, count);
               });
}

template <class T>
static void applyBinary(AluOp op, const StridedSpace &space,
                        const Tensors &inputs, HostTensor &result) {
  BlockReader<T> left{inputs[0], space.strides[1].back(), {}};
  BlockReader<T> right{inputs[1], space.strides[2].back(), {}};
  T values[blockElements];
  auto function = loops<T>().binary[size_t(op)];
  forEachBlock(space,
               [&](const int64_t *offsets, int64_t first, int64_t count) {
                 const T *a = left.read(offsets[1], first, count);
                 const T *b = right.read(offsets[2], first, count);
                 function(a, left.step != 0, b, right.step != 0, values, count);
                 writeBlock(result, offsets[0] + first, values, count);
               });
}

HostTensor elementwise(AluOp op, const Tensors &inputs, Compute compute,
                       DType dtype) {
  HostShape shape = broadcastShape(inputs);
  HostTensor result = HostTensor::allocate(dtype, shape);
  if (op == AluOp::copy && inputs[0].dtype() == dtype) {
    copyStrided(shape, isa::sizeOf(dtype), result.mutableBytes(),
                rowMajor(shape), inputs[0].bytes(),
                broadcastStrides(inputs[0].shape(), shape));
    return result;
  }
  StridedSpace space = spaceOf(shape, inputs);
  withCompute(compute, [&](auto zero) {
    using T = decltype(zero);
    if (inputs.size() == 1)
      applyUnary<T>(op, space, inputs[0], result);
    else
      applyBinary<T>(op, space, inputs, result);
  });
  return result;
}

HostTensor cast(const HostTensor &input, DType dtype) {
  if (input.dtype() == dtype)
    return input;
  return elementwise(AluOp::copy, {input}, exactCompute(input.dtype()), dtype);
}

HostTensor scaleRows(const HostTensor &input,
                     absl::Span<const double> factors) {
  HostTensor result = HostTensor::allocate(DType::f32, input.shape());
  const uint8_t *from = input.bytes();
  uint8_t *to = result.mutableBytes();
  int64_t inner = input.numElements() / int64_t(factors.size());
  for (double factor : factors)
    for (int64_t left = inner; left > 0; --left) {
      float value; // Bytes may lie anywhere.
      std::memcpy(&value, from, sizeof value);
      value = static_cast<float>(value * factor);
      std::memcpy(to, &value, sizeof value);
      from += sizeof value;
      to += sizeof value;
    }
  return result;
}

//===-- Selection ---------------------------------------------------------===//

template <class Bits>
static void selectBits(const StridedSpace &space, const HostTensor &condition,
                       const HostTensor &x, const HostTensor &y,
                       HostTensor &result) {
  auto *to = reinterpret_cast<Bits *>(result.mutableBytes());
  auto at = [](const HostTensor &tensor, int64_t element) {
    Bits bits; // Bytes may lie anywhere.
    std::memcpy(&bits, tensor.bytes() + element * sizeof(Bits), sizeof(Bits));
    return bits;
  };
  size_t last = space.shape.size() - 1;
  int64_t maskStep = space.strides[1][last], xStep = space.strides[2][last],
          yStep = space.strides[3][last];
  forEachRow(space, [&](const int64_t *offsets) {
    const uint8_t *mask = condition.bytes() + offsets[1];
    for (int64_t i = 0; i < space.innerExtent(); ++i)
      to[offsets[0] + i] = mask[i * maskStep] ? at(x, offsets[2] + i * xStep)
                                              : at(y, offsets[3] + i * yStep);
  });
}

HostTensor select(const HostTensor &condition, const HostTensor &x,
                  const HostTensor &y, Compute compute, DType dtype) {
  auto written = [&](const HostTensor &value) {
    return value.dtype() == dtype
               ? value
               : elementwise(AluOp::copy, {value}, compute, dtype);
  };
  Tensors inputs = {cast(condition, DType::boolean), written(x), written(y)};
  HostShape shape = broadcastShape(inputs);
  HostTensor result = HostTensor::allocate(dtype, shape);
  StridedSpace space = spaceOf(shape, inputs);
  switch (isa::sizeOf(dtype)) {
  case 1:
    selectBits<uint8_t>(space, inputs[0], inputs[1], inputs[2], result);
    break;
  case 2:
    selectBits<uint16_t>(space, inputs[0], inputs[1], inputs[2], result);
    break;
  case 4:
    selectBits<uint32_t>(space, inputs[0], inputs[1], inputs[2], result);
    break;
  default:
    selectBits<uint64_t>(space, inputs[0], inputs[1], inputs[2], result);
  }
  return result;
}

} // namespace tilicho::kernels
