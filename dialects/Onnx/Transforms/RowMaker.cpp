// SPDX-License-Identifier: Apache-2.0
// Builds operators of fixed shapes.
#include "dialects/Onnx/Transforms/RowMaker.h"

#include "dialects/Onnx/Schema/Protos.h"

#include <numeric>

using namespace mlir;

namespace tilicho::ir::onnx {

Value RowMaker::filled(Type element, ArrayRef<int64_t> shape, double value) {
  auto type = RankedTensorType::get(shape, element);
  Attribute number = isa<FloatType>(element)
                         ? Attribute(builder.getFloatAttr(element, value))
                         : builder.getIntegerAttr(element, int64_t(value));
  return ConstantOp::create(
      builder, loc,
      llvm::cast<ElementsAttr>(DenseElementsAttr::get(type, number)));
}

Value RowMaker::number(Type element, double value) {
  return filled(element, {}, value);
}

Value RowMaker::iota(int64_t count) {
  SmallVector<int32_t> all(count);
  std::iota(all.begin(), all.end(), 0);
  auto type = RankedTensorType::get({count}, i32());
  return ConstantOp::create(builder, loc,
                            llvm::cast<ElementsAttr>(DenseElementsAttr::get(
                                type, ArrayRef<int32_t>(all))));
}

Value RowMaker::cast(Value value, Type element) {
  if (elementOf(value) == element)
    return value;
  return CastOp::create(builder, loc,
                        RankedTensorType::get(shapeOf(value), element), value,
                        "up", 1, elementToProto(element));
}

Value RowMaker::reshape(Value value, ArrayRef<int64_t> shape) {
  if (shapeOf(value) == shape)
    return value;
  return make("Reshape", {value, integers(shape)},
              RankedTensorType::get(shape, elementOf(value)),
              attribute("allowzero", 1));
}

Value RowMaker::transpose(Value value, ArrayRef<int64_t> order) {
  SmallVector<int64_t> shape;
  for (int64_t dim : order)
    shape.push_back(shapeOf(value)[dim]);
  return make(
      "Transpose", value, RankedTensorType::get(shape, elementOf(value)),
      builder.getNamedAttr("perm", builder.getDenseI64ArrayAttr(order)));
}

Value RowMaker::concat(ArrayRef<Value> pieces, int64_t at) {
  SmallVector<int64_t> shape(shapeOf(pieces.front()));
  shape[at] = 0;
  for (Value piece : pieces)
    shape[at] += shapeOf(piece)[at];
  return make("Concat", pieces,
              RankedTensorType::get(shape, elementOf(pieces.front())),
              axis(at));
}

Value RowMaker::gather(Value data, Value indices, int64_t at) {
  SmallVector<int64_t> shape(shapeOf(data).take_front(at));
  llvm::append_range(shape, shapeOf(indices));
  llvm::append_range(shape, shapeOf(data).drop_front(at + 1));
  return make("Gather", {data, indices},
              RankedTensorType::get(shape, elementOf(data)), axis(at));
}

Value RowMaker::slice(Value value, int64_t start, int64_t count) {
  SmallVector<int64_t> shape(shapeOf(value));
  if (shape[0] == count)
    return value;
  shape[0] = count;
  return make("Slice",
              {value, integers({start}), integers({start + count}),
               integers({0}), integers({1})},
              RankedTensorType::get(shape, elementOf(value)));
}

Value RowMaker::math(StringRef name, ArrayRef<Value> operands, Type element) {
  SmallVector<int64_t> shape;
  for (Value operand : operands) {
    ArrayRef<int64_t> own = shapeOf(operand);
    if (own.size() > shape.size())
      shape.insert(shape.begin(), own.size() - shape.size(), 1);
    for (auto [size, other] :
         llvm::zip(llvm::reverse(shape), llvm::reverse(own)))
      size = other == 1 ? size : other;
  }
  return make(name, operands,
              RankedTensorType::get(
                  shape, element ? element : elementOf(operands.back())));
}

Value RowMaker::reduce(StringRef name, Value value, int64_t at) {
  SmallVector<int64_t> shape(shapeOf(value));
  shape.erase(shape.begin() + at);
  return make(name, {value, integers({at})},
              RankedTensorType::get(shape, elementOf(value)),
              {attribute("keepdims", 0), attribute("noop_with_empty_axes", 0)});
}

Value RowMaker::scatter(Value value, Value indices, Value updates,
                        StringRef reduction) {
  return ScatterElementsOp::create(builder, loc, value.getType(), value,
                                   indices, updates, reduction, /*axis=*/0);
}

std::pair<Value, Value> RowMaker::sort(Value value) {
  auto op = TopKOp::create(builder, loc, value.getType(),
                           RankedTensorType::get(shapeOf(value), i64()), value,
                           integers({shapeOf(value)[0]}), /*sorted=*/1,
                           /*largest=*/0, /*axis=*/0);
  return {op.getValues(), op.getIndices()};
}

PlacesOp RowMaker::places(Value flags, int64_t most) {
  flags = reshape(cast(flags, boolean()),
                  ShapedType::getNumElements(shapeOf(flags)));
  return PlacesOp::create(builder, loc, RankedTensorType::get({most}, i32()),
                          RankedTensorType::get({}, i64()),
                          RankedTensorType::get(shapeOf(flags), i32()), flags);
}

} // namespace tilicho::ir::onnx
