// SPDX-License-Identifier: Apache-2.0
// Which back ends this CPU has, and which of them is the fastest.
#include "runtime/Emulator/ArrayPanelBackend.h"
#include "runtime/Isa/Concat.h"

#include <chrono>
#include <deque>

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
  std::vector<uint32_t> weights(size_t(tile.steps * kernel.weightWidth));
  std::vector<uint32_t> moving(size_t(tile.steps * kernel.movingWidth()));
  std::vector<uint32_t> dst(size_t(kernel.weightWidth * kernel.movingWidth()));
  tile.weights = weights.data();
  tile.moving = moving.data();
  tile.movingStride = kernel.movingWidth();
  tile.dst = dst.data();
  tile.dstStride = kernel.movingWidth();
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

bool isFaster(const PanelKernel *candidate, const PanelKernel &other) {
  constexpr int64_t rows = 128;
  return candidate &&
         secondsPerWord(*candidate, rows) < secondsPerWord(other, rows);
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
  if (isFaster(bf16DotKernel(), kernels.portable->narrow))
    kernels.narrowPairs = bf16DotKernel();
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
