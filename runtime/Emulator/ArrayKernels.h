// SPDX-License-Identifier: Apache-2.0
// The innermost loops of the array's back ends, and the panels that they read.
#ifndef TILICHO_RUNTIME_EMULATOR_ARRAYKERNELS_H
#define TILICHO_RUNTIME_EMULATOR_ARRAYKERNELS_H

#include "runtime/Emulator/CpuLevel.h"

#include <cstdint>
#include <vector>

namespace tilicho {

/// What one 32-bit word of a panel holds, at a step of the kernel's loop.
enum class PanelForm : uint8_t {
  /// One row: an f32, or an i32.
  Word,
  /// Two bf16 of one chain, the earlier row high. Four rows make two steps:
  /// rows 0 and 2, then rows 1 and 3.
  ChainPair,
  /// Two i16, row 2 j low and row 2 j + 1 high.
  IntegerPair,
  /// Two bf16, row 2 j low and row 2 j + 1 high.
  RowPair
};

/// One tile: `weightWidth` columns of weights times up to `movingWidth` moving
/// columns. Panels hold, for each step, `weightPanel` or `movingWidth` words.
struct PanelTile {
  const uint32_t *weights;
  /// Words from one step of `weights` to the next.
  int64_t weightStride;
  const uint32_t *moving;
  /// Words from one step of `moving` to the next.
  int64_t movingStride;
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
  /// Columns of a panel of weights, for one or more tiles.
  int weightPanel;
  /// Words of one vector; a tile has 1 to `maxVectors` of them.
  int vectorWidth;
  int maxVectors;
  /// By number of vectors, from 1.
  void (*tile[5])(const PanelTile &tile);
  /// The arithmetic has to run with subnormals off.
  bool flushes;
  /// The weights of each block of `chainSteps` lie by column, not by step.
  bool byColumn = false;
  /// Called by a thread before its tiles of so many steps; may be null.
  void (*begin)(int64_t steps, int64_t chainSteps) = nullptr;

  int movingWidth() const { return vectorWidth * maxVectors; }
};

/// Elements beside each other in a row of an operand.
struct RowPiece {
  /// Bytes from the row's first element.
  int64_t offset;
  int64_t count;
};
using RowPieces = std::vector<RowPiece>;

/// Words that a copy into a panel may write, and read, beyond its end.
inline constexpr int64_t panelSlack = 16;

/// Copies between rows of memory and rows of panels.
struct PanelMoves {
  /// Puts pieces of 32-bit or 16-bit elements side by side.
  void (*gatherWords)(const uint8_t *row, const RowPieces &pieces, void *to);
  void (*gatherHalves)(const uint8_t *row, const RowPieces &pieces, void *to);
  /// Takes 32-bit elements apart again; writes these elements only.
  void (*scatterWords)(const uint32_t *from, const RowPieces &pieces,
                       uint8_t *row);
  /// Deals the words of one step out to panels `stride` words apart, `width`
  /// to each. The last one is filled up with what follows the row.
  void (*dealWords)(const uint8_t *row, int64_t count, int64_t width,
                    int64_t stride, uint32_t *to);
  /// to[i] = high[i] << 16 | low[i]
  void (*joinHalves)(const uint8_t *high, const uint8_t *low, int64_t count,
                     uint32_t *to);
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
  PanelMoves moves;
};
const PortableKernels &portableKernels(CpuLevel level);

/// Null where this CPU lacks the instruction.
const PanelKernel *bf16DotKernel();
const PanelKernel *integerDotKernel();
const PanelKernel *bf16MatrixKernel();

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_ARRAYKERNELS_H
