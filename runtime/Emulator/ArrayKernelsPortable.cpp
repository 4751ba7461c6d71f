// SPDX-License-Identifier: Apache-2.0
// The portable kernels of the array at each level of CPU.
#include "runtime/Emulator/ArrayKernels.h"

#include <algorithm>
#include <cstring>
#include <immintrin.h>
#include <type_traits>

namespace tilicho {

#define TILICHO_VECTORS 3

#define TILICHO_WIDTH 4
#define TILICHO_ROWS 4
namespace baseline {
/// The first `count` words of a vector.
inline void storePart(uint8_t *to, const uint32_t *from, int count) {
  std::memcpy(to, from, size_t(count) * 4);
}
#include "runtime/Emulator/ArrayKernels.inc"
} // namespace baseline
#undef TILICHO_WIDTH
#undef TILICHO_ROWS

#define TILICHO_WIDTH 8
#define TILICHO_ROWS 4
TILICHO_BEGIN_AVX2
namespace avx2 {
inline void storePart(uint8_t *to, const uint32_t *from, int count) {
  __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(count), lanes);
  __m256i value = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(from));
  _mm256_maskstore_epi32(reinterpret_cast<int *>(to), mask, value);
}
#include "runtime/Emulator/ArrayKernels.inc"
} // namespace avx2
TILICHO_END_LEVEL
#undef TILICHO_WIDTH
#undef TILICHO_ROWS

#define TILICHO_WIDTH 16
#define TILICHO_ROWS 8
TILICHO_BEGIN_AVX512
namespace avx512 {
inline void storePart(uint8_t *to, const uint32_t *from, int count) {
  _mm512_mask_storeu_epi32(to, __mmask16((1u << count) - 1),
                           _mm512_loadu_si512(from));
}
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
