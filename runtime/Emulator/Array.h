// SPDX-License-Identifier: Apache-2.0
// The systolic array: which weights lie where, and products with them.
#ifndef TILICHO_RUNTIME_EMULATOR_ARRAY_H
#define TILICHO_RUNTIME_EMULATOR_ARRAY_H

#include "runtime/Emulator/ArrayBackend.h"
#include "runtime/Machine/Machine.h"

#include <deque>

namespace tilicho {

/// Where in the array weights lie.
struct ArrayRegion {
  int64_t row = 0, rows = 0, col = 0, cols = 0;

  bool overlaps(const ArrayRegion &other) const {
    return row < other.row + other.rows && other.row < row + rows &&
           col < other.col + other.cols && other.col < col + cols;
  }
};

/// What was loaded by one instruction. A later load that overlaps it makes it
/// invalid as a whole.
struct Stationary {
  ArrayRegion region;
  bool valid = false;
  Weights weights;
};

class Array {
public:
  Array(const Machine &machine, const ArrayBackend &backend)
      : machine(machine), engine(&backend) {}

  /// Loads what `source` holds. `weights` says type, blocks and zero.
  void load(const ArrayRegion &region, const Operand &source,
            const Weights &weights, ThreadPool &pool);

  /// dst (+)= W * (moving - zero), for the weights at array rows from `row` on
  /// and columns from `col` on. Traps when they were not loaded so.
  void multiply(int64_t row, int64_t col, const Operand &moving,
                const Operand &dst, bool accumulate, int32_t zero,
                ThreadPool &pool);

  /// Traps unless the array can move `rows` x `columns` elements of a type.
  void checkTranspose(int64_t columns, int64_t rows, isa::DType dtype) const;

  /// For inspection.
  const std::deque<Stationary> &stationaries() const { return loaded; }
  const ArrayBackend &backend() const { return *engine; }

private:
  const Stationary &find(const ArrayRegion &wanted) const;
  Stationary &slotFor(const ArrayRegion &region);

  const Machine &machine;
  const ArrayBackend *engine;
  std::deque<Stationary> loaded;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_ARRAY_H
