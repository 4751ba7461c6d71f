// SPDX-License-Identifier: Apache-2.0
// Finds products of values by channel.
#include "lib/Conversion/StructuredToTile/TurnFactors.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

/// Whether `value` [batch, channels, 1, ...] has channels on the partitions.
static bool isByChannel(Value value) {
  Operation *op = value.getDefiningOp();
  ArrayRef<int64_t> shape = Lowering::shapeOf(value);
  while (auto elementwise = llvm::dyn_cast_or_null<tile::ElementwiseOp>(op)) {
    if (Lowering::shapeOf(elementwise.getInputs()[0]) != shape)
      return false;
    op = elementwise.getInputs()[0].getDefiningOp();
  }
  return llvm::isa_and_nonnull<tile::ConvolutionOp, tile::WindowReductionOp,
                               tile::ReductionOp>(op) &&
         shape.size() > 2 &&
         llvm::all_of(shape.drop_front(2), [](int64_t n) { return n == 1; });
}

void turnFactors(func::FuncOp function) {
  for (auto op : function.front().getOps<tile::ContractOp>()) {
    auto reshape = op.getA().getDefiningOp<tile::ReshapeOp>();
    if (op.getTransA() || !reshape || tile::isKept(reshape) ||
        !isByChannel(reshape.getInput()))
      continue;
    ArrayRef<int64_t> from = Lowering::shapeOf(reshape.getInput());
    ArrayRef<int64_t> to = Lowering::shapeOf(reshape.getResult());
    if (to != from.take_front(2) || to[1] == 1)
      continue;
    OpBuilder builder(op);
    auto type = cast<RankedTensorType>(reshape.getType())
                    .clone(ArrayRef<int64_t>{to[1], to[0]});
    op.getAMutable().assign(tile::RestrideOp::create(
        builder, op.getLoc(), type, reshape.getResult(),
        ArrayRef<int64_t>{0, 0}, ArrayRef<int64_t>{1, 0},
        ArrayRef<int64_t>{1, 1}));
    op.setTransA(true);
  }
}

} // namespace tilicho::compiler
