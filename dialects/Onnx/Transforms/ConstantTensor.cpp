// SPDX-License-Identifier: Apache-2.0
// Reads and writes elements of constants as numbers.
#include "dialects/Onnx/Schema/Protos.h"
#include "dialects/Onnx/Transforms/Fold.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace mlir;
using namespace tilicho::ir::onnx;

static unsigned bitsOf(Type element) {
  if (auto complex = dyn_cast<ComplexType>(element))
    return 2 * complex.getElementType().getIntOrFloatBitWidth();
  return element.getIntOrFloatBitWidth();
}

static unsigned storageBytesOf(Type element) {
  return std::max(1u, bitsOf(element) / 8);
}

ConstantTensor::ConstantTensor(RankedTensorType type)
    : type(type),
      bytes(type.getNumElements() * storageBytesOf(type.getElementType()), 0) {}

std::optional<ConstantTensor> ConstantTensor::load(ElementsAttr value) {
  auto type =
      dyn_cast_or_null<RankedTensorType>(value ? value.getType() : Type());
  if (!type || isa<StringType>(type.getElementType()))
    return std::nullopt;
  ConstantTensor tensor(RankedTensorType::get({0}, type.getElementType()));
  tensor.type = type;
  if (!storageBytes(value, tensor.bytes))
    return std::nullopt;
  return tensor;
}

ElementsAttr ConstantTensor::store() const {
  return elementsFromStorage(type, bytes);
}

unsigned ConstantTensor::elementBytes() const {
  return storageBytesOf(type.getElementType());
}

/// The bits of an element.
static uint64_t readBits(const ConstantTensor &tensor, int64_t index) {
  uint64_t bits = 0;
  unsigned size = tensor.elementBytes();
  memcpy(&bits, tensor.bytes.data() + index * size, std::min(size, 8u));
  return bits;
}

static void writeBits(ConstantTensor &tensor, int64_t index, uint64_t bits) {
  unsigned size = tensor.elementBytes();
  memcpy(tensor.bytes.data() + index * size, &bits, std::min(size, 8u));
}

int64_t ConstantTensor::integer(int64_t index) const {
  Type element = type.getElementType();
  if (isa<FloatType>(element))
    return static_cast<int64_t>(real(index));
  uint64_t bits = readBits(*this, index);
  unsigned width = element.getIntOrFloatBitWidth();
  if (width == 64 || width == 1 || element.isUnsignedInteger())
    return static_cast<int64_t>(bits);
  return llvm::SignExtend64(bits, width);
}

double ConstantTensor::real(int64_t index) const {
  Type element = type.getElementType();
  uint64_t bits = readBits(*this, index);
  if (element.isF32())
    return llvm::bit_cast<float>(static_cast<uint32_t>(bits));
  if (element.isF64())
    return llvm::bit_cast<double>(bits);
  if (auto floating = dyn_cast<FloatType>(element)) {
    APFloat value(floating.getFloatSemantics(),
                  APInt(floating.getWidth(), bits));
    bool loses;
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &loses);
    return value.convertToDouble();
  }
  if (element.isUnsignedInteger(64))
    return static_cast<double>(bits);
  return static_cast<double>(integer(index));
}

void ConstantTensor::setInteger(int64_t index, int64_t value) {
  Type element = type.getElementType();
  if (isa<FloatType>(element))
    return setReal(index, element.isUnsignedInteger(64)
                              ? static_cast<double>(uint64_t(value))
                              : static_cast<double>(value));
  unsigned width = element.getIntOrFloatBitWidth();
  uint64_t bits = static_cast<uint64_t>(value);
  if (width == 1)
    bits = value != 0;
  else if (width < 8)
    bits &= (1u << width) - 1;
  writeBits(*this, index, bits);
}

/// `value` as an integer of the element's range, toward the nearest end where
/// it lies outside; not a number is 0.
static int64_t saturate(double value, Type element) {
  unsigned width = element.getIntOrFloatBitWidth();
  if (std::isnan(value))
    return 0;
  if (width == 1)
    return value != 0;
  bool isUnsigned = element.isUnsignedInteger();
  double limit = std::ldexp(1.0, isUnsigned ? width : width - 1);
  if (value >= limit)
    return isUnsigned ? int64_t(llvm::maxUIntN(width)) : llvm::maxIntN(width);
  if (isUnsigned)
    return value <= 0 ? 0 : int64_t(static_cast<uint64_t>(value));
  return value <= -limit ? llvm::minIntN(width) : static_cast<int64_t>(value);
}

void ConstantTensor::setReal(int64_t index, double value) {
  Type element = type.getElementType();
  if (element.isF32())
    return writeBits(*this, index,
                     llvm::bit_cast<uint32_t>(static_cast<float>(value)));
  if (element.isF64())
    return writeBits(*this, index, llvm::bit_cast<uint64_t>(value));
  auto floating = dyn_cast<FloatType>(element);
  if (!floating)
    return setInteger(index, saturate(value, element));
  APFloat narrow(value);
  bool loses;
  narrow.convert(floating.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                 &loses);
  writeBits(*this, index, narrow.bitcastToAPInt().getZExtValue());
}

std::optional<Shape> tilicho::ir::onnx::toIntegers(ElementsAttr value) {
  constexpr int64_t most = 1 << 20;
  if (!value || !value.getElementType().isInteger() ||
      value.getNumElements() > most)
    return std::nullopt;
  std::optional<ConstantTensor> tensor = ConstantTensor::load(value);
  if (!tensor)
    return std::nullopt;
  Shape result;
  for (int64_t index = 0; index < tensor->numElements(); ++index)
    result.push_back(tensor->integer(index));
  return result;
}

Attribute tilicho::ir::onnx::splatOf(ElementsAttr value) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(value);
  return dense && dense.isSplat() ? dense.getSplatValue<Attribute>()
                                  : Attribute();
}

Shape tilicho::ir::onnx::rowMajorSteps(ArrayRef<int64_t> shape) {
  Shape steps(shape.size(), 1);
  for (int64_t dim = int64_t(shape.size()) - 2; dim >= 0; --dim)
    steps[dim] = steps[dim + 1] * shape[dim + 1];
  return steps;
}

Shape tilicho::ir::onnx::broadcastSteps(RankedTensorType operand,
                                        ArrayRef<int64_t> shape) {
  Shape own = rowMajorSteps(operand.getShape());
  Shape steps(shape.size(), 0);
  size_t missing = shape.size() - own.size();
  for (size_t dim = 0; dim < own.size(); ++dim)
    if (operand.getDimSize(dim) != 1)
      steps[missing + dim] = own[dim];
  return steps;
}

RankedTensorType tilicho::ir::onnx::staticResultType(Operation *op) {
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  return type && type.hasStaticShape() ? type : RankedTensorType();
}
