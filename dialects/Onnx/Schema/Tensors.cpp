// SPDX-License-Identifier: Apache-2.0
// Tensor data between ONNX's messages and MLIR's constants.
#include "dialects/Onnx/IR/OnnxDialect.h"
#include "dialects/Onnx/Schema/Protos.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace tilicho::ir::onnx;
using ::onnx::TensorProto;

/// Whether elements are stored in fewer bits, or more, than MLIR's bytes.
static unsigned packedBits(Type element) {
  unsigned bits = element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 8;
  return bits > 1 && bits < 8 ? bits : 0;
}

/// One byte an element from elements of `bits` bits, low bits first.
static SmallVector<char> unpack(ArrayRef<char> raw, unsigned bits,
                                int64_t count) {
  SmallVector<char> bytes(count);
  unsigned perByte = 8 / bits;
  for (int64_t index = 0; index < count; ++index)
    bytes[index] = (uint8_t(raw[index / perByte]) >> (index % perByte * bits)) &
                   ((1u << bits) - 1);
  return bytes;
}

static std::string pack(ArrayRef<char> bytes, unsigned bits) {
  unsigned perByte = 8 / bits;
  std::string raw((bytes.size() + perByte - 1) / perByte, '\0');
  for (size_t index = 0; index < bytes.size(); ++index)
    raw[index / perByte] |= (bytes[index] & ((1u << bits) - 1))
                            << (index % perByte * bits);
  return raw;
}

static bool isSplat(ArrayRef<char> bytes, int64_t count) {
  if (count < 2)
    return count == 1;
  size_t size = bytes.size() / count;
  return memcmp(bytes.data(), bytes.data() + size, bytes.size() - size) == 0;
}

/// A dense attribute of sub-byte elements or booleans, one byte each.
static DenseElementsAttr denseFromBytes(RankedTensorType type,
                                        ArrayRef<char> bytes) {
  Type element = type.getElementType();
  unsigned bits = element.getIntOrFloatBitWidth();
  SmallVector<Attribute> values;
  for (char byte : bytes) {
    APInt value(bits, bits == 1 ? byte != 0 : uint8_t(byte));
    if (auto floatType = dyn_cast<FloatType>(element))
      values.push_back(FloatAttr::get(
          floatType, APFloat(floatType.getFloatSemantics(), value)));
    else
      values.push_back(IntegerAttr::get(element, value));
  }
  return DenseElementsAttr::get(type, values);
}

ElementsAttr tilicho::ir::onnx::elementsFromStorage(RankedTensorType type,
                                                    ArrayRef<char> bytes) {
  int64_t count = type.getNumElements();
  bool splat = isSplat(bytes, count);
  if (splat)
    bytes = bytes.take_front(bytes.size() / count);
  if (splat || bytes.size() <= maxDenseBytes) {
    Type element = type.getElementType();
    if (element.isInteger(1) || packedBits(element))
      return denseFromBytes(type, bytes);
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  }
  return DenseResourceElementsAttr::get(
      type, "constant",
      HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 64));
}

ElementsAttr tilicho::ir::onnx::elementsFromRaw(RankedTensorType type,
                                                ArrayRef<char> raw) {
  if (unsigned bits = packedBits(type.getElementType()))
    return elementsFromStorage(type, unpack(raw, bits, type.getNumElements()));
  return elementsFromStorage(type, raw);
}

//===----------------------------------------------------------------------===//
// From messages
//===----------------------------------------------------------------------===//

template <class Stored, class Field>
static void appendAs(std::string &raw, const Field &field) {
  for (auto value : field) {
    Stored stored = static_cast<Stored>(value);
    raw.append(reinterpret_cast<const char *>(&stored), sizeof stored);
  }
}

/// The data of a message's typed fields in the layout of raw_data.
static std::string rawFromFields(const TensorProto &proto) {
  std::string raw;
  switch (proto.data_type()) {
  case TensorProto::FLOAT:
  case TensorProto::COMPLEX64:
    appendAs<float>(raw, proto.float_data());
    break;
  case TensorProto::DOUBLE:
  case TensorProto::COMPLEX128:
    appendAs<double>(raw, proto.double_data());
    break;
  case TensorProto::INT64:
    appendAs<int64_t>(raw, proto.int64_data());
    break;
  case TensorProto::UINT64:
    appendAs<uint64_t>(raw, proto.uint64_data());
    break;
  case TensorProto::UINT32:
    appendAs<uint32_t>(raw, proto.uint64_data());
    break;
  case TensorProto::INT32:
    appendAs<int32_t>(raw, proto.int32_data());
    break;
  case TensorProto::INT16:
  case TensorProto::UINT16:
  case TensorProto::FLOAT16:
  case TensorProto::BFLOAT16:
    appendAs<uint16_t>(raw, proto.int32_data());
    break;
  default:
    appendAs<uint8_t>(raw, proto.int32_data());
  }
  return raw;
}

void tilicho::ir::onnx::moveFieldsToRaw(TensorProto &proto) {
  if (proto.has_raw_data())
    return;
  proto.set_raw_data(rawFromFields(proto));
  proto.clear_float_data();
  proto.clear_int32_data();
  proto.clear_int64_data();
  proto.clear_double_data();
  proto.clear_uint64_data();
}

static std::string lengthError(const TensorProto &proto, uint64_t found,
                               uint64_t wanted, StringRef unit) {
  return "tensor '" + proto.name() + "' holds " + std::to_string(found) + " " +
         unit.str() + ", but its shape and type need " + std::to_string(wanted);
}

static ElementsAttr stringsFromProto(RankedTensorType type,
                                     const TensorProto &proto,
                                     std::string &error) {
  SmallVector<StringRef> values;
  for (const std::string &value : proto.string_data())
    values.push_back(value);
  if (int64_t(values.size()) == type.getNumElements())
    return DenseElementsAttr::get(type, values);
  error = lengthError(proto, values.size(), type.getNumElements(), "strings");
  return {};
}

ElementsAttr tilicho::ir::onnx::tensorFromProto(MLIRContext *context,
                                                const TensorProto &proto,
                                                std::string &error) {
  Type element = elementFromProto(context, proto.data_type());
  if (!element) {
    error = "tensor '" + proto.name() + "' has the unknown element type " +
            std::to_string(proto.data_type());
    return {};
  }
  int64_t count = 1;
  for (int64_t size : proto.dims())
    if (size < 0 || __builtin_mul_overflow(count, size, &count)) {
      error = "tensor '" + proto.name() + "' has the impossible dimension " +
              std::to_string(size);
      return {};
    }
  auto type = RankedTensorType::get(
      SmallVector<int64_t>(proto.dims().begin(), proto.dims().end()), element);
  if (isa<StringType>(element))
    return stringsFromProto(type, proto, error);
  std::string fields = proto.has_raw_data() ? "" : rawFromFields(proto);
  const std::string &raw = proto.has_raw_data() ? proto.raw_data() : fields;
  std::optional<uint64_t> wanted = rawSizeInBytes(element, count);
  if (wanted && *wanted == raw.size())
    return elementsFromRaw(type, ArrayRef<char>(raw.data(), raw.size()));
  error = lengthError(proto, raw.size(), wanted.value_or(0), "bytes");
  return {};
}

//===----------------------------------------------------------------------===//
// To messages
//===----------------------------------------------------------------------===//

/// One byte for each element of a dense attribute of booleans or sub-bytes.
static SmallVector<char> bytesOf(DenseElementsAttr value) {
  SmallVector<char> bytes;
  for (Attribute element : value.getValues<Attribute>()) {
    APInt bits = isa<FloatAttr>(element)
                     ? cast<FloatAttr>(element).getValue().bitcastToAPInt()
                     : cast<IntegerAttr>(element).getValue();
    bytes.push_back(char(bits.getZExtValue()));
  }
  return bytes;
}

bool tilicho::ir::onnx::storageBytes(ElementsAttr value,
                                     SmallVectorImpl<char> &bytes) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return false;
    bytes.assign(blob->getData().begin(), blob->getData().end());
    return true;
  }
  auto dense = dyn_cast<DenseIntOrFPElementsAttr>(value);
  if (!dense)
    return false;
  Type element = dense.getElementType();
  if (element.isInteger(1) || packedBits(element)) {
    SmallVector<char> single = bytesOf(DenseElementsAttr(dense));
    bytes.assign(single.begin(), single.end());
    return true;
  }
  ArrayRef<char> raw = dense.getRawData();
  size_t copies = dense.isSplat() ? dense.getNumElements() : 1;
  bytes.reserve(copies * raw.size());
  for (size_t copy = 0; copy < copies; ++copy)
    bytes.append(raw.begin(), raw.end());
  return true;
}

bool tilicho::ir::onnx::rawBytes(ElementsAttr value, std::string &raw) {
  SmallVector<char> bytes;
  if (!storageBytes(value, bytes))
    return false;
  unsigned bits = packedBits(value.getElementType());
  raw = bits ? pack(bytes, bits) : std::string(bytes.begin(), bytes.end());
  return true;
}

bool tilicho::ir::onnx::tensorToProto(ElementsAttr value, TensorProto &proto) {
  proto.set_data_type(elementToProto(value.getElementType()));
  for (int64_t size : value.getShapedType().getShape())
    proto.add_dims(size);
  if (auto strings = dyn_cast<DenseStringElementsAttr>(value)) {
    for (StringRef text : strings.getValues<StringRef>())
      proto.add_string_data(text.str());
    return true;
  }
  return rawBytes(value, *proto.mutable_raw_data());
}
