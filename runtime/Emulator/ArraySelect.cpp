// SPDX-License-Identifier: Apache-2.0
// Which back ends this CPU has, and which of them is the fastest.
#include "runtime/Emulator/ArrayPanelBackend.h"
#include "runtime/Isa/Concat.h"

#include <chrono>
#include <deque>
#include <random>

namespace tilicho {

namespace {

using Clock = std::chrono::steady_clock;

/// The least time of a few runs of one tile over cached panels, for each word
/// of its result.
double secondsPerWord(const PanelKernel &kernel, int64_t rows) {
  constexpr int runs = 40;
  const bool narrow = kernel.flushes;
  PanelTile tile{};
  tile.steps = panelSteps(kernel.form, narrow, rows);
  tile.chainSteps = panelSteps(kernel.form, narrow, 32);
  LineVector weights(size_t(tile.steps * kernel.weightPanel));
  LineVector moving(size_t(tile.steps * kernel.movingWidth()));
  LineVector dst(size_t(kernel.weightWidth * kernel.movingWidth()));
  tile.weights = weights.data();
  tile.weightStride = kernel.weightPanel;
  tile.moving = moving.data();
  tile.movingStride = kernel.movingWidth();
  tile.dst = dst.data();
  tile.dstStride = kernel.movingWidth();
  if (kernel.begin)
    kernel.begin(tile.steps, tile.chainSteps);
  double best = 1;
  for (int run = 0; run < runs; ++run) {
    auto start = Clock::now();
    for (int turn = 0; turn < 8; ++turn)
      kernel.tile[kernel.maxVectors](tile);
    std::chrono::duration<double> time = Clock::now() - start;
    best = std::min(best, time.count());
  }
  return best / double(dst.size());
}

/// A product of bf16 with random bits.
class NarrowSample {
public:
  NarrowSample(int64_t rows, std::mt19937 &random)
      : rows(rows), weights(size_t(rows * cols) + 128),
        moving(size_t(rows * columns) + 128), dst(size_t(cols * columns) + 64) {
    auto fill = [&](auto &elements) {
      for (auto &element : elements)
        element = uint16_t(random());
    };
    fill(weights);
    fill(moving);
    fill(dst);
  }

  std::vector<uint32_t> multiply(const ArrayBackend &backend, bool accumulate) {
    Weights loaded;
    loaded.arithmetic = Arithmetic::Narrow;
    loaded.dtype = isa::DType::bf16;
    loaded.rows = rows;
    loaded.cols = cols;
    ThreadPool alone(1);
    backend.load(operandOf(weights, isa::DType::bf16, rows, cols), loaded,
                 alone);
    std::vector<uint32_t> result = dst;
    backend.multiply(
        {loaded, cols, operandOf(moving, isa::DType::bf16, rows, columns),
         operandOf(result, isa::DType::f32, cols, columns), accumulate, 0},
        alone);
    return result;
  }

private:
  static constexpr int64_t cols = 19, columns = 37;

  template <class Element>
  static Operand operandOf(std::vector<Element> &elements, isa::DType dtype,
                           int64_t rows, int64_t columns) {
    int64_t size = sizeof(Element);
    return {reinterpret_cast<uint8_t *>(elements.data()),
            dtype,
            {rows, columns, 1, 1, 1},
            {columns * size, size, 0, 0, 0}};
  }

  int64_t rows;
  std::vector<uint16_t> weights, moving;
  std::vector<uint32_t> dst;
};

bool isFaster(const PanelKernel *candidate, const PanelKernel &other) {
  constexpr int64_t rows = 128;
  return candidate &&
         secondsPerWord(*candidate, rows) < secondsPerWord(other, rows);
}

/// Whether a kernel of the Narrow order gives the reference's bits on this CPU:
/// for whole and cut blocks of random elements, NaN and subnormals among them.
bool isExact(const PanelKernel &kernel) {
  std::mt19937 random(1);
  PanelBackend candidate(
      "candidate",
      {hostCpuLevel(), &portableKernels(CpuLevel::Baseline), &kernel});
  for (int64_t rows : {5, 32, 75})
    for (bool accumulate : {false, true}) {
      NarrowSample sample(rows, random);
      if (sample.multiply(candidate, accumulate) !=
          sample.multiply(referenceBackend(), accumulate))
        return false;
    }
  return true;
}

/// The faster kernel of pairs for the Narrow order, or null.
const PanelKernel *fastestNarrow(const PanelKernel &portable) {
  const PanelKernel *best = nullptr;
  for (const PanelKernel *candidate : {bf16DotKernel(), bf16MatrixKernel()})
    if (candidate && isFaster(candidate, best ? *best : portable) &&
        isExact(*candidate))
      best = candidate;
  return best;
}

/// The portable level whose f32 kernel is the fastest.
CpuLevel fastestLevel() {
  CpuLevel best = CpuLevel::Baseline;
  for (CpuLevel level : {CpuLevel::Avx2, CpuLevel::Avx512})
    if (level <= hostCpuLevel() &&
        isFaster(&portableKernels(level).real, portableKernels(best).real))
      best = level;
  return best;
}

PanelBackend makeFastest() {
  PanelKernels kernels{hostCpuLevel(), &portableKernels(fastestLevel())};
  kernels.narrowPairs = fastestNarrow(kernels.portable->narrow);
  if (isFaster(integerDotKernel(), kernels.portable->integer))
    kernels.integerPairs = integerDotKernel();
  return PanelBackend("auto", kernels);
}

std::deque<PanelBackend> makeAll() {
  std::deque<PanelBackend> all;
  CpuLevel host = hostCpuLevel();
  auto add = [&](const char *name, CpuLevel level) -> PanelKernels {
    PanelKernels kernels{level, &portableKernels(level)};
    all.emplace_back(name, kernels);
    return kernels;
  };
  PanelKernels best = add("portable", CpuLevel::Baseline);
  if (host >= CpuLevel::Avx2)
    best = add("avx2", CpuLevel::Avx2);
  if (host >= CpuLevel::Avx512)
    best = add("avx512", CpuLevel::Avx512);
  if (!bf16DotKernel() && !integerDotKernel())
    return all;
  best.narrowPairs = bf16DotKernel();
  best.integerPairs = integerDotKernel();
  all.emplace_back("avx512dot", best);
  if (!bf16MatrixKernel())
    return all;
  best.narrowPairs = bf16MatrixKernel();
  all.emplace_back("amx", best);
  return all;
}

const std::deque<PanelBackend> &allBackends() {
  static const std::deque<PanelBackend> all = makeAll();
  return all;
}

} // namespace

const ArrayBackend &fastestBackend() {
  static const PanelBackend backend = makeFastest();
  return backend;
}

std::vector<std::string> backendNames() {
  std::vector<std::string> names;
  for (const PanelBackend &backend : allBackends())
    names.emplace_back(backend.name());
  return names;
}

absl::StatusOr<const ArrayBackend *> findBackend(std::string_view name) {
  if (name == "auto")
    return &fastestBackend();
  if (name == "reference")
    return &referenceBackend();
  std::string known = "auto, reference";
  for (const PanelBackend &backend : allBackends()) {
    if (backend.name() == name)
      return &backend;
    known += concat(", ", backend.name());
  }
  return absl::InvalidArgumentError(
      concat("unknown array back end '", name, "'; this CPU has ", known));
}

} // namespace tilicho
