// SPDX-License-Identifier: Apache-2.0
// Loops in the arithmetic that only pool has; the same code for every CPU.
#include "runtime/Emulator/ElementKernels.h"
#include "runtime/Emulator/ElementOps.h"
#include "runtime/Emulator/Elements.h"

#include <cstring>
#include <utility>

namespace tilicho {

namespace wide {
#include "runtime/Emulator/ElementLoops.inc"
} // namespace wide

template <> const ElementKernels<uint32_t> &elementKernels(CpuLevel) {
  return wide::kernels<uint32_t>();
}
template <> const ElementKernels<int64_t> &elementKernels(CpuLevel) {
  return wide::kernels<int64_t>();
}
template <> const ElementKernels<uint64_t> &elementKernels(CpuLevel) {
  return wide::kernels<uint64_t>();
}
template <> const ElementKernels<double> &elementKernels(CpuLevel) {
  return wide::kernels<double>();
}

} // namespace tilicho
