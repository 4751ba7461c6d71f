// SPDX-License-Identifier: Apache-2.0
// How much work each engine has been given, and which takes the next.
#include "lib/Conversion/StructuredToTile/TileBuilder.h"

#include <algorithm>

namespace tilicho::compiler {

bool TileBuilder::isMovable(isa::DType dtype) const {
  return dtype != isa::DType::i32 && dtype != isa::DType::u32 &&
         machine.act.dtypes.has(dtype);
}

/// How far one engine's work may lie behind another's: what is behind by more
/// ran out of work that it could have been given.
static constexpr double behindNs = 10000;

double TileBuilder::narrowSpeedup(isa::DType dst, isa::DType src,
                                  double speedup) const {
  auto isNarrow = [](isa::DType dtype) {
    return isa::isFloat(dtype) && isa::sizeOf(dtype) == 2;
  };
  return isNarrow(dst) && isNarrow(src) ? speedup : 1;
}

double TileBuilder::workNs(Engine engine, const View &view,
                           double factor) const {
  const EngineModel &model = engine == Engine::Act   ? machine.act
                             : engine == Engine::Vec ? machine.vec
                                                     : machine.pool;
  double cycles = std::max<double>(model.minCycles, view.elements() * factor);
  return cycles / model.clockGhz;
}

void TileBuilder::load(Engine engine, const View &view, double factor,
                       bool usesPsum) {
  double ns = workNs(engine, view, factor);
  busyNs[static_cast<int>(engine)] += ns;
  if (usesPsum && machine.vecActSharePsum)
    psumNs += ns;
  double &act = busyNs[static_cast<int>(Engine::Act)];
  double &vec = busyNs[static_cast<int>(Engine::Vec)];
  double least = std::max({act, vec, psumNs}) - behindNs;
  for (double *busy : {&act, &vec, &psumNs})
    *busy = std::max(*busy, least);
}

void TileBuilder::restartWork() {
  for (double &busy : busyNs)
    busy = 0;
  psumNs = 0;
}

Engine TileBuilder::lighter(const View &dst, isa::DType srcType,
                            bool readsPsum) const {
  double actNs = workNs(Engine::Act, dst, 1);
  double vecNs = workNs(
      Engine::Vec, dst,
      1 / narrowSpeedup(dst.dtype, srcType, machine.vecNarrowStridedSpeedup));
  double act = busyNs[static_cast<int>(Engine::Act)] + actNs;
  double vec = busyNs[static_cast<int>(Engine::Vec)] + vecNs;
  if (readsPsum && machine.vecActSharePsum) {
    act = std::max(act, psumNs + actNs);
    vec = std::max(vec, psumNs + vecNs);
  }
  return act < vec ? Engine::Act : Engine::Vec;
}

} // namespace tilicho::compiler
