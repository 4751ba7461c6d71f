// SPDX-License-Identifier: Apache-2.0
// Constants, elementwise operators and the large operators.
#include "lib/Conversion/OnnxToTile/StructuredBuilder.h"

#include "dialects/Tile/IR/TileDialect.h"

using namespace mlir;
using namespace tilicho::ir::tile;

namespace tilicho::compiler {

StringRef computeFor(Type element) {
  if (element.isF64())
    return "f64";
  if (llvm::isa<FloatType>(element))
    return "f32";
  bool wide = element.getIntOrFloatBitWidth() == 64;
  if (element.isUnsignedInteger())
    return wide ? "u64" : "u32";
  return wide ? "i64" : "i32";
}

StringRef orderComputeFor(Type element) {
  if (llvm::isa<IntegerType>(element) && element.getIntOrFloatBitWidth() <= 16)
    return "f32";
  return computeFor(element);
}

Type elementFor(StringRef compute, MLIRContext *context) {
  if (compute == "f64")
    return Float64Type::get(context);
  if (compute == "f32")
    return Float32Type::get(context);
  unsigned bits = compute.ends_with("64") ? 64 : 32;
  auto sign =
      compute.starts_with("u") ? IntegerType::Unsigned : IntegerType::Signless;
  return IntegerType::get(context, bits, sign);
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

static Attribute numberAttr(Type element, double value) {
  if (auto type = dyn_cast<FloatType>(element)) {
    APFloat number(value);
    bool lossy;
    number.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                   &lossy);
    return FloatAttr::get(type, number);
  }
  unsigned bits = element.getIntOrFloatBitWidth();
  return IntegerAttr::get(
      element, APInt(64, static_cast<int64_t>(value), true).trunc(bits));
}

Value StructuredBuilder::constant(ElementsAttr value) {
  return ConstantOp::create(builder, loc, value.getShapedType(), value,
                            ArrayAttr());
}

Value StructuredBuilder::splat(Type element, ArrayRef<int64_t> shape,
                               double value) {
  auto type = RankedTensorType::get(shape, element);
  return constant(DenseElementsAttr::get(type, numberAttr(element, value)));
}

Value StructuredBuilder::scalar(Type element, double value) {
  return splat(element, {}, value);
}

Value StructuredBuilder::reals(Type element, ArrayRef<int64_t> shape,
                               ArrayRef<double> values) {
  SmallVector<Attribute> numbers;
  for (double value : values)
    numbers.push_back(numberAttr(element, value));
  auto type = RankedTensorType::get(shape, element);
  return constant(DenseElementsAttr::get(type, numbers));
}

Value StructuredBuilder::integers(Type element, ArrayRef<int64_t> shape,
                                  ArrayRef<int64_t> values) {
  SmallVector<APInt> numbers;
  for (int64_t value : values)
    numbers.push_back(
        APInt(64, value, true).trunc(element.getIntOrFloatBitWidth()));
  auto type = RankedTensorType::get(shape, element);
  return constant(DenseElementsAttr::get(type, numbers));
}

Value StructuredBuilder::iota(Type element, int64_t rank, int64_t axis,
                              int64_t count) {
  Shape shape(rank, 1);
  shape[axis] = count;
  SmallVector<double> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(static_cast<double>(i));
  return reals(element, shape, values);
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

Value StructuredBuilder::elementwise(StringRef op, ValueRange inputs,
                                     StringRef compute, Type element) {
  Shape shape;
  for (Value input : inputs)
    shape = *broadcastShapes(shape, shapeOf(input));
  return ElementwiseOp::create(
      builder, loc, RankedTensorType::get(shape, element), inputs, op, compute);
}

/// Whether f32 holds every value of `from`, and `to` takes each of them.
static bool castsExactlyInFloat(IntegerType from, IntegerType to) {
  if (from.getWidth() > 16)
    return false;
  if (to.getWidth() == 1 || from.getWidth() == 1)
    return true;
  if (to.isUnsigned() && !from.isUnsigned())
    return false;
  bool gainsSign = from.isUnsigned() && !to.isUnsigned();
  return to.getWidth() >= from.getWidth() + (gainsSign ? 1 : 0);
}

static StringRef castCompute(Type from, Type to) {
  if (llvm::isa<FloatType>(from))
    return from.isF64() || to.isF64() ? "f64" : "f32";
  if (llvm::isa<FloatType>(to)) {
    StringRef own = computeFor(from);
    if (own == "i64" || own == "u64")
      return own;
    return to.isF64() ? "f64" : "f32";
  }
  if (castsExactlyInFloat(cast<IntegerType>(from), cast<IntegerType>(to)))
    return "f32";
  return computeFor(from);
}

Value StructuredBuilder::cast(Value value, Type element) {
  Type from = elementOf(value);
  if (from == element)
    return value;
  bool truncates = llvm::isa<FloatType>(from) &&
                   llvm::isa<IntegerType>(element) && !element.isInteger(1);
  return elementwise(truncates ? "trunc" : "copy", value,
                     castCompute(from, element), element);
}

Value StructuredBuilder::select(Value condition, Value x, Value y) {
  Type element = elementOf(x);
  return elementwise("select", {condition, x, y}, orderComputeFor(element),
                     element);
}

Value Arithmetic::as(Type element, Value value) {
  if (elementOf(value) == element)
    return value;
  return into(element, "copy", value);
}

//===----------------------------------------------------------------------===//
// The large operators
//===----------------------------------------------------------------------===//

Value StructuredBuilder::contract(Value a, Value b, Type element, bool transA,
                                  bool transB, int64_t zeroA, int64_t zeroB) {
  ArrayRef<int64_t> left = shapeOf(a), right = shapeOf(b);
  Shape shape = *broadcastShapes(left.drop_back(2), right.drop_back(2));
  shape.push_back(left[left.size() - (transA ? 1 : 2)]);
  shape.push_back(right[right.size() - (transB ? 2 : 1)]);
  if (left[left.size() - (transA ? 2 : 1)] == 0) // A sum of nothing.
    return splat(element, shape, 0);
  return ContractOp::create(builder, loc, RankedTensorType::get(shape, element),
                            a, b, transA, transB, zeroA, zeroB);
}

Value StructuredBuilder::convolution(Value input, Value kernel,
                                     const Window &window, Type element,
                                     int64_t group, int64_t zeroInput,
                                     int64_t zeroKernel) {
  Shape shape = {shapeOf(input)[0], shapeOf(kernel).back()};
  size_t spatial = window.strides.size();
  for (size_t dim = 0; dim < spatial; ++dim)
    shape.push_back(windowPositions(
        {shapeOf(input)[2 + dim], shapeOf(kernel)[dim], window.strides[dim],
         window.dilations[dim], window.inputDilations[dim], window.padLow[dim],
         window.padHigh[dim]}));
  return ConvolutionOp::create(
      builder, loc, RankedTensorType::get(shape, element), input, kernel,
      window.strides, window.dilations, window.inputDilations, window.padLow,
      window.padHigh, group, zeroInput, zeroKernel);
}

Value StructuredBuilder::reduce(StringRef op, Value value,
                                ArrayRef<int64_t> axes, StringRef compute,
                                Type element, StringRef elementOp,
                                bool selectLast) {
  Shape shape(shapeOf(value)), sorted(axes);
  llvm::sort(sorted);
  for (int64_t axis : sorted)
    shape[axis] = 1;
  return ReductionOp::create(builder, loc,
                             RankedTensorType::get(shape, element), value, op,
                             sorted, compute, elementOp, selectLast);
}

Value StructuredBuilder::windowReduce(StringRef op, Value value,
                                      const Window &window, Type element) {
  Shape shape(shapeOf(value));
  size_t first = shape.size() - window.window.size();
  for (size_t dim = 0; dim < window.window.size(); ++dim)
    shape[first + dim] = windowPositions(
        {shape[first + dim], window.window[dim], window.strides[dim],
         window.dilations[dim], 1, window.padLow[dim], window.padHigh[dim]});
  return WindowReductionOp::create(
      builder, loc, RankedTensorType::get(shape, element), value, op,
      window.window, window.strides, window.dilations, window.padLow,
      window.padHigh);
}

} // namespace tilicho::compiler
