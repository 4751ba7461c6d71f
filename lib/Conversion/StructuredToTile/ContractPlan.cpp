// SPDX-License-Identifier: Apache-2.0
// Chooses which operand is stationary, and blocks that keep HBM traffic low.
#include "lib/Conversion/StructuredToTile/ContractPlan.h"

#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <limits>

namespace tilicho::compiler {

int64_t accumulatorBanks(const Machine &machine) {
  return std::max(machine.psumBanks / 2, 1);
}

int64_t turningBanks(const Machine &machine) {
  return machine.psumBanks - accumulatorBanks(machine);
}

bool needsTransposition(const Factor &factor, isa::DType type,
                        const Machine &machine) {
  if (!factor.isKInner() || machine.arrayTransposePasses[type] == 0)
    return false;
  // A few elements are gathered by DMA in less time than a transposition.
  double ns = static_cast<double>(factor.free * factor.k) *
              machine.dma.descriptorNs / machine.dma.engines;
  return ns > machine.dma.startNs;
}

namespace {

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
    best.isBStationary = !isCollapsed && turnedNs(true) < turnedNs(false);
    best.kTile = std::min(usableRows(machine), contract.a.k);
    setTiles(best.stationary, stationary(), typeOf(true), usableCols(machine));
    setTiles(best.moving, moving(), typeOf(false), bankElements(machine));
    ContractPlan base = best;
    int64_t accumulators = accumulatorBanks(machine);
    for (int64_t s = 1; s <= accumulators; ++s)
      for (int64_t v = 1; s * v <= accumulators; ++v)
        tryBlocks(base, s, v);
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

  /// Time on the array, and to store the result, with b or a stationary.
  double turnedNs(bool isBStationary) const {
    double held = (isBStationary ? contract.b : contract.a).free;
    double moved = (isBStationary ? contract.a : contract.b).free;
    double cycles =
        std::max(moved, machine.arrayMinCycles *
                            std::ceil(moved / bankElements(machine)));
    cycles *= kTiles * std::ceil(held / usableCols(machine)) *
              machine.arrayPasses[isBStationary ? types.a : types.b];
    return cycles / machine.arrayClockGhz + storeNs(isBStationary);
  }

  double storeNs(bool isBStationary) const {
    Block wanted = resultBlock(contract, {}, {}, {}, isBStationary);
    if (const Layout *layout = lowering.layoutOf(contract.result))
      if (layout->partBegin == wanted.partBegin &&
          layout->partEnd == wanted.partEnd)
        return 0;
    double rows = contract.a.free, rowBytes = contract.b.free;
    if (isBStationary) {
      rows *= contract.b.free;
      rowBytes = 1;
    }
    rowBytes *= isa::sizeOf(Lowering::dtypeOf(contract.result));
    return rows *
           std::max(machine.dma.descriptorNs,
                    rowBytes / machine.dma.bytesPerNs) /
           machine.dma.engines;
  }

  void setTiles(FactorPlan &plan, const Factor &factor, isa::DType type,
                int64_t limit) const {
    plan.tile = plan.block =
        llvm::divideCeil(factor.free, llvm::divideCeil(factor.free, limit));
    if (!needsTransposition(factor, type, machine))
      return;
    // Long enough rows for the DMA's rate.
    double rowBytes = machine.dma.descriptorNs * machine.dma.bytesPerNs;
    int64_t tileBytes = usableRows(machine) * isa::sizeOf(type);
    plan.kGroup =
        std::clamp<int64_t>(std::ceil(rowBytes / tileBytes), 1, kTiles);
  }

  void tryBlocks(ContractPlan plan, int64_t s, int64_t v) {
    plan.stationary.block =
        std::min(s * plan.stationary.tile, stationary().free);
    plan.moving.block = std::min(v * plan.moving.tile, moving().free);
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
        for (inner.group = inner.block; inner.group < extent; inner.group *= 2)
          consider(plan);
        inner.group = extent;
        consider(plan);
      }
      outer.keepBlock = inner.keepAll = false;
    }
  }

  void consider(const ContractPlan &plan) {
    if (bytesOf(plan) > lowering.blockBytes())
      return;
    double ns = costOf(plan);
    // In doubt what takes less memory.
    if (ns >= bestNs * 0.999)
      return;
    bestNs = ns;
    best = plan;
  }

  int64_t factorBytes(const FactorPlan &plan, const Factor &factor,
                      isa::DType type) const {
    int64_t size = isa::sizeOf(type);
    int64_t blocks = llvm::divideCeil(factor.free, plan.block);
    int64_t tiles = 3 * plan.kGroup;
    if (plan.keepBlock)
      tiles = kTiles * std::min<int64_t>(blocks, 2);
    if (plan.keepAll) // The first block of the next group comes meanwhile.
      tiles = kTiles * std::min<int64_t>(blocks, plan.group / plan.block + 1);
    // What is turned is first on chip as it comes.
    int64_t raw = needsTransposition(factor, type, machine)
                      ? 2 * plan.kGroup * usableRows(machine)
                      : 0;
    return (tiles * plan.block + raw) * size;
  }

  int64_t bytesOf(const ContractPlan &plan) const {
    return factorBytes(plan.stationary, stationary(), typeOf(true)) +
           factorBytes(plan.moving, moving(), typeOf(false)) +
           plan.moving.block *
               (3 * isa::sizeOf(Lowering::dtypeOf(contract.result)) +
                2 * epilogue.blockBytes()) +
           plan.moving.tile * epilogue.partBytes();
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

  double loadNs(const FactorPlan &plan, const Factor &factor, isa::DType type,
                double loads, double &arrayNs) const {
    double elements = static_cast<double>(factor.free) * factor.k;
    int64_t run = plan.block;
    if (needsTransposition(factor, type, machine)) {
      run = plan.kGroup * usableRows(machine);
      arrayNs += loads * elements / usableRows(machine) *
                 machine.arrayTransposePasses[type] / usableCols(machine) /
                 machine.arrayClockGhz;
    }
    double runBytes = static_cast<double>(run) * isa::sizeOf(type);
    return loads * elements / run *
           std::max(machine.dma.descriptorNs,
                    runBytes / machine.dma.bytesPerNs) /
           machine.dma.engines;
  }

  double costOf(const ContractPlan &plan) const {
    double arrayNs = turnedNs(plan.isBStationary);
    double dmaNs = loadNs(plan.stationary, stationary(), typeOf(true),
                          loadsOf(plan.stationary, plan.moving, moving(),
                                  plan.isStationaryOutside),
                          arrayNs);
    dmaNs += loadNs(plan.moving, moving(), typeOf(false),
                    loadsOf(plan.moving, plan.stationary, stationary(),
                            !plan.isStationaryOutside),
                    arrayNs);
    return std::max(arrayNs, dmaNs) + 0.1 * std::min(arrayNs, dmaNs);
  }

  const Contract &contract;
  ArrayTypes types;
  const Epilogue &epilogue;
  const Lowering &lowering;
  const Machine &machine;
  int64_t kTiles;
  ContractPlan best;
  double bestNs = std::numeric_limits<double>::infinity();
};

} // namespace

ContractPlan planContract(const Contract &contract, ArrayTypes types,
                          const Epilogue &epilogue, const Lowering &lowering) {
  return Planner(contract, types, epilogue, lowering).plan();
}

} // namespace tilicho::compiler
