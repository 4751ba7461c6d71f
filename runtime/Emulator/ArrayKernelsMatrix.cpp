// SPDX-License-Identifier: Apache-2.0
// The kernel on AMX's TDPBF16PS.
#include "runtime/Emulator/ArrayMatrixTile.h"

#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tilicho {

namespace {

/// The operand of LDTILECFG.
struct alignas(64) TileConfig {
  uint8_t palette = 1;
  uint8_t startRow = 0;
  uint8_t reserved[14] = {};
  uint16_t rowBytes[16] = {};
  uint8_t rows[16] = {};

  void set(int tile, int numRows, int words) {
    rows[tile] = uint8_t(numRows);
    rowBytes[tile] = uint16_t(words * 4);
  }
};
static_assert(sizeof(TileConfig) == 64);

TILICHO_BEGIN_LEVEL("avx512f,amx-tile,amx-bf16")

struct Amx {
  template <int tile> static void zero() { _tile_zero(tile); }
  template <int tile> static void load(const uint32_t *from, int64_t stride) {
    _tile_loadd(tile, from, stride);
  }
  template <int tile> static void store(uint32_t *to, int64_t stride) {
    _tile_stored(tile, to, stride);
  }
  template <int to, int a, int b> static void dot() {
    _tile_dpbf16ps(to, a, b);
  }
};

void configure(int64_t steps, int64_t chainSteps) {
  const MatrixSteps sizes(steps, chainSteps);
  TileConfig config;
  config.set(0, matrixRows, matrixRows);
  config.set(1, matrixRows, matrixRows);
  auto setOperands = [&](int weights, int blockSteps) {
    config.set(weights, matrixRows, blockSteps);
    config.set(weights + 1, blockSteps, matrixRows);
    config.set(weights + 2, blockSteps, matrixRows);
  };
  setOperands(2, sizes.block);
  setOperands(5, sizes.rest ? sizes.rest : sizes.block);
  _tile_loadconfig(&config);
}

TILICHO_END_LEVEL

/// Asks the kernel for the tiles' state, once for the process.
bool hasPermission() {
  constexpr long requestPermission = 0x1023, tileData = 18;
  return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
}

} // namespace

const PanelKernel *bf16MatrixKernel() {
  static const PanelKernel kernel = matrixKernel<Amx>(configure);
  static const bool has = hostCpuLevel() == CpuLevel::Avx512 &&
                          __builtin_cpu_supports("amx-bf16") && hasPermission();
  return has ? &kernel : nullptr;
}

} // namespace tilicho
