// SPDX-License-Identifier: Apache-2.0
// Matrices in plain arrays, with the sizes that they were configured to have.
#include "MatrixModel.h"

#include "runtime/Emulator/ArrayMatrixTile.h"
#include "runtime/Emulator/ArrayPanelBackend.h"

#include <cmath>
#include <cstring>

namespace tilicho {
namespace {

struct Matrix {
  int rows = 0, words = 0;
  uint32_t word[matrixRows][matrixRows];
};
thread_local Matrix matrices[8];

float upper(uint32_t word) {
  word &= 0xffff0000;
  float value;
  std::memcpy(&value, &word, 4);
  return value;
}
float lower(uint32_t word) { return upper(word << 16); }

/// The caller has switched subnormals off.
struct Model {
  template <int to> static void zero() {
    std::memset(matrices[to].word, 0, sizeof matrices[to].word);
  }
  template <int to> static void load(const uint32_t *from, int64_t stride) {
    Matrix &matrix = matrices[to];
    zero<to>();
    for (int row = 0; row < matrix.rows; ++row)
      std::memcpy(matrix.word[row], from + row * stride / 4,
                  size_t(matrix.words) * 4);
  }
  template <int from> static void store(uint32_t *to, int64_t stride) {
    const Matrix &matrix = matrices[from];
    for (int row = 0; row < matrix.rows; ++row)
      std::memcpy(to + row * stride / 4, matrix.word[row],
                  size_t(matrix.words) * 4);
  }
  template <int to, int a, int b> static void dot() {
    for (int m = 0; m < matrices[to].rows; ++m)
      for (int n = 0; n < matrices[to].words; ++n)
        addProduct(matrices[a], matrices[b], m, n, matrices[to].word[m][n]);
  }

private:
  static void addProduct(const Matrix &a, const Matrix &b, int m, int n,
                         uint32_t &result) {
    float even = 0, odd = 0, sum;
    for (int k = 0; k < a.words; ++k) {
      even = std::fma(lower(a.word[m][k]), lower(b.word[k][n]), even);
      odd = std::fma(upper(a.word[m][k]), upper(b.word[k][n]), odd);
    }
    std::memcpy(&sum, &result, 4);
    sum = sum + (even + odd);
    std::memcpy(&result, &sum, 4);
  }
};

void setSize(int matrix, int rows, int words) {
  matrices[matrix].rows = rows;
  matrices[matrix].words = words;
}

void begin(int64_t steps, int64_t chainSteps) {
  const MatrixSteps sizes(steps, chainSteps);
  setSize(0, matrixRows, matrixRows);
  setSize(1, matrixRows, matrixRows);
  setSize(2, matrixRows, sizes.block);
  setSize(3, sizes.block, matrixRows);
  setSize(4, sizes.block, matrixRows);
  setSize(5, matrixRows, sizes.rest);
  setSize(6, sizes.rest, matrixRows);
  setSize(7, sizes.rest, matrixRows);
}

} // namespace

const ArrayBackend &matrixModelBackend() {
  static const PanelKernel kernel = matrixKernel<Model>(begin);
  static const PanelBackend backend(
      "matrix model",
      {CpuLevel::Baseline, &portableKernels(CpuLevel::Baseline), &kernel});
  return backend;
}

} // namespace tilicho
