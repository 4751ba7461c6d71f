// SPDX-License-Identifier: Apache-2.0
// Products with block-diagonal weights: each column sums a few rows, so rows
// are added up one by one.
#include "runtime/Emulator/ArrayPanelBackend.h"
#include "runtime/Emulator/ElementKernels.h"
#include "runtime/Emulator/FlushGuard.h"
#include "runtime/Emulator/Numerics.h"

#include <cstring>

namespace tilicho {

namespace {

/// Sums over the rows of one block, for one column of weights.
template <class T> struct BlockColumn {
  const T *weights;
  int64_t weightStep;
  /// Rows of the block, `columns` elements each.
  const T *moving;
  int64_t columns;
  int64_t rows;
  int64_t chainRows;
  /// A row of zeros.
  const T *zeros;
};

void sumBlock(const BlockColumn<float> &c, bool narrow, const RowKernels &rows,
              float *acc, float *scratch) {
  auto add = [&](int64_t k, float *to) {
    rows.real(c.weights[k * c.weightStep], c.moving + k * c.columns, to,
              c.columns);
  };
  if (!narrow) {
    for (int64_t k = 0; k < c.rows; ++k)
      add(k, acc);
    return;
  }
  float *even = scratch, *odd = scratch + c.columns;
  for (int64_t first = 0; first < c.rows; first += c.chainRows) {
    int64_t end = std::min(c.rows, first + c.chainRows);
    std::memset(scratch, 0, size_t(c.columns) * 8);
    for (int64_t k = first; k < end; ++k)
      add(k, (k - first) % 2 ? odd : even);
    // Rows of +0 fill the block up to a multiple of four.
    int64_t rest = (end - first) % 4;
    if (rest == 1 || rest == 2)
      rows.real(0, c.zeros, even, c.columns);
    if (rest)
      rows.real(0, c.zeros, odd, c.columns);
    for (int64_t i = 0; i < c.columns; ++i)
      acc[i] = acc[i] + (even[i] + odd[i]);
  }
}

void sumBlock(const BlockColumn<int32_t> &c, bool, const RowKernels &rows,
              int32_t *acc, int32_t *) {
  for (int64_t k = 0; k < c.rows; ++k)
    rows.integer(c.weights[k * c.weightStep], c.moving + k * c.columns, acc,
                 c.columns);
}

float finish(float value) { return numerics::canonical(value); }
int32_t finish(int32_t value) { return value; }

template <class T>
void copyRow(const Operand &row, int64_t columns, T *values, bool store) {
  Walk(row).forRows(0, columns, [&](uint8_t *at, int64_t step, int64_t count) {
    for (; count; --count, at += step, ++values) {
      if (!store) {
        std::memcpy(values, at, sizeof(T));
        continue;
      }
      T value = finish(*values);
      std::memcpy(at, &value, sizeof(T));
    }
  });
}

template <class T>
void multiplyColumn(const ArrayProduct &product, const RowKernels &rows,
                    const LineVector &moving, int64_t m) {
  const Weights &weights = product.weights;
  const int64_t columns = product.moving.elements() / weights.rows;
  thread_local std::vector<T> buffer;
  buffer.assign(size_t(columns) * 4, T(0));
  Operand row = product.dst;
  row.data += m * row.steps[0];
  row.counts[0] = 1;
  if (product.accumulate)
    copyRow(row, columns, buffer.data(), false);
  int64_t first = m / weights.blockCols * weights.blockRows;
  auto *w = reinterpret_cast<const T *>(weights.data.data());
  auto *x = reinterpret_cast<const T *>(moving.data());
  BlockColumn<T> column{w + first * weights.blockCols + m % weights.blockCols,
                        weights.blockCols,
                        x + first * columns,
                        columns,
                        weights.blockRows,
                        weights.chainRows,
                        buffer.data() + columns * 3};
  bool narrow = weights.arithmetic == Arithmetic::Narrow;
  {
    FlushGuard guard(narrow);
    sumBlock(column, narrow, rows, buffer.data(), buffer.data() + columns);
  }
  copyRow(row, columns, buffer.data(), true);
}

} // namespace

void PanelBackend::multiplyBlocks(const ArrayProduct &product,
                                  ThreadPool &pool) const {
  const Weights &weights = product.weights;
  const bool integer = weights.arithmetic == Arithmetic::Integer;
  const int64_t columns = product.moving.elements() / weights.rows;
  PanelPlan plan{PanelForm::Word, false,        weights.rows, columns, 0,
                 columns,         int(columns), product.zero, integer};
  LineVector moving(size_t(plan.words()));
  packPanels(product.moving, plan, kernels.level, moving.data());
  const RowKernels &rows = kernels.portable->rows;
  auto body = [&](int64_t begin, int64_t end) {
    for (int64_t m = begin; m < end; ++m) {
      if (integer)
        multiplyColumn<int32_t>(product, rows, moving, m);
      else
        multiplyColumn<float>(product, rows, moving, m);
    }
  };
  pool.parallel(product.cols, 8, body);
}

} // namespace tilicho
