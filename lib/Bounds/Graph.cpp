// SPDX-License-Identifier: Apache-2.0
// An ONNX graph as far as bounds need it: shapes, types, who uses what.
#include "lib/Bounds/Graph.h"

#include <algorithm>

namespace tilicho::compiler::bounds {

double Tensor::elements() const {
  double product = 1;
  for (int64_t dim : dims)
    product *= double(dim);
  return hasShape ? product : 0;
}

const Tensor *Node::input(size_t index) const {
  if (index >= inputs.size() || !inputs[index] || !inputs[index]->hasShape)
    return nullptr;
  return inputs[index];
}

const Tensor *Node::output(size_t index) const {
  if (index >= outputs.size() || !outputs[index] || !outputs[index]->hasShape)
    return nullptr;
  return outputs[index];
}

static const onnx::AttributeProto *find(const onnx::NodeProto &node,
                                        const char *name) {
  for (const onnx::AttributeProto &attribute : node.attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

int64_t Node::attribute(const char *name, int64_t otherwise) const {
  const onnx::AttributeProto *found = find(*proto, name);
  return found ? found->i() : otherwise;
}

std::string Node::text(const char *name) const {
  const onnx::AttributeProto *found = find(*proto, name);
  return found ? found->s() : "";
}

std::vector<int64_t> Node::attributes(const char *name) const {
  const onnx::AttributeProto *found = find(*proto, name);
  if (!found)
    return {};
  return {found->ints().begin(), found->ints().end()};
}

Tensor &Graph::tensor(const std::string &name) {
  auto [place, isNew] = places.emplace(name, tensorList.size());
  if (isNew) {
    tensorList.push_back(std::make_unique<Tensor>());
    tensorList.back()->name = name;
  }
  return *tensorList[place->second];
}

std::vector<const Tensor *> Graph::tensors() const {
  std::vector<const Tensor *> all;
  for (auto &tensor : tensorList)
    all.push_back(tensor.get());
  return all;
}

void Graph::addInitializers(const onnx::GraphProto &graph) {
  for (const onnx::TensorProto &initializer : graph.initializer()) {
    Tensor &added = tensor(initializer.name());
    added.type = initializer.data_type();
    added.dims.assign(initializer.dims().begin(), initializer.dims().end());
    added.hasShape = added.isInitializer = added.isConstant = true;
  }
}

void Graph::addShape(const onnx::ValueInfoProto &value) {
  Tensor &added = tensor(value.name());
  if (added.isInitializer || !value.type().has_tensor_type())
    return;
  const onnx::TypeProto_Tensor &type = value.type().tensor_type();
  added.type = type.elem_type();
  added.hasShape = type.has_shape();
  added.dims.clear();
  for (const auto &dim : type.shape().dim()) {
    added.dims.push_back(dim.dim_value());
    added.hasShape = added.hasShape && dim.has_dim_value();
  }
}

/// Of what random numbers are drawn like, only the shape and type are asked
/// for.
static bool asksForTypes(const onnx::NodeProto &proto) {
  return proto.op_type() == "RandomNormalLike" ||
         proto.op_type() == "RandomUniformLike";
}

void Graph::addNode(const onnx::NodeProto &proto, size_t place) {
  Node &node = nodeList[place];
  node.proto = &proto;
  node.name = proto.name().empty()
                  ? proto.op_type() + "_" + std::to_string(place)
                  : proto.name();
  for (const std::string &name : proto.input()) {
    if (asksForTypes(proto))
      break;
    node.inputs.push_back(name.empty() ? nullptr : &tensor(name));
    if (node.inputs.back())
      node.inputs.back()->users.push_back(&node);
  }
  for (const std::string &name : proto.output()) {
    node.outputs.push_back(name.empty() ? nullptr : &tensor(name));
    if (node.outputs.back())
      node.outputs.back()->producer = &node;
  }
}

/// The shape of a tensor is known before the run, where it is known at all.
static bool asksForShape(const Node &node) {
  return (node.is("Shape") || node.is("Size")) && node.input(0);
}

static bool isRandom(const Node &node) {
  return node.opType().rfind("Random", 0) == 0 || node.is("Multinomial") ||
         node.is("Bernoulli");
}

static bool hasBody(const Node &node) {
  return node.is("If") || node.is("Loop") || node.is("Scan");
}

void Graph::findConstants() {
  for (Node &node : nodeList) {
    bool all = std::all_of(
        node.inputs.begin(), node.inputs.end(),
        [](const Tensor *input) { return !input || input->isConstant; });
    node.isConstant =
        asksForShape(node) || (all && !isRandom(node) && !hasBody(node));
    for (Tensor *output : node.outputs)
      if (output)
        output->isConstant = node.isConstant;
  }
}

void Graph::findLive() {
  for (size_t i = nodeList.size(); i-- > 0;) {
    Node &node = nodeList[i];
    for (const Tensor *output : node.outputs)
      if (output &&
          (output->isOutput ||
           std::any_of(output->users.begin(), output->users.end(),
                       [](const Node *user) { return user->isLive; })))
        node.isLive = true;
    // What a body captures is used; its own nodes are not in the list.
    node.isLive = node.isLive || hasBody(node);
  }
}

Graph::Graph(const onnx::ModelProto &model)
    : nodeList(size_t(model.graph().node_size())) {
  const onnx::GraphProto &graph = model.graph();
  addInitializers(graph);
  for (const onnx::ValueInfoProto &value : graph.value_info())
    addShape(value);
  for (const onnx::ValueInfoProto &value : graph.input()) {
    addShape(value);
    Tensor &input = tensor(value.name());
    input.isInput = !input.isInitializer;
  }
  for (const onnx::ValueInfoProto &value : graph.output()) {
    addShape(value);
    tensor(value.name()).isOutput = true;
  }
  for (int place = 0; place < graph.node_size(); ++place)
    addNode(graph.node(place), size_t(place));
  findConstants();
  findLive();
}

} // namespace tilicho::compiler::bounds
