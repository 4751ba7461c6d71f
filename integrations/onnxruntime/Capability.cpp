// SPDX-License-Identifier: Apache-2.0
// Which nodes of a graph are taken, decided before anything is promised.
#include "integrations/onnxruntime/Capability.h"
#include "integrations/onnxruntime/Cost.h"

#include <algorithm>
#include <set>
#include <stdexcept>

using namespace tilicho::offload;

std::shared_ptr<Specializations> GroupCache::find(GroupModel group,
                                                  const Options &options) {
  const std::string bytes = group.write();
  // The names of outputs are unique within a graph; the hash tells bodies and
  // graphs apart.
  std::string key = std::to_string(std::hash<std::string>()(bytes)) + " " +
                    std::to_string(bytes.size());
  for (const ModelValue &output : group.outputs)
    key += " " + output.name;
  std::lock_guard<std::mutex> lock(mutex);
  std::shared_ptr<Specializations> &place = groups[key];
  if (!place)
    place = std::make_shared<Specializations>(std::move(group), options);
  return place;
}

bool tilicho::offload::isContextNode(const Ort::ConstNode &node) {
  if (node.GetOperatorType() != "EPContext")
    return false;
  Ort::ConstOpAttr source;
  std::string name;
  return node.GetAttributeByName("source", source).IsOK() && source &&
         source.GetValue(name).IsOK() && name == providerName;
}

namespace {

/// Sizes of the first dimension of a tensor, which is often the batch, and of
/// the others.
using Trial = std::pair<int64_t, int64_t>;

/// What open dimensions are tried with, in turn. Some have to be what another
/// dimension is; a few of those that are known are tried.
std::vector<Trial> trialsFor(const GroupModel &group) {
  std::set<int64_t> known;
  bool isOpen = false;
  for (const ModelValue &input : group.inputs)
    for (int64_t size : input.type.shape) {
      isOpen |= size < 0;
      if (size > 1 && known.size() < 4)
        known.insert(size);
    }
  if (!isOpen)
    return {{0, 0}};
  std::vector<Trial> trials = {{16, 16}, {1, 224}};
  for (int64_t size : known)
    trials.emplace_back(size, size);
  return trials;
}

std::map<std::string, int64_t>
chooseSizes(const GroupModel &group, const Options &options, Trial trial) {
  std::map<std::string, int64_t> sizes;
  for (const ModelValue &input : group.inputs)
    for (size_t dim = 0; dim < input.type.shape.size(); ++dim) {
      if (input.type.shape[dim] >= 0)
        continue;
      const std::string name = dimensionName(input, dim);
      auto given = options.dims.find(name);
      if (given != options.dims.end())
        sizes[name] = std::strtoll(given->second.c_str(), nullptr, 10);
      else
        sizes.try_emplace(name, dim ? trial.second : trial.first);
    }
  return sizes;
}

/// A value that reaches a shape may fit by chance when a group is tried.
struct OpenValue : std::runtime_error {
  using runtime_error::runtime_error;
};

void refuseOpenValues(const std::vector<Ort::ConstNode> &members,
                      const std::vector<std::string> &values) {
  std::string message;
  for (const Ort::ConstNode &node : members)
    for (const Ort::ConstValueInfo &input : node.GetInputs())
      if (input && std::count(values.begin(), values.end(), input.GetName()))
        message += "node '" + nodeName(node) + "': the value of operand '" +
                   input.GetName() + "' reaches a shape; ";
  if (!values.empty())
    throw OpenValue(message);
}

/// The programs of a group with the one that it was tried with.
struct Tried {
  std::shared_ptr<Specializations> programs;
  std::shared_ptr<const Program> program;
  std::map<std::string, int64_t> sizes;
};

class Finder {
public:
  Finder(const Ort::ConstGraph &graph, const Options &options,
         GroupCache &cache, const Log &log)
      : graph(graph), options(options), cache(cache), log(log),
        nodes(graph.GetNodes()) {}

  std::vector<std::vector<const OrtNode *>> find();

private:
  bool isBodyOfOldRelease() const;
  bool parentIsTaken();
  void readEdges();
  bool mayTake(const Ort::ConstNode &node) const;
  bool settle();
  bool attempt(const Group &group);
  void blame(const Group &group, const std::string &message);
  void leave(size_t node, const std::string &reason);
  Tried tryGroup(const std::vector<Ort::ConstNode> &members,
                 const std::vector<std::string> &outputs);
  std::vector<std::string> outputsOf(const Group &group) const;
  std::vector<Ort::ConstNode> membersOf(const Group &group) const;
  bool pays(const Group &group) const;

  const Ort::ConstGraph &graph;
  const Options &options;
  GroupCache &cache;
  const Log &log;
  const std::vector<Ort::ConstNode> nodes;
  Predecessors predecessors;
  std::map<std::string, std::vector<size_t>> consumers;
  std::set<std::string> graphOutputs;
  std::vector<bool> taken;
  std::map<Group, Tried> settled;
  /// Halves of groups that cannot be one program.
  std::set<Group> parts;
};

bool isTensorOfNumbers(const Ort::ConstValueInfo &value) {
  if (!value)
    return true;
  const int32_t type = typeOf(value).elementType;
  return type != 0 && type != ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING &&
         type != ONNX_TENSOR_ELEMENT_DATA_TYPE_COMPLEX64 &&
         type != ONNX_TENSOR_ELEMENT_DATA_TYPE_COMPLEX128;
}

/// The compiler knows the operators of ONNX's own domains.
bool isOnnxDomain(const std::string &domain) {
  return domain.empty() || domain.rfind("ai.onnx", 0) == 0;
}

/// Before 1.27 a fused node does not get what only its bodies read.
bool losesInputs(const Ort::ConstNode &node) {
  const auto values = node.GetImplicitInputs();
  return runningVersion() < 27 &&
         !std::all_of(
             values.begin(), values.end(),
             [](const auto &value) { return value.IsConstantInitializer(); });
}

bool Finder::mayTake(const Ort::ConstNode &node) const {
  if (losesInputs(node))
    return false;
  if (!isOnnxDomain(node.GetDomain()) || !node.GetEpName().empty())
    return false;
  for (const auto &values :
       {node.GetInputs(), node.GetOutputs(), node.GetImplicitInputs()})
    if (!std::all_of(values.begin(), values.end(), isTensorOfNumbers))
      return false;
  return true;
}

void Finder::readEdges() {
  std::map<std::string, size_t> producers;
  predecessors.resize(nodes.size());
  for (size_t node = 0; node < nodes.size(); ++node) {
    auto read = [&](const Ort::ConstValueInfo &value) {
      if (!value)
        return;
      std::vector<size_t> &readers = consumers[value.GetName()];
      if (readers.empty() || readers.back() != node)
        readers.push_back(node);
      if (auto from = producers.find(value.GetName()); from != producers.end())
        predecessors[node].push_back(from->second);
    };
    for (const Ort::ConstValueInfo &input : nodes[node].GetInputs())
      read(input);
    for (const Ort::ConstValueInfo &input : nodes[node].GetImplicitInputs())
      read(input);
    for (const Ort::ConstValueInfo &output : nodes[node].GetOutputs())
      if (output)
        producers[output.GetName()] = node;
  }
  for (const Ort::ConstValueInfo &output : graph.GetOutputs())
    graphOutputs.insert(output.GetName());
}

std::vector<std::string> Finder::outputsOf(const Group &group) const {
  std::vector<std::string> names;
  for (size_t node : group)
    for (const Ort::ConstValueInfo &output : nodes[node].GetOutputs()) {
      const std::string name = output ? output.GetName() : "";
      auto readers = consumers.find(name);
      const bool leaves =
          graphOutputs.count(name) ||
          (readers != consumers.end() &&
           !std::includes(group.begin(), group.end(), readers->second.begin(),
                          readers->second.end()));
      if (!name.empty() && leaves)
        names.push_back(name);
    }
  return names;
}

std::vector<Ort::ConstNode> Finder::membersOf(const Group &group) const {
  std::vector<Ort::ConstNode> members;
  for (size_t node : group)
    members.push_back(nodes[node]);
  return members;
}

Tried Finder::tryGroup(const std::vector<Ort::ConstNode> &members,
                       const std::vector<std::string> &outputs) {
  if (outputs.empty())
    throw std::runtime_error("nothing reads the results");
  GroupModel group = writeGroup(graph, members, outputs);
  const std::vector<Trial> trials = trialsFor(group);
  if (trials.size() > 1 && options.writesContext)
    throw std::runtime_error("a compiled model needs every dimension bound");
  Tried tried{cache.find(std::move(group), options), nullptr, {}};
  for (const Trial &trial : trials) {
    tried.sizes = chooseSizes(tried.programs->group(), options, trial);
    try {
      const Shapes shapes = tried.programs->bind(tried.sizes);
      if (trials.size() > 1)
        refuseOpenValues(members,
                         tried.programs->inputsThatReachShapes(shapes));
      tried.program = tried.programs->find(shapes);
      break;
    } catch (const OpenValue &) {
      throw;
    } catch (const std::exception &) {
      if (&trial == &trials.back())
        throw;
    }
  }
  return tried;
}

void Finder::leave(size_t node, const std::string &reason) {
  if (!taken[node])
    return;
  taken[node] = false;
  log("node '" + nodeName(nodes[node]) + "' (" + nodes[node].GetOperatorType() +
      ") stays: " + reason);
}

/// Leaves the nodes that a message names; those of a group of one in any case.
void Finder::blame(const Group &group, const std::string &message) {
  for (size_t node : group)
    if (group.size() == 1 || message.find("node '" + nodeName(nodes[node]) +
                                          "'") != std::string::npos)
      leave(node, message);
}

/// Whether the group can be one program. If not, at least one of its nodes is
/// left, or its halves have become parts.
bool Finder::attempt(const Group &group) {
  if (settled.count(group))
    return true;
  const size_t before = std::count(taken.begin(), taken.end(), true);
  try {
    settled[group] = tryGroup(membersOf(group), outputsOf(group));
    return true;
  } catch (const std::exception &error) {
    blame(group, error.what());
  }
  if (before != size_t(std::count(taken.begin(), taken.end(), true)))
    return false;
  const auto middle = group.begin() + group.size() / 2;
  const Group first(group.begin(), middle), second(middle, group.end());
  const bool firstFits = attempt(first), secondFits = attempt(second);
  if (firstFits && secondFits)
    parts.insert({first, second});
  return false;
}

/// One round over all groups; false when something has changed.
bool Finder::settle() {
  std::vector<bool> free = taken;
  for (const Group &part : parts)
    for (size_t node : part)
      free[node] = false;
  bool isSettled = true;
  for (const Group &group : partition(predecessors, free))
    isSettled = attempt(group) && isSettled;
  return isSettled;
}

/// 1.23 gives fused nodes of two bodies the same name, and fails. It does not
/// tell a body's parent either: a body reads values from outside, or has no
/// inputs of its own.
bool Finder::isBodyOfOldRelease() const {
  if (runningVersion() >= 24)
    return false;
  return graph.GetInputs().empty() ||
         std::any_of(nodes.begin(), nodes.end(), [](const auto &node) {
           const auto inputs = node.GetInputs();
           return std::any_of(inputs.begin(), inputs.end(), [](auto &value) {
             return value && value.IsFromOuterScope();
           });
         });
}

/// The bodies of a control-flow node that is taken whole are left alone: ONNX
/// Runtime asks for them first.
bool Finder::parentIsTaken() {
  const Ort::ConstNode parent = graph.GetParentNode();
  if (!parent || !mayTake(parent))
    return false;
  std::vector<std::string> outputs;
  for (const Ort::ConstValueInfo &output : parent.GetOutputs())
    if (output)
      outputs.push_back(output.GetName());
  try {
    // The parent does not know its graph here; a body has the same opsets.
    tryGroup({parent}, outputs);
    return true;
  } catch (const std::exception &error) {
    log("node '" + nodeName(parent) + "' (" + parent.GetOperatorType() +
        ") is not taken whole: " + error.what());
    return false;
  }
}

bool Finder::pays(const Group &group) const {
  const Tried &tried = settled.at(group);
  return groupPays(membersOf(group), *tried.program, tried.sizes, options);
}

std::vector<std::vector<const OrtNode *>> Finder::find() {
  std::vector<std::vector<const OrtNode *>> result;
  for (const Ort::ConstNode &node : nodes)
    if (isContextNode(node))
      result.push_back({node});
  if (!result.empty() || isBodyOfOldRelease() || parentIsTaken())
    return result;
  for (const Ort::ConstNode &node : nodes)
    taken.push_back(mayTake(node));
  readEdges();
  while (!settle()) {
  }
  std::vector<bool> free = taken;
  for (const Group &part : parts)
    for (size_t node : part)
      free[node] = false;
  std::vector<Group> groups = partition(predecessors, free);
  groups.insert(groups.end(), parts.begin(), parts.end());
  for (const Group &group : groups) {
    if (!pays(group)) {
      for (size_t node : group)
        leave(node, "moving its values costs more than is won");
      continue;
    }
    std::vector<const OrtNode *> &members = result.emplace_back();
    for (size_t node : group)
      members.push_back(nodes[node]);
  }
  return result;
}

} // namespace

std::vector<std::vector<const OrtNode *>>
tilicho::offload::findGroups(const Ort::ConstGraph &graph,
                             const Options &options, GroupCache &cache,
                             const Log &log) {
  return Finder(graph, options, cache, log).find();
}
