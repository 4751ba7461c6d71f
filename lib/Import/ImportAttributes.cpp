// SPDX-License-Identifier: Apache-2.0
// Converts attributes one kind at a time.
#include "lib/Import/ImportAttributes.h"

#include "dialects/Onnx/IR/OnnxDialect.h"
#include "dialects/Onnx/Schema/Protos.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace tilicho::ir::onnx;
using ::onnx::AttributeProto;

template <class Repeated> static auto copy(const Repeated &field) {
  using Value = std::decay_t<decltype(field.Get(0))>;
  return SmallVector<Value>(field.begin(), field.end());
}

Attribute tilicho::compiler::attributeFromProto(MLIRContext *context,
                                                const AttributeProto &proto,
                                                std::string &error) {
  Builder builder(context);
  switch (proto.type()) {
  case AttributeProto::INT:
    return builder.getI64IntegerAttr(proto.i());
  case AttributeProto::FLOAT:
    return builder.getF32FloatAttr(proto.f());
  case AttributeProto::STRING:
    return builder.getStringAttr(proto.s());
  case AttributeProto::INTS:
    return builder.getDenseI64ArrayAttr(copy(proto.ints()));
  case AttributeProto::FLOATS:
    return builder.getDenseF32ArrayAttr(copy(proto.floats()));
  case AttributeProto::STRINGS: {
    SmallVector<Attribute> strings;
    for (const std::string &text : proto.strings())
      strings.push_back(builder.getStringAttr(text));
    return builder.getArrayAttr(strings);
  }
  case AttributeProto::TENSOR:
    return tensorFromProto(context, proto.t(), error);
  case AttributeProto::TYPE_PROTO:
    if (Type type = typeFromProto(context, proto.tp()))
      return TypeAttr::get(type);
    error = "its type is not supported";
    return {};
  default:
    error = "attributes of kind " +
            AttributeProto::AttributeType_Name(proto.type()) +
            " are not supported";
    return {};
  }
}

/// Scatters the values of a sparse tensor into a dense one of zeros.
static ElementsAttr denseFromSparse(MLIRContext *context,
                                    const ::onnx::SparseTensorProto &sparse,
                                    std::string &error) {
  ElementsAttr values = tensorFromProto(context, sparse.values(), error);
  ElementsAttr indices = tensorFromProto(context, sparse.indices(), error);
  std::string from;
  auto places = dyn_cast_or_null<DenseIntElementsAttr>(indices);
  if (!values || !places || !rawBytes(values, from)) {
    if (error.empty())
      error = "its sparse value is too large";
    return {};
  }
  auto type =
      RankedTensorType::get(copy(sparse.dims()), values.getElementType());
  std::optional<uint64_t> size =
      rawSizeInBytes(type.getElementType(), type.getNumElements());
  int64_t count = values.getNumElements();
  if (!size || count == 0)
    return {};
  std::string to(*size, '\0');
  uint64_t bytes = from.size() / count;
  bool linear = places.getType().getRank() == 1;
  SmallVector<int64_t> flat;
  for (const APInt &place : places.getValues<APInt>())
    flat.push_back(place.getSExtValue());
  int64_t rank = linear ? 1 : type.getRank();
  for (int64_t element = 0; element < count; ++element) {
    int64_t offset = 0;
    for (int64_t axis = 0; axis < rank; ++axis)
      offset = offset * (linear ? 1 : type.getDimSize(axis)) +
               flat[element * rank + axis];
    if (offset < 0 || offset >= type.getNumElements()) {
      error = "its sparse value has an index outside its shape";
      return {};
    }
    to.replace(offset * bytes, bytes, from, element * bytes, bytes);
  }
  return elementsFromRaw(type, ArrayRef<char>(to.data(), to.size()));
}

ElementsAttr tilicho::compiler::constantFromProto(MLIRContext *context,
                                                  const AttributeProto &proto,
                                                  std::string &error) {
  Builder builder(context);
  auto tensorOf = [](SmallVector<int64_t> shape, Type element) {
    return RankedTensorType::get(shape, element);
  };
  Type i64 = builder.getI64Type(), f32 = builder.getF32Type();
  Type string = StringType::get(context);
  SmallVector<StringRef> strings(proto.strings().begin(),
                                 proto.strings().end());
  switch (proto.type()) {
  case AttributeProto::TENSOR:
    return tensorFromProto(context, proto.t(), error);
  case AttributeProto::SPARSE_TENSOR:
    return denseFromSparse(context, proto.sparse_tensor(), error);
  case AttributeProto::INT:
    return DenseElementsAttr::get(tensorOf({}, i64), proto.i());
  case AttributeProto::INTS:
    return DenseElementsAttr::get(tensorOf({proto.ints_size()}, i64),
                                  ArrayRef(copy(proto.ints())));
  case AttributeProto::FLOAT:
    return DenseElementsAttr::get(tensorOf({}, f32), proto.f());
  case AttributeProto::FLOATS:
    return DenseElementsAttr::get(tensorOf({proto.floats_size()}, f32),
                                  ArrayRef(copy(proto.floats())));
  case AttributeProto::STRING:
    return DenseElementsAttr::get(tensorOf({}, string),
                                  ArrayRef<StringRef>(proto.s()));
  case AttributeProto::STRINGS:
    return DenseElementsAttr::get(tensorOf({proto.strings_size()}, string),
                                  ArrayRef(strings));
  default:
    error = "it holds no value";
    return {};
  }
}
