// SPDX-License-Identifier: Apache-2.0
// The types of arithmetic, and the emulator's loops in each of them.
#ifndef TILICHO_RUNTIME_KERNELS_ARITHMETIC_H
#define TILICHO_RUNTIME_KERNELS_ARITHMETIC_H

#include "runtime/Emulator/ElementKernels.h"
#include "runtime/Isa/WithCompute.h"
#include "runtime/Kernels/HostTensor.h"

#include <utility>

namespace tilicho::kernels {

/// The loops of this CPU: to the bit those of the emulator.
template <class T> const ElementKernels<T> &loops() {
  static const ElementKernels<T> &table = elementKernels<T>(hostCpuLevel());
  return table;
}

/// The narrowest compute type that holds every value of `dtype`.
isa::Compute exactCompute(isa::DType dtype);

/// The elements of `tensor`, in row-major order, as T.
template <class T> std::vector<T> readAll(const HostTensor &tensor) {
  std::vector<T> values(tensor.numElements());
  loops<T>().read[size_t(tensor.dtype())](tensor.bytes(),
                                          isa::sizeOf(tensor.dtype()),
                                          values.data(), values.size());
  return values;
}

/// A tensor of these elements, written by the ISA's rule for casts.
template <class T>
HostTensor writeAll(const std::vector<T> &values, isa::DType dtype,
                    HostShape shape) {
  HostTensor tensor = HostTensor::allocate(dtype, std::move(shape));
  loops<T>().write[size_t(dtype)](values.data(), tensor.mutableBytes(),
                                  isa::sizeOf(dtype), values.size());
  return tensor;
}

} // namespace tilicho::kernels

#endif // TILICHO_RUNTIME_KERNELS_ARITHMETIC_H
