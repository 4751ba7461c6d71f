// SPDX-License-Identifier: Apache-2.0
// Attributes of an operation as attributes of an ONNX node.
#include "dialects/Onnx/Schema/Protos.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using ::onnx::AttributeProto;

static bool stringsToProto(ArrayAttr array, AttributeProto &proto) {
  proto.set_type(AttributeProto::STRINGS);
  for (Attribute element : array) {
    auto text = dyn_cast<StringAttr>(element);
    if (!text)
      return false;
    proto.add_strings(text.str());
  }
  return true;
}

static bool valueToProto(Attribute value, AttributeProto &proto) {
  return TypeSwitch<Attribute, bool>(value)
      .Case([&](IntegerAttr attribute) {
        proto.set_type(AttributeProto::INT);
        proto.set_i(attribute.getValue().getSExtValue());
        return true;
      })
      .Case([&](FloatAttr attribute) {
        proto.set_type(AttributeProto::FLOAT);
        proto.set_f(attribute.getValue().convertToFloat());
        return true;
      })
      .Case([&](StringAttr attribute) {
        proto.set_type(AttributeProto::STRING);
        proto.set_s(attribute.str());
        return true;
      })
      .Case([&](DenseI64ArrayAttr attribute) {
        proto.set_type(AttributeProto::INTS);
        for (int64_t element : attribute.asArrayRef())
          proto.add_ints(element);
        return true;
      })
      .Case([&](DenseF32ArrayAttr attribute) {
        proto.set_type(AttributeProto::FLOATS);
        for (float element : attribute.asArrayRef())
          proto.add_floats(element);
        return true;
      })
      .Case([&](ElementsAttr attribute) {
        proto.set_type(AttributeProto::TENSOR);
        return tilicho::ir::onnx::tensorToProto(attribute, *proto.mutable_t());
      })
      .Case([&](TypeAttr attribute) {
        proto.set_type(AttributeProto::TYPE_PROTO);
        *proto.mutable_tp() =
            tilicho::ir::onnx::typeToProto(attribute.getValue());
        return true;
      })
      .Case(
          [&](ArrayAttr attribute) { return stringsToProto(attribute, proto); })
      .Default([](Attribute) { return false; });
}

bool tilicho::ir::onnx::attributeToProto(StringRef name, Attribute value,
                                         ::onnx::NodeProto &node) {
  AttributeProto proto;
  if (!valueToProto(value, proto))
    return false;
  proto.set_name(name.str());
  *node.add_attribute() = std::move(proto);
  return true;
}
