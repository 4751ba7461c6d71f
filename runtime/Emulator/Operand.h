// SPDX-License-Identifier: Apache-2.0
// A memory operand whose bounds have been checked, and walks over it.
#ifndef TILICHO_RUNTIME_EMULATOR_OPERAND_H
#define TILICHO_RUNTIME_EMULATOR_OPERAND_H

#include "runtime/Isa/Isa.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tilicho {

/// Iterations of the partition dimension, then of the four free ones.
using Counts = std::array<int64_t, 5>;

inline int64_t product(const Counts &counts) {
  return counts[0] * counts[1] * counts[2] * counts[3] * counts[4];
}

/// Element (i0, ..., i4) lies at data + sum(i_d * steps[d]).
struct Operand {
  uint8_t *data = nullptr;
  isa::DType dtype{};
  Counts counts{1, 1, 1, 1, 1};
  /// In bytes.
  Counts steps{};

  int64_t elements() const { return product(counts); }
};

/// The elements of an operand in row-major order, as rows of elements at one
/// distance: neighbouring dimensions that continue each other are one.
class Walk {
public:
  explicit Walk(const Operand &operand) : data(operand.data) {
    for (int d = 0; d < 5; ++d) {
      int64_t count = operand.counts[d], step = operand.steps[d];
      if (count == 1)
        continue;
      bool continues = dims && steps[dims - 1] == step * count;
      if (!continues)
        ++dims;
      counts[dims - 1] = continues ? counts[dims - 1] * count : count;
      steps[dims - 1] = step;
    }
    if (!dims) {
      dims = 1;
      counts[0] = 1;
      steps[0] = isa::sizeOf(operand.dtype);
    }
  }

  int64_t rowLength() const { return counts[dims - 1]; }
  int64_t rowStep() const { return steps[dims - 1]; }

  /// Calls `row(pointer, step, count)` for the rows that make up `count`
  /// elements from element `begin` on.
  template <class Row>
  void forRows(int64_t begin, int64_t count, Row row) const {
    if (dims == 1)
      return row(data + begin * steps[0], steps[0], count);
    int64_t index[5];
    uint8_t *at = seek(begin, index);
    const int inner = dims - 1;
    while (true) {
      int64_t length = std::min(count, counts[inner] - index[inner]);
      row(at + index[inner] * steps[inner], steps[inner], length);
      count -= length;
      if (!count)
        return;
      index[inner] = 0;
      at = advance(at, index);
    }
  }

private:
  /// Splits `begin` into indices; gives the start of its row.
  uint8_t *seek(int64_t begin, int64_t *index) const {
    uint8_t *at = data;
    for (int d = dims - 1; d >= 0; --d) {
      index[d] = d ? begin % counts[d] : begin;
      begin /= counts[d];
      if (d != dims - 1)
        at += index[d] * steps[d];
    }
    return at;
  }
  uint8_t *advance(uint8_t *at, int64_t *index) const {
    for (int d = dims - 2; d >= 0; --d) {
      at += steps[d];
      if (++index[d] < counts[d] || d == 0)
        return at;
      at -= counts[d] * steps[d];
      index[d] = 0;
    }
    return at;
  }

  uint8_t *data;
  int dims = 0;
  int64_t counts[5];
  int64_t steps[5];
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_OPERAND_H
