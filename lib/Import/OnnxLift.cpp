// SPDX-License-Identifier: Apache-2.0
// Inlines, lifts, expands and infers with ONNX's library.
#include "dialects/Onnx/Schema/Schema.h"
#include "lib/Import/OnnxLibrary.h"

#include "onnx/defs/schema.h"
#include "onnx/inliner/inliner.h"
#include "onnx/shape_inference/implementation.h"
#include "onnx/version_converter/convert.h"

#include <cstring>
#include <map>

using namespace onnx;
using namespace tilicho::compiler;

/// Nodes that a model may have once its functions are inlined.
constexpr uint64_t maxInlinedNodes = 1'000'000;

/// Runs `step` and turns what it throws into a problem.
static void catching(Problems &problems, const std::string &what,
                     const std::function<void()> &step) {
  try {
    step();
  } catch (const std::exception &failure) {
    problems.push_back(what + ": " + failure.what());
  }
}

//===----------------------------------------------------------------------===//
// Functions of the model
//===----------------------------------------------------------------------===//

namespace {
/// Counts nodes after inlining, without inlining.
class InlinedSize {
public:
  explicit InlinedSize(const ModelProto &model) {
    for (const FunctionProto &function : model.functions())
      functions[function.domain() + ":" + function.name()] = {&function};
  }

  /// The size of a list of nodes, capped; `cycle` gets the name of a function
  /// that calls itself.
  template <class Nodes>
  uint64_t count(const Nodes &nodes, std::string &cycle) {
    uint64_t total = 0;
    for (const NodeProto &node : nodes) {
      total += 1 + countCallee(node, cycle);
      for (const AttributeProto &attribute : node.attribute()) {
        if (attribute.has_g())
          total += count(attribute.g().node(), cycle);
        for (const GraphProto &graph : attribute.graphs())
          total += count(graph.node(), cycle);
      }
      total = std::min(total, maxInlinedNodes + 1);
    }
    return total;
  }

private:
  struct Entry {
    const FunctionProto *function = nullptr;
    uint64_t size = 0;
    bool open = false, done = false;
  };
  std::map<std::string, Entry> functions;

  uint64_t countCallee(const NodeProto &node, std::string &cycle) {
    auto found = functions.find(node.domain() + ":" + node.op_type());
    if (found == functions.end())
      return 0;
    Entry &entry = found->second;
    if (entry.open)
      cycle = found->first;
    if (entry.open || entry.done)
      return entry.size;
    entry.open = true;
    entry.size = count(entry.function->node(), cycle);
    entry.open = false;
    entry.done = true;
    return entry.size;
  }
};
} // namespace

void tilicho::compiler::inlineFunctions(ModelProto &model, Problems &problems) {
  if (model.functions().empty())
    return;
  std::string cycle;
  uint64_t size = InlinedSize(model).count(model.graph().node(), cycle);
  if (!cycle.empty()) {
    problems.push_back("function '" + cycle + "' of the model calls itself");
    return;
  }
  if (size > maxInlinedNodes) {
    problems.push_back("the functions of the model expand to more than " +
                       std::to_string(maxInlinedNodes) + " nodes");
    return;
  }
  catching(problems, "the functions of the model cannot be inlined", [&] {
    inliner::InlineLocalFunctions(model, /*convert_version=*/true);
    normaliseNames(model);
  });
}

//===----------------------------------------------------------------------===//
// Opsets
//===----------------------------------------------------------------------===//

/// Types of values between nodes may differ in the newest opset: the mask of
/// a Dropout was a number once.
static void forgetTypes(ModelProto &model) {
  forEachGraph(*model.mutable_graph(),
               [](GraphProto &graph) { graph.clear_value_info(); });
}

/// Before opset 9 all values around a Scan have a batch dimension, which the
/// lift takes off the model's own inputs and outputs.
static void refuseBatchedScans(ModelProto &model, Problems &problems) {
  forEachGraph(*model.mutable_graph(), [&](GraphProto &graph) {
    for (const NodeProto &node : graph.node())
      if (node.op_type() == "Scan" && node.domain().empty())
        problems.push_back("node '" + node.name() +
                           "' (Scan): before opset 9 it scans batches, which "
                           "is not supported: export the model with opset 9 "
                           "or newer");
  });
}

void tilicho::compiler::liftToNewestOpset(ModelProto &model,
                                          Problems &problems) {
  constexpr int64_t scanWithoutBatch = 9;
  int64_t opset = opsetOf(model), newest = ir::onnx::newestOpset();
  if (opset == 0 || opset == newest)
    return;
  if (opset < scanWithoutBatch)
    refuseBatchedScans(model, problems);
  if (!problems.empty())
    return;
  catching(problems,
           "the model cannot be lifted from opset " + std::to_string(opset) +
               " to " + std::to_string(newest),
           [&] {
             model = version_conversion::ConvertVersion(
                 model, static_cast<int>(newest));
             normaliseNames(model);
             restoreOldModes(model, opset);
             forgetTypes(model);
           });
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// The text between two marks of a line, empty when they are not there.
static std::string between(const std::string &line, const std::string &begin,
                           const std::string &end) {
  size_t from = line.find(begin);
  if (from == std::string::npos)
    return "";
  from += begin.size();
  size_t to = line.find(end, from);
  return to == std::string::npos ? "" : line.substr(from, to - from);
}

/// `(op_type:T, node name: N): [KIND] text` as a problem of node N.
static std::string inferenceProblem(const std::string &line) {
  std::string type = between(line, "(op_type:", ", node name: ");
  std::string name = between(line, ", node name: ", "): ");
  size_t text = line.find("): ");
  if (type.empty() || text == std::string::npos)
    return line;
  std::string message = line.substr(text + strlen("): "));
  // An error that went through several frames names the node again in each.
  while (message.rfind("(op_type:", 0) == 0 &&
         message.find("): ") != std::string::npos)
    message = message.substr(message.find("): ") + strlen("): "));
  size_t kind = message.find("Error] ");
  if (message.rfind("[", 0) == 0 && kind != std::string::npos)
    message = message.substr(kind + strlen("Error] "));
  return "node '" + name + "' (" + type + "): " + message;
}

/// Splits the message of ONNX's inference, which lists all its errors.
static void addInferenceErrors(const std::string &text, Problems &problems) {
  size_t before = problems.size(), begin = 0;
  while (begin < text.size()) {
    size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line.find("(op_type:") != std::string::npos)
      problems.push_back(inferenceProblem(line));
  }
  if (problems.size() == before)
    problems.push_back(text);
}

void tilicho::compiler::inferShapes(ModelProto &model, bool strict,
                                    Problems &problems) {
  try {
    shape_inference::InferShapes(model, OpSchemaRegistry::Instance(),
                                 ShapeInferenceOptions(/*check_type=*/strict,
                                                       /*strict_mode=*/strict,
                                                       /*data_prop=*/true));
  } catch (const std::exception &failure) {
    if (strict)
      addInferenceErrors(failure.what(), problems);
  }
}
