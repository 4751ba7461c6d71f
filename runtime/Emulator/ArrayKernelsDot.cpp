// SPDX-License-Identifier: Apache-2.0
// Kernels on the CPU's dot products of pairs: VDPBF16PS and VPDPWSSD.
#include "runtime/Emulator/ArrayKernels.h"

#include <algorithm>
#include <immintrin.h>

namespace tilicho {

TILICHO_BEGIN_LEVEL("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx512vnni")
namespace {

constexpr int vectorWords = 16;

__m512 canonicalVector(__m512 value) {
  __mmask16 nan = _mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q);
  return _mm512_mask_mov_ps(value, nan, _mm512_set1_ps(__builtin_nanf("")));
}

__m512bh pairsAt(const uint32_t *from) {
  return (__m512bh)_mm512_loadu_si512(from);
}
__m512bh pairEverywhere(uint32_t pair) {
  return (__m512bh)_mm512_set1_epi32(int(pair));
}

constexpr int narrowRows = 4;
constexpr int narrowVectors = 4;
/// How many of a tile's rows are done at once: registers hold both chains and
/// the sum of all blocks for eight vectors of results, and the wider they lie,
/// the fewer weights have to be spread.
constexpr int rowsAtOnce(int vectors) { return vectors > 2 ? 2 : 4; }

/// Adds one step to each chain of a tile.
template <int rows, int vectors>
inline void chainStep(const uint32_t *w, const uint32_t *x,
                      __m512 (&chains)[rows][vectors]) {
  __m512bh moving[vectors];
  for (int v = 0; v < vectors; ++v)
    moving[v] = pairsAt(x + v * vectorWords);
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r) {
    __m512bh weight = pairEverywhere(w[r]);
    for (int v = 0; v < vectors; ++v)
      chains[r][v] = _mm512_dpbf16_ps(chains[r][v], weight, moving[v]);
  }
}

/// One block of the Narrow order: steps of the even and of the odd chains
/// alternate.
template <int rows, int vectors>
inline void addBlock(const uint32_t *w, int64_t weightStride, const uint32_t *x,
                     int64_t stride, int64_t steps,
                     __m512 (&acc)[rows][vectors]) {
  __m512 even[rows][vectors] = {}, odd[rows][vectors] = {};
  for (int64_t step = 0; step < steps; step += 2) {
    chainStep<rows, vectors>(w, x, even);
    chainStep<rows, vectors>(w + weightStride, x + stride, odd);
    w += 2 * weightStride;
    x += 2 * stride;
  }
  for (int r = 0; r < rows; ++r)
    for (int v = 0; v < vectors; ++v)
      acc[r][v] =
          _mm512_add_ps(acc[r][v], _mm512_add_ps(even[r][v], odd[r][v]));
}

template <int rows, int vectors>
inline void narrowRowsOf(const PanelTile &tile, int begin) {
  auto place = [&](int r, int v) {
    return tile.dst + (begin + r) * tile.dstStride + v * vectorWords;
  };
  __m512 acc[rows][vectors] = {};
  if (tile.accumulate)
    for (int r = 0; r < rows; ++r)
      for (int v = 0; v < vectors; ++v)
        acc[r][v] = _mm512_loadu_ps(place(r, v));
  for (int64_t first = 0; first < tile.steps; first += tile.chainSteps)
    addBlock<rows, vectors>(
        tile.weights + begin + first * tile.weightStride, tile.weightStride,
        tile.moving + first * tile.movingStride, tile.movingStride,
        std::min(tile.chainSteps, tile.steps - first), acc);
  for (int r = 0; r < rows; ++r)
    for (int v = 0; v < vectors; ++v)
      _mm512_storeu_ps(place(r, v), canonicalVector(acc[r][v]));
}

template <int vectors> void narrowTile(const PanelTile &tile) {
  constexpr int rows = rowsAtOnce(vectors);
  for (int begin = 0; begin < narrowRows; begin += rows)
    narrowRowsOf<rows, vectors>(tile, begin);
}

constexpr int integerRows = 8;
constexpr int integerVectors = 3;

template <int vectors> void integerTile(const PanelTile &tile) {
  __m512i acc[integerRows][vectors] = {};
  if (tile.accumulate)
    for (int r = 0; r < integerRows; ++r)
      for (int v = 0; v < vectors; ++v)
        acc[r][v] =
            _mm512_loadu_si512(tile.dst + r * tile.dstStride + v * vectorWords);
  const uint32_t *w = tile.weights, *x = tile.moving;
  for (int64_t step = 0; step < tile.steps; ++step) {
    __m512i moving[vectors];
    for (int v = 0; v < vectors; ++v)
      moving[v] = _mm512_loadu_si512(x + v * vectorWords);
#pragma clang loop unroll(full)
    for (int r = 0; r < integerRows; ++r) {
      __m512i weight = _mm512_set1_epi32(int(w[r]));
      for (int v = 0; v < vectors; ++v)
        acc[r][v] = _mm512_dpwssd_epi32(acc[r][v], weight, moving[v]);
    }
    w += tile.weightStride;
    x += tile.movingStride;
  }
  for (int r = 0; r < integerRows; ++r)
    for (int v = 0; v < vectors; ++v)
      _mm512_storeu_si512(tile.dst + r * tile.dstStride + v * vectorWords,
                          acc[r][v]);
}

const PanelKernel narrowKernel = {
    PanelForm::ChainPair,
    narrowRows,
    vectorWords,
    vectorWords,
    narrowVectors,
    {nullptr, narrowTile<1>, narrowTile<2>, narrowTile<3>, narrowTile<4>},
    true};
const PanelKernel integerKernel = {
    PanelForm::IntegerPair,
    integerRows,
    vectorWords,
    vectorWords,
    integerVectors,
    {nullptr, integerTile<1>, integerTile<2>, integerTile<3>},
    false};

} // namespace
TILICHO_END_LEVEL

const PanelKernel *bf16DotKernel() {
  bool has = hostCpuLevel() == CpuLevel::Avx512 &&
             __builtin_cpu_supports("avx512bf16");
  return has ? &narrowKernel : nullptr;
}

const PanelKernel *integerDotKernel() {
  bool has = hostCpuLevel() == CpuLevel::Avx512 &&
             __builtin_cpu_supports("avx512vnni");
  return has ? &integerKernel : nullptr;
}

} // namespace tilicho
