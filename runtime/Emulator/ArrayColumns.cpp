// SPDX-License-Identifier: Apache-2.0
// Maps of columns, and copies by them with permutations of vectors.
#include "runtime/Emulator/ArrayColumns.h"

#include <deque>
#include <immintrin.h>

namespace tilicho {

//===-- Maps --------------------------------------------------------------===//

ColumnMap::ColumnMap(const Operand &operand, int64_t begin, int64_t end)
    : counts(operand.counts), steps(operand.steps),
      bytes(isa::sizeOf(operand.dtype)), begin(begin), end(end) {
  Operand row = operand;
  row.counts[0] = 1;
  std::vector<int64_t> offsets;
  Walk(row).forRows(begin, end - begin,
                    [&](const uint8_t *at, int64_t step, int64_t n) {
                      for (int64_t i = 0; i < n; ++i)
                        offsets.push_back(at - operand.data + i * step);
                    });
  first = offsets[0];
  plain = true;
  for (int64_t i = 0; i < count(); ++i)
    plain &= offsets[size_t(i)] == first + i * bytes;
  for (int64_t i = 0; i < count(); i += columnLanes) {
    int lanes = int(std::min<int64_t>(columnLanes, count() - i));
    readStart.push_back(uint32_t(reads.size()));
    writeStart.push_back(uint32_t(writes.size()));
    addWindows(&offsets[size_t(i)], lanes);
    if (bytes == 4)
      addSpreads(&offsets[size_t(i)], lanes);
  }
  readStart.push_back(uint32_t(reads.size()));
  writeStart.push_back(uint32_t(writes.size()));
}

void ColumnMap::addWindows(const int64_t *offsets, int lanes) {
  unsigned left = (1u << lanes) - 1;
  while (left) {
    ColumnWindow window;
    window.offset = offsets[__builtin_ctz(left)];
    for (int lane = 0; lane < lanes; ++lane) {
      int64_t element = (offsets[lane] - window.offset) / bytes;
      if (!(left >> lane & 1) || offsets[lane] < window.offset ||
          element >= windowElements)
        continue;
      uint32_t low = uint32_t(element);
      window.pick[lane] = bytes == 2 ? low | (low + windowElements) << 16 : low;
      window.lanes |= uint16_t(1u << lane);
    }
    left &= ~unsigned(window.lanes);
    reads.push_back(window);
  }
}

void ColumnMap::addSpreads(const int64_t *offsets, int lanes) {
  for (int lane = 0; lane < lanes;) {
    ColumnSpread spread;
    spread.offset = offsets[lane];
    int64_t word = 0;
    do {
      spread.pick[word] = uint32_t(lane);
      spread.words |= uint16_t(1u << word);
      if (++lane == lanes)
        break;
      int64_t next = (offsets[lane] - spread.offset) / bytes;
      // Columns that share an element are written in their order.
      if (next <= word)
        break;
      word = next;
    } while (word < columnLanes);
    writes.push_back(spread);
  }
}

bool ColumnMap::fits(const Operand &operand, int64_t from, int64_t to) const {
  if (from != begin || to != end || isa::sizeOf(operand.dtype) != bytes)
    return false;
  for (int d = 1; d < 5; ++d)
    if (operand.counts[d] != counts[d] || operand.steps[d] != steps[d])
      return false;
  return true;
}

const ColumnMap &columnMapOf(const Operand &operand, int64_t begin,
                             int64_t end) {
  constexpr size_t kept = 8;
  thread_local std::deque<ColumnMap> maps;
  for (const ColumnMap &map : maps)
    if (map.fits(operand, begin, end))
      return map;
  if (maps.size() == kept)
    maps.pop_back();
  return maps.emplace_front(operand, begin, end);
}

//===-- Copies ------------------------------------------------------------===//

TILICHO_BEGIN_LEVEL("avx512f,avx512bw,avx512vl,avx512dq")
namespace {

/// The place of one vector after the other.
class Cursor {
public:
  explicit Cursor(const VectorPlaces &places)
      : places(places), line(places.to), left(places.abreast) {}

  inline void put(__m512i lanes) {
    _mm512_storeu_si512(line + (places.abreast - left) * columnLanes, lanes);
    if (--left)
      return;
    left = places.abreast;
    line += places.stride;
  }

private:
  const VectorPlaces places;
  uint32_t *line;
  int64_t left;
};

/// Puts vectors that `value` gives by window.
template <class Value>
inline void putWindows(const ColumnMap &map, int64_t vector, int64_t vectors,
                       Value value, const VectorPlaces &places) {
  Cursor to(places);
  const ColumnWindow *window = map.windows(vector);
  for (int64_t v = 0; v < vectors; ++v) {
    const ColumnWindow *end = map.windows(vector + v + 1);
    __m512i lanes = value(*window);
    while (++window < end)
      lanes = _mm512_mask_mov_epi32(lanes, window->lanes, value(*window));
    to.put(lanes);
  }
}

void gatherColumns(const ColumnMap &map, int64_t vector, int64_t vectors,
                   const uint8_t *row, const VectorPlaces &places) {
  if (!map.isPlain())
    return putWindows(
        map, vector, vectors,
        [&](const ColumnWindow &window) {
          const uint8_t *from = row + window.offset;
          return _mm512_permutex2var_epi32(
              _mm512_loadu_si512(from), _mm512_load_si512(window.pick),
              _mm512_loadu_si512(from + columnLanes * 4));
        },
        places);
  row += map.start() + vector * columnLanes * 4;
  Cursor to(places);
  for (int64_t v = 0; v < vectors; ++v)
    to.put(_mm512_loadu_si512(row + v * columnLanes * 4));
}

void scatterColumns(const ColumnMap &map, int64_t vector, int64_t vectors,
                    const uint32_t *from, uint8_t *row) {
  const ColumnSpread *spread = map.spreads(vector);
  for (int64_t v = 0; v < vectors; ++v, from += columnLanes) {
    const ColumnSpread *end = map.spreads(vector + v + 1);
    __m512i lanes = _mm512_loadu_si512(from);
    for (; spread < end; ++spread)
      _mm512_mask_storeu_epi32(
          row + spread->offset, spread->words,
          _mm512_permutexvar_epi32(_mm512_load_si512(spread->pick), lanes));
  }
}

/// Lane i of the results: element i or i + 16 of both rows.
struct PlainPicks {
  alignas(64) uint16_t first[32], second[32];
};
constexpr PlainPicks makePlainPicks() {
  PlainPicks picks{};
  for (int i = 0; i < 32; ++i) {
    int element = i / 2 + i % 2 * 32;
    picks.first[i] = uint16_t(element);
    picks.second[i] = uint16_t(element + 16);
  }
  return picks;
}
constexpr PlainPicks plainPicks = makePlainPicks();

template <class High, class Low>
inline void joinLoaded(const ColumnMap &map, High high, Low low,
                       const VectorPlaces &places) {
  const int64_t vectors = map.vectors();
  if (!map.isPlain())
    return putWindows(
        map, 0, vectors,
        [&](const ColumnWindow &window) {
          return _mm512_permutex2var_epi16(low(window.offset),
                                           _mm512_load_si512(window.pick),
                                           high(window.offset));
        },
        places);
  const __m512i first = _mm512_load_si512(plainPicks.first);
  const __m512i second = _mm512_load_si512(plainPicks.second);
  Cursor to(places);
  int64_t at = map.start();
  for (int64_t v = 0; v < vectors; v += 2, at += columnLanes * 4) {
    __m512i a = low(at), b = high(at);
    to.put(_mm512_permutex2var_epi16(a, first, b));
    if (v + 1 < vectors)
      to.put(_mm512_permutex2var_epi16(a, second, b));
  }
}

void joinColumns(const ColumnMap &map, const uint8_t *high, const uint8_t *low,
                 const VectorPlaces &places) {
  auto of = [](const uint8_t *row) {
    return [row](int64_t at) { return _mm512_loadu_si512(row + at); };
  };
  auto none = [](int64_t) { return _mm512_setzero_si512(); };
  if (high && low)
    joinLoaded(map, of(high), of(low), places);
  else if (high)
    joinLoaded(map, of(high), none, places);
  else if (low)
    joinLoaded(map, none, of(low), places);
  else
    joinLoaded(map, none, none, places);
}

} // namespace
TILICHO_END_LEVEL

const ColumnMoves *columnMoves(CpuLevel level) {
  static const ColumnMoves moves{gatherColumns, scatterColumns, joinColumns};
  return level == CpuLevel::Avx512 ? &moves : nullptr;
}

} // namespace tilicho
