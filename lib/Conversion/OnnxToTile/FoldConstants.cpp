// SPDX-License-Identifier: Apache-2.0
// Folds structured operators on constants: small ones at once, large ones into
// the recipe of the constant.
#include "lib/Conversion/OnnxToTile/OnnxToTile.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/StructuredShapes.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/OnnxToTile/DrawnValues.h"
#include "lib/Interpreter/Elements.h"
#include "lib/Interpreter/Interpreter.h"
#include "lib/Interpreter/Recipes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace tilicho::ir::tile;

namespace tilicho::compiler {

/// Up to this many bytes a result is calculated at once.
static constexpr int64_t maxFoldedBytes = 16 * 1024;

static int64_t bytesOf(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  std::optional<isa::DType> dtype = toDType(type.getElementType());
  return dtype ? type.getNumElements() * isa::sizeOf(*dtype) : INT64_MAX;
}

static bool onConstants(Operation *op) {
  return op->getNumOperands() > 0 && !llvm::isa<ConstantOp>(op) &&
         op->getName().getDialectNamespace() == "tile" &&
         llvm::all_of(op->getOperands(), [](Value value) {
           return value.getDefiningOp<ConstantOp>() != nullptr;
         });
}

static bool isSmall(Operation *op) {
  auto small = [](Value value) { return bytesOf(value) <= maxFoldedBytes; };
  return llvm::all_of(op->getOperands(), small) &&
         llvm::all_of(op->getResults(), small);
}

static bool isSplat(Value value) {
  auto constant = dyn_cast_or_null<DenseElementsAttr>(constantOf(value));
  return constant && constant.isSplat();
}

static void replaceResult(Operation *op, Value result, ElementsAttr value,
                          ArrayAttr steps) {
  OpBuilder builder(op);
  auto constant =
      ConstantOp::create(builder, op->getLoc(), result.getType(), value, steps);
  for (StringRef name : {StringRef("onnx.values"), StringRef(keptName)})
    if (Attribute attr = op->getAttr(name))
      constant->setAttr(name, attr);
  result.replaceAllUsesWith(constant.getResult());
}

//===----------------------------------------------------------------------===//
// The ways to fold
//===----------------------------------------------------------------------===//

static bool foldByCalculating(Operation *op) {
  HostValues values;
  for (Value operand : op->getOperands()) {
    FailureOr<HostTensor> value =
        materialize(operand.getDefiningOp<ConstantOp>());
    if (failed(value))
      return false;
    values[operand] = *value;
  }
  if (failed(interpret(op, values)))
    return false;
  for (Value result : op->getResults())
    replaceResult(op, result, toElements(values[result], op->getContext()),
                  ArrayAttr());
  return true;
}

/// Constants that are one number everywhere are calculated on that number.
static bool foldSplats(Operation *op) {
  if (!llvm::isa<ReshapeOp, RestrideOp, ElementwiseOp>(op) ||
      !llvm::all_of(op->getOperands(), isSplat))
    return false;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  HostValues values;
  auto single = [](Value value) {
    auto constant = cast<DenseElementsAttr>(constantOf(value));
    auto scalar = RankedTensorType::get(
        {}, cast<RankedTensorType>(value.getType()).getElementType());
    return *toHostTensor(constant.resizeSplat(scalar));
  };
  for (Value operand : op->getOperands())
    values[operand] = single(operand);
  HostTensor result = values[op->getOperand(0)];
  if (llvm::isa<ElementwiseOp>(op)) {
    if (failed(interpret(op, values)))
      return false;
    result = values[op->getResult(0)];
  }
  auto value = cast<DenseElementsAttr>(toElements(result, op->getContext()));
  replaceResult(op, op->getResult(0), value.resizeSplat(type), ArrayAttr());
  return true;
}

static unsigned largestOperand(Operation *op) {
  unsigned largest = 0;
  for (unsigned index = 1; index < op->getNumOperands(); ++index)
    if (bytesOf(op->getOperand(index)) > bytesOf(op->getOperand(largest)))
      largest = index;
  return largest;
}

static bool foldIntoRecipe(Operation *op) {
  unsigned large = largestOperand(op);
  DictionaryAttr step = stepFor(op, large);
  if (!step)
    return false;
  auto constant = op->getOperand(large).getDefiningOp<ConstantOp>();
  SmallVector<Attribute> steps;
  if (ArrayAttr before = constant.getStepsAttr())
    llvm::append_range(steps, before);
  steps.push_back(step);
  replaceResult(op, op->getResult(0), constant.getValue(),
                ArrayAttr::get(op->getContext(), steps));
  return true;
}

static bool fold(Operation *op) {
  if (foldSplats(op))
    return true;
  if (isSmall(op))
    return foldByCalculating(op);
  if (op->hasAttr(drawnName))
    return false;
  return foldIntoRecipe(op) || foldByCalculating(op);
}

namespace {
struct TileFoldConstants
    : PassWrapper<TileFoldConstants, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TileFoldConstants)

  StringRef getArgument() const override { return "tile-fold-constants"; }
  StringRef getDescription() const override {
    return "turn structured operators on constants into constants";
  }

  void runOnOperation() override {
    Block &block = getOperation().front();
    for (Operation &op : llvm::make_early_inc_range(block))
      if (onConstants(&op) && fold(&op))
        op.erase();
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (op.use_empty() && op.getNumResults() > 0 && isPure(&op) &&
          !isKept(&op))
        op.erase();
  }
};
} // namespace

std::unique_ptr<Pass> createTileFoldConstants() {
  return std::make_unique<TileFoldConstants>();
}

} // namespace tilicho::compiler
