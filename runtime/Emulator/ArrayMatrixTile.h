// SPDX-License-Identifier: Apache-2.0
// A tile of the Narrow order on a CPU's unit for products of small matrices.
#ifndef TILICHO_RUNTIME_EMULATOR_ARRAYMATRIXTILE_H
#define TILICHO_RUNTIME_EMULATOR_ARRAYMATRIXTILE_H

#include "runtime/Emulator/ArrayKernels.h"
#include "runtime/Emulator/Numerics.h"

#include <algorithm>

namespace tilicho {

/// Rows of a matrix, and words of one of its rows.
inline constexpr int matrixRows = 16;

/// Which steps the matrices of weights and moving columns hold: a whole block
/// of the Narrow order, and what is left for the last one.
struct MatrixSteps {
  MatrixSteps(int64_t steps, int64_t chainSteps)
      : block(int(std::min(steps, chainSteps))), rest(int(steps % block)) {}
  int block, rest;
};

/// Matrices 0 and 1 are the results, 2 the weights and 3 and 4 the moving
/// columns of a block, 5 to 7 those of the last, shorter one. `Unit` has
///   zero<t>(), load<t>(from, strideBytes), store<t>(to, strideBytes),
///   dot<to, a, b>(): to += a * b as TDPBF16PS does.
template <class Unit, int vectors> void matrixTile(const PanelTile &tile) {
  auto column = [&](int vector) { return tile.dst + vector * matrixRows; };
  const int64_t dstBytes = tile.dstStride * 4;
  if (tile.accumulate) {
    Unit::template load<0>(column(0), dstBytes);
    if constexpr (vectors == 2)
      Unit::template load<1>(column(1), dstBytes);
  } else {
    Unit::template zero<0>();
    Unit::template zero<1>();
  }
  const MatrixSteps sizes(tile.steps, tile.chainSteps);
  const uint32_t *weights = tile.weights, *moving = tile.moving;
  const int64_t movingBytes = tile.movingStride * 4;
  for (int64_t left = tile.steps; left >= sizes.block; left -= sizes.block) {
    Unit::template load<2>(weights, sizes.block * 4);
    Unit::template load<3>(moving, movingBytes);
    Unit::template dot<0, 2, 3>();
    if constexpr (vectors == 2) {
      Unit::template load<4>(moving + matrixRows, movingBytes);
      Unit::template dot<1, 2, 4>();
    }
    weights += sizes.block * matrixRows;
    moving += sizes.block * tile.movingStride;
  }
  if (sizes.rest) {
    Unit::template load<5>(weights, sizes.rest * 4);
    Unit::template load<6>(moving, movingBytes);
    Unit::template dot<0, 5, 6>();
    if constexpr (vectors == 2) {
      Unit::template load<7>(moving + matrixRows, movingBytes);
      Unit::template dot<1, 5, 7>();
    }
  }
  Unit::template store<0>(column(0), dstBytes);
  if constexpr (vectors == 2)
    Unit::template store<1>(column(1), dstBytes);
  for (int row = 0; row < matrixRows; ++row) {
    auto *values = reinterpret_cast<float *>(tile.dst + row * tile.dstStride);
    for (int i = 0; i < vectors * matrixRows; ++i)
      values[i] = numerics::canonical(values[i]);
  }
}

/// The kernel on a unit; `begin` sets the sizes of its matrices.
template <class Unit>
constexpr PanelKernel matrixKernel(void (*begin)(int64_t steps,
                                                 int64_t chainSteps)) {
  return {PanelForm::RowPair,
          matrixRows,
          matrixRows,
          matrixRows,
          2,
          {nullptr, matrixTile<Unit, 1>, matrixTile<Unit, 2>, nullptr},
          true,
          true,
          begin};
}

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_ARRAYMATRIXTILE_H
