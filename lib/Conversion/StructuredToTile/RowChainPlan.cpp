// SPDX-License-Identifier: Apache-2.0
// Chooses blocks of a chain: whole rows where they fit, all keys on chip where
// they fit, and as few loads of keys as memory allows where they do not.
#include "lib/Conversion/StructuredToTile/RowChainPlan.h"

#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

static ArrayTypes typesOf(Operation *op, const Machine &machine) {
  return *arrayTypes(machine, Lowering::dtypeOf(op->getOperand(0)),
                     Lowering::dtypeOf(op->getOperand(1)));
}

static Epilogue epilogueOf(Operation *producer, Operation *root,
                           Lowering &lowering) {
  return root ? Epilogue(producer, root, lowering)
              : Epilogue(producer, lowering);
}

RowChainParts::RowChainParts(const RowChain &chain, Epilogue &epilogue,
                             Lowering &lowering)
    : scores(cast<tile::ContractOp>(chain.scores), /*collapses=*/false),
      product(cast<tile::ContractOp>(chain.product), /*collapses=*/false),
      scoreTypes(typesOf(chain.scores, lowering.machine)),
      productTypes(typesOf(chain.product, lowering.machine)),
      before(epilogueOf(chain.scores, chain.before, lowering)),
      after(epilogueOf(chain.softmax, chain.after, lowering)),
      epilogue(epilogue), logitType(Lowering::dtypeOf(chain.logits())),
      hasAfter(chain.after) {
  scores.locate(lowering);
  product.locate(lowering);
}

namespace {

class Planner {
public:
  Planner(const RowChainParts &parts, const Lowering &lowering)
      : parts(parts), lowering(lowering), machine(lowering.machine),
        powerType(parts.productTypes.a), powerBytes(isa::sizeOf(powerType)) {}

  std::optional<RowChainPlan> plan() {
    if (machine.arrayTransposePasses[powerType] == 0 || !setTiles())
      return std::nullopt;
    int64_t allChunks = llvm::divideCeil(parts.keys(), base.chunk);
    for (bool keepsKeys : {true, false})
      for (int64_t chunks = allChunks; chunks > 0; chunks /= 2) {
        tryRowBlocks(chunks, keepsKeys);
        if (parts.hasAfter) // It takes whole rows.
          break;
      }
    return best;
  }

private:
  bool setTiles() {
    int64_t bank = machine.psumBankBytes;
    int64_t lanes = arrayLanes(machine);
    base.rows = evenPart(parts.rows(), std::min(lanes, bank / powerBytes));
    const Layout *layout = lowering.layoutOf(parts.product.b.tensor);
    base.keyTile = std::min({layout ? layout->blockSize : lanes,
                             bankElements(machine), parts.keys()});
    base.chunk = std::min(bankElements(machine) / base.keyTile * base.keyTile,
                          parts.keys());
    base.columns = std::min(bankElements(machine), parts.columns());
    base.queries =
        keepBlocks(parts.scores.a, parts.scoreTypes.a, base.rows, machine);
    base.keysPlan =
        keepBlocks(parts.scores.b, parts.scoreTypes.b, base.chunk, machine);
    // Those that meet one block of rows are turned a bank at a time.
    int64_t inBank = machine.psumBankBytes / isa::sizeOf(parts.scoreTypes.b);
    bool areTurned =
        needsTransposition(parts.scores.b, parts.scoreTypes.b, machine);
    if (areTurned && parts.rows() <= base.rows && inBank > base.chunk)
      base.keysPlan.block = inBank / base.chunk * base.chunk;
    base.values = keepBlocks(parts.product.b, parts.productTypes.b,
                             parts.columns(), machine);
    base.values.kGroup = 1;
    if (!layout)
      interleaveValues();
    bool turnsOperands =
        needsTransposition(parts.scores.a, parts.scoreTypes.a, machine) ||
        needsTransposition(parts.scores.b, parts.scoreTypes.b, machine) ||
        needsTransposition(parts.product.b, parts.productTypes.b, machine);
    // Accumulators of the result for two blocks, and two each of scores, of
    // turned powers and of turned operands.
    int64_t blocks = llvm::divideCeil(parts.columns(), base.columns);
    return 2 * blocks + (turnsOperands ? 6 : 4) <= machine.psumBanks;
  }

  /// Rows of values that are short in memory come several to a partition. Their
  /// products are then summed up in another order, by smaller tiles.
  void interleaveValues() {
    int64_t rowBytes = parts.columns() * isa::sizeOf(parts.productTypes.b);
    int64_t turns = rowsInPartition(base.chunk, rowBytes, machine);
    bool fitsBank = turns * base.rows * powerBytes <= machine.psumBankBytes;
    if (!lowering.spreadsWork() || parts.product.b.isKInner() || turns == 1 ||
        !fitsBank)
      return;
    double savedNs =
        base.chunk *
        (machine.dma.descriptorNs - rowBytes / machine.dma.bytesPerNs) /
        machine.dma.engines;
    int64_t tiles = llvm::divideCeil(base.chunk, base.keyTile);
    double addedNs =
        (tilesNs(turns, turns) - tilesNs(tiles, 1)) *
        static_cast<double>(llvm::divideCeil(parts.rows(), base.rows));
    if (savedNs < 2 * addedNs)
      return;
    base.keyTile = base.chunk / turns;
    base.values.kGroup = turns;
    base.values.interleaves = true;
  }

  /// What the array takes to turn a chunk's powers, read `step` apart, in so
  /// many tiles, and to multiply these.
  double tilesNs(int64_t tiles, int64_t step) const {
    bool isWide = step * powerBytes >= machine.wideStrideBytes;
    double turned = base.rows * (isWide ? machine.wideStrideFactor : 1);
    double least = machine.arrayMinCycles;
    double cycles =
        std::max<double>(least, parts.columns()) *
            machine.arrayPasses[powerType] +
        std::max(least, turned) * machine.arrayTransposePasses[powerType];
    return tiles * cycles / machine.arrayClockGhz;
  }

  void tryRowBlocks(int64_t chunks, bool keepsKeys) {
    RowChainPlan plan = base;
    plan.chunks = chunks;
    plan.keepsKeys = keepsKeys;
    int64_t most = llvm::divideCeil(parts.rows(), base.rows);
    bool isStreamed = !keepsKeys && chunks * base.chunk < parts.keys();
    for (plan.rowBlocks = 1; plan.rowBlocks <= most; plan.rowBlocks *= 2) {
      if (bytesOf(plan) > lowering.blockBytes())
        return;
      double ns = costOf(plan);
      if (ns < bestNs) {
        bestNs = ns;
        best = plan;
      }
      if (!isStreamed)
        return;
    }
  }

  static int64_t bytesOf(const FactorPlan &plan, const Factor &factor,
                         isa::DType type, const Machine &machine) {
    if (!needsTransposition(factor, type, machine))
      return 0;
    // Two sets of rows as they come.
    return 2 * llvm::divideCeil(plan.block, usableRows(machine)) * factor.k *
           isa::sizeOf(type);
  }

  int64_t operandBytes(const RowChainPlan &plan) const {
    int64_t scoreA = isa::sizeOf(parts.scoreTypes.a);
    int64_t scoreB = isa::sizeOf(parts.scoreTypes.b);
    int64_t value = isa::sizeOf(parts.productTypes.b);
    int64_t kTiles = llvm::divideCeil(parts.scores.a.k, usableRows(machine));
    int64_t block = plan.chunks * plan.chunk;
    // The next ones come while the last ones are still in use.
    int64_t keys =
        plan.keepsKeys ? parts.keys() + plan.keysPlan.block : 2 * block;
    int64_t ahead = plan.keepsKeys ? block + 10 * plan.chunk : 0;
    int64_t held = std::min(2 * keys, keys + ahead);
    return kTiles * keys * scoreB +
           llvm::divideCeil(held, plan.keyTile) * parts.columns() * value +
           (plan.rowBlocks + 2) * kTiles * plan.rows * scoreA +
           bytesOf(plan.queries, parts.scores.a, parts.scoreTypes.a, machine) +
           bytesOf(plan.keysPlan, parts.scores.b, parts.scoreTypes.b, machine) +
           bytesOf(plan.values, parts.product.b, parts.productTypes.b, machine);
  }

  int64_t bytesOf(const RowChainPlan &plan) const {
    int64_t wide = isa::sizeOf(isa::DType::f32);
    int64_t inFlight = plan.chunks + 5;
    int64_t element = inFlight * isa::sizeOf(parts.logitType) +
                      2 * parts.before.blockBytes() + parts.before.partBytes() +
                      5 * powerBytes;
    if (parts.hasAfter)
      element += inFlight * wide + 2 * wide + 2 * parts.after.blockBytes() +
                 parts.after.partBytes();
    int64_t turned =
        3 * llvm::divideCeil(plan.chunk, plan.keyTile) * plan.rows * powerBytes;
    int64_t results =
        parts.columns() *
        (2 * wide * plan.rowBlocks + wide + 2 * parts.epilogue.blockBytes() +
         parts.epilogue.partBytes() +
         3 * isa::sizeOf(Lowering::dtypeOf(parts.epilogue.result())));
    // Columns take a unit of memory each.
    int64_t columns = 16 * 64 * (plan.rowBlocks + 3);
    return element * plan.chunk + turned + results + columns +
           operandBytes(plan);
  }

  /// What depends on the plan: loads of keys and values, and the turns of a
  /// running maximum.
  double costOf(const RowChainPlan &plan) const {
    double rowBlocks = llvm::divideCeil(parts.rows(), plan.rows);
    double block = plan.chunks * plan.chunk;
    double keyBlocks = llvm::divideCeil(parts.keys(), plan.chunks * plan.chunk);
    double loads = plan.keepsKeys ? 1 : rowBlocks / plan.rowBlocks;
    double keyNs = static_cast<double>(parts.scores.a.k) *
                   isa::sizeOf(parts.scoreTypes.b) / machine.dma.bytesPerNs;
    double valueNs = static_cast<double>(parts.columns()) *
                     isa::sizeOf(parts.productTypes.b) / machine.dma.bytesPerNs;
    double dmaNs = loads * parts.keys() *
                   (std::max(keyNs, machine.dma.descriptorNs) +
                    std::max(valueNs, machine.dma.descriptorNs)) /
                   machine.dma.engines;
    double elements = rowBlocks * keyBlocks * block;
    double laneNs = 2 * elements / machine.act.clockGhz;
    double turnNs = rowBlocks * (keyBlocks - 1) *
                    (parts.columns() + 4 * machine.vec.minCycles) /
                    machine.vec.clockGhz;
    return std::max(dmaNs, laneNs + turnNs) + 0.1 * dmaNs;
  }

  const RowChainParts &parts;
  const Lowering &lowering;
  const Machine &machine;
  isa::DType powerType;
  int64_t powerBytes;
  RowChainPlan base;
  std::optional<RowChainPlan> best;
  double bestNs = std::numeric_limits<double>::infinity();
};

} // namespace

std::optional<RowChainPlan> planRowChain(const RowChainParts &parts,
                                         const Lowering &lowering) {
  return Planner(parts, lowering).plan();
}

} // namespace tilicho::compiler
