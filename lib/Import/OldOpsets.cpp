// SPDX-License-Identifier: Apache-2.0
// Meanings of operators in older opsets that ONNX's version converter loses.
#include "lib/Import/OnnxLibrary.h"

#include "onnx/defs/tensor_proto_util.h"

#include <algorithm>

using namespace onnx;
using namespace tilicho::compiler;

/// The first opsets in which operators have today's meaning.
constexpr int64_t resizeByModes = 11, hardmaxOfOneAxis = 13,
                  poolsEndInside = 22;

int64_t tilicho::compiler::opsetOf(const ModelProto &model) {
  for (const auto &import : model.opset_import())
    if (import.domain().empty())
      return import.version();
  return 0;
}

static const AttributeProto *findAttribute(const NodeProto &node,
                                           const std::string &name) {
  for (const AttributeProto &attribute : node.attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

static void setText(NodeProto &node, const char *name, const char *value) {
  AttributeProto *attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(AttributeProto::STRING);
  attribute->set_s(value);
}

static void setInteger(NodeProto &node, const char *name, int64_t value) {
  AttributeProto *attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(AttributeProto::INT);
  attribute->set_i(value);
}

//===----------------------------------------------------------------------===//
// Hardmax
//===----------------------------------------------------------------------===//

static NodeProto makeNode(const NodeProto &origin, const char *opType,
                          const std::vector<std::string> &inputs,
                          const std::string &output) {
  NodeProto node;
  node.set_name(origin.name());
  node.set_op_type(opType);
  for (const std::string &input : inputs)
    node.add_input(input);
  node.add_output(output);
  return node;
}

/// All axes from `axis` on were one: it becomes that of a matrix.
static void addMatrixHardmax(const NodeProto &node, GraphProto &graph) {
  const AttributeProto *axis = findAttribute(node, "axis");
  const std::string &input = node.input(0), &output = node.output(0);
  NodeProto flat = makeNode(node, "Flatten", {input}, output + "/flat");
  setInteger(flat, "axis", axis ? axis->i() : 1);
  NodeProto shape = makeNode(node, "Shape", {input}, output + "/shape");
  NodeProto hard =
      makeNode(node, "Hardmax", {flat.output(0)}, output + "/hard");
  setInteger(hard, "axis", 1);
  *graph.add_node() = flat;
  *graph.add_node() = shape;
  *graph.add_node() = hard;
  *graph.add_node() =
      makeNode(node, "Reshape", {hard.output(0), shape.output(0)}, output);
}

static void splitHardmax(GraphProto &graph) {
  google::protobuf::RepeatedPtrField<NodeProto> nodes;
  nodes.Swap(graph.mutable_node());
  for (NodeProto &node : nodes)
    if (node.op_type() == "Hardmax" && node.domain().empty())
      addMatrixHardmax(node, graph);
    else
      *graph.add_node() = std::move(node);
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

static bool roundsUp(const NodeProto &node) {
  const AttributeProto *ceiling = findAttribute(node, "ceil_mode");
  return ceiling && ceiling->i() != 0;
}

/// With ceil_mode a pool had windows that lie in the padding alone, by ONNX's
/// inference; models and runtimes never did. Shapes that follow are forgotten.
static void forgetPooledShapes(ModelProto &model) {
  bool found = false;
  forEachGraph(*model.mutable_graph(), [&](GraphProto &graph) {
    found |= std::any_of(graph.node().begin(), graph.node().end(), roundsUp);
  });
  if (!found)
    return;
  forEachGraph(*model.mutable_graph(), [](GraphProto &graph) {
    graph.clear_value_info();
    for (ValueInfoProto &output : *graph.mutable_output())
      if (output.type().has_tensor_type())
        output.mutable_type()->mutable_tensor_type()->clear_shape();
  });
}

void tilicho::compiler::rewriteOldOperators(ModelProto &model) {
  int64_t opset = opsetOf(model);
  if (opset < hardmaxOfOneAxis)
    forEachGraph(*model.mutable_graph(), splitHardmax);
  if (opset < poolsEndInside)
    forgetPooledShapes(model);
}

//===----------------------------------------------------------------------===//
// Resize
//===----------------------------------------------------------------------===//

static const TensorProto *findConstant(const GraphProto &graph,
                                       const std::string &name) {
  for (const TensorProto &tensor : graph.initializer())
    if (tensor.name() == name)
      return &tensor;
  for (const NodeProto &node : graph.node())
    if (node.op_type() == "Constant" && node.output(0) == name)
      if (const AttributeProto *value = findAttribute(node, "value"))
        return &value->t();
  return nullptr;
}

static bool shrinks(const GraphProto &graph, const NodeProto &resize) {
  constexpr int scales = 2;
  if (resize.input_size() <= scales)
    return false;
  const TensorProto *tensor = findConstant(graph, resize.input(scales));
  if (!tensor || tensor->data_type() != TensorProto::FLOAT)
    return false;
  std::vector<float> values = ParseData<float>(tensor);
  return std::any_of(values.begin(), values.end(),
                     [](float scale) { return scale < 1; });
}

void tilicho::compiler::restoreOldModes(ModelProto &model, int64_t opset) {
  if (opset < poolsEndInside)
    forgetPooledShapes(model);
  if (opset >= resizeByModes)
    return;
  forEachGraph(*model.mutable_graph(), [](GraphProto &graph) {
    for (NodeProto &node : *graph.mutable_node()) {
      if (node.op_type() != "Resize" || !node.domain().empty())
        continue;
      setText(node, "coordinate_transformation_mode", "asymmetric");
      setText(node, "nearest_mode", shrinks(graph, node) ? "ceil" : "floor");
    }
  });
}
