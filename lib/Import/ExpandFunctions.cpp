// SPDX-License-Identifier: Apache-2.0
// Replaces operators by the function bodies that their schemas give. The bodies
// become functions of the model, which ONNX's inliner then puts in place.
#include "dialects/Onnx/Schema/Schema.h"
#include "lib/Import/OnnxLibrary.h"

#include "onnx/defs/schema.h"
#include "onnx/inliner/inliner.h"

#include <unordered_map>

using namespace onnx;
using namespace tilicho::compiler;

using Types = std::unordered_map<std::string, TypeProto>;

static const char *const bodyDomain = "tilicho.body";
/// Bodies hold operators that have bodies themselves, to this depth.
constexpr int maxDepth = 8;
/// Around the name of the node that a body stands for: the inliner adds to it.
constexpr char mark = '\x01';

static void addTypes(const GraphProto &graph, Types &types) {
  for (const auto *list :
       {&graph.value_info(), &graph.input(), &graph.output()})
    for (const ValueInfoProto &info : *list)
      types[info.name()] = info.type();
  for (const TensorProto &tensor : graph.initializer()) {
    auto *type = types[tensor.name()].mutable_tensor_type();
    type->set_elem_type(tensor.data_type());
    type->mutable_shape()->clear_dim();
    for (int64_t size : tensor.dims())
      type->mutable_shape()->add_dim()->set_dim_value(size);
  }
}

/// Bodies read attributes whether the node has them or not.
static void addDefaults(const OpSchema &schema, NodeProto &node) {
  for (const auto &[name, attribute] : schema.attributes()) {
    bool present = false;
    for (const AttributeProto &own : node.attribute())
      present |= own.name() == name;
    if (present || attribute.default_value.name().empty())
      continue;
    *node.add_attribute() = attribute.default_value;
  }
}

void tilicho::compiler::addDefaultAttributes(ModelProto &model) {
  int opset = static_cast<int>(opsetOf(model));
  forEachGraph(*model.mutable_graph(), [&](GraphProto &graph) {
    for (NodeProto &node : *graph.mutable_node()) {
      const OpSchema *schema =
          node.domain().empty()
              ? OpSchemaRegistry::Schema(node.op_type(), opset)
              : nullptr;
      // STFT has no body, but its inference takes the spectrum of a node that
      // does not say how many sides it has for two-sided.
      if (schema &&
          (schema->HasFunction() || schema->HasContextDependentFunction() ||
           node.op_type() == "STFT"))
        addDefaults(*schema, node);
    }
  });
}

static bool buildBody(const OpSchema &schema, const NodeProto &node,
                      const Types &types, FunctionProto &body) {
  if (node.domain() == AI_ONNX_PREVIEW_TRAINING_DOMAIN)
    return buildOptimizerBody(node, body);
  int opset = static_cast<int>(tilicho::ir::onnx::newestOpset());
  if (const FunctionProto *fixed = schema.GetFunction(opset)) {
    body = *fixed;
    return true;
  }
  if (!schema.HasContextDependentFunction())
    return false;
  std::vector<TypeProto> inputs;
  for (const std::string &input : node.input()) {
    auto found = types.find(input);
    inputs.push_back(found == types.end() ? TypeProto() : found->second);
  }
  FunctionBodyBuildContextImpl context(node, inputs);
  return schema.BuildContextDependentFunction(context, body, opset);
}

namespace {
class Expander {
public:
  Expander(ModelProto &model,
           const std::function<bool(const std::string &)> &expand)
      : model(model), expand(expand) {}

  /// Makes calls of all operators that are to be expanded; whether there were.
  bool run() {
    Types types;
    forEachGraph(*model.mutable_graph(),
                 [&](GraphProto &graph) { addTypes(graph, types); });
    forEachGraph(*model.mutable_graph(), [&](GraphProto &graph) {
      for (NodeProto &node : *graph.mutable_node())
        if (isToExpand(node))
          makeCall(node, types);
    });
    return !model.functions().empty();
  }

private:
  ModelProto &model;
  const std::function<bool(const std::string &)> &expand;

  /// Operators of the preview domains have no other form than their bodies.
  bool isToExpand(const NodeProto &node) const {
    return node.domain() == AI_ONNX_PREVIEW_DOMAIN ||
           node.domain() == AI_ONNX_PREVIEW_TRAINING_DOMAIN ||
           (node.domain().empty() && expand(node.op_type()));
  }

  void makeCall(NodeProto &node, const Types &types) {
    int opset = static_cast<int>(tilicho::ir::onnx::newestOpset());
    const OpSchema *schema =
        OpSchemaRegistry::Schema(node.op_type(), opset, node.domain());
    FunctionProto body;
    if (!schema)
      return;
    addDefaults(*schema, node);
    if (!buildBody(*schema, node, types, body))
      return;
    body.set_domain(bodyDomain);
    body.set_name(node.op_type() + std::to_string(model.functions_size()));
    body.clear_opset_import();
    auto *import = body.add_opset_import();
    import->set_domain("");
    import->set_version(opset);
    for (NodeProto &inner : *body.mutable_node())
      inner.set_name(mark + node.name() + mark);
    node.set_domain(bodyDomain);
    node.set_op_type(body.name());
    *model.add_functions() = std::move(body);
  }
};
} // namespace

/// Gives the nodes of a body the name of the node that it stands for.
static void restoreNames(ModelProto &model) {
  forEachGraph(*model.mutable_graph(), [](GraphProto &graph) {
    for (NodeProto &node : *graph.mutable_node()) {
      const std::string &name = node.name();
      size_t last = name.rfind(mark);
      if (last == std::string::npos || name.front() != mark)
        continue;
      constexpr size_t first = 1;
      node.set_name(name.substr(first, last - first));
    }
  });
}

static void import(ModelProto &model, const char *domain, int64_t version) {
  auto *opset = model.add_opset_import();
  opset->set_domain(domain);
  opset->set_version(version);
}

void tilicho::compiler::expandFunctions(
    ModelProto &model, const std::function<bool(const std::string &)> &expand,
    Problems &problems) {
  try {
    if (opsetOf(model) == 0)
      import(model, "", ir::onnx::newestOpset());
    import(model, bodyDomain, 1);
    for (int depth = 0; depth < maxDepth && Expander(model, expand).run();
         ++depth) {
      inliner::InlineLocalFunctions(model);
      restoreNames(model);
      normaliseNames(model);
      inferShapes(model, /*strict=*/false, problems);
    }
    model.mutable_opset_import()->RemoveLast();
  } catch (const std::exception &failure) {
    problems.push_back(std::string("function bodies cannot be expanded: ") +
                       failure.what());
  }
}
