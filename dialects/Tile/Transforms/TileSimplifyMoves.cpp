// SPDX-License-Identifier: Apache-2.0
// The pass that joins moves and lets operators do without them.
#include "dialects/Tile/Transforms/SimplifyMoves.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace tilicho::ir::tile {

namespace {
struct TileSimplifyMoves
    : PassWrapper<TileSimplifyMoves, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TileSimplifyMoves)

  StringRef getArgument() const override { return "tile-simplify-moves"; }
  StringRef getDescription() const override {
    return "join moves, and let operators read and leave values as they lie";
  }

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    addJoinMoves(patterns);
    addMovePastOperators(patterns);
    addGroupBatches(patterns);
    GreedyRewriteConfig config;
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      signalPassFailure();
  }
};
} // namespace

std::unique_ptr<Pass> createTileSimplifyMoves() {
  return std::make_unique<TileSimplifyMoves>();
}

} // namespace tilicho::ir::tile
