// SPDX-License-Identifier: Apache-2.0
// Packs operands into panels, and runs a kernel over all tiles of a product.
#include "runtime/Emulator/ArrayPanelBackend.h"

#include "runtime/Emulator/ElementKernels.h"
#include "runtime/Emulator/FlushGuard.h"
#include "runtime/Emulator/Numerics.h"

#include <cstring>

namespace tilicho {

namespace {

/// Weights::form: as they lie in memory, by row, or panels.
constexpr int rowMajor = 0;
constexpr int panelForm(PanelForm form) { return int(form) + 1; }

/// Where in a row of dst each moving column lies.
struct ColumnPlaces {
  ColumnPlaces(const Operand &dst, int64_t columns) {
    Operand row = dst;
    row.counts[0] = 1;
    Walk walk(row);
    contiguous = walk.rowLength() == columns && (walk.rowStep() == 4);
    if (contiguous)
      return;
    offsets.reserve(size_t(columns));
    walk.forRows(0, columns, [&](uint8_t *at, int64_t step, int64_t count) {
      for (; count; --count, at += step)
        offsets.push_back(at - dst.data);
    });
  }
  int64_t offset(int64_t column) const {
    return contiguous ? column * 4 : offsets[size_t(column)];
  }

  bool contiguous;
  std::vector<int64_t> offsets;
};

/// One product's tiles, by panels of moving columns.
struct TileLoop {
  const ArrayProduct &product;
  const PanelKernel &kernel;
  const ColumnPlaces &places;
  const uint32_t *weights;
  int64_t steps, chainSteps;

  /// All tiles of one panel, whose first column is `column`.
  void runPanel(const uint32_t *moving, int64_t column, int64_t count) const {
    int vectors = int((count + kernel.vectorWidth - 1) / kernel.vectorWidth);
    bool whole = places.contiguous && count == vectors * kernel.vectorWidth;
    for (int64_t m = 0; m < product.cols; m += kernel.weightWidth) {
      PanelTile tile{weights + m * steps, moving, steps, chainSteps, nullptr, 0,
                     product.accumulate};
      int64_t rows = std::min<int64_t>(kernel.weightWidth, product.cols - m);
      if (!whole || rows < kernel.weightWidth) {
        runEdge(tile, m, rows, column, count, vectors);
        continue;
      }
      tile.dst = word(m, column);
      tile.dstStride = product.dst.steps[0] / 4;
      kernel.tile[vectors](tile);
    }
  }

private:
  uint32_t *word(int64_t m, int64_t column) const {
    return reinterpret_cast<uint32_t *>(
        product.dst.data + m * product.dst.steps[0] + places.offset(column));
  }

  /// A tile that is cut off, or whose columns are apart, by way of a whole one.
  void runEdge(PanelTile tile, int64_t m, int64_t rows, int64_t column,
               int64_t count, int vectors) const {
    alignas(64) uint32_t buffer[maxTileWords];
    const int64_t width = kernel.movingWidth();
    tile.dst = buffer;
    tile.dstStride = width;
    if (tile.accumulate) {
      std::memset(buffer, 0, sizeof buffer);
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t i = 0; i < count; ++i)
          std::memcpy(buffer + r * width + i, word(m + r, column + i), 4);
    }
    kernel.tile[vectors](tile);
    for (int64_t r = 0; r < rows; ++r) {
      if (places.contiguous) {
        std::memcpy(word(m + r, column), buffer + r * width, size_t(count) * 4);
        continue;
      }
      for (int64_t i = 0; i < count; ++i)
        std::memcpy(word(m + r, column + i), buffer + r * width + i, 4);
    }
  }

  static constexpr int64_t maxTileWords = 1024;
};

/// The weights as panels of words, if they were packed as pairs by `pairs`.
const uint32_t *asWords(const Weights &weights, const PanelKernel *pairs,
                        const PanelKernel &words,
                        std::vector<uint32_t> &buffer) {
  if (weights.form == panelForm(PanelForm::Word))
    return weights.data.data();
  bool narrow = weights.arithmetic == Arithmetic::Narrow;
  PanelShape from{panelSteps(pairs->form, narrow, weights.rows),
                  pairs->weightWidth};
  PanelShape to{panelSteps(words.form, narrow, weights.rows),
                words.weightWidth};
  int64_t panels = (weights.cols + to.width - 1) / to.width;
  buffer.assign(size_t(panels * to.steps * to.width), 0);
  widenPanels(pairs->form, weights.cols, from, weights.data.data(), to,
              buffer.data());
  return buffer.data();
}

} // namespace

const PanelKernel &PanelBackend::wordKernel(Arithmetic arithmetic) const {
  switch (arithmetic) {
  case Arithmetic::Real:
    return kernels.portable->real;
  case Arithmetic::Narrow:
    return kernels.portable->narrow;
  case Arithmetic::Integer:
    return kernels.portable->integer;
  }
  __builtin_unreachable();
}

/// The kernel that takes elements of `dtype` in pairs, or null.
const PanelKernel *PanelBackend::pairKernel(Arithmetic arithmetic,
                                            isa::DType dtype,
                                            int32_t zero) const {
  // A bf16 holds every value of the types narrower than it, but not of f16.
  if (arithmetic == Arithmetic::Narrow && dtype != isa::DType::f16)
    return kernels.narrowPairs;
  bool fits = isa::sizeOf(dtype) == 1 && std::abs(zero) <= 255;
  if (arithmetic == Arithmetic::Integer && fits)
    return kernels.integerPairs;
  return nullptr;
}

void PanelBackend::load(const Operand &source, Weights &weights) const {
  const PanelKernel *pairs =
      pairKernel(weights.arithmetic, weights.dtype, weights.zero);
  const PanelKernel &kernel = pairs ? *pairs : wordKernel(weights.arithmetic);
  int64_t columns = source.elements() / weights.rows;
  bool blocks = weights.blockRows != 0;
  PanelPlan plan{kernel.form,
                 weights.arithmetic == Arithmetic::Narrow,
                 weights.rows,
                 columns,
                 0,
                 columns,
                 kernel.weightWidth,
                 weights.zero,
                 weights.arithmetic == Arithmetic::Integer};
  if (blocks) {
    // One panel as wide as a block is the row-major form.
    plan.form = PanelForm::Word;
    plan.narrow = false;
    plan.width = int(columns);
  }
  weights.form = blocks ? rowMajor : panelForm(plan.form);
  weights.data.resize(size_t(plan.words()));
  packPanels(source, plan, kernels.level, weights.data.data());
}

void PanelBackend::multiply(const ArrayProduct &product,
                            ThreadPool &pool) const {
  if (product.weights.form == rowMajor)
    return multiplyBlocks(product, pool);
  multiplyPanels(product, pool);
}

void PanelBackend::multiplyPanels(const ArrayProduct &product,
                                  ThreadPool &pool) const {
  const Weights &weights = product.weights;
  const Arithmetic arithmetic = weights.arithmetic;
  const bool narrow = arithmetic == Arithmetic::Narrow;
  const PanelKernel *pairs =
      pairKernel(arithmetic, product.moving.dtype, product.zero);
  // Both operands have to be in the form of one kernel.
  if (weights.form == panelForm(PanelForm::Word))
    pairs = nullptr;
  const PanelKernel &kernel = pairs ? *pairs : wordKernel(arithmetic);
  std::vector<uint32_t> buffer;
  const uint32_t *words =
      pairs ? weights.data.data()
            : asWords(weights,
                      pairKernel(arithmetic, weights.dtype, weights.zero),
                      kernel, buffer);

  const int64_t columns = product.moving.elements() / weights.rows;
  const int64_t width = kernel.movingWidth();
  ColumnPlaces places(product.dst, columns);
  PanelPlan plan{kernel.form,
                 narrow,
                 weights.rows,
                 columns,
                 0,
                 columns,
                 int(width),
                 product.zero,
                 arithmetic == Arithmetic::Integer};
  int64_t chainSteps =
      panelSteps(kernel.form, narrow, std::min(weights.chainRows, plan.rows));
  TileLoop loop{product, kernel, places, words, plan.steps(), chainSteps};

  auto body = [&](int64_t begin, int64_t end) {
    thread_local std::vector<uint32_t> panels;
    PanelPlan part = plan;
    part.begin = begin;
    part.end = end;
    panels.resize(size_t(part.words()));
    packPanels(product.moving, part, kernels.level, panels.data());
    FlushGuard guard(kernel.flushes);
    const uint32_t *panel = panels.data();
    for (int64_t i = begin; i < end; i += width, panel += loop.steps * width)
      loop.runPanel(panel, i, std::min(width, end - i));
  };
  pool.parallel(columns, width, body);
}

} // namespace tilicho
