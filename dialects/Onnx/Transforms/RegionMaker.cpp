// SPDX-License-Identifier: Apache-2.0
// Operations in front of the one that they replace.
#include "dialects/Onnx/Transforms/RegionMaker.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace tilicho::ir::onnx {

Value RegionMaker::constant(RankedTensorType type, ArrayRef<int64_t> values) {
  return ConstantOp::create(
      builder, loc, cast<ElementsAttr>(DenseElementsAttr::get(type, values)));
}

Value RegionMaker::integers(ArrayRef<int64_t> values) {
  return constant(
      RankedTensorType::get({static_cast<int64_t>(values.size())}, i64()),
      values);
}

Value RegionMaker::make(StringRef name, ValueRange operands, Type type,
                        ArrayRef<NamedAttribute> attributes) {
  OperationState state(loc, ("onnx." + name).str());
  state.addOperands(operands);
  state.addTypes(type);
  state.addAttributes(attributes);
  return builder.create(state)->getResult(0);
}

Value RegionMaker::make(StringRef name, ValueRange operands,
                        ArrayRef<NamedAttribute> attributes) {
  auto tensor = cast<TensorType>(operands.back().getType());
  return make(name, operands, openLike(tensor), attributes);
}

NamedAttribute RegionMaker::attribute(StringRef name, int64_t value) {
  return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
}

Type RegionMaker::openLike(TensorType type) {
  return UnrankedTensorType::get(type.getElementType());
}

Value RegionMaker::scalar(Value condition) {
  auto type = RankedTensorType::get({}, builder.getI1Type());
  if (condition.getType() == type)
    return condition;
  return make("Reshape", {condition, integers({})}, type,
              attribute("allowzero", 0));
}

Value RegionMaker::choose(Value condition, Value yes, Value no) {
  if (yes == no)
    return yes;
  return make("Where", {condition, yes, no}, yes.getType());
}

Value RegionMaker::stack(ArrayRef<Value> pieces, int64_t at) {
  Value axes = integers({at});
  SmallVector<Value> raised;
  for (Value piece : pieces)
    raised.push_back(make("Unsqueeze", {piece, axes},
                          openLike(cast<TensorType>(piece.getType()))));
  return make("Concat", raised, axis(at));
}

SmallVector<Value> copyBody(Region &region, ValueRange arguments,
                            OpBuilder &builder) {
  IRMapping mapping;
  Block &block = region.front();
  mapping.map(block.getArguments(), arguments);
  for (Operation &inner : block.without_terminator()) {
    Operation *copy = builder.clone(inner, mapping);
    copy->walk([](Operation *op) { op->removeAttr(OnnxDialect::valuesAttr); });
  }
  SmallVector<Value> yielded;
  for (Value value : block.getTerminator()->getOperands())
    yielded.push_back(mapping.lookupOrDefault(value));
  return yielded;
}

Operation *firstAfter(Operation *before, Operation *op) {
  return before ? before->getNextNode() : &op->getBlock()->front();
}

Operation *replaceBy(Operation *op, ValueRange values, Operation *before) {
  op->replaceAllUsesWith(values);
  Operation *first = firstAfter(before, op);
  if (first == op)
    first = op->getNextNode();
  op->erase();
  return first;
}

bool isStatic(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape();
}

int64_t countOperations(Operation *op) {
  int64_t count = 0;
  op->walk([&](Operation *) { ++count; });
  return count;
}

} // namespace tilicho::ir::onnx
