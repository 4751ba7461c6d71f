// SPDX-License-Identifier: Apache-2.0
// Operands of the array rearranged into panels, the form that kernels read.
#ifndef TILICHO_RUNTIME_EMULATOR_ARRAYPANELS_H
#define TILICHO_RUNTIME_EMULATOR_ARRAYPANELS_H

#include "runtime/Emulator/ArrayKernels.h"
#include "runtime/Emulator/CpuLevel.h"
#include "runtime/Emulator/Operand.h"

#include <cstdint>

namespace tilicho {

/// How many steps of a kernel `rows` rows make.
int64_t panelSteps(PanelForm form, bool narrow, int64_t rows);

/// From one panel to the next. A line more than the words of all steps keeps
/// panels out of each other's cache sets, and takes what copies overrun.
inline int64_t panelWords(int64_t steps, int64_t width) {
  return steps * width + panelSlack;
}

/// Which part of an operand becomes panels, and how wide they are.
struct PanelPlan {
  PanelForm form;
  /// Rows are filled up to a multiple of four.
  bool narrow;
  int64_t rows;
  /// Columns of the operand in all, and those that are packed.
  int64_t columns, begin, end;
  int width;
  /// Subtracted from integers.
  int32_t zero = 0;
  /// Elements are read as i32, else as f32.
  bool integer = false;

  int64_t steps() const { return panelSteps(form, narrow, rows); }
  int64_t numPanels() const { return (end - begin + width - 1) / width; }
  int64_t panelWords() const { return tilicho::panelWords(steps(), width); }
  int64_t words() const { return numPanels() * panelWords(); }
};

/// The pieces that columns [begin, end) of a row make, where its elements of
/// `bytes` bytes lie beside each other.
RowPieces piecesOf(const Operand &operand, int64_t begin, int64_t end,
                   int64_t bytes);

/// Whether each column of `operand` is a word that a kernel can read where it
/// lies, in a row that has no gaps.
bool isPanel(const Operand &operand, const PanelPlan &plan);

/// Writes `plan.words()` words: for each panel, for each step, `width` words.
/// Rows beyond the operand's are zero, columns beyond it are anything.
void packPanels(const Operand &operand, const PanelPlan &plan, CpuLevel level,
                uint32_t *panels);

/// Turns each block of `chainSteps` steps of one panel of weights from lying by
/// step to lying by column, or back.
void turnWeights(uint32_t *panel, int64_t steps, int64_t width,
                 int64_t chainSteps, bool byColumn);

/// Panels of weights: their steps and width.
struct PanelShape {
  int64_t steps;
  int width;
};

/// Makes panels of form Word from panels of pairs, for `columns` columns.
void widenPanels(PanelForm form, int64_t columns, PanelShape pairs,
                 const uint32_t *from, PanelShape words, uint32_t *to);

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_ARRAYPANELS_H
