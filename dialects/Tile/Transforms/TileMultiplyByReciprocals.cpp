// SPDX-License-Identifier: Apache-2.0
// Divisions as products, where what divides is known to be neither too small
// nor too large.
#include "dialects/Tile/Transforms/Reciprocals.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/TileDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace tilicho::ir::tile {

namespace {
/// What finite elements of a value are between. Infinities and NaN may be there
/// besides: x / inf is x * 0.
struct Bounds {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};
} // namespace

/// Operations that a bound is followed through.
static constexpr int maxDepth = 8;
/// The reciprocals of what is between these are normal, with room for rounding.
static const double least = std::ldexp(1.0, -120), most = std::ldexp(1.0, 120);

static std::optional<double> uniformValue(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  auto elements = constant && !constant.getSteps()
                      ? dyn_cast<DenseElementsAttr>(constant.getValue())
                      : DenseElementsAttr();
  if (!elements || !elements.isSplat() ||
      !llvm::isa<FloatType>(elements.getElementType()))
    return std::nullopt;
  APFloat number = elements.getSplatValue<APFloat>();
  bool losesInfo = false;
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return number.convertToDouble();
}

static Bounds boundsOf(Value value, int depth = 0) {
  if (std::optional<double> number = uniformValue(value))
    return {*number, *number};
  auto op = value.getDefiningOp<ElementwiseOp>();
  if (!op || depth == maxDepth || op.getCompute() != "f32")
    return {};
  auto operand = [&](unsigned index) {
    return boundsOf(op.getInputs()[index], depth + 1);
  };
  StringRef name = op.getOp();
  if (name == "sqrt") // Of no float more than this.
    return {0, std::ldexp(1.0, 64)};
  if (name == "exp" || name == "square" || name == "abs")
    return {0};
  if (name == "sigmoid")
    return {0, 1};
  if (name == "add") {
    Bounds a = operand(0), b = operand(1);
    return {a.low + b.low, a.high + b.high};
  }
  if (name == "max") {
    Bounds a = operand(0), b = operand(1);
    return {std::max(a.low, b.low), std::max(a.high, b.high)};
  }
  if (name == "min") {
    Bounds a = operand(0), b = operand(1);
    return {std::min(a.low, b.low), std::min(a.high, b.high)};
  }
  return {};
}

static bool dividesInF32(ElementwiseOp op) {
  return op.getOp() == "divide" && op.getCompute() == "f32" && !isKept(op) &&
         llvm::all_of(op->getOperands(), [](Value operand) {
           auto type = cast<RankedTensorType>(operand.getType());
           return type.getElementType().isF32();
         });
}

static void multiply(ElementwiseOp op) {
  Value divisor = op.getInputs()[1];
  OpBuilder builder(op);
  auto reciprocal =
      ElementwiseOp::create(builder, op.getLoc(), divisor.getType(),
                            ValueRange{divisor}, "reciprocal", "f32");
  op.setOp("multiply");
  op->setOperand(1, reciprocal);
}

namespace {
struct TileMultiplyByReciprocals
    : PassWrapper<TileMultiplyByReciprocals, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TileMultiplyByReciprocals)

  StringRef getArgument() const override {
    return "tile-multiply-by-reciprocals";
  }
  StringRef getDescription() const override {
    return "divide by multiplying, where that rounds twice and no worse";
  }

  void runOnOperation() override {
    getOperation().walk([](ElementwiseOp op) {
      if (!dividesInF32(op) || uniformValue(op.getInputs()[1]))
        return;
      Bounds bounds = boundsOf(op.getInputs()[1]);
      if (bounds.low >= least && bounds.high <= most)
        multiply(op);
    });
  }
};
} // namespace

std::unique_ptr<Pass> createTileMultiplyByReciprocals() {
  return std::make_unique<TileMultiplyByReciprocals>();
}

} // namespace tilicho::ir::tile
