// SPDX-License-Identifier: Apache-2.0
// An operation of the onnx dialect as its lowering reads it.
#include "lib/Conversion/OnnxToTile/OnnxNode.h"

#include "lib/Interpreter/Elements.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;

namespace tilicho::compiler {

bool OnnxNode::has(unsigned index) const {
  return index < op->getNumOperands() &&
         !llvm::isa<NoneType>(op->getOperand(index).getType());
}

RankedTensorType OnnxNode::type(unsigned index) const {
  return cast<RankedTensorType>(op->getOperand(index).getType());
}

ArrayRef<int64_t> OnnxNode::shape(unsigned index) const {
  return type(index).getShape();
}

Type OnnxNode::element(unsigned index) const {
  return type(index).getElementType();
}

int64_t OnnxNode::rank(unsigned index) const { return type(index).getRank(); }

bool OnnxNode::uses(unsigned index) const {
  return index < op->getNumResults() &&
         !llvm::isa<NoneType>(op->getResult(index).getType()) &&
         !op->getResult(index).use_empty();
}

RankedTensorType OnnxNode::resultType(unsigned index) const {
  return cast<RankedTensorType>(op->getResult(index).getType());
}

ArrayRef<int64_t> OnnxNode::resultShape(unsigned index) const {
  return resultType(index).getShape();
}

Type OnnxNode::resultElement(unsigned index) const {
  return resultType(index).getElementType();
}

int64_t OnnxNode::integer(StringRef attribute, int64_t fallback) const {
  auto value = op->getAttrOfType<IntegerAttr>(attribute);
  return value ? value.getValue().getSExtValue() : fallback;
}

double OnnxNode::real(StringRef attribute, double fallback) const {
  auto value = op->getAttrOfType<FloatAttr>(attribute);
  return value ? value.getValueAsDouble() : fallback;
}

StringRef OnnxNode::text(StringRef attribute, StringRef fallback) const {
  auto value = op->getAttrOfType<StringAttr>(attribute);
  return value ? value.getValue() : fallback;
}

std::optional<Shape> OnnxNode::integers(StringRef attribute) const {
  auto value = op->getAttrOfType<DenseI64ArrayAttr>(attribute);
  if (!value)
    return std::nullopt;
  return Shape(value.asArrayRef());
}

Shape OnnxNode::integers(StringRef attribute, Shape fallback) const {
  std::optional<Shape> value = integers(attribute);
  return value ? *value : fallback;
}

std::optional<Shape> OnnxNode::constantIntegers(unsigned index) const {
  if (!has(index))
    return std::nullopt;
  ElementsAttr value = constantOf(input(index));
  return value ? integersOf(value) : std::nullopt;
}

std::optional<SmallVector<double>>
OnnxNode::constantReals(unsigned index) const {
  if (!has(index))
    return std::nullopt;
  ElementsAttr value = constantOf(input(index));
  return value ? realsOf(value) : std::nullopt;
}

int64_t OnnxNode::axis(int64_t fallback, unsigned index) const {
  return fromFront(integer("axis", fallback), rank(index));
}

} // namespace tilicho::compiler
