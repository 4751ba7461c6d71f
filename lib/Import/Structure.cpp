// SPDX-License-Identifier: Apache-2.0
// Checks of a model's graph that need no schema: names, opsets, order.
#include "dialects/Onnx/Schema/Schema.h"
#include "lib/Import/OnnxLibrary.h"

#include <unordered_map>
#include <unordered_set>

using namespace onnx;
using namespace tilicho::compiler;

using Names = std::unordered_set<std::string>;

std::string tilicho::compiler::describeNode(const NodeProto &node) {
  std::string domain = node.domain().empty() ? "" : node.domain() + ".";
  return "node '" + node.name() + "' (" + domain + node.op_type() + ")";
}

void tilicho::compiler::forEachGraph(
    GraphProto &graph, const std::function<void(GraphProto &)> &visit) {
  visit(graph);
  for (NodeProto &node : *graph.mutable_node())
    for (AttributeProto &attribute : *node.mutable_attribute()) {
      if (attribute.has_g())
        forEachGraph(*attribute.mutable_g(), visit);
      for (GraphProto &inner : *attribute.mutable_graphs())
        forEachGraph(inner, visit);
    }
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

template <class Message> static void normaliseDomain(Message &message) {
  if (message.domain() == "ai.onnx")
    message.clear_domain();
}

void tilicho::compiler::normaliseNames(ModelProto &model) {
  for (auto &import : *model.mutable_opset_import())
    normaliseDomain(import);
  for (FunctionProto &function : *model.mutable_functions())
    for (NodeProto &node : *function.mutable_node())
      normaliseDomain(node);
  int index = 0;
  forEachGraph(*model.mutable_graph(), [&](GraphProto &graph) {
    for (NodeProto &node : *graph.mutable_node()) {
      normaliseDomain(node);
      if (node.name().empty())
        node.set_name(node.op_type() + "_" + std::to_string(index));
      ++index;
    }
  });
}

//===----------------------------------------------------------------------===//
// Opsets
//===----------------------------------------------------------------------===//

static void checkOpsets(const ModelProto &model, Problems &problems) {
  constexpr int64_t oldest = 1;
  int64_t newest = tilicho::ir::onnx::newestOpset();
  if (model.opset_import().empty())
    problems.push_back("the model imports no opset");
  for (const auto &import : model.opset_import())
    if (import.domain().empty() &&
        (import.version() < oldest || import.version() > newest))
      problems.push_back("the model is of opset " +
                         std::to_string(import.version()) + ", but opsets " +
                         std::to_string(oldest) + " to " +
                         std::to_string(newest) + " are known");
}

//===----------------------------------------------------------------------===//
// Definitions and order
//===----------------------------------------------------------------------===//

/// Every outer value that a node's graphs use, besides its inputs.
static void collectCaptures(const GraphProto &graph, Names inner, Names &used) {
  for (const auto &input : graph.input())
    inner.insert(input.name());
  for (const auto &initializer : graph.initializer())
    inner.insert(initializer.name());
  for (const NodeProto &node : graph.node()) {
    for (const std::string &input : node.input())
      if (!input.empty() && !inner.count(input))
        used.insert(input);
    for (const AttributeProto &attribute : node.attribute())
      if (attribute.has_g())
        collectCaptures(attribute.g(), inner, used);
    inner.insert(node.output().begin(), node.output().end());
  }
  for (const auto &output : graph.output())
    if (!inner.count(output.name()))
      used.insert(output.name());
}

static Names usedBy(const NodeProto &node) {
  Names used(node.input().begin(), node.input().end());
  for (const AttributeProto &attribute : node.attribute())
    if (attribute.has_g())
      collectCaptures(attribute.g(), {}, used);
  used.erase("");
  return used;
}

namespace {
/// Puts the nodes of a graph in an order in which values are defined first.
class Order {
public:
  Order(GraphProto &graph, Problems &problems)
      : graph(graph), problems(problems) {}

  void run() {
    defineSources();
    defineNodes();
    for (const auto &output : graph.output())
      if (!sources.count(output.name()) && !producers.count(output.name()))
        problems.push_back("output '" + output.name() +
                           "' of the model is not defined");
    if (problems.empty())
      sort();
  }

private:
  GraphProto &graph;
  Problems &problems;
  Names sources;
  std::unordered_map<std::string, int> producers;
  std::vector<Names> uses;

  void defineSources() {
    Names inputs;
    for (const auto &input : graph.input())
      if (!inputs.insert(input.name()).second)
        problems.push_back("input '" + input.name() + "' is defined twice");
    Names constants;
    for (const auto &initializer : graph.initializer())
      if (!constants.insert(initializer.name()).second)
        problems.push_back("initializer '" + initializer.name() +
                           "' is defined twice");
    for (const auto &initializer : graph.sparse_initializer())
      constants.insert(initializer.values().name());
    sources = std::move(inputs);
    sources.insert(constants.begin(), constants.end());
  }

  void defineNodes() {
    for (int index = 0; index < graph.node_size(); ++index)
      for (const std::string &output : graph.node(index).output()) {
        if (output.empty())
          continue;
        if (sources.count(output) || !producers.emplace(output, index).second)
          problems.push_back(describeNode(graph.node(index)) + " defines '" +
                             output + "' a second time");
      }
    for (const NodeProto &node : graph.node()) {
      uses.push_back(usedBy(node));
      for (const std::string &name : uses.back())
        if (!sources.count(name) && !producers.count(name))
          problems.push_back(describeNode(node) + " uses '" + name +
                             "', which is not defined");
    }
  }

  /// Kahn's algorithm; among nodes that are ready the first goes first.
  void sort() {
    int size = graph.node_size();
    std::vector<std::vector<int>> users(size);
    std::vector<int> missing(size, 0);
    for (int index = 0; index < size; ++index)
      for (const std::string &name : uses[index])
        if (auto producer = producers.find(name); producer != producers.end()) {
          users[producer->second].push_back(index);
          ++missing[index];
        }
    std::vector<int> order;
    std::vector<bool> placed(size, false);
    place(order, users, missing, placed);
    if (int(order.size()) < size)
      return reportCycle(placed);
    reorder(order);
  }

  /// Nodes in order need one pass; those that are not become ready later.
  void place(std::vector<int> &order,
             const std::vector<std::vector<int>> &users,
             std::vector<int> &missing, std::vector<bool> &placed) {
    std::vector<int> ready;
    for (int index = 0; index < int(users.size()); ++index) {
      if (missing[index] == 0 && !placed[index])
        ready.push_back(index);
      while (!ready.empty()) {
        int node = ready.back();
        ready.pop_back();
        placed[node] = true;
        order.push_back(node);
        for (int user : users[node])
          if (--missing[user] == 0 && user <= index)
            ready.push_back(user);
      }
    }
  }

  void reportCycle(const std::vector<bool> &placed) {
    std::string nodes;
    int shown = 0;
    for (int index = 0; index < int(placed.size()) && shown < 8; ++index)
      if (!placed[index]) {
        nodes += (shown++ ? ", " : "") + describeNode(graph.node(index));
      }
    problems.push_back("the graph has a cycle through or before " + nodes);
  }

  void reorder(const std::vector<int> &order) {
    google::protobuf::RepeatedPtrField<NodeProto> sorted;
    for (int index : order)
      sorted.Add(std::move(*graph.mutable_node(index)));
    graph.mutable_node()->Swap(&sorted);
  }
};
} // namespace

void tilicho::compiler::checkStructure(ModelProto &model, Problems &problems) {
  checkOpsets(model, problems);
  Order(*model.mutable_graph(), problems).run();
}
