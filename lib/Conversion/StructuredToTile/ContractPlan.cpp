// SPDX-License-Identifier: Apache-2.0
// Chooses which operand is stationary, and blocks by which the array starts
// early and HBM traffic is low.
#include "lib/Conversion/StructuredToTile/ContractPlan.h"

#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <limits>

namespace tilicho::compiler {

bool needsTransposition(const Factor &factor, isa::DType type,
                        const Machine &machine) {
  if (!factor.isKInner() || factor.hasKOnPartitions ||
      !turnsBesideSums(machine, type))
    return false;
  if (factor.isOnChip)
    return true;
  // A few elements are gathered by DMA in less time than a transposition.
  double ns = static_cast<double>(factor.free * factor.k) *
              machine.dma.descriptorNs / machine.dma.engines;
  return ns > machine.dma.startNs;
}

int64_t FactorPlan::countedOf(int64_t free) const {
  return period ? free / period * llvm::divideCeil(period, tile) * tile : free;
}

Range FactorPlan::indicesOf(Range counted) const {
  if (!period)
    return counted;
  int64_t tiles = llvm::divideCeil(period, tile);
  auto indexOf = [&](int64_t at) {
    int64_t number = at / tile;
    return number / tiles * period + number % tiles * tile;
  };
  int64_t first = indexOf(counted.start);
  return {first, indexOf(counted.start + counted.count) - first, 1};
}

FactorPlan keepBlocks(const Factor &factor, isa::DType type, int64_t block,
                      const Machine &machine) {
  FactorPlan plan;
  plan.tile = plan.block = block;
  plan.keepBlock = plan.keepAll = true;
  if (needsTransposition(factor, type, machine))
    plan.kGroup = llvm::divideCeil(factor.k, usableRows(machine));
  return plan;
}

bool canLieByBlocks(const Factor &factor, int64_t block, int64_t kTile,
                    isa::DType type) {
  llvm::ArrayRef<int64_t> shape = Lowering::shapeOf(factor.tensor);
  return Lowering::constantOf(factor.tensor) && !factor.isKInner() &&
         product(shape.drop_back(2)) == 1 && factor.k % kTile == 0 &&
         factor.free % block == 0 && type == Lowering::dtypeOf(factor.tensor);
}

int64_t rowsInPartition(int64_t rows, int64_t rowBytes,
                        const Machine &machine) {
  int64_t wanted =
      std::ceil(machine.dma.descriptorNs * machine.dma.bytesPerNs / rowBytes);
  int64_t best = 1;
  for (int64_t count = 2; count < 2 * wanted; ++count) {
    bool fits = rows % count == 0 && rows / count <= usableRows(machine) &&
                rows / count >= machine.dma.engines;
    if (fits && (best < wanted || count <= wanted))
      best = count;
  }
  return best;
}

namespace {

/// No more tiles of k than these wait for the end of a block.
constexpr double mostTilesAtEnd = 4;
/// Blocks whose loads are followed one by one.
constexpr int64_t followedBlocks = 32;

/// What it takes to bring an operand onto the chip.
struct Bring {
  double dmaNs = 0, arrayNs = 0;

  Bring operator*(double times) const {
    return {dmaNs * times, arrayNs * times};
  }
};

class Planner {
public:
  Planner(const Contract &contract, ArrayTypes types, const Epilogue &epilogue,
          const Lowering &lowering)
      : contract(contract), types(types), epilogue(epilogue),
        lowering(lowering), machine(lowering.machine),
        kTiles(llvm::divideCeil(contract.a.k, usableRows(machine))) {}

  ContractPlan plan() {
    // With batches collapsed into it, a's index is no one dimension.
    bool isCollapsed = contract.a.freeEnd - contract.a.freeBegin > 1;
    best.isBStationary = !isCollapsed && matmulNs(true) + storeNs(true) <
                                             matmulNs(false) + storeNs(false);
    best.kTile = std::min(usableRows(machine), contract.a.k);
    setTiles(best.stationary, stationary(), typeOf(true), usableCols(machine));
    setTiles(best.moving, moving(), typeOf(false), bankElements(machine));
    alignRows(best.isBStationary);
    tryAll(best, countTilesAtEnd());
    if (std::isinf(bestNs))
      tryAll(best, 1);
    return best;
  }

private:
  const Factor &stationary() const {
    return best.isBStationary ? contract.b : contract.a;
  }
  const Factor &moving() const {
    return best.isBStationary ? contract.a : contract.b;
  }
  isa::DType typeOf(bool isStationary) const {
    return isStationary == best.isBStationary ? types.b : types.a;
  }
  bool isTurned(bool isStationary) const {
    return needsTransposition(isStationary ? stationary() : moving(),
                              typeOf(isStationary), machine);
  }

  /// Accumulators that are summed up at one time. What is turned has two banks,
  /// so that one is written while the other is read.
  int64_t accumulatorBanks() const {
    int64_t turning = isTurned(true) || isTurned(false)
                          ? std::min(2, machine.psumBanks / 2)
                          : 0;
    return std::max<int64_t>(
        machine.psumBanks - turning - lowering.reservedBanks, 1);
  }

  /// So many that one accumulator leaves PSUM while the next is added to.
  int64_t countTilesAtEnd() const {
    double leaveNs = best.moving.tile / machine.act.clockGhz *
                     std::max<size_t>(epilogue.numOperations(), 1);
    double addNs = std::max<double>(best.moving.tile, machine.arrayMinCycles) *
                   machine.arrayPasses[typeOf(false)] / machine.arrayClockGhz;
    return std::ceil(std::clamp(leaveNs / addNs, 1.0, mostTilesAtEnd));
  }

  /// Time on the array, with b or a stationary.
  double matmulNs(bool isBStationary) const {
    double held = (isBStationary ? contract.b : contract.a).free;
    double moved = (isBStationary ? contract.a : contract.b).free;
    double cycles =
        std::max(moved, machine.arrayMinCycles *
                            std::ceil(moved / bankElements(machine)));
    cycles *= kTiles * std::ceil(held / usableCols(machine)) *
              machine.arrayPasses[isBStationary ? types.a : types.b];
    return cycles / machine.arrayClockGhz;
  }

  /// Time to store the result.
  double storeNs(bool isBStationary) const {
    Block wanted = resultBlock(contract, {}, {}, {}, isBStationary);
    if (const Layout *layout = lowering.layoutOf(contract.result))
      if (layout->partBegin == wanted.partBegin &&
          layout->partEnd == wanted.partEnd)
        return 0;
    double rows = contract.a.free, elements = contract.b.free;
    if (isBStationary) {
      rows *= contract.b.free;
      elements = 1;
    }
    return rowsNs(rows,
                  elements * isa::sizeOf(Lowering::dtypeOf(contract.result)));
  }

  /// Time of the DMA engines for rows of so many bytes.
  double rowsNs(double rows, double bytes) const {
    return rows *
           std::max(machine.dma.descriptorNs, bytes / machine.dma.bytesPerNs) /
           machine.dma.engines;
  }

  void setTiles(FactorPlan &plan, const Factor &factor, isa::DType type,
                int64_t limit) const {
    plan.tile = plan.block = evenPart(factor.free, limit);
    if (!needsTransposition(factor, type, machine))
      return;
    // Long enough rows for the DMA's rate.
    double rowBytes = machine.dma.descriptorNs * machine.dma.bytesPerNs;
    int64_t tileBytes = usableRows(machine) * isa::sizeOf(type);
    plan.kGroup =
        std::clamp<int64_t>(std::ceil(rowBytes / tileBytes), 1, kTiles);
  }

  /// Tiles of a's rows are blocks of the layout in which it or the result is on
  /// chip, or several of them.
  void alignRows(bool areMoved) {
    const Layout *layout = rowLayout(areMoved);
    if (!layout)
      return;
    FactorPlan &plan = areMoved ? best.moving : best.stationary;
    int64_t most = areMoved ? bankElements(machine) : usableCols(machine);
    int64_t blocks = most / layout->blockSize;
    if (blocks == 0 || (!layout->period && plan.tile % layout->blockSize == 0))
      return;
    int64_t rows = layout->period ? layout->period : contract.a.free;
    if (areMoved && layout->period && layout->period <= most) {
      plan.tile = evenPart(contract.a.free / rows, most / rows) * rows;
    } else {
      plan.tile = evenPart(layout->blocksOf(rows), blocks) * layout->blockSize;
      plan.period = layout->period;
    }
    plan.tile = plan.block = std::min(plan.tile, contract.a.free);
    contract.a.free = plan.countedOf(contract.a.free);
  }

  const Layout *rowLayout(bool areMoved) const {
    if (contract.a.isOnChip)
      return lowering.layoutOf(contract.a.tensor);
    const Layout *layout = lowering.layoutOf(contract.result);
    bool isAlongRows = layout && layout->period && !areMoved &&
                       layout->partBegin == contract.resultFreeBegin;
    return isAlongRows ? layout : nullptr;
  }

  void tryAll(ContractPlan base, int64_t tilesAtEnd) {
    base.kTilesAtEnd = tilesAtEnd;
    int64_t banks = accumulatorBanks();
    for (int64_t s = 1; s <= banks; ++s)
      for (int64_t v = 1; s * v <= banks; ++v)
        tryBlocks(base, s, v);
  }

  void tryBlocks(ContractPlan plan, int64_t s, int64_t v) {
    if ((s - 1) * plan.stationary.tile >= stationary().free ||
        (v - 1) * plan.moving.tile >= moving().free)
      return;
    plan.stationary.block =
        std::min(s * plan.stationary.tile, stationary().free);
    plan.moving.block = std::min(v * plan.moving.tile, moving().free);
    groupConstant(plan.stationary, stationary(), typeOf(true));
    groupConstant(plan.moving, moving(), typeOf(false));
    for (bool isStationaryOutside : {true, false}) {
      plan.isStationaryOutside = isStationaryOutside;
      FactorPlan &outer = isStationaryOutside ? plan.stationary : plan.moving;
      FactorPlan &inner = isStationaryOutside ? plan.moving : plan.stationary;
      int64_t extent = (isStationaryOutside ? moving() : stationary()).free;
      for (bool keepBlock : {false, true}) {
        outer.keepBlock = keepBlock;
        inner.keepAll = false;
        consider(plan);
        inner.keepAll = true;
        tryGroups(plan, inner, extent);
      }
      outer.keepBlock = inner.keepAll = false;
    }
  }

  /// A constant may lie in memory as it is loaded, so that a partition's part
  /// of several tiles is one row.
  void groupConstant(FactorPlan &plan, const Factor &factor,
                     isa::DType type) const {
    if (!canLieByBlocks(factor, plan.block, best.kTile, type))
      return;
    double rowBytes = static_cast<double>(plan.block) * isa::sizeOf(type);
    double wanted = machine.dma.descriptorNs * machine.dma.bytesPerNs;
    int64_t least = std::ceil(wanted / rowBytes);
    int64_t groups = std::max<int64_t>(kTiles / least, 1);
    plan.kGroup = llvm::divideCeil(kTiles, groups);
  }

  /// Groups of even sizes, from as few as possible on.
  void tryGroups(ContractPlan &plan, FactorPlan &inner, int64_t extent) {
    int64_t blocks = llvm::divideCeil(extent, inner.block);
    for (int64_t groups = 1, last = 0; groups <= blocks; ++groups) {
      int64_t size = llvm::divideCeil(blocks, groups);
      if (size == last)
        continue;
      last = size;
      inner.group = std::min(size * inner.block, extent);
      consider(plan);
    }
  }

  void consider(const ContractPlan &plan) {
    int64_t bytes = bytesOf(plan), free = lowering.blockBytes() - bytes;
    if (free < 0)
      return;
    double ns = costOf(plan, free);
    // In doubt what takes less memory.
    if (ns > bestNs * 1.001 || (ns > bestNs * 0.999 && bytes >= bestBytes))
      return;
    bestNs = std::min(ns, bestNs);
    bestBytes = bytes;
    best = plan;
  }

  //===--------------------------------------------------------------------===//
  // Memory
  //===--------------------------------------------------------------------===//

  /// Tiles that come while those of a kept block are still used.
  int64_t tilesAhead(const ContractPlan &plan) const {
    return std::min(
        std::max(plan.kTilesAtEnd + 2, int64_t(llvm::divideCeil(kTiles, 4))),
        kTiles);
  }

  int64_t factorBytes(const ContractPlan &whole, const FactorPlan &plan,
                      const Factor &factor, isa::DType type) const {
    int64_t size = isa::sizeOf(type);
    int64_t kept = plan.keepAll ? plan.group : plan.block;
    bool isTurned = needsTransposition(factor, type, machine);
    int64_t tiles = 2 * whole.kTilesAtEnd + 1;
    tiles =
        isTurned ? tiles + mostTurnedAhead : std::max(tiles, 3 * plan.kGroup);
    if (plan.keepAll || plan.keepBlock)
      tiles = kTiles * llvm::divideCeil(kept, plan.block) +
              (kept < factor.free ? tilesAhead(whole) : 0);
    // What is turned is first on chip as it comes.
    int64_t raw = 0;
    if (isTurned && !isOnChip(factor))
      raw = 2 * plan.kGroup * usableRows(machine) *
            llvm::divideCeil(plan.block, usableRows(machine));
    return (tiles * plan.block + raw) * size;
  }

  int64_t bytesOf(const ContractPlan &plan) const {
    return factorBytes(plan, plan.stationary, stationary(), typeOf(true)) +
           factorBytes(plan, plan.moving, moving(), typeOf(false)) +
           plan.moving.block *
               (3 * isa::sizeOf(Lowering::dtypeOf(contract.result)) +
                2 * epilogue.blockBytes()) +
           plan.moving.tile * epilogue.partBytes();
  }

  //===--------------------------------------------------------------------===//
  // Time
  //===--------------------------------------------------------------------===//

  /// Whether the operand is in SBUF as it is read.
  bool isOnChip(const Factor &factor) const {
    const Layout *layout = lowering.layoutOf(factor.tensor);
    if (!layout)
      return false;
    if (layout->partBegin == factor.kDim)
      return true;
    return factor.isKInner() && layout->partBegin == factor.freeBegin;
  }

  /// How often an operand is loaded as a whole.
  static double loadsOf(const FactorPlan &plan, const FactorPlan &other,
                        const Factor &otherFactor, bool isOutside) {
    if (plan.keepAll)
      return 1;
    int64_t whole = otherFactor.free;
    if (isOutside && plan.keepBlock)
      return llvm::divideCeil(whole, other.keepAll ? other.group : whole);
    return llvm::divideCeil(whole, other.block);
  }

  /// The whole operand, once.
  Bring bringOf(const FactorPlan &plan, const Factor &factor,
                isa::DType type) const {
    double elements = static_cast<double>(factor.free) * factor.k;
    Bring bring;
    int64_t run = plan.block * plan.kGroup;
    if (needsTransposition(factor, type, machine)) {
      run = plan.kGroup * usableRows(machine);
      bring.arrayNs = elements / usableCols(machine) *
                      machine.arrayTransposePasses[type] /
                      machine.arrayClockGhz;
    }
    if (!isOnChip(factor))
      bring.dmaNs =
          rowsNs(elements / run, static_cast<double>(run) * isa::sizeOf(type));
    return bring;
  }

  /// `freeBytes`: what the plan leaves of SBUF, where more can run ahead.
  double costOf(const ContractPlan &plan, int64_t freeBytes) const {
    bool isOut = plan.isStationaryOutside;
    const FactorPlan &outer = isOut ? plan.stationary : plan.moving;
    const FactorPlan &inner = isOut ? plan.moving : plan.stationary;
    const Factor &outerFactor = isOut ? stationary() : moving();
    const Factor &innerFactor = isOut ? moving() : stationary();
    Bring outerBring = bringOf(outer, outerFactor, typeOf(isOut));
    Bring innerBring = bringOf(inner, innerFactor, typeOf(!isOut));
    double outerLoads = loadsOf(outer, inner, innerFactor, true);
    double innerLoads = loadsOf(inner, outer, outerFactor, false);
    double matmuls = matmulNs(plan.isBStationary);
    double arrayNs = matmuls + outerLoads * outerBring.arrayNs +
                     innerLoads * innerBring.arrayNs;
    double dmaNs = outerLoads * outerBring.dmaNs +
                   innerLoads * innerBring.dmaNs + storeNs(plan.isBStationary);
    double outerPart = double(outer.block) / outerFactor.free;
    double innerPart = double(inner.block) / innerFactor.free;
    Pass pass;
    pass.blocks = llvm::divideCeil(
        inner.keepAll ? inner.group : innerFactor.free, inner.block);
    pass.keepsOuter = outer.keepBlock;
    pass.outer = outerBring * outerPart;
    pass.inner = innerBring * innerPart;
    pass.matmulNs = matmuls * outerPart * innerPart;
    double waits = waitNs(pass, arrayNs, dmaNs);
    if (outer.keepBlock) {
      double aheadBytes =
          tilesAhead(plan) * outer.block * isa::sizeOf(typeOf(isOut));
      double ahead = std::min(1.0, (aheadBytes + freeBytes) * tilesAhead(plan) /
                                       (aheadBytes * kTiles));
      double changes = outerLoads * std::ceil(1 / outerPart) - 1;
      waits += changes *
               std::max(0.0, pass.outer.dmaNs - pass.matmulNs * (1 + ahead));
    }
    return std::max(arrayNs, dmaNs) + waits + 0.05 * std::min(arrayNs, dmaNs);
  }

  /// The first pass along the inner operand, whose blocks are loaded.
  struct Pass {
    int64_t blocks = 1;
    bool keepsOuter = false;
    Bring outer, inner;
    double matmulNs = 0;
  };

  /// What the first pass waits for loads, beyond what the DMA engines would
  /// hold all of it up.
  static double waitNs(const Pass &pass, double arrayNs, double dmaNs) {
    double loaded = 0, done = 0, worked = 0;
    for (int64_t i = 0; i < std::min(pass.blocks, followedBlocks); ++i) {
      bool loadsOuter = i == 0 || !pass.keepsOuter;
      loaded += pass.inner.dmaNs + (loadsOuter ? pass.outer.dmaNs : 0);
      double work = pass.matmulNs + pass.inner.arrayNs +
                    (loadsOuter ? pass.outer.arrayNs : 0);
      worked += work;
      done = std::max(done + work, loaded);
    }
    return done + std::max(arrayNs - worked, dmaNs - loaded) -
           std::max(arrayNs, dmaNs);
  }

  /// Its rows are counted as the plan counts them.
  Contract contract;
  ArrayTypes types;
  const Epilogue &epilogue;
  const Lowering &lowering;
  const Machine &machine;
  int64_t kTiles;
  ContractPlan best;
  double bestNs = std::numeric_limits<double>::infinity();
  int64_t bestBytes = 0;
};

} // namespace

ContractPlan planContract(const Contract &contract, ArrayTypes types,
                          const Epilogue &epilogue, const Lowering &lowering) {
  return Planner(contract, types, epilogue, lowering).plan();
}

} // namespace tilicho::compiler
