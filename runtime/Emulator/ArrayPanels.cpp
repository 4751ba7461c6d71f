// SPDX-License-Identifier: Apache-2.0
// Packing of panels, row by row.
#include "runtime/Emulator/ArrayPanels.h"

#include "runtime/Emulator/ArrayBackend.h"
#include "runtime/Emulator/ArrayColumns.h"
#include "runtime/Emulator/ElementKernels.h"
#include "runtime/Emulator/LineVector.h"
#include "runtime/Emulator/Numerics.h"

#include <cstring>
#include <vector>

namespace tilicho {

int64_t panelSteps(PanelForm form, bool narrow, int64_t rows) {
  switch (form) {
  case PanelForm::Word:
    return narrow ? (rows + 3) / 4 * 4 : rows;
  case PanelForm::ChainPair:
  case PanelForm::RowPair:
    return (rows + 3) / 4 * 2;
  case PanelForm::IntegerPair:
    return (rows + 1) / 2;
  }
  return 0;
}

namespace {

/// Reads rows of the operand as words, converting them.
class RowReader {
public:
  RowReader(const Operand &operand, const PanelPlan &plan, CpuLevel level)
      : walk(operand), plan(plan), count(plan.end - plan.begin),
        readReal(elementKernels<float>(level).read[int(operand.dtype)]),
        readInteger(elementKernels<int32_t>(level).read[int(operand.dtype)]) {}

  /// Row `k`, or zeros beyond the last.
  void read(int64_t k, uint32_t *out) const {
    if (k >= plan.rows) {
      std::memset(out, 0, size_t(count) * 4);
      return;
    }
    walk.forRows(k * plan.columns + plan.begin, count,
                 [&](const uint8_t *from, int64_t step, int64_t n) {
                   readPiece(from, step, out, n);
                   out += n;
                 });
  }

private:
  void readPiece(const uint8_t *from, int64_t step, uint32_t *out,
                 int64_t n) const {
    if (!plan.integer)
      return readReal(from, step, reinterpret_cast<float *>(out), size_t(n));
    readInteger(from, step, reinterpret_cast<int32_t *>(out), size_t(n));
    for (int64_t i = 0; plan.zero && i < n; ++i)
      out[i] -= uint32_t(plan.zero);
  }

  Walk walk;
  const PanelPlan &plan;
  int64_t count;
  ElementKernels<float>::Read readReal;
  ElementKernels<int32_t>::Read readInteger;
};

/// The upper halves of two f32, which are bf16.
uint32_t floatPair(uint32_t high, uint32_t low) {
  return (high & 0xffff0000) | low >> 16;
}
uint32_t integerPair(uint32_t high, uint32_t low) {
  return (low & 0xffff) | high << 16;
}

/// Which rows the halves of a step's words hold.
struct PairRows {
  PairRows(PanelForm form, int64_t step) : high(step * 2 + 1), low(step * 2) {
    if (form != PanelForm::ChainPair)
      return;
    high = step / 2 * 4 + step % 2;
    low = high + 2;
  }
  int64_t high, low;
};

/// Two rows of words, with room for what is read beyond their panels.
uint32_t *rowBuffer(const PanelPlan &plan) {
  thread_local LineVector buffer;
  buffer.resize(size_t(2 * (plan.end - plan.begin) + plan.width + panelSlack));
  return buffer.data();
}

/// By way of whole rows that are converted to words.
void packConverted(const Operand &operand, const PanelPlan &plan,
                   CpuLevel level, uint32_t *panels) {
  const int64_t count = plan.end - plan.begin;
  uint32_t *first = rowBuffer(plan), *second = first + count;
  RowReader reader(operand, plan, level);
  const PanelMoves &moves = portableKernels(level).moves;
  auto pair = plan.form == PanelForm::IntegerPair ? integerPair : floatPair;
  for (int64_t step = 0; step < plan.steps(); ++step) {
    if (plan.form == PanelForm::Word) {
      reader.read(step, first);
    } else {
      PairRows rows(plan.form, step);
      reader.read(rows.high, first);
      reader.read(rows.low, second);
      for (int64_t i = 0; i < count; ++i)
        first[i] = pair(first[i], second[i]);
    }
    moves.dealWords(reinterpret_cast<const uint8_t *>(first), count, plan.width,
                    plan.panelWords(), panels + step * plan.width);
  }
}

/// Elements whose bits become words, or halves of words.
enum class Lying { No, Words, Halves };

Lying lyingIn(const Operand &operand, const PanelPlan &plan) {
  if (plan.integer)
    return Lying::No;
  if (plan.form == PanelForm::Word &&
      arithmeticOf(operand.dtype) == Arithmetic::Real)
    return Lying::Words;
  bool pairs =
      plan.form == PanelForm::ChainPair || plan.form == PanelForm::RowPair;
  return pairs && operand.dtype == isa::DType::bf16 ? Lying::Halves : Lying::No;
}

/// Whether the elements of a row lie beside each other, but for gaps.
bool isDense(const Operand &operand) {
  Operand row = operand;
  row.counts[0] = 1;
  Walk walk(row);
  return walk.rowLength() == 1 || walk.rowStep() == isa::sizeOf(operand.dtype);
}

/// Rows of an operand, some of them fetched before they are read.
class FetchedRows {
public:
  FetchedRows(const Operand &operand, const PanelPlan &plan, int64_t offset,
              int64_t bytes)
      : operand(operand), rows(plan.rows), offset(offset), bytes(bytes) {}

  /// Row `k`, or null beyond the last.
  const uint8_t *at(int64_t k) const {
    return k < rows ? operand.data + k * operand.steps[0] : nullptr;
  }
  /// Rows are far apart, so that no CPU sees what comes next.
  void fetchAfter(int64_t k) const {
    constexpr int64_t ahead = 8;
    const uint8_t *row = at(k + ahead);
    for (int64_t i = 0; row && i < bytes; i += 64)
      __builtin_prefetch(row + offset + i);
  }

private:
  const Operand &operand;
  int64_t rows, offset, bytes;
};

/// Columns that lie anywhere, for panels of whole vectors.
void packColumns(const Operand &operand, const PanelPlan &plan, Lying lying,
                 const ColumnMoves &moves, uint32_t *panels) {
  const ColumnMap &map = columnMapOf(operand, plan.begin, plan.end);
  const int64_t fetched = map.isPlain() ? map.count() : 0;
  FetchedRows rows(operand, plan, map.start(),
                   fetched * isa::sizeOf(operand.dtype));
  VectorPlaces places{panels, plan.width / columnLanes, plan.panelWords()};
  for (int64_t step = 0; step < plan.steps(); ++step) {
    if (lying == Lying::Words) {
      rows.fetchAfter(step);
      moves.gather(map, 0, map.vectors(), rows.at(step), places);
    } else {
      PairRows pair(plan.form, step);
      rows.fetchAfter(step * 2);
      rows.fetchAfter(step * 2 + 1);
      moves.join(map, rows.at(pair.high), rows.at(pair.low), places);
    }
    places.to += plan.width;
  }
}

/// Whole rows without gaps, dealt out to the panels.
void dealRows(const Operand &operand, const PanelPlan &plan,
              const RowPiece &piece, Lying lying, const PanelMoves &moves,
              uint32_t *panels) {
  const int64_t count = piece.count;
  const int64_t bytes = isa::sizeOf(operand.dtype);
  constexpr int64_t rowsAhead = 6;
  thread_local std::vector<uint8_t> zeros;
  zeros.resize(size_t(count) * 4 + 64);
  uint32_t *joined = rowBuffer(plan);
  auto rowAt = [&](int64_t k) {
    return k < plan.rows ? operand.data + k * operand.steps[0] + piece.offset
                         : zeros.data();
  };
  // Rows are far apart, so that no CPU sees what comes next.
  auto fetch = [&](int64_t k) {
    const uint8_t *row = rowAt(k);
    for (int64_t i = 0; k < plan.rows && i < count * bytes; i += 64)
      __builtin_prefetch(row + i);
  };
  for (int64_t step = 0; step < plan.steps(); ++step) {
    const uint8_t *row = reinterpret_cast<const uint8_t *>(joined);
    fetch(step * plan.rows / plan.steps() + rowsAhead);
    if (lying == Lying::Words) {
      row = rowAt(step);
    } else {
      PairRows rows(plan.form, step);
      fetch(step * 2 + 1 + rowsAhead);
      moves.joinHalves(rowAt(rows.high), rowAt(rows.low), count, joined);
    }
    moves.dealWords(row, count, plan.width, plan.panelWords(),
                    panels + step * plan.width);
  }
}

/// One panel of pairs of 16-bit elements.
void joinPanel(const Operand &operand, const PanelPlan &plan,
               const RowPieces &pieces, const PanelMoves &moves,
               uint32_t *panel) {
  thread_local std::vector<uint16_t> buffer;
  const int64_t row = plan.width + 2 * panelSlack;
  buffer.assign(size_t(row * 3), 0);
  const uint16_t *zeros = buffer.data();
  auto rowAt = [&](int64_t k, uint16_t *gathered) {
    if (k >= plan.rows)
      return reinterpret_cast<const uint8_t *>(zeros);
    const uint8_t *from = operand.data + k * operand.steps[0];
    if (pieces.size() == 1)
      return from + pieces[0].offset;
    moves.gatherHalves(from, pieces, gathered);
    return reinterpret_cast<const uint8_t *>(gathered);
  };
  int64_t count = std::min<int64_t>(plan.width, plan.end - plan.begin);
  for (int64_t step = 0; step < plan.steps(); ++step, panel += plan.width) {
    PairRows rows(plan.form, step);
    const uint8_t *high = rowAt(rows.high, buffer.data() + row);
    const uint8_t *low = rowAt(rows.low, buffer.data() + 2 * row);
    moves.joinHalves(high, low, count, panel);
  }
}

/// One panel of words.
void gatherPanel(const Operand &operand, const PanelPlan &plan,
                 const RowPieces &pieces, const PanelMoves &moves,
                 uint32_t *panel) {
  for (int64_t k = 0; k < plan.rows; ++k, panel += plan.width)
    moves.gatherWords(operand.data + k * operand.steps[0], pieces, panel);
}

} // namespace

RowPieces piecesOf(const Operand &operand, int64_t begin, int64_t end,
                   int64_t bytes) {
  Operand row = operand;
  row.counts[0] = 1;
  RowPieces pieces;
  Walk(row).forRows(begin, end - begin,
                    [&](const uint8_t *at, int64_t step, int64_t count) {
                      int64_t offset = at - operand.data;
                      if (count == 1 || step == bytes)
                        return pieces.push_back({offset, count});
                      for (int64_t i = 0; i < count; ++i)
                        pieces.push_back({offset + i * step, 1});
                    });
  return pieces;
}

bool isPanel(const Operand &operand, const PanelPlan &plan) {
  Operand row = operand;
  row.counts[0] = 1;
  return lyingIn(operand, plan) == Lying::Words && isDense(operand) &&
         Walk(row).rowLength() == plan.columns && operand.steps[0] % 4 == 0;
}

void packPanels(const Operand &operand, const PanelPlan &plan, CpuLevel level,
                uint32_t *panels) {
  Lying lying = lyingIn(operand, plan);
  const ColumnMoves *columns = columnMoves(level);
  if (lying != Lying::No && columns && plan.width % columnLanes == 0)
    return packColumns(operand, plan, lying, *columns, panels);
  if (lying == Lying::No || !isDense(operand))
    return packConverted(operand, plan, level, panels);
  const PanelMoves &moves = portableKernels(level).moves;
  const int64_t bytes = isa::sizeOf(operand.dtype);
  RowPieces whole = piecesOf(operand, plan.begin, plan.end, bytes);
  if (whole.size() == 1)
    return dealRows(operand, plan, whole[0], lying, moves, panels);
  PanelPlan part = plan;
  for (; part.begin < plan.end; part.begin += plan.width) {
    part.end = std::min(part.begin + plan.width, plan.end);
    RowPieces pieces = piecesOf(operand, part.begin, part.end, bytes);
    if (lying == Lying::Words)
      gatherPanel(operand, part, pieces, moves, panels);
    else
      joinPanel(operand, part, pieces, moves, panels);
    panels += plan.panelWords();
  }
}

void turnWeights(uint32_t *panel, int64_t steps, int64_t width,
                 int64_t chainSteps, bool byColumn) {
  std::vector<uint32_t> block(size_t(chainSteps * width));
  for (int64_t first = 0; first < steps; first += chainSteps) {
    int64_t count = std::min(chainSteps, steps - first);
    uint32_t *words = panel + first * width;
    std::memcpy(block.data(), words, size_t(count * width) * 4);
    for (int64_t step = 0; step < count; ++step)
      for (int64_t column = 0; column < width; ++column) {
        int64_t there = step * width + column, turned = column * count + step;
        words[byColumn ? turned : there] =
            block[size_t(byColumn ? there : turned)];
      }
  }
}

void widenPanels(PanelForm form, int64_t columns, PanelShape pairs,
                 const uint32_t *from, PanelShape words, uint32_t *to) {
  const bool integer = form == PanelForm::IntegerPair;
  auto place = [&](const PanelShape &shape, int64_t step, int64_t column) {
    return column / shape.width * panelWords(shape.steps, shape.width) +
           step * shape.width + column % shape.width;
  };
  for (int64_t step = 0; step < pairs.steps; ++step) {
    PairRows rows(form, step);
    for (int64_t column = 0; column < columns; ++column) {
      uint32_t pair = from[place(pairs, step, column)];
      uint32_t low =
          integer ? uint32_t(int32_t(int16_t(pair & 0xffff))) : pair << 16;
      uint32_t high =
          integer ? uint32_t(int32_t(pair) >> 16) : pair & 0xffff0000;
      if (rows.high < words.steps)
        to[place(words, rows.high, column)] = high;
      if (rows.low < words.steps)
        to[place(words, rows.low, column)] = low;
    }
  }
}

} // namespace tilicho
