// SPDX-License-Identifier: Apache-2.0
// The array in plain loops: the definition that all other back ends are held
// against.
#include "runtime/Emulator/ArrayBackend.h"
#include "runtime/Emulator/ElementKernels.h"
#include "runtime/Emulator/Elements.h"
#include "runtime/Emulator/Trap.h"

namespace tilicho {

namespace {

constexpr float smallestNormal = 0x1p-126f;

float flushed(float value) {
  return std::fabs(value) < smallestNormal ? std::copysign(0.0f, value) : value;
}

/// fma(a, b, c) where subnormals count as zero in and out, and whether the
/// result is one is decided after rounding to 24 bits, as CPUs do.
float flushedFma(float a, float b, float c) {
  a = flushed(a);
  b = flushed(b);
  c = flushed(c);
  float result = std::fma(a, b, c);
  if (!(std::fabs(result) <= smallestNormal) || result == 0 ||
      std::fabs(c) > 0x1p-60f)
    return result;
  // Again where there is room for 24 bits.
  float &smaller = std::fabs(a) < std::fabs(b) ? a : b;
  smaller *= 0x1p+60f;
  float scaled = std::fma(a, b, c * 0x1p+60f);
  return std::fabs(scaled) < smallestNormal * 0x1p+60f
             ? std::copysign(0.0f, scaled)
             : result;
}

float flushedAdd(float a, float b) { return flushed(flushed(a) + flushed(b)); }

/// Values of W and of the moving operand, by row.
template <class T> struct Column {
  const T *weights;
  int64_t weightStep;
  const T *moving;
  int64_t movingStep;
  int64_t rows;

  T w(int64_t k) const { return k < rows ? weights[k * weightStep] : T(0); }
  T x(int64_t k) const { return k < rows ? moving[k * movingStep] : T(0); }
};

float sumReal(const Column<float> &column, float acc) {
  for (int64_t k = 0; k < column.rows; ++k)
    acc = std::fma(column.w(k), column.x(k), acc);
  return acc;
}

float sumNarrow(const Column<float> &column, float acc, int64_t chainRows) {
  for (int64_t first = 0; first < column.rows; first += chainRows) {
    int64_t rows = std::min(chainRows, column.rows - first);
    // A block is filled up to a multiple of four rows with rows of +0.
    int64_t end = first + (rows + 3) / 4 * 4;
    Column<float> block = column;
    block.rows = first + rows;
    float even = 0, odd = 0;
    for (int64_t k = first; k < end; k += 2) {
      even = flushedFma(block.w(k), block.x(k), even);
      odd = flushedFma(block.w(k + 1), block.x(k + 1), odd);
    }
    acc = flushedAdd(acc, flushedAdd(even, odd));
  }
  return acc;
}

int32_t sumInteger(const Column<int32_t> &column, int32_t acc) {
  for (int64_t k = 0; k < column.rows; ++k)
    acc =
        int32_t(uint32_t(acc) + uint32_t(column.w(k)) * uint32_t(column.x(k)));
  return acc;
}

template <class T> std::vector<T> valuesOf(const Operand &operand, T zero) {
  std::vector<T> values(size_t(operand.elements()));
  auto read = elementKernels<T>(CpuLevel::Baseline).read[int(operand.dtype)];
  T *out = values.data();
  Walk(operand).forRows(0, operand.elements(),
                        [&](const uint8_t *from, int64_t step, int64_t count) {
                          read(from, step, out, size_t(count));
                          out += count;
                        });
  if constexpr (std::is_integral_v<T>)
    for (T &value : values)
      value -= zero;
  return values;
}

template <class T, class Sum>
void multiplyColumns(const ArrayProduct &product, Sum sum) {
  const Weights &weights = product.weights;
  std::vector<T> moving = valuesOf<T>(product.moving, T(product.zero));
  int64_t columns = product.moving.elements() / weights.rows;
  const T *w = reinterpret_cast<const T *>(weights.data.data());
  bool blocks = weights.blockRows != 0;
  int64_t stored = blocks ? weights.blockCols : weights.cols;
  for (int64_t m = 0; m < product.cols; ++m) {
    int64_t first = blocks ? m / weights.blockCols * weights.blockRows : 0;
    int64_t rows = blocks ? weights.blockRows : weights.rows;
    int64_t i = 0;
    Operand row = product.dst;
    row.data += m * row.steps[0];
    row.counts[0] = 1;
    Walk(row).forRows(0, columns, [&](uint8_t *to, int64_t step, int64_t n) {
      for (; n; --n, ++i, to += step) {
        T acc = product.accumulate ? elements::load<T>(to) : T(0);
        Column<T> column{w + first * stored + m % stored, stored,
                         moving.data() + first * columns + i, columns, rows};
        elements::store(to, sum(column, acc));
      }
    });
  }
}

class Reference : public ArrayBackend {
  std::string_view name() const override { return "reference"; }

  void load(const Operand &source, Weights &weights,
            ThreadPool &) const override {
    weights.data.resize(size_t(source.elements()));
    if (weights.arithmetic == Arithmetic::Integer)
      store(valuesOf<int32_t>(source, weights.zero), weights);
    else
      store(valuesOf<float>(source, 0), weights);
  }

  template <class T>
  static void store(const std::vector<T> &values, Weights &weights) {
    std::memcpy(weights.data.data(), values.data(), values.size() * sizeof(T));
  }

  void multiply(const ArrayProduct &product, ThreadPool &) const override {
    switch (product.weights.arithmetic) {
    case Arithmetic::Real:
      return multiplyColumns<float>(product, [](auto &column, float acc) {
        return numerics::canonical(sumReal(column, acc));
      });
    case Arithmetic::Narrow:
      return multiplyColumns<float>(product, [&](auto &column, float acc) {
        return numerics::canonical(
            sumNarrow(column, acc, product.weights.chainRows));
      });
    case Arithmetic::Integer:
      return multiplyColumns<int32_t>(product, sumInteger);
    }
  }
};

} // namespace

const ArrayBackend &referenceBackend() {
  static const Reference backend;
  return backend;
}

} // namespace tilicho
