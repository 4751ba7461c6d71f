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

  void emitBatch() {
    auto overStationary = [&](function_ref<void()> body) {
      forEachBlock(held.free, plan.stationary.block, [&](Range range) {
        rows = range;
        stationary.enter(range);
        body();
      });
    };
    auto overMoving = [&](function_ref<void()> body) {
      forEachBlock(moved.free, plan.moving.block, [&](Range range) {
        columns = range;
        moving.enter(range);
        body();
      });
    };
    if (plan.isStationaryOutside)
      overStationary([&] { overMoving([&] { emitBlock(); }); });
    else
      overMoving([&] { overStationary([&] { emitBlock(); }); });
  }

  /// Sums over all of k for a block of either operand.
  void emitBlock() {
    std::vector<View> accs;
    forEachBlock(rows.count, plan.stationary.tile, [&](Range s) {
      forEachBlock(columns.count, plan.moving.tile, [&](Range v) {
        accs.push_back(lowering.tile.psum(types.sum, s.count, {v.count}));
      });
    });
    int64_t kTiles = llvm::divideCeil(contract.a.k, plan.kTile);
    for (int64_t k = 0; k < kTiles; ++k)
      emitTile(accs, k);
    evacuate(accs);
  }

  void emitTile(ArrayRef<View> accs, int64_t k) {
    View weights = stationary.tile(k), data = moving.tile(k);
    assert(weights.partition == data.partition && "rows differ");
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
