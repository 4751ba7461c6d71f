// SPDX-License-Identifier: Apache-2.0
// One operation for each node, one constant for each initializer in use.
#include "lib/Import/ImportGraph.h"

#include "dialects/Onnx/IR/OnnxOps.h"
#include "dialects/Onnx/IR/ValueNames.h"
#include "dialects/Onnx/Schema/Protos.h"
#include "dialects/Onnx/Schema/Schema.h"
#include "lib/Import/ImportAttributes.h"
#include "lib/Import/OnnxLibrary.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace tilicho::compiler;
using namespace tilicho::ir::onnx;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;

namespace {

/// The values and types that one graph names.
struct Scope {
  llvm::StringMap<Value> values;
  llvm::StringMap<const ::onnx::TypeProto *> types;
  llvm::StringMap<const TensorProto *> initializers;

  explicit Scope(const GraphProto &graph) {
    for (const auto &info : graph.value_info())
      types[info.name()] = &info.type();
    for (const auto &input : graph.input())
      types[input.name()] = &input.type();
    for (const auto &output : graph.output())
      types[output.name()] = &output.type();
    for (const TensorProto &tensor : graph.initializer())
      initializers[tensor.name()] = &tensor;
  }
};

class GraphImporter {
public:
  GraphImporter(const WeightTable &weights, MLIRContext *context,
                Problems &problems)
      : weights(weights), builder(context), problems(problems) {}

  OwningOpRef<ModuleOp> run(const ::onnx::ModelProto &model);

private:
  const WeightTable &weights;
  OpBuilder builder;
  Problems &problems;
  std::vector<Scope> scopes;
  Value none;
  Block *constants = nullptr;
  Operation *lastConstant = nullptr;

  Location nameLoc(StringRef name) {
    return NameLoc::get(builder.getStringAttr(name));
  }

  func::FuncOp createFunction(const GraphProto &graph);
  void importNodes(const GraphProto &graph);
  void importNode(const NodeProto &node);
  void importConstant(const NodeProto &node);
  void importRegions(const NodeProto &node, OperationState &state);
  void importRegion(const GraphProto &graph, Region &region);
  void addAttributes(const NodeProto &node, OperationState &state);
  void addResults(const NodeProto &node, const Signature &signature,
                  OperationState &state);

  Value lookUp(StringRef name);
  Value createInitializer(StringRef name, const TensorProto *tensor);
  Value createConstant(ElementsAttr value, StringRef name);
  Value getNone();
  Type typeOf(const NodeProto &node, StringRef name);
  void setInsertionPointToConstants();
  void define(const NodeProto &node, Operation *op);
};

} // namespace

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

static ArrayAttr nameArray(OpBuilder &builder, ArrayRef<StringRef> names) {
  return builder.getStrArrayAttr(names);
}

Value GraphImporter::createConstant(ElementsAttr value, StringRef name) {
  auto op = ConstantOp::create(builder, nameLoc(name), value);
  op->setAttr(OnnxDialect::valuesAttr, nameArray(builder, {name}));
  lastConstant = op;
  return op;
}

/// Constants stand at the head of the function, where every graph sees them,
/// in the order of their first use.
void GraphImporter::setInsertionPointToConstants() {
  if (lastConstant)
    builder.setInsertionPointAfter(lastConstant);
  else
    builder.setInsertionPointToStart(constants);
}

Value GraphImporter::createInitializer(StringRef name,
                                       const TensorProto *tensor) {
  OpBuilder::InsertionGuard guard(builder);
  setInsertionPointToConstants();
  if (!tensor)
    return createConstant(
        weightToElements(*weights.find(name), name, builder.getContext()),
        name);
  std::string error;
  ElementsAttr value = ::tensorFromProto(builder.getContext(), *tensor, error);
  if (value)
    return createConstant(value, name);
  problems.push_back(error);
  return {};
}

Value GraphImporter::lookUp(StringRef name) {
  if (name.empty())
    return getNone();
  for (Scope &scope : llvm::reverse(scopes)) {
    if (Value value = scope.values.lookup(name))
      return value;
    const TensorProto *tensor = scope.initializers.lookup(name);
    if (tensor || (&scope == &scopes.front() && weights.find(name)))
      return scope.values[name] = createInitializer(name, tensor);
  }
  return {};
}

Value GraphImporter::getNone() {
  if (none)
    return none;
  OpBuilder::InsertionGuard guard(builder);
  setInsertionPointToConstants();
  auto op = NoneOp::create(builder, builder.getUnknownLoc());
  lastConstant = op;
  return none = op;
}

Type GraphImporter::typeOf(const NodeProto &node, StringRef name) {
  const ::onnx::TypeProto *proto = scopes.back().types.lookup(name);
  Type type = proto ? typeFromProto(builder.getContext(), *proto) : Type();
  if (type)
    return type;
  problems.push_back(describeNode(node) + ": the type of its output '" +
                     name.str() + "' is " +
                     (proto ? "not supported" : "not known"));
  return builder.getNoneType();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

void GraphImporter::addAttributes(const NodeProto &node,
                                  OperationState &state) {
  for (const AttributeProto &attribute : node.attribute()) {
    if (attribute.type() == AttributeProto::GRAPH)
      continue;
    std::string error;
    if (Attribute value =
            attributeFromProto(builder.getContext(), attribute, error))
      state.addAttribute(attribute.name(), value);
    else
      problems.push_back(describeNode(node) + ": attribute '" +
                         attribute.name() + "': " + error);
  }
}

void GraphImporter::addResults(const NodeProto &node,
                               const Signature &signature,
                               OperationState &state) {
  int count = node.output_size();
  if (!signature.variadicOutputs)
    count = std::max(count, signature.outputs);
  for (int index = 0; index < count; ++index) {
    bool absent = index >= node.output_size() || node.output(index).empty();
    state.addTypes(absent ? Type(builder.getNoneType())
                          : typeOf(node, node.output(index)));
  }
}

void GraphImporter::importRegion(const GraphProto &graph, Region &region) {
  OpBuilder::InsertionGuard guard(builder);
  Block &block = region.emplaceBlock();
  scopes.emplace_back(graph);
  for (const auto &input : graph.input()) {
    Type type = typeFromProto(builder.getContext(), input.type());
    if (!type)
      problems.push_back("the type of graph input '" + input.name() +
                         "' is not known");
    scopes.back().values[input.name()] = block.addArgument(
        type ? type : builder.getNoneType(), nameLoc(input.name()));
  }
  builder.setInsertionPointToEnd(&block);
  importNodes(graph);
  SmallVector<Value> results;
  for (const auto &output : graph.output())
    if (Value value = lookUp(output.name()))
      results.push_back(value);
  YieldOp::create(builder, builder.getUnknownLoc(), results);
  scopes.pop_back();
}

/// The dialect orders an operation's regions by their attributes' names.
void GraphImporter::importRegions(const NodeProto &node,
                                  OperationState &state) {
  SmallVector<const AttributeProto *> graphs;
  for (const AttributeProto &attribute : node.attribute())
    if (attribute.type() == AttributeProto::GRAPH)
      graphs.push_back(&attribute);
  llvm::sort(graphs, [](const auto *left, const auto *right) {
    return left->name() < right->name();
  });
  for (const AttributeProto *attribute : graphs)
    importRegion(attribute->g(), *state.addRegion());
}

void GraphImporter::define(const NodeProto &node, Operation *op) {
  SmallVector<StringRef> names(op->getNumResults(), "");
  for (int index = 0; index < node.output_size(); ++index) {
    names[index] = node.output(index);
    if (!names[index].empty())
      scopes.back().values[names[index]] = op->getResult(index);
  }
  op->setAttr(OnnxDialect::valuesAttr, nameArray(builder, names));
}

void GraphImporter::importConstant(const NodeProto &node) {
  std::string error = "it holds no value";
  ElementsAttr value;
  if (node.attribute_size() == 1)
    value = constantFromProto(builder.getContext(), node.attribute(0), error);
  if (!value) {
    problems.push_back(describeNode(node) + ": " + error);
    return;
  }
  auto op = ConstantOp::create(builder, nameLoc(node.name()), value);
  op->setAttr(ofNodeAttr, builder.getUnitAttr());
  define(node, op);
}

void GraphImporter::importNode(const NodeProto &node) {
  if (node.domain().empty() && node.op_type() == "Constant")
    return importConstant(node);
  std::optional<Signature> signature;
  if (node.domain().empty())
    signature = findSignature(node.op_type());
  if (!signature) {
    problems.push_back(describeNode(node) + ": the operator is not supported");
    return;
  }
  OperationState state(nameLoc(node.name()), "onnx." + node.op_type());
  for (const std::string &input : node.input())
    if (Value value = lookUp(input))
      state.operands.push_back(value);
  while (int(state.operands.size()) < signature->inputs)
    state.operands.push_back(getNone());
  addAttributes(node, state);
  addResults(node, *signature, state);
  importRegions(node, state);
  define(node, builder.create(state));
}

void GraphImporter::importNodes(const GraphProto &graph) {
  for (const NodeProto &node : graph.node()) {
    if (!problems.empty() && problems.size() > 100)
      return;
    importNode(node);
  }
}

//===----------------------------------------------------------------------===//
// The function
//===----------------------------------------------------------------------===//

/// A function with the graph's inputs, without results as yet.
func::FuncOp GraphImporter::createFunction(const GraphProto &graph) {
  SmallVector<const ::onnx::ValueInfoProto *> inputs;
  SmallVector<Type> types;
  for (const auto &input : graph.input()) {
    if (weights.find(input.name()))
      continue;
    Type type = typeFromProto(builder.getContext(), input.type());
    if (!type)
      problems.push_back("input '" + input.name() +
                         "' has a type that is not supported");
    inputs.push_back(&input);
    types.push_back(type ? type : builder.getNoneType());
  }
  auto function = func::FuncOp::create(builder, nameLoc(graph.name()), "main",
                                       builder.getFunctionType(types, {}));
  Block *block = function.addEntryBlock();
  for (auto [index, input] : llvm::enumerate(inputs)) {
    scopes.back().values[input->name()] = block->getArgument(index);
    function.setArgAttr(index, OnnxDialect::nameAttr,
                        builder.getStringAttr(input->name()));
  }
  return function;
}

OwningOpRef<ModuleOp> GraphImporter::run(const ::onnx::ModelProto &model) {
  const GraphProto &graph = model.graph();
  OwningOpRef<ModuleOp> module = ModuleOp::create(nameLoc(graph.name()));
  builder.setInsertionPointToEnd(module->getBody());
  scopes.emplace_back(graph);
  func::FuncOp function = createFunction(graph);
  constants = &function.getBody().front();
  builder.setInsertionPointToEnd(constants);
  importNodes(graph);
  SmallVector<Value> results;
  SmallVector<Attribute> attributes;
  for (const auto &output : graph.output()) {
    if (Value value = lookUp(output.name()))
      results.push_back(value);
    attributes.push_back(builder.getDictionaryAttr(builder.getNamedAttr(
        OnnxDialect::nameAttr, builder.getStringAttr(output.name()))));
  }
  if (!problems.empty())
    return {};
  func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  function.setType(builder.getFunctionType(function.getArgumentTypes(),
                                           ValueRange(results).getTypes()));
  function.setAllResultAttrs(attributes);
  return module;
}

OwningOpRef<ModuleOp>
tilicho::compiler::importGraph(const ::onnx::ModelProto &model,
                               const WeightTable &weights, MLIRContext *context,
                               Problems &problems) {
  return GraphImporter(weights, context, problems).run(model);
}
