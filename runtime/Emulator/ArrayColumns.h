// SPDX-License-Identifier: Apache-2.0
// Columns of an operand that lie anywhere in its rows, taken a vector at a
// time.
#ifndef TILICHO_RUNTIME_EMULATOR_ARRAYCOLUMNS_H
#define TILICHO_RUNTIME_EMULATOR_ARRAYCOLUMNS_H

#include "runtime/Emulator/CpuLevel.h"
#include "runtime/Emulator/Operand.h"

#include <vector>

namespace tilicho {

/// Columns of one vector.
inline constexpr int columnLanes = 16;
/// Elements that a window spans; whoever reads one reads all of them.
inline constexpr int windowElements = 32;

/// Some lanes of a vector, which lie within `windowElements` of a row.
struct ColumnWindow {
  /// By lane, the element of the window: 32-bit indices; for elements of two
  /// bytes pairs of 16-bit indices, the high one of another row's window.
  alignas(64) uint32_t pick[columnLanes] = {};
  /// Bytes from the row's first element.
  int64_t offset = 0;
  uint16_t lanes = 0;
};

/// Neighbouring lanes of a vector, which a write spreads over 16 words.
struct ColumnSpread {
  /// By word, the lane that it takes.
  alignas(64) uint32_t pick[columnLanes] = {};
  int64_t offset = 0;
  uint16_t words = 0;
};

/// Where columns [begin, end) of all rows of an operand lie.
class ColumnMap {
public:
  ColumnMap(const Operand &operand, int64_t begin, int64_t end);

  /// Whether it is that of these columns too, as far as rows are the same.
  bool fits(const Operand &operand, int64_t begin, int64_t end) const;

  int64_t count() const { return end - begin; }
  int64_t vectors() const { return (count() + columnLanes - 1) / columnLanes; }
  /// Whether all lie side by side.
  bool isPlain() const { return plain; }
  /// Bytes from the row's first element to the first column.
  int64_t start() const { return first; }
  /// Those of vectors from this one on, ordered by vector.
  const ColumnWindow *windows(int64_t vector) const {
    return reads.data() + readStart[size_t(vector)];
  }
  /// For elements of four bytes only.
  const ColumnSpread *spreads(int64_t vector) const {
    return writes.data() + writeStart[size_t(vector)];
  }

private:
  void addWindows(const int64_t *offsets, int lanes);
  void addSpreads(const int64_t *offsets, int lanes);

  Counts counts, steps;
  int64_t bytes, begin, end, first = 0;
  bool plain;
  std::vector<ColumnWindow> reads;
  std::vector<ColumnSpread> writes;
  std::vector<uint32_t> readStart, writeStart;
};

/// The map of these columns, which this thread keeps for a while: until it has
/// asked for a few others.
const ColumnMap &columnMapOf(const Operand &operand, int64_t begin,
                             int64_t end);

/// Where a row's vectors go: a few side by side, then again `stride` words on.
struct VectorPlaces {
  uint32_t *to;
  int64_t abreast, stride;
};

/// Copies by such maps. Vectors are numbered from the map's first column on.
struct ColumnMoves {
  /// Vectors of 32-bit elements.
  void (*gather)(const ColumnMap &map, int64_t vector, int64_t vectors,
                 const uint8_t *row, const VectorPlaces &places);
  /// The reverse, from side by side; writes the map's elements only.
  void (*scatter)(const ColumnMap &map, int64_t vector, int64_t vectors,
                  const uint32_t *from, uint8_t *row);
  /// high << 16 | low of all 16-bit elements of two rows; a null row is zeros.
  void (*join)(const ColumnMap &map, const uint8_t *high, const uint8_t *low,
               const VectorPlaces &places);
};

/// Null below CpuLevel::Avx512.
const ColumnMoves *columnMoves(CpuLevel level);

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_ARRAYCOLUMNS_H
