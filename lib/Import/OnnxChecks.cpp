// SPDX-License-Identifier: Apache-2.0
// Checks every node against its schema and collects what is wrong.
#include "dialects/Onnx/Schema/Schema.h"
#include "lib/Import/OnnxLibrary.h"

#include "onnx/checker.h"
#include "onnx/defs/schema.h"

#include <map>

using namespace onnx;
using namespace tilicho::compiler;

using Opsets = std::unordered_map<std::string, int>;

static Opsets opsetsOf(const ModelProto &model) {
  Opsets opsets;
  for (const auto &import : model.opset_import())
    opsets[import.domain()] = static_cast<int>(import.version());
  return opsets;
}

/// The first line of a message of ONNX's checker.
static std::string firstLine(const std::string &text) {
  return text.substr(0, text.find('\n'));
}

static bool isLocalFunction(const ModelProto &model, const NodeProto &node) {
  for (const FunctionProto &function : model.functions())
    if (function.name() == node.op_type() && function.domain() == node.domain())
      return true;
  return false;
}

/// Why no schema has the node's operator; empty when one has.
static std::string missingOperator(const Opsets &opsets,
                                   const NodeProto &node) {
  auto opset = opsets.find(node.domain());
  if (opset == opsets.end())
    return "the model imports no opset of domain '" + node.domain() + "'";
  const auto &known = OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  if (!known.count(node.domain()))
    return "domain '" + node.domain() +
           "' is unknown, and the model defines no such function";
  const OpSchema *schema =
      OpSchemaRegistry::Schema(node.op_type(), opset->second, node.domain());
  if (schema && !schema->Deprecated())
    return "";
  std::string domain = node.domain().empty() ? "ai.onnx" : node.domain();
  return "opset " + std::to_string(opset->second) + " of " + domain +
         " has no such operator";
}

static void collectNames(const GraphProto &graph,
                         checker::LexicalScopeContext &names) {
  for (const auto &input : graph.input())
    names.add(input.name());
  for (const auto &initializer : graph.initializer())
    names.add(initializer.name());
  for (const auto &initializer : graph.sparse_initializer())
    names.add(initializer.values().name());
  for (const NodeProto &node : graph.node())
    for (const std::string &output : node.output())
      names.add(output);
}

/// What is wrong with an attribute that counts things, of which ONNX's checker
/// says nothing; empty when nothing is.
static std::string wrongCount(const NodeProto &node) {
  constexpr int64_t most = 1 << 30;
  for (const AttributeProto &attribute : node.attribute())
    for (const char *count : {"group", "num_groups", "blocksize"})
      if (node.domain().empty() && attribute.name() == count &&
          attribute.type() == AttributeProto::INT &&
          (attribute.i() < 1 || attribute.i() > most))
        return std::string(count) + " is " + std::to_string(attribute.i()) +
               ", but must be 1 to " + std::to_string(most);
  return "";
}

static void checkNode(const ModelProto &model, const NodeProto &node,
                      const checker::CheckerContext &context,
                      const checker::LexicalScopeContext &names,
                      Problems &problems) {
  if (isLocalFunction(model, node))
    return;
  std::string problem = missingOperator(context.get_opset_imports(), node);
  try {
    if (problem.empty())
      checker::check_node(node, context, names);
  } catch (const std::exception &failure) {
    problem = firstLine(failure.what());
  }
  if (problem.empty())
    problem = wrongCount(node);
  if (!problem.empty())
    problems.push_back(describeNode(node) + ": " + problem);
}

void tilicho::compiler::checkNodes(const ModelProto &model,
                                   Problems &problems) {
  checker::CheckerContext context;
  context.set_ir_version(static_cast<int>(model.ir_version()));
  context.set_opset_imports(opsetsOf(model));
  checker::LexicalScopeContext names;
  collectNames(model.graph(), names);
  for (const NodeProto &node : model.graph().node())
    checkNode(model, node, context, names, problems);
}
