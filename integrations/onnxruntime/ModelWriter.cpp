// SPDX-License-Identifier: Apache-2.0
// Some nodes of ONNX Runtime's graph as an ONNX model in memory.
#include "integrations/onnxruntime/ModelWriter.h"
#include "integrations/onnxruntime/ProtoWriter.h"

#include <algorithm>
#include <set>
#include <stdexcept>

using namespace tilicho::offload;

namespace {

// Field numbers of onnx.proto.
namespace model {
constexpr uint32_t irVersion = 1, producer = 2, graph = 7, opsetImport = 8;
}
namespace opset {
constexpr uint32_t domain = 1, version = 2;
}
namespace graph {
constexpr uint32_t node = 1, name = 2, initializer = 5, input = 11, output = 12;
}
namespace node {
constexpr uint32_t input = 1, output = 2, name = 3, opType = 4, attribute = 5,
                   domain = 7;
}
namespace attribute {
constexpr uint32_t name = 1, real = 2, number = 3, text = 4, tensor = 5,
                   graph = 6, reals = 7, numbers = 8, texts = 9, type = 20;
}
namespace tensor {
constexpr uint32_t dims = 1, dataType = 2, name = 8, rawData = 9;
}
namespace value {
constexpr uint32_t name = 1, type = 2;
}
namespace type {
constexpr uint32_t tensor = 1;
}
namespace tensorType {
constexpr uint32_t elementType = 1, shape = 2;
}
namespace shape {
constexpr uint32_t dim = 1;
}
namespace dimension {
constexpr uint32_t value = 1, param = 2;
}
/// AttributeProto.AttributeType.
enum AttributeType {
  Real = 1,
  Number,
  Text,
  Tensor,
  Graph,
  Reals,
  Numbers,
  Texts
};

/// ONNX Runtime's and ONNX's numbers of element types are the same ones.
ProtoWriter writeTensor(const std::string &name, Ort::ConstValue given) {
  auto info = given.GetTensorTypeAndShapeInfo();
  if (info.GetElementType() == ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING)
    throw std::runtime_error("constant '" + name + "' holds strings");
  ProtoWriter out;
  for (int64_t size : info.GetShape())
    out.number(tensor::dims, size);
  out.number(tensor::dataType, info.GetElementType());
  out.bytes(tensor::name, name);
  out.bytes(tensor::rawData,
            {static_cast<const char *>(given.GetTensorRawData()),
             given.GetTensorSizeInBytes()});
  return out;
}

ProtoWriter writeValue(const ModelValue &given) {
  ProtoWriter dims;
  for (size_t i = 0; i < given.type.shape.size(); ++i) {
    ProtoWriter dim;
    if (given.type.shape[i] >= 0)
      dim.number(dimension::value, given.type.shape[i]);
    else
      dim.bytes(dimension::param, dimensionName(given, i));
    dims.message(shape::dim, dim);
  }
  ProtoWriter tensorOut, typeOut, out;
  tensorOut.number(tensorType::elementType, given.type.elementType);
  if (given.type.hasRank)
    tensorOut.message(tensorType::shape, dims);
  typeOut.message(type::tensor, tensorOut);
  out.bytes(value::name, given.name);
  out.message(value::type, typeOut);
  return out;
}

/// Outputs go without a shape, which inference finds for each program.
ProtoWriter writeOutput(const std::string &name, int32_t elementType) {
  ProtoWriter tensorOut, typeOut, out;
  tensorOut.number(tensorType::elementType, elementType);
  typeOut.message(type::tensor, tensorOut);
  out.bytes(value::name, name);
  out.message(value::type, typeOut);
  return out;
}

template <class T> T readOne(const Ort::ConstOpAttr &given) {
  T read{};
  Ort::ThrowOnError(given.GetValue(read));
  return read;
}

template <class T> std::vector<T> readMany(const Ort::ConstOpAttr &given) {
  std::vector<T> read;
  Ort::ThrowOnError(given.GetValueArray(read));
  return read;
}

void writeAttributeValue(const Ort::ConstOpAttr &given, ProtoWriter &out) {
  switch (given.GetType()) {
  case ORT_OP_ATTR_INT:
    out.number(attribute::number, readOne<int64_t>(given));
    return out.number(attribute::type, Number);
  case ORT_OP_ATTR_FLOAT:
    out.real(attribute::real, readOne<float>(given));
    return out.number(attribute::type, Real);
  case ORT_OP_ATTR_STRING:
    out.bytes(attribute::text, readOne<std::string>(given));
    return out.number(attribute::type, Text);
  case ORT_OP_ATTR_INTS:
    for (int64_t number : readMany<int64_t>(given))
      out.number(attribute::numbers, number);
    return out.number(attribute::type, Numbers);
  case ORT_OP_ATTR_FLOATS:
    for (float real : readMany<float>(given))
      out.real(attribute::reals, real);
    return out.number(attribute::type, Reals);
  case ORT_OP_ATTR_STRINGS:
    for (const std::string &text : readMany<std::string>(given))
      out.bytes(attribute::texts, text);
    return out.number(attribute::type, Texts);
  case ORT_OP_ATTR_TENSOR: {
    Ort::Value read;
    Ort::ThrowOnError(given.GetTensorAttributeAsOrtValue(read));
    out.message(attribute::tensor, writeTensor("", read.GetConst()));
    return out.number(attribute::type, Tensor);
  }
  default:
    throw std::runtime_error("attribute '" + given.GetName() +
                             "' is of a kind that is not passed on");
  }
}

std::string writeGraph(const Ort::ConstGraph &given);

/// A node's attributes by name, each as a whole message.
std::vector<std::pair<std::string, ProtoWriter>>
writeAttributes(const Ort::ConstNode &given) {
  std::vector<std::pair<std::string, ProtoWriter>> all;
  for (const Ort::ConstOpAttr &one : given.GetAttributes()) {
    ProtoWriter out;
    if (one.GetType() == ORT_OP_ATTR_GRAPH)
      continue;
    out.bytes(attribute::name, one.GetName());
    writeAttributeValue(one, out);
    all.emplace_back(one.GetName(), std::move(out));
  }
  for (const Ort::AttrNameSubgraph &one : given.GetSubgraphs()) {
    ProtoWriter out;
    out.bytes(attribute::name, one.attr_name);
    out.bytes(attribute::graph, writeGraph(one.sub_graph));
    out.number(attribute::type, Graph);
    all.emplace_back(one.attr_name, std::move(out));
  }
  // ONNX Runtime's order is that of a hash table.
  std::sort(all.begin(), all.end(),
            [](const auto &a, const auto &b) { return a.first < b.first; });
  return all;
}

std::string nameOf(const Ort::ConstValueInfo &given) {
  // An operand that is left out.
  return given ? given.GetName() : "";
}

ProtoWriter writeNode(const Ort::ConstNode &given) {
  ProtoWriter out;
  for (const Ort::ConstValueInfo &input : given.GetInputs())
    out.bytes(node::input, nameOf(input));
  for (const Ort::ConstValueInfo &output : given.GetOutputs())
    out.bytes(node::output, nameOf(output));
  out.bytes(node::name, nodeName(given));
  out.bytes(node::opType, given.GetOperatorType());
  for (const auto &[name, written] : writeAttributes(given))
    out.message(node::attribute, written);
  out.bytes(node::domain, given.GetDomain());
  return out;
}

void writeConstant(const Ort::ConstValueInfo &given, ProtoWriter &out) {
  Ort::ConstValue held;
  Ort::ThrowOnError(given.GetInitializer(held));
  out.message(graph::initializer, writeTensor(given.GetName(), held));
}

/// A body of a control-flow node, whole.
std::string writeGraph(const Ort::ConstGraph &given) {
  ProtoWriter out;
  for (const Ort::ConstNode &one : given.GetNodes())
    out.message(graph::node, writeNode(one));
  out.bytes(graph::name, given.GetName().empty() ? "body" : given.GetName());
  for (const Ort::ConstValueInfo &one : given.GetInitializers())
    writeConstant(one, out);
  for (const Ort::ConstValueInfo &one : given.GetInputs())
    out.message(graph::input, writeValue({one.GetName(), typeOf(one)}));
  for (const Ort::ConstValueInfo &one : given.GetOutputs())
    out.message(graph::output,
                writeOutput(one.GetName(), typeOf(one).elementType));
  return std::move(out.text);
}

void collectDomains(const std::vector<Ort::ConstNode> &nodes,
                    std::set<std::string> &domains) {
  for (const Ort::ConstNode &one : nodes) {
    domains.insert(one.GetDomain());
    for (const Ort::AttrNameSubgraph &body : one.GetSubgraphs())
      collectDomains(body.sub_graph.GetNodes(), domains);
  }
}

std::string writeModelFields(const Ort::ConstGraph &given,
                             const std::vector<Ort::ConstNode> &nodes) {
  ProtoWriter out;
  out.number(model::irVersion, given.GetOnnxIRVersion());
  out.bytes(model::producer, "onnxruntime");
  std::set<std::string> domains{""};
  collectDomains(nodes, domains);
  // ONNX Runtime lists domains of its own too.
  for (const Ort::OperatorSet &one : given.GetOperatorSets()) {
    const std::string domain = one.domain == "ai.onnx" ? "" : one.domain;
    if (!domains.erase(domain))
      continue;
    ProtoWriter set;
    set.bytes(opset::domain, domain);
    set.number(opset::version, one.version);
    out.message(model::opsetImport, set);
  }
  return std::move(out.text);
}

} // namespace

std::string tilicho::offload::nodeName(const Ort::ConstNode &node) {
  std::string name = node.GetName();
  return name.empty()
             ? node.GetOperatorType() + "_" + std::to_string(node.GetId())
             : name;
}

std::string tilicho::offload::dimensionName(const ModelValue &owner,
                                            size_t dim) {
  const std::string &name = owner.type.dims[dim];
  return name.empty() ? owner.name + "." + std::to_string(dim) : name;
}

static bool hasRank(const Ort::ConstTensorTypeAndShapeInfo &info) {
  if (info.GetDimensionsCount() > 0)
    return true;
#if ORT_API_VERSION >= 24
  if (apiVersion() >= 24)
    return Ort::GetApi().TensorTypeAndShape_HasShape(info);
#endif
  return false;
}

ValueType tilicho::offload::typeOf(const Ort::ConstValueInfo &value) {
  ValueType result;
  Ort::ConstTypeInfo type = value.TypeInfo();
  if (type.GetONNXType() != ONNX_TYPE_TENSOR)
    return result;
  auto info = type.GetTensorTypeAndShapeInfo();
  result.elementType = info.GetElementType();
  result.hasRank = hasRank(info);
  result.shape = info.GetShape();
  for (const char *name : info.GetSymbolicDimensions())
    result.dims.push_back(name ? name : "");
  return result;
}

std::string GroupModel::write() const {
  ProtoWriter body, out;
  for (const ModelValue &input : inputs)
    body.message(graph::input, writeValue(input));
  body.text += graphFields;
  out.text = modelFields;
  out.message(model::graph, body);
  return std::move(out.text);
}

GroupModel
tilicho::offload::writeGroup(const Ort::ConstGraph &given,
                             const std::vector<Ort::ConstNode> &nodes,
                             const std::vector<std::string> &outputs) {
  GroupModel result;
  ProtoWriter body;
  std::set<std::string> known;
  std::set<std::string> wanted(outputs.begin(), outputs.end());
  auto read = [&](const Ort::ConstNode &node,
                  const Ort::ConstValueInfo &value) {
    const std::string name = nameOf(value);
    if (name.empty() || !known.insert(name).second)
      return;
    if (value.IsConstantInitializer())
      return writeConstant(value, body);
    result.inputs.push_back({name, typeOf(value)});
    if (!result.inputs.back().type.hasRank)
      throw std::runtime_error("node '" + nodeName(node) +
                               "': the rank of operand '" + name +
                               "' is not known");
  };
  for (const Ort::ConstNode &one : nodes) {
    for (const Ort::ConstValueInfo &input : one.GetInputs())
      read(one, input);
    for (const Ort::ConstValueInfo &input : one.GetImplicitInputs())
      read(one, input);
    for (const Ort::ConstValueInfo &output : one.GetOutputs()) {
      const std::string name = nameOf(output);
      known.insert(name);
      if (wanted.count(name))
        result.outputs.push_back({name, typeOf(output)});
    }
    body.message(graph::node, writeNode(one));
  }
  body.bytes(graph::name, given.GetName().empty() ? "graph" : given.GetName());
  for (const ModelValue &output : result.outputs)
    body.message(graph::output,
                 writeOutput(output.name, output.type.elementType));
  result.graphFields = std::move(body.text);
  result.modelFields = writeModelFields(given, nodes);
  return result;
}

GroupModel tilicho::offload::smallestModel() {
  GroupModel group;
  group.inputs.push_back(
      {"x", {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, true, {1}, {""}}});
  ProtoWriter only, body, set, fields;
  only.bytes(node::input, "x");
  only.bytes(node::output, "y");
  only.bytes(node::opType, "Identity");
  body.message(graph::node, only);
  body.bytes(graph::name, "smallest");
  body.message(graph::output,
               writeOutput("y", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT));
  group.graphFields = std::move(body.text);
  // The oldest versions in which such a model can be written.
  set.bytes(opset::domain, "");
  set.number(opset::version, 13);
  fields.number(model::irVersion, 7);
  fields.message(model::opsetImport, set);
  group.modelFields = std::move(fields.text);
  return group;
}
