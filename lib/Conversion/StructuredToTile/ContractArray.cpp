// SPDX-License-Identifier: Apache-2.0
// Multiplication of matrices on the array.
#include "lib/Conversion/StructuredToTile/ContractOperand.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

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
        stationary(held, plan.stationary,
                   plan.isBStationary ? types.b : types.a, plan.kTile,
                   lowering),
        moving(moved, plan.moving, plan.isBStationary ? types.a : types.b,
               plan.kTile, lowering) {}

  void emit() {
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

  /// A block of the result.
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
    int64_t group = innerPlan.keepAll ? innerPlan.group : inner.free;
    forEachBlock(inner.free, group, [&](Range members) {
      bool startsGroup = true;
      forEachBlock(outer.free, outerPlan.block, [&](Range out) {
        forEachBlock(members.count, innerPlan.block, [&](Range in) {
          in.start += members.start;
          Pair pair = plan.isStationaryOutside ? Pair{out, in} : Pair{in, out};
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
    if (!stationary.isAt(pair.rows))
      stationary.enter(pair.rows);
    if (!moving.isAt(pair.columns))
      moving.enter(pair.columns);
  }

  /// Sums over all of k for a block of either operand.
  void emitBlock(const Pair *next) {
    std::vector<View> accs;
    forEachBlock(rows.count, plan.stationary.tile, [&](Range s) {
      forEachBlock(columns.count, plan.moving.tile, [&](Range v) {
        accs.push_back(lowering.tile.psum(types.sum, s.count, {v.count}));
      });
    });
    int64_t kTiles = llvm::divideCeil(contract.a.k, plan.kTile);
    for (int64_t k = 0; k < kTiles; ++k)
      emitTile(accs, k, k + 1 == kTiles ? next : nullptr);
    evacuate(accs);
  }

  /// The next operands are turned before the array is busy with these ones.
  void emitTile(ArrayRef<View> accs, int64_t k, const Pair *next) {
    View weights = stationary.tile(k), data = moving.tile(k);
    assert(weights.partition == data.partition && "rows differ");
    if (next)
      enter(*next);
    int64_t ahead = next ? 0 : k + 1;
    stationary.prefetch(ahead);
    moving.prefetch(ahead);
    const View *acc = accs.begin();
    forEachBlock(rows.count, plan.stationary.tile, [&](Range s) {
      lowering.tile.loadStationary(weights.slice(0, s), 0, {}, held.zero);
      forEachBlock(columns.count, plan.moving.tile, [&](Range v) {
        lowering.tile.matmul(*acc++, data.slice(0, v), k > 0, moved.zero);
      });
    });
  }

  void evacuate(ArrayRef<View> accs) {
    const View *acc = accs.begin();
    forEachBlock(rows.count, plan.stationary.tile, [&](Range s) {
      Range held{rows.start + s.start, s.count, 1};
      Range a = plan.isBStationary ? columns : held;
      Range b = plan.isBStationary ? held : columns;
      Block block = resultBlock(contract, batch, a, b, plan.isBStationary);
      View dest = lowering.dest(contract.result, block);
      epilogue.enter(block);
      forEachBlock(columns.count, plan.moving.tile, [&](Range v) {
        auto partOf = [&](const View &view) {
          return lastDimOf(view).slice(0, v);
        };
        epilogue.apply(partOf(dest), *acc++, partOf);
      });
      lowering.commit(contract.result, block, dest);
    });
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
};

} // namespace

void emitContractOnArray(const Contract &contract, ArrayTypes types,
                         Epilogue &epilogue, Lowering &lowering) {
  Contract fused = contract;
  fused.result = epilogue.result();
  ArrayContract(fused, types, epilogue, lowering).emit();
}

} // namespace tilicho::compiler
