// SPDX-License-Identifier: Apache-2.0
// The innermost loops of the array's back ends, and the panels that they read.
#ifndef TILICHO_RUNTIME_EMULATOR_ARRAYKERNELS_H
#define TILICHO_RUNTIME_EMULATOR_ARRAYKERNELS_H

#include "runtime/Emulator/CpuLevel.h"

#include <cstdint>

namespace tilicho {

/// What one 32-bit word of a panel holds, at a step of the kernel's loop.
enum class PanelForm : uint8_t {
  /// One row: an f32, or an i32.
  Word,
  /// Two bf16 of one chain, the earlier row high. Four rows make two steps:
  /// rows 0 and 2, then rows 1 and 3.
  ChainPair,
  /// Two i16, row 2 j low and row 2 j + 1 high.
  IntegerPair
};

/// One tile: `weightWidth` columns of weights times up to `movingWidth` moving
/// columns. Panels hold, for each step, `weightWidth` or `movingWidth` words.
struct PanelTile {
  const uint32_t *weights;
  const uint32_t *moving;
  int64_t steps;
  /// Steps of a block of the Narrow order.
  int64_t chainSteps;
  /// f32 or i32, read only to accumulate; rows `dstStride` words apart.
  uint32_t *dst;
  int64_t dstStride;
  bool accumulate;
};

/// A kernel for one arithmetic. All words of the tile are computed and written.
struct PanelKernel {
  PanelForm form;
  int weightWidth;
  /// Words of one vector; a tile has 1 to `maxVectors` of them.
  int vectorWidth;
  int maxVectors;
  /// By number of vectors, from 1.
  void (*tile[4])(const PanelTile &tile);
  /// The arithmetic has to run with subnormals off.
  bool flushes;

  int movingWidth() const { return vectorWidth * maxVectors; }
};

/// acc[i] += w * moving[i], in one row of the f32 or i32 arithmetic.
struct RowKernels {
  void (*real)(float w, const float *moving, float *acc, int64_t count);
  void (*integer)(int32_t w, const int32_t *moving, int32_t *acc,
                  int64_t count);
};

/// The kernels written for vectors of any width, compiled for a level.
struct PortableKernels {
  PanelKernel real, narrow, integer;
  RowKernels rows;
};
const PortableKernels &portableKernels(CpuLevel level);

/// Null where this CPU lacks the instruction.
const PanelKernel *bf16DotKernel();
const PanelKernel *integerDotKernel();

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_ARRAYKERNELS_H
