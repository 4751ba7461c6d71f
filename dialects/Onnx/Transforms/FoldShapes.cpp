// SPDX-License-Identifier: Apache-2.0
// Folds of operators that make tensors out of shapes and numbers.
#include "dialects/Onnx/Transforms/Fold.h"

#include <cmath>

using namespace mlir;
using namespace tilicho::ir::onnx;

using Operands = ArrayRef<ElementsAttr>;

static RankedTensorType vectorType(Operation *op, int64_t size) {
  return RankedTensorType::get({size}, IntegerType::get(op->getContext(), 64));
}

/// Only the operand's type is needed.
static Elements foldShape(Operation *op, Operands) {
  auto shape = cast<ShapeOp>(op);
  auto type = dyn_cast<RankedTensorType>(shape.getData().getType());
  if (!type)
    return {};
  int64_t rank = type.getRank();
  auto clamped = [&](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t begin = clamped(shape.getStart());
  auto endAttr = shape.getEndAttr();
  int64_t end = endAttr ? clamped(endAttr.getInt()) : rank;
  ArrayRef<int64_t> sizes =
      type.getShape().slice(begin, std::max<int64_t>(end - begin, 0));
  if (llvm::any_of(sizes, ShapedType::isDynamic))
    return {};
  return {DenseElementsAttr::get(vectorType(op, sizes.size()), sizes)};
}

static Elements foldSize(Operation *op, Operands) {
  auto type = dyn_cast<RankedTensorType>(cast<SizeOp>(op).getData().getType());
  if (!type || !type.hasStaticShape())
    return {};
  auto scalar =
      RankedTensorType::get({}, IntegerType::get(op->getContext(), 64));
  return {DenseElementsAttr::get(scalar, type.getNumElements())};
}

static Elements foldConstantOfShape(Operation *op, Operands operands) {
  RankedTensorType type = staticResultType(op);
  if (!type)
    return {};
  auto value = cast<ConstantOfShapeOp>(op).getValueAttr();
  Attribute element =
      value ? splatOf(value)
            : Attribute(FloatAttr::get(type.getElementType(), 0.0));
  if (!element)
    return {};
  return {DenseElementsAttr::get(type, element)};
}

static Elements foldRange(Operation *op, Operands operands) {
  auto start = ConstantTensor::load(operands[0]);
  auto limit = ConstantTensor::load(operands[1]);
  auto delta = ConstantTensor::load(operands[2]);
  constexpr double most = 1 << 24;
  if (!start || !limit || !delta || delta->real(0) == 0)
    return {};
  double count = std::ceil((limit->real(0) - start->real(0)) / delta->real(0));
  if (!(count <= most))
    return {};
  ConstantTensor to(RankedTensorType::get({std::max<int64_t>(count, 0)},
                                          start->type.getElementType()));
  bool floating = isa<FloatType>(start->type.getElementType());
  for (int64_t index = 0; index < to.numElements(); ++index)
    if (floating)
      to.setReal(index, start->real(0) + index * delta->real(0));
    else
      to.setInteger(index, start->integer(0) + index * delta->integer(0));
  return {to.store()};
}

void tilicho::ir::onnx::addShapeFolds(FoldTable &table) {
  table["Shape"] = foldShape;
  table["Size"] = foldSize;
  table["ConstantOfShape"] = foldConstantOfShape;
  table["Range"] = foldRange;
}
