// SPDX-License-Identifier: Apache-2.0
// A dense tensor in the host's memory.
#include "runtime/Kernels/HostTensor.h"

namespace tilicho {

int64_t numElements(const HostShape &shape) {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  return count;
}

HostTensor HostTensor::allocate(isa::DType dtype, HostShape shape) {
  HostTensor tensor;
  tensor.type = dtype;
  tensor.extents = std::move(shape);
  tensor.owned.reset(new uint8_t[tensor.sizeInBytes()]);
  tensor.data = tensor.owned.get();
  return tensor;
}

HostTensor HostTensor::borrow(isa::DType dtype, HostShape shape,
                              const void *bytes) {
  HostTensor tensor;
  tensor.type = dtype;
  tensor.extents = std::move(shape);
  tensor.data = static_cast<const uint8_t *>(bytes);
  return tensor;
}

HostTensor HostTensor::reshaped(HostShape shape) const {
  HostTensor tensor = *this;
  tensor.extents = std::move(shape);
  return tensor;
}

HostTensor HostTensor::reinterpreted(isa::DType dtype) const {
  HostTensor tensor = *this;
  tensor.type = dtype;
  return tensor;
}

} // namespace tilicho
