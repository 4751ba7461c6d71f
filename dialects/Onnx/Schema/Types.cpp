// SPDX-License-Identifier: Apache-2.0
// Element, tensor and container types between ONNX's messages and MLIR.
#include "dialects/Onnx/IR/OnnxDialect.h"
#include "dialects/Onnx/Schema/Protos.h"

using namespace mlir;
using namespace tilicho::ir::onnx;
using ::onnx::TensorProto;

namespace {
struct ElementRow {
  int32_t dataType;
  /// Bits of an element in raw_data, 0 for a string.
  unsigned rawBits;
  Type (*build)(MLIRContext *);
};
} // namespace

template <unsigned width, IntegerType::SignednessSemantics signedness>
static Type integer(MLIRContext *context) {
  return IntegerType::get(context, width, signedness);
}

template <class Float> static Type floating(MLIRContext *context) {
  return Float::get(context);
}

template <class Float> static Type complex(MLIRContext *context) {
  return ComplexType::get(Float::get(context));
}

/// One row for each TensorProto::DataType.
static ArrayRef<ElementRow> elementTable() {
  static const ElementRow table[] = {
      {TensorProto::FLOAT, 32, floating<Float32Type>},
      {TensorProto::UINT8, 8, integer<8, IntegerType::Unsigned>},
      {TensorProto::INT8, 8, integer<8, IntegerType::Signless>},
      {TensorProto::UINT16, 16, integer<16, IntegerType::Unsigned>},
      {TensorProto::INT16, 16, integer<16, IntegerType::Signless>},
      {TensorProto::INT32, 32, integer<32, IntegerType::Signless>},
      {TensorProto::INT64, 64, integer<64, IntegerType::Signless>},
      {TensorProto::STRING, 0, floating<StringType>},
      {TensorProto::BOOL, 8, integer<1, IntegerType::Signless>},
      {TensorProto::FLOAT16, 16, floating<Float16Type>},
      {TensorProto::DOUBLE, 64, floating<Float64Type>},
      {TensorProto::UINT32, 32, integer<32, IntegerType::Unsigned>},
      {TensorProto::UINT64, 64, integer<64, IntegerType::Unsigned>},
      {TensorProto::COMPLEX64, 64, complex<Float32Type>},
      {TensorProto::COMPLEX128, 128, complex<Float64Type>},
      {TensorProto::BFLOAT16, 16, floating<BFloat16Type>},
      {TensorProto::FLOAT8E4M3FN, 8, floating<Float8E4M3FNType>},
      {TensorProto::FLOAT8E4M3FNUZ, 8, floating<Float8E4M3FNUZType>},
      {TensorProto::FLOAT8E5M2, 8, floating<Float8E5M2Type>},
      {TensorProto::FLOAT8E5M2FNUZ, 8, floating<Float8E5M2FNUZType>},
      {TensorProto::UINT4, 4, integer<4, IntegerType::Unsigned>},
      {TensorProto::INT4, 4, integer<4, IntegerType::Signless>},
      {TensorProto::FLOAT4E2M1, 4, floating<Float4E2M1FNType>},
      {TensorProto::FLOAT8E8M0, 8, floating<Float8E8M0FNUType>},
      {TensorProto::UINT2, 2, integer<2, IntegerType::Unsigned>},
      {TensorProto::INT2, 2, integer<2, IntegerType::Signless>},
  };
  return table;
}

Type tilicho::ir::onnx::elementFromProto(MLIRContext *context,
                                         int32_t dataType) {
  for (const ElementRow &row : elementTable())
    if (row.dataType == dataType)
      return row.build(context);
  return {};
}

static const ElementRow *findRow(Type type) {
  for (const ElementRow &row : elementTable())
    if (row.build(type.getContext()) == type)
      return &row;
  return nullptr;
}

int32_t tilicho::ir::onnx::elementToProto(Type type) {
  const ElementRow *row = findRow(type);
  return row ? row->dataType : static_cast<int32_t>(TensorProto::UNDEFINED);
}

std::optional<uint64_t> tilicho::ir::onnx::rawSizeInBytes(Type element,
                                                          int64_t count) {
  const ElementRow *row = findRow(element);
  uint64_t bits;
  if (!row || row->rawBits == 0 || count < 0 ||
      __builtin_mul_overflow(uint64_t(count), uint64_t(row->rawBits), &bits))
    return std::nullopt;
  return bits / 8 + (bits % 8 != 0);
}

static Type tensorFromProto(MLIRContext *context,
                            const ::onnx::TypeProto::Tensor &proto) {
  Type element = elementFromProto(context, proto.elem_type());
  if (!element)
    return {};
  if (!proto.has_shape())
    return UnrankedTensorType::get(element);
  SmallVector<int64_t> shape;
  for (const auto &dim : proto.shape().dim()) {
    bool known = dim.has_dim_value() && dim.dim_value() >= 0;
    shape.push_back(known ? dim.dim_value() : ShapedType::kDynamic);
  }
  return RankedTensorType::get(shape, element);
}

Type tilicho::ir::onnx::typeFromProto(MLIRContext *context,
                                      const ::onnx::TypeProto &proto) {
  if (proto.has_tensor_type())
    return ::tensorFromProto(context, proto.tensor_type());
  if (proto.has_sequence_type()) {
    Type element = typeFromProto(context, proto.sequence_type().elem_type());
    return element ? SequenceType::get(context, element) : Type();
  }
  if (proto.has_optional_type()) {
    Type element = typeFromProto(context, proto.optional_type().elem_type());
    return element ? OptionalType::get(context, element) : Type();
  }
  return {};
}

static void tensorToProto(ShapedType type, ::onnx::TypeProto::Tensor *proto) {
  proto->set_elem_type(elementToProto(type.getElementType()));
  if (!type.hasRank())
    return;
  ::onnx::TensorShapeProto *shape = proto->mutable_shape();
  for (int64_t size : type.getShape()) {
    auto *dim = shape->add_dim();
    if (!ShapedType::isDynamic(size))
      dim->set_dim_value(size);
  }
}

::onnx::TypeProto tilicho::ir::onnx::typeToProto(Type type) {
  ::onnx::TypeProto proto;
  if (auto tensor = dyn_cast<TensorType>(type))
    ::tensorToProto(tensor, proto.mutable_tensor_type());
  if (auto sequence = dyn_cast<SequenceType>(type))
    *proto.mutable_sequence_type()->mutable_elem_type() =
        typeToProto(sequence.getElementType());
  if (auto optional = dyn_cast<OptionalType>(type))
    *proto.mutable_optional_type()->mutable_elem_type() =
        typeToProto(optional.getElementType());
  return proto;
}
