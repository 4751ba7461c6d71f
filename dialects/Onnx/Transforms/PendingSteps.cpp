// SPDX-License-Identifier: Apache-2.0
// Adds to the recipe of a weight.
#include "dialects/Onnx/Transforms/PendingSteps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace tilicho::ir::onnx {

/// Numbers of a weight's size stand for no shape and no parameter that a pass
/// or a lowering reads.
static constexpr int64_t leastWeightElements = 1 << 14;

bool isWeight(Value value) {
  if (value.getDefiningOp<PendingOp>())
    return true;
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() && type.getElementType().isF32() &&
         type.getNumElements() >= leastWeightElements &&
         isa_and_nonnull<DenseResourceElementsAttr>(getConstantValue(value));
}

Value addStep(OpBuilder &builder, Location loc, Value weight, Type type,
              DictionaryAttr step) {
  ElementsAttr data = getConstantValue(weight);
  SmallVector<Attribute> steps;
  if (auto pending = weight.getDefiningOp<PendingOp>()) {
    data = pending.getValue();
    llvm::append_range(steps, pending.getSteps());
  }
  steps.push_back(step);
  return PendingOp::create(builder, loc, type, data,
                           builder.getArrayAttr(steps));
}

DictionaryAttr castStep(Builder &builder, Type element) {
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("kind", builder.getStringAttr("cast")),
       builder.getNamedAttr("type", TypeAttr::get(element))});
}

DictionaryAttr scaleStep(Builder &builder, ArrayRef<double> factors) {
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("kind", builder.getStringAttr("scale")),
       builder.getNamedAttr("factors", builder.getDenseF64ArrayAttr(factors))});
}

} // namespace tilicho::ir::onnx
