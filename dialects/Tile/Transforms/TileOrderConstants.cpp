// SPDX-License-Identifier: Apache-2.0
// Puts constants into the order in which they are read.
#include "dialects/Tile/Transforms/ConstantOrder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

#include <numeric>

using namespace mlir;

namespace tilicho::ir::tile {

static ArrayRef<int64_t> shapeOf(ConstantOp constant) {
  return cast<RankedTensorType>(constant.getResult().getType()).getShape();
}

PermutedConstant permutationStep(ConstantOp constant, ArrayRef<int64_t> shape,
                                 ArrayRef<unsigned> order) {
  Builder builder(constant.getContext());
  PermutedConstant permuted;
  for (unsigned dim : order)
    permuted.shape.push_back(shape[dim]);
  SmallVector<int64_t> dims(order.begin(), order.end());
  SmallVector<int64_t> zeros(order.size(), 0), ones(order.size(), 1);
  auto list = [&](StringRef name, ArrayRef<int64_t> values) {
    return builder.getNamedAttr(name, builder.getDenseI64ArrayAttr(values));
  };
  SmallVector<Attribute> steps;
  if (ArrayAttr before = constant.getStepsAttr())
    llvm::append_range(steps, before);
  auto kind = [&](StringRef name) {
    return builder.getNamedAttr("kind", builder.getStringAttr(name));
  };
  if (shape != shapeOf(constant))
    steps.push_back(
        builder.getDictionaryAttr({kind("reshape"), list("shape", shape)}));
  steps.push_back(builder.getDictionaryAttr(
      {kind("restride"), list("starts", zeros), list("dims", dims),
       list("steps", ones), list("shape", permuted.shape)}));
  permuted.steps = builder.getArrayAttr(steps);
  return permuted;
}

/// The constant with its last two dimensions exchanged.
static Value transposed(ConstantOp constant) {
  auto type = cast<RankedTensorType>(constant.getResult().getType());
  SmallVector<unsigned> order(type.getRank());
  std::iota(order.begin(), order.end(), 0u);
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  PermutedConstant permuted =
      permutationStep(constant, shapeOf(constant), order);
  OpBuilder builder(constant);
  return ConstantOp::create(
      builder, constant.getLoc(),
      RankedTensorType::get(permuted.shape, type.getElementType()),
      constant.getValue(), permuted.steps);
}

namespace {
struct TileOrderConstants
    : PassWrapper<TileOrderConstants, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TileOrderConstants)

  StringRef getArgument() const override { return "tile-order-constants"; }
  StringRef getDescription() const override {
    return "let constants lie in the order in which the array takes them";
  }

  void runOnOperation() override {
    // All that read a constant read the same other one.
    llvm::DenseMap<Operation *, Value> known;
    auto ordered = [&](ConstantOp constant) {
      Value &value = known[constant];
      if (!value)
        value = transposed(constant);
      return value;
    };
    getOperation().walk([&](ContractOp op) {
      auto a = op.getA().getDefiningOp<ConstantOp>();
      if (a && !op.getTransA()) {
        op.getAMutable().assign(ordered(a));
        op.setTransA(true);
      }
      auto b = op.getB().getDefiningOp<ConstantOp>();
      if (b && op.getTransB()) {
        op.getBMutable().assign(ordered(b));
        op.setTransB(false);
      }
    });
  }
};
} // namespace

std::unique_ptr<Pass> createTileOrderConstants() {
  return std::make_unique<TileOrderConstants>();
}

} // namespace tilicho::ir::tile
