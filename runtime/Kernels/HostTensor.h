// SPDX-License-Identifier: Apache-2.0
// A dense tensor in the host's memory.
#ifndef TILICHO_RUNTIME_KERNELS_HOSTTENSOR_H
#define TILICHO_RUNTIME_KERNELS_HOSTTENSOR_H

#include "runtime/Isa/Isa.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace tilicho {

using HostShape = std::vector<int64_t>;

int64_t numElements(const HostShape &shape);

/// Elements in row-major order. Copies share their bytes, which never change
/// once a kernel has returned the tensor.
class HostTensor {
public:
  HostTensor() = default;
  /// A tensor whose bytes the caller fills in.
  static HostTensor allocate(isa::DType dtype, HostShape shape);
  /// Bytes that live elsewhere, at least as long as all copies of the tensor.
  static HostTensor borrow(isa::DType dtype, HostShape shape,
                           const void *bytes);

  isa::DType dtype() const { return type; }
  const HostShape &shape() const { return extents; }
  int64_t rank() const { return static_cast<int64_t>(extents.size()); }
  int64_t numElements() const { return tilicho::numElements(extents); }
  int64_t sizeInBytes() const { return numElements() * isa::sizeOf(type); }
  const uint8_t *bytes() const { return data; }
  /// Only for a tensor that was allocated and is not yet shared.
  uint8_t *mutableBytes() { return owned.get(); }

  /// The same elements in another shape.
  HostTensor reshaped(HostShape shape) const;
  /// The same bits as another type of the same size.
  HostTensor reinterpreted(isa::DType dtype) const;

private:
  isa::DType type = isa::DType::f32;
  HostShape extents = {0};
  std::shared_ptr<uint8_t[]> owned;
  const uint8_t *data = nullptr;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_KERNELS_HOSTTENSOR_H
