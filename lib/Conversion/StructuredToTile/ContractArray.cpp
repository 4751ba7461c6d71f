// SPDX-License-Identifier: Apache-2.0
// Multiplication of matrices on the array.
#include "lib/Conversion/StructuredToTile/ContractOperand.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <vector>

using namespace mlir;

namespace tilicho::compiler {

namespace {

class ArrayContract {
public:
  ArrayContract(const Contract &contract, ArrayTypes types, Epilogue &epilogue,
                Lowering &lowering)
      : contract(contract), types(types), epilogue(epilogue),
        lowering(lowering),
        plan(planContract(contract, types, epilogue, lowering)),
        held(plan.isBStationary ? contract.b : contract.a),
        moved(plan.isBStationary ? contract.a : contract.b),
        stationary(held, plan.stationary, stationaryType(), plan.kTile,
                   lowering),
        moving(moved, plan.moving, movingType(), plan.kTile, lowering) {}

  void emit() {
    int64_t most = std::min(held.free, plan.stationary.tile);
    Range a = plan.isBStationary ? Range{0, moved.free, 1} : Range{0, most, 1};
    Range b = plan.isBStationary ? Range{0, most, 1} : Range{0, moved.free, 1};
    epilogue.prefetch(
        resultBlock(contract, SmallVector<int64_t>(contract.batch.size(), 0), a,
                    b, plan.isBStationary));
    forEachIndex(contract.batch, [&](ArrayRef<int64_t> index) {
      batch.assign(index.begin(), index.end());
      stationary.enterBatch(batch);
      moving.enterBatch(batch);
      emitBatch();
    });
  }

private:
  static void forEachBlock(int64_t extent, int64_t block,
                           function_ref<void(Range)> body) {
    for (int64_t first = 0; first < extent; first += block)
      body({first, std::min(block, extent - first), 1});
  }

  /// Calls `body` with each tile of a block, counted from the block's first
  /// index.
  static void forEachTile(Range block, const FactorPlan &plan,
                          function_ref<void(Range)> body) {
    int64_t first = plan.indicesOf(block).start;
    forEachBlock(block.count, plan.tile, [&](Range tile) {
      tile.start += block.start;
      tile = plan.indicesOf(tile);
      tile.start -= first;
      body(tile);
    });
  }
  void forEachHeld(function_ref<void(Range)> body) const {
    forEachTile(rows, plan.stationary, body);
  }
  void forEachMoved(function_ref<void(Range)> body) const {
    forEachTile(columns, plan.moving, body);
  }

  /// A block of the result, as the plan counts indices.
  struct Pair {
    Range rows, columns;
    bool startsGroup = false;
  };

  std::vector<Pair> orderBlocks() const {
    const Factor &outer = plan.isStationaryOutside ? held : moved;
    const Factor &inner = plan.isStationaryOutside ? moved : held;
    const FactorPlan &outerPlan =
        plan.isStationaryOutside ? plan.stationary : plan.moving;
    const FactorPlan &innerPlan =
        plan.isStationaryOutside ? plan.moving : plan.stationary;
    std::vector<Pair> order;
    int64_t free = innerPlan.countedOf(inner.free);
    int64_t group = innerPlan.keepAll ? innerPlan.group : free;
    forEachBlock(free, group, [&](Range members) {
      bool startsGroup = true;
      forEachBlock(
          outerPlan.countedOf(outer.free), outerPlan.block, [&](Range out) {
            forEachBlock(members.count, innerPlan.block, [&](Range in) {
              in.start += members.start;
              Pair pair =
                  plan.isStationaryOutside ? Pair{out, in} : Pair{in, out};
              pair.startsGroup = startsGroup;
              startsGroup = false;
              order.push_back(pair);
            });
          });
    });
    return order;
  }

  void emitBatch() {
    std::vector<Pair> order = orderBlocks();
    enter(order.front());
    for (size_t index = 0; index < order.size(); ++index) {
      rows = order[index].rows;
      columns = order[index].columns;
      bool isLast = index + 1 == order.size();
      emitBlock(isLast ? nullptr : &order[index + 1]);
    }
  }

  void enter(const Pair &pair) {
    if (pair.startsGroup)
      (plan.isStationaryOutside ? moving : stationary).forget();
    Range held = plan.stationary.indicesOf(pair.rows);
    Range moved = plan.moving.indicesOf(pair.columns);
    if (!stationary.isAt(held))
      stationary.enter(held);
    if (!moving.isAt(moved))
      moving.enter(moved);
  }

  /// Sums over all of k for a block of either operand.
  void emitBlock(const Pair *next) {
    accs.clear();
    forEachHeld([&](Range s) {
      forEachMoved([&](Range v) {
        accs.push_back(lowering.tile.psum(types.sum, s.count, {v.count}));
      });
    });
    int64_t kTiles = llvm::divideCeil(contract.a.k, plan.kTile);
    int64_t atEnd = std::min(plan.kTilesAtEnd, kTiles);
    for (int64_t k = 0; k < kTiles - atEnd; ++k) {
      bool isBeforeEnd = k + 1 == kTiles - atEnd;
      fetch({k, 1, 1});
      prefetch({k + 1, std::max(isBeforeEnd ? atEnd : 1, tilesAhead()), 1});
      multiply(k > 0, /*isLast=*/false);
    }
    fetch({kTiles - atEnd, atEnd, 1});
    if (next) {
      enter(*next);
      prefetch({0, std::max(kTiles > atEnd ? 1 : atEnd, tilesAhead()), 1});
    }
    multiply(kTiles > atEnd, /*isLast=*/true);
  }

  /// Tiles of k that the array turns ahead of their use, so that each has left
  /// PSUM by then.
  int64_t tilesAhead() const {
    const Machine &machine = lowering.machine;
    bool isTurned = needsTransposition(held, stationaryType(), machine);
    bool isMovedTurned = needsTransposition(moved, movingType(), machine);
    if (!isTurned && !isMovedTurned)
      return 1;
    double cycles = std::max<double>(plan.moving.tile, machine.arrayMinCycles) *
                    machine.arrayPasses[movingType()];
    double multiplyNs = accs.size() * cycles / machine.arrayClockGhz;
    int64_t turned =
        std::max(isTurned ? rows.count : 0, isMovedTurned ? columns.count : 0);
    double turnNs =
        2 * machine.semaphoreNs +
        (machine.arrayRows + machine.arrayCols + machine.arrayDrainCycles) /
            machine.arrayClockGhz +
        (turned + machine.act.fixedCycles) / machine.act.clockGhz;
    return std::ceil(
        std::clamp<double>(turnNs / multiplyNs, 1.0, mostTurnedAhead));
  }
  isa::DType stationaryType() const {
    return plan.isBStationary ? types.b : types.a;
  }
  isa::DType movingType() const {
    return plan.isBStationary ? types.a : types.b;
  }

  void fetch(Range tiles) {
    weights.clear();
    data.clear();
    for (int64_t k = tiles.start; k < tiles.start + tiles.count; ++k) {
      weights.push_back(stationary.tile(k));
      data.push_back(onRowsOf(weights.back(), moving.tile(k), lowering.tile));
      assert(weights.back().partition == data.back().partition &&
             "rows differ");
      stationary.leave(k);
      moving.leave(k);
    }
  }

  void prefetch(Range tiles) {
    for (int64_t k = tiles.start; k < tiles.start + tiles.count; ++k) {
      stationary.prefetch(k);
      moving.prefetch(k);
    }
  }

  /// Adds the products of the tiles that were fetched to all accumulators. One
  /// after the other is ready in the end, as they leave PSUM.
  void multiply(bool accumulates, bool isLast) {
    const View *acc = accs.begin();
    Pace pace(accs.size() * weights.size(), numToTurn());
    forEachHeld([&](Range s) {
      const View *first = acc;
      forEachMoved([&](Range v) {
        for (auto [k, tile] : llvm::enumerate(weights)) {
          if (weights.size() > 1 || v.start == 0)
            lowering.tile.loadStationary(tile.slice(0, s), 0, {}, held.zero);
          lowering.tile.matmul(*acc, data[k].slice(0, v), accumulates || k > 0,
                               moved.zero);
          for (int64_t turns = pace.next(); turns > 0; --turns)
            turnNext();
        }
        ++acc;
      });
      if (isLast)
        evacuate(s, first);
    });
  }

  /// Shares things out evenly among steps.
  class Pace {
  public:
    Pace(int64_t steps, int64_t things) : steps(steps), things(things) {}
    /// How many are this step's.
    int64_t next() {
      int64_t before = llvm::divideCeil(done * things, steps);
      ++done;
      return llvm::divideCeil(done * things, steps) - before;
    }

  private:
    int64_t steps, things, done = 0;
  };

  int64_t numToTurn() const {
    return stationary.numToTurn() + moving.numToTurn();
  }
  void turnNext() {
    (stationary.numToTurn() > 0 ? stationary : moving).turnNext();
  }

  /// Rows `s` of the block leave PSUM.
  void evacuate(Range s, const View *acc) {
    Range held{plan.stationary.indicesOf(rows).start + s.start, s.count, 1};
    Range moved = plan.moving.indicesOf(columns);
    Range a = plan.isBStationary ? moved : held;
    Range b = plan.isBStationary ? held : moved;
    Block block = resultBlock(contract, batch, a, b, plan.isBStationary);
    View dest = lowering.dest(contract.result, block);
    epilogue.enter(block);
    forEachMoved([&](Range v) {
      auto partOf = [&](const View &view) {
        return lastDimOf(view).slice(0, v);
      };
      epilogue.apply(partOf(dest), *acc++, partOf);
    });
    lowering.commit(contract.result, block, dest);
  }

  const Contract &contract;
  ArrayTypes types;
  Epilogue &epilogue;
  Lowering &lowering;
  ContractPlan plan;
  const Factor &held, &moved;
  ContractOperand stationary, moving;

  // Where the nest is.
  SmallVector<int64_t, 6> batch;
  Range rows, columns;
  SmallVector<View, 8> accs;
  /// Tiles of k that are multiplied next.
  SmallVector<View, 4> weights, data;
};

} // namespace

void emitContractOnArray(const Contract &contract, ArrayTypes types,
                         Epilogue &epilogue, Lowering &lowering) {
  Contract fused = contract;
  fused.result = epilogue.result();
  ArrayContract(fused, types, epilogue, lowering).emit();
}

} // namespace tilicho::compiler
