// SPDX-License-Identifier: Apache-2.0
// The portable kernels of the array at each level of CPU.
#include "runtime/Emulator/ArrayKernels.h"

#include <algorithm>
#include <type_traits>

namespace tilicho {

#define TILICHO_VECTORS 3

#define TILICHO_WIDTH 4
#define TILICHO_ROWS 4
namespace baseline {
#include "runtime/Emulator/ArrayKernels.inc"
} // namespace baseline
#undef TILICHO_WIDTH
#undef TILICHO_ROWS

#define TILICHO_WIDTH 8
#define TILICHO_ROWS 4
TILICHO_BEGIN_AVX2
namespace avx2 {
#include "runtime/Emulator/ArrayKernels.inc"
} // namespace avx2
TILICHO_END_LEVEL
#undef TILICHO_WIDTH
#undef TILICHO_ROWS

#define TILICHO_WIDTH 16
#define TILICHO_ROWS 8
TILICHO_BEGIN_AVX512
namespace avx512 {
#include "runtime/Emulator/ArrayKernels.inc"
} // namespace avx512
TILICHO_END_LEVEL

const PortableKernels &portableKernels(CpuLevel level) {
  switch (level) {
  case CpuLevel::Baseline:
    return baseline::kernels;
  case CpuLevel::Avx2:
    return avx2::kernels;
  case CpuLevel::Avx512:
    return avx512::kernels;
  }
  __builtin_unreachable();
}

} // namespace tilicho
