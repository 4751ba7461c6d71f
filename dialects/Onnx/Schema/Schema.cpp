// SPDX-License-Identifier: Apache-2.0
// Looks operators up in ONNX's schema registry and runs their inference.
#include "dialects/Onnx/Schema/Schema.h"

#include "onnx/defs/schema.h"
#include "onnx/shape_inference/implementation.h"

#include <limits>
#include <set>

using namespace tilicho::ir::onnx;

static const ::onnx::OpSchema *findSchema(const std::string &opType) {
  return ::onnx::OpSchemaRegistry::Schema(opType,
                                          static_cast<int>(newestOpset()), "");
}

int64_t tilicho::ir::onnx::newestOpset() {
  static const int64_t newest =
      ::onnx::OpSchemaRegistry::DomainToVersionRange::Instance()
          .Map()
          .at("")
          .second;
  return newest;
}

template <class Parameters>
static bool lastIsVariadic(const Parameters &parameters) {
  return !parameters.empty() &&
         parameters.back().GetOption() == ::onnx::OpSchema::Variadic;
}

std::optional<Signature>
tilicho::ir::onnx::findSignature(const std::string &opType) {
  const ::onnx::OpSchema *schema = findSchema(opType);
  if (!schema || schema->Deprecated())
    return std::nullopt;
  Signature result;
  result.variadicInputs = lastIsVariadic(schema->inputs());
  result.variadicOutputs = lastIsVariadic(schema->outputs());
  result.inputs = schema->inputs().size() - result.variadicInputs;
  result.outputs = schema->outputs().size() - result.variadicOutputs;
  return result;
}

std::vector<std::string> tilicho::ir::onnx::listOperators() {
  std::set<std::string> names;
  for (const ::onnx::OpSchema &schema :
       ::onnx::OpSchemaRegistry::get_all_schemas())
    if (schema.domain().empty() && !schema.Deprecated() &&
        findSignature(schema.Name()))
      names.insert(schema.Name());
  return {names.begin(), names.end()};
}

static void collectOperators(const ::onnx::NodeProto &node,
                             std::set<std::string> &names) {
  if (node.domain().empty())
    names.insert(node.op_type());
  for (const ::onnx::AttributeProto &attribute : node.attribute())
    for (const ::onnx::NodeProto &inner : attribute.g().node())
      collectOperators(inner, names);
}

std::optional<Body> tilicho::ir::onnx::findBody(const std::string &opType) {
  const ::onnx::OpSchema *schema = findSchema(opType);
  if (!schema)
    return std::nullopt;
  const ::onnx::FunctionProto *function =
      schema->GetFunction(static_cast<int>(newestOpset()));
  if (!function && !schema->HasContextDependentFunction())
    return std::nullopt;
  Body body;
  body.dependsOnNode = !function;
  std::set<std::string> names;
  if (function)
    for (const ::onnx::NodeProto &node : function->node())
      collectOperators(node, names);
  body.operators.assign(names.begin(), names.end());
  return body;
}

bool tilicho::ir::onnx::takesElement(const std::string &opType, bool input,
                                     unsigned index, int32_t dataType) {
  const ::onnx::OpSchema *schema = findSchema(opType);
  if (!schema)
    return false;
  const auto &parameters = input ? schema->inputs() : schema->outputs();
  if (parameters.empty() ||
      (index >= parameters.size() && !lastIsVariadic(parameters)))
    return false;
  ::onnx::TypeProto type;
  type.mutable_tensor_type()->set_elem_type(dataType);
  size_t last = parameters.size() - 1;
  return parameters[std::min<size_t>(index, last)].GetTypes().count(
      ::onnx::Utils::DataTypeUtils::ToType(type));
}

namespace {
/// The maps that ONNX's inference context reads, for one node.
struct NodeContext {
  std::unordered_map<std::string, ::onnx::TypeProto> types;
  std::unordered_map<std::string, ::onnx::TypeProto *> typesByName;
  std::unordered_map<std::string, const ::onnx::TensorProto *> valuesByName;
  std::unordered_map<std::string, const ::onnx::SparseTensorProto *> sparse;

  explicit NodeContext(const std::vector<KnownInput> &inputs) {
    for (size_t index = 0; index < inputs.size(); ++index) {
      if (!inputs[index].type)
        continue;
      std::string name = std::to_string(index);
      types[name] = *inputs[index].type;
      if (inputs[index].value)
        valuesByName[name] = inputs[index].value;
    }
    for (auto &[name, type] : types)
      typesByName[name] = &type;
  }
};
} // namespace

/// Types of the results of a schema that has a body for each node and no
/// inference of its own.
static void inferByBody(const ::onnx::OpSchema &schema,
                        const ::onnx::NodeProto &node,
                        const std::vector<KnownInput> &inputs,
                        ::onnx::InferenceContext &context) {
  std::vector<::onnx::TypeProto> types;
  for (const KnownInput &input : inputs)
    types.push_back(input.type ? *input.type : ::onnx::TypeProto());
  ::onnx::FunctionBodyBuildContextImpl bodyContext(node, types);
  ::onnx::FunctionProto body;
  if (!schema.BuildContextDependentFunction(bodyContext, body))
    return;
  // Bodies compute shapes: their values are followed too.
  std::unordered_map<std::string, ::onnx::TensorShapeProto> shapes;
  ::onnx::shape_inference::InferShapeForFunctionNode(
      body, ::onnx::OpSchemaRegistry::Instance(), context,
      ::onnx::ShapeInferenceOptions(true, 1, true), {}, nullptr, &shapes);
}

std::optional<std::vector<::onnx::TypeProto>>
tilicho::ir::onnx::inferOutputs(::onnx::NodeProto &node,
                                const std::vector<KnownInput> &inputs,
                                std::string &error) {
  const ::onnx::OpSchema *schema = findSchema(node.op_type());
  if (!schema)
    return std::nullopt;
  try {
    NodeContext known(inputs);
    ::onnx::shape_inference::InferenceContextImpl context(
        node, known.typesByName, known.valuesByName, known.sparse,
        ::onnx::ShapeInferenceOptions(true, 1, true));
    if (!schema->has_type_and_shape_inference_function() &&
        schema->HasContextDependentFunction())
      inferByBody(*schema, node, inputs, context);
    else
      schema->GetTypeAndShapeInferenceFunction()(context);
    return context.allOutputTypes_;
  } catch (const std::exception &failure) {
    error = failure.what();
    return std::nullopt;
  }
}
