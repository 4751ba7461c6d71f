// SPDX-License-Identifier: Apache-2.0
// Tensors from and to lists of numbers.
#ifndef TILICHO_TEST_UNIT_KERNELS_TESTTENSORS_H
#define TILICHO_TEST_UNIT_KERNELS_TESTTENSORS_H

#include "runtime/Kernels/Arithmetic.h"
#include "runtime/Kernels/Kernels.h"

#include "gmock/gmock.h"

namespace tilicho::kernels {

inline HostTensor tensor(HostShape shape, const std::vector<double> &values,
                         isa::DType dtype = isa::DType::f32) {
  return writeAll(values, dtype, std::move(shape));
}

/// 0, 1, 2, ...
inline HostTensor counting(HostShape shape,
                           isa::DType dtype = isa::DType::f32) {
  std::vector<double> values(numElements(shape));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = double(i);
  return tensor(std::move(shape), values, dtype);
}

inline std::vector<double> numbers(const HostTensor &value) {
  return readAll<double>(value);
}

} // namespace tilicho::kernels

#endif // TILICHO_TEST_UNIT_KERNELS_TESTTENSORS_H
