// SPDX-License-Identifier: Apache-2.0
// Packs operands into panels, and runs a kernel over all tiles of a product.
#include "runtime/Emulator/ArrayPanelBackend.h"

#include "runtime/Emulator/ArrayColumns.h"
#include "runtime/Emulator/ElementKernels.h"
#include "runtime/Emulator/FlushGuard.h"
#include "runtime/Emulator/Numerics.h"

#include <cstring>

namespace tilicho {

namespace {

/// Weights::form: as they lie in memory, by row, or panels.
constexpr int rowMajor = 0;
/// Elements of weights that are worth a thread's while.
constexpr int64_t leastParallel = 4096;
constexpr int panelForm(PanelForm form) { return int(form) + 1; }

/// Columns [begin, end) of the moving operand, times columns [first, last) of
/// the weights.
struct ProductPart {
  int64_t begin, end;
  int64_t first, last;
};

/// Where columns [begin, end) of the results lie in their rows.
class Places {
public:
  Places(const Operand &dst, int64_t begin, int64_t end,
         const PanelMoves &moves, const ColumnMoves *columns)
      : moves(moves), columns(columns) {
    if (columns)
      map = &columnMapOf(dst, begin, end);
    else
      pieces = piecesOf(dst, begin, end, 4);
  }

  /// The places of `count` columns from `skipped` columns on.
  Places part(int64_t skipped, int64_t count, const Operand &dst,
              int64_t begin) const {
    if (!map)
      return Places(dst, begin + skipped, begin + skipped + count, moves,
                    nullptr);
    Places part = *this;
    part.vector = skipped / columnLanes;
    part.vectors = (count + columnLanes - 1) / columnLanes;
    return part;
  }

  bool isPlain() const { return map ? map->isPlain() : pieces.size() == 1; }
  /// Bytes from the row's first element, if it is plain.
  int64_t start() const {
    return map ? map->start() + vector * columnLanes * 4 : pieces[0].offset;
  }
  void gather(const uint8_t *row, uint32_t *to) const {
    if (map)
      return columns->gather(*map, vector, vectors, row, {to, vectors, 0});
    moves.gatherWords(row, pieces, to);
  }
  void scatter(const uint32_t *from, uint8_t *row) const {
    if (map)
      return columns->scatter(*map, vector, vectors, from, row);
    moves.scatterWords(from, pieces, row);
  }

private:
  const PanelMoves &moves;
  /// Null where the CPU has none; the map then too.
  const ColumnMoves *columns;
  const ColumnMap *map = nullptr;
  int64_t vector = 0, vectors = 0;
  RowPieces pieces;
};

/// One product, tile by tile.
struct TileLoop {
  const ArrayProduct &product;
  const PanelKernel &kernel;
  const PanelMoves &moves;
  /// Null where the CPU has none.
  const ColumnMoves *columns;
  const uint32_t *weights;
  int64_t steps, chainSteps;

  Places placesOf(const ProductPart &part) const {
    return Places(product.dst, part.begin, part.end, moves, columns);
  }

  /// All tiles of one panel, which holds the part's moving columns.
  void runPanel(const uint32_t *moving, int64_t movingStride,
                const ProductPart &part, const Places &places) const {
    const int64_t count = part.end - part.begin;
    const int vectors =
        int((count + kernel.vectorWidth - 1) / kernel.vectorWidth);
    const bool whole =
        places.isPlain() && count == vectors * kernel.vectorWidth;
    for (int64_t m = part.first; m < part.last; m += kernel.weightWidth) {
      PanelTile tile{weightsOf(m),
                     kernel.weightPanel,
                     moving,
                     movingStride,
                     steps,
                     chainSteps,
                     nullptr,
                     0,
                     product.accumulate};
      int64_t rows = std::min<int64_t>(kernel.weightWidth, part.last - m);
      if (!whole || rows < kernel.weightWidth) {
        runEdge(tile, m, rows, places, vectors);
        continue;
      }
      tile.dst = reinterpret_cast<uint32_t *>(row(m) + places.start());
      tile.dstStride = product.dst.steps[0] / 4;
      kernel.tile[vectors](tile);
    }
  }

private:
  const uint32_t *weightsOf(int64_t m) const {
    const int64_t width = kernel.weightPanel;
    return weights + m / width * panelWords(steps, width) + m % width;
  }
  uint8_t *row(int64_t m) const {
    return product.dst.data + m * product.dst.steps[0];
  }

  /// A tile that is cut off, or whose columns are apart, by way of a whole one.
  void runEdge(PanelTile tile, int64_t m, int64_t rows, const Places &places,
               int vectors) const {
    alignas(64) uint32_t buffer[maxTileWords + panelSlack];
    const int64_t width = kernel.movingWidth();
    tile.dst = buffer;
    tile.dstStride = width;
    // What no column fills is never read but by its own lane.
    if (tile.accumulate)
      for (int64_t r = 0; r < rows; ++r)
        places.gather(row(m + r), buffer + r * width);
    kernel.tile[vectors](tile);
    for (int64_t r = 0; r < rows; ++r)
      places.scatter(buffer + r * width, row(m + r));
  }

  static constexpr int64_t maxTileWords = 1024;
};

/// Steps of the kernel in a block of the Narrow order.
int64_t chainStepsOf(const PanelKernel &kernel, const Weights &weights) {
  return panelSteps(kernel.form, weights.arithmetic == Arithmetic::Narrow,
                    std::min(weights.chainRows, weights.rows));
}

/// Turns all panels of `weights`, which are in `panels`.
void turnPanels(const PanelKernel &kernel, const Weights &weights,
                bool byColumn, LineVector &panels) {
  const int64_t steps = panelSteps(
      kernel.form, weights.arithmetic == Arithmetic::Narrow, weights.rows);
  const int64_t words = panelWords(steps, kernel.weightPanel);
  for (int64_t at = 0; at < int64_t(panels.size()); at += words)
    turnWeights(panels.data() + at, steps, kernel.weightPanel,
                chainStepsOf(kernel, weights), byColumn);
}

/// The weights as panels of words, if they were packed as pairs by `pairs`.
const uint32_t *asWords(const Weights &weights, const PanelKernel *pairs,
                        const PanelKernel &words, LineVector &buffer) {
  if (weights.form == panelForm(PanelForm::Word))
    return weights.data.data();
  bool narrow = weights.arithmetic == Arithmetic::Narrow;
  PanelShape from{panelSteps(pairs->form, narrow, weights.rows),
                  pairs->weightPanel};
  PanelShape to{panelSteps(words.form, narrow, weights.rows),
                words.weightPanel};
  int64_t panels = (weights.cols + to.width - 1) / to.width;
  buffer.assign(size_t(panels * panelWords(to.steps, to.width)), 0);
  LineVector byStep = weights.data;
  if (pairs->byColumn)
    turnPanels(*pairs, weights, /*byColumn=*/false, byStep);
  widenPanels(pairs->form, weights.cols, from, byStep.data(), to,
              buffer.data());
  return buffer.data();
}

/// All panels of a part; they are packed first unless they lie as panels.
void runPart(const TileLoop &loop, PanelPlan plan, const ProductPart &part,
             CpuLevel level) {
  const Operand &moving = loop.product.moving;
  const bool lies = isPanel(moving, plan);
  thread_local LineVector packed;
  plan.begin = part.begin;
  plan.end = part.end;
  const uint32_t *panel;
  if (lies) {
    panel = reinterpret_cast<const uint32_t *>(moving.data) + part.begin;
  } else {
    packed.resize(size_t(plan.words()));
    packPanels(moving, plan, level, packed.data());
    panel = packed.data();
  }
  FlushGuard guard(loop.kernel.flushes);
  if (loop.kernel.begin)
    loop.kernel.begin(loop.steps, loop.chainSteps);
  const Places places = loop.placesOf(part);
  for (int64_t i = part.begin; i < part.end; i += plan.width) {
    const int64_t end = std::min(i + plan.width, part.end);
    loop.runPanel(
        panel, lies ? moving.steps[0] / 4 : plan.width,
        {i, end, part.first, part.last},
        places.part(i - part.begin, end - i, loop.product.dst, part.begin));
    panel += lies ? plan.width : plan.panelWords();
  }
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

void PanelBackend::load(const Operand &source, Weights &weights,
                        ThreadPool &pool) const {
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
                 kernel.weightPanel,
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
  auto pack = [&](int64_t begin, int64_t end) {
    PanelPlan part = plan;
    part.begin = begin;
    part.end = end;
    packPanels(source, part, kernels.level,
               weights.data.data() + begin / plan.width * plan.panelWords());
  };
  // Who multiplies weights by columns has packed them.
  const int64_t least = leastParallel / weights.rows;
  pool.parallel(columns, (least / plan.width + 1) * plan.width, pack);
  if (kernel.byColumn && !blocks)
    turnPanels(kernel, weights, /*byColumn=*/true, weights.data);
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
  LineVector buffer;
  const uint32_t *words =
      pairs ? weights.data.data()
            : asWords(weights,
                      pairKernel(arithmetic, weights.dtype, weights.zero),
                      kernel, buffer);

  const int64_t columns = product.moving.elements() / weights.rows;
  const int64_t width = kernel.movingWidth();
  PanelPlan plan{kernel.form,
                 narrow,
                 weights.rows,
                 columns,
                 0,
                 columns,
                 int(width),
                 product.zero,
                 arithmetic == Arithmetic::Integer};
  int64_t chainSteps = chainStepsOf(kernel, weights);
  TileLoop loop{product,
                kernel,
                kernels.portable->moves,
                columnMoves(kernels.level),
                words,
                plan.steps(),
                chainSteps};
  auto body = [&](const ProductPart &part) {
    runPart(loop, plan, part, kernels.level);
  };
  // Where all columns go to each thread, each packs them all; but results then
  // lie by partition, as all else does that threads share.
  const int64_t vectors =
      (columns + kernel.vectorWidth - 1) / kernel.vectorWidth;
  const bool apart =
      vectors % pool.size() == 0 && !isPanel(product.moving, plan);
  if (pool.size() > 1 && !apart) {
    auto rows = [&](int64_t begin, int64_t end) {
      body({0, columns, begin, end});
    };
    return pool.parallel(product.cols, kernel.weightWidth, rows);
  }
  auto panels = [&](int64_t begin, int64_t end) {
    body({begin, end, 0, product.cols});
  };
  pool.parallel(columns, kernel.vectorWidth, panels);
}

} // namespace tilicho
