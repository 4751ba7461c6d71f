// SPDX-License-Identifier: Apache-2.0
// Reading along other strides, and putting pieces side by side.
#include "runtime/Kernels/Kernels.h"
#include "runtime/Kernels/Strided.h"

#include <cstring>

namespace tilicho::kernels {

HostTensor restride(const HostTensor &input, const HostShape &starts,
                    const HostShape &dims, const HostShape &steps,
                    HostShape resultShape) {
  Strides own = rowMajor(input.shape()), from;
  int64_t size = isa::sizeOf(input.dtype()), start = 0;
  for (size_t dim = 0; dim < starts.size(); ++dim)
    start += starts[dim] * own[dim];
  for (size_t dim = 0; dim < dims.size(); ++dim)
    from.push_back(dims[dim] < 0 ? 0 : steps[dim] * own[dims[dim]]);
  HostTensor result = HostTensor::allocate(input.dtype(), resultShape);
  copyStrided(resultShape, size, result.mutableBytes(), rowMajor(resultShape),
              input.bytes() + start * size, from);
  return result;
}

static void fillWith(HostTensor &result, const HostTensor &fill) {
  copyStrided(result.shape(), isa::sizeOf(result.dtype()),
              result.mutableBytes(), rowMajor(result.shape()), fill.bytes(),
              Strides(result.shape().size(), 0));
}

HostTensor assemble(const Tensors &pieces, const HostShape &offsets,
                    const HostShape &steps,
                    const std::optional<HostTensor> &fill, isa::DType dtype,
                    HostShape resultShape) {
  HostTensor result = HostTensor::allocate(dtype, std::move(resultShape));
  if (fill)
    fillWith(result, *fill);
  Strides own = rowMajor(result.shape());
  size_t rank = own.size();
  int64_t size = isa::sizeOf(dtype);
  for (size_t piece = 0; piece < pieces.size(); ++piece) {
    Strides to(rank);
    int64_t start = 0;
    for (size_t dim = 0; dim < rank; ++dim) {
      start += offsets[piece * rank + dim] * own[dim];
      to[dim] = steps[piece * rank + dim] * own[dim];
    }
    copyStrided(pieces[piece].shape(), size,
                result.mutableBytes() + start * size, to, pieces[piece].bytes(),
                rowMajor(pieces[piece].shape()));
  }
  return result;
}

} // namespace tilicho::kernels
