// SPDX-License-Identifier: Apache-2.0
// What the states of a Scan cost at least.
#include "lib/Bounds/ScanWork.h"

#include <algorithm>
#include <unordered_set>

namespace tilicho::compiler::bounds {

static const onnx::GraphProto *bodyOf(const Node &node) {
  for (const onnx::AttributeProto &attribute : node.proto->attribute())
    if (attribute.name() == "body")
      return &attribute.g();
  return nullptr;
}

static bool isUsed(const Tensor *tensor) {
  return tensor && (tensor->isOutput ||
                    std::any_of(tensor->users.begin(), tensor->users.end(),
                                [](const Node *user) { return user->isLive; }));
}

/// Whether what a Scan is given and what its body says go together.
static bool fits(const Node &node, const onnx::GraphProto *body, int states) {
  return body && states >= 0 && size_t(states) < node.inputs.size() &&
         body->input_size() == int(node.inputs.size()) &&
         body->output_size() >= int(node.outputs.size()) &&
         body->output_size() >= states;
}

/// 0 where it is not known.
static double numSteps(const Node &node, int states, int scanned) {
  const Tensor *input = node.input(size_t(states + scanned));
  if (!input)
    return 0;
  std::vector<int64_t> axes = node.attributes("scan_input_axes");
  int64_t axis = size_t(scanned) < axes.size() ? axes[size_t(scanned)] : 0;
  axis += axis < 0 ? input->rank() : 0;
  return axis >= 0 && axis < input->rank() ? double(input->dim(int(axis))) : 0;
}

namespace {

using Names = std::unordered_set<std::string>;

/// The graph of one step.
class Step {
public:
  Step(const Node &node, const onnx::GraphProto &body, int states)
      : node(node), body(body), states(states) {
    findOwn();
    findLive();
  }

  /// Of `steps`, those whose states are asked for and not known before.
  double stepsOf(int state, double steps) const {
    const std::string &next = body.output(state).name();
    if (!isRecurrent(state) || !liveLater.count(next))
      return 0;
    double first = node.inputs[size_t(state)]->isConstant ? 1 : 0;
    return std::max(steps - first - (live.count(next) ? 0 : 1), 0.0);
  }

private:
  void findOwn() {
    for (int index = states; index < body.input_size(); ++index)
      own.insert(body.input(index).name());
    for (const onnx::NodeProto &inner : body.node())
      if (std::any_of(inner.input().begin(), inner.input().end(),
                      [&](const std::string &name) { return isOwn(name); }))
        own.insert(inner.output().begin(), inner.output().end());
  }

  void findLive() {
    for (size_t index = 0; index < node.outputs.size(); ++index)
      if (isUsed(node.outputs[index]))
        live.insert(body.output(int(index)).name());
    addMakers(live);
    liveLater = live;
    for (size_t before = 0; before != liveLater.size();) {
      before = liveLater.size();
      for (int state = 0; state < states; ++state)
        if (liveLater.count(body.input(state).name()))
          liveLater.insert(body.output(state).name());
      addMakers(liveLater);
    }
  }

  /// Whether a state becomes itself times a value of the step, plus another.
  bool isRecurrent(int state) const {
    const Tensor *initial = node.input(size_t(state));
    const onnx::NodeProto *sum = makerOf(body.output(state).name(), "Add");
    if (!initial || !sum)
      return false;
    for (int position : {0, 1}) {
      const onnx::NodeProto *scaled = makerOf(sum->input(position), "Mul");
      if (scaled && isOwnTensor(sum->input(1 - position), *initial) &&
          isScaled(*scaled, body.input(state).name(), *initial))
        return true;
    }
    return false;
  }

  /// Whether a value is the step's own: it depends on what the step is given.
  bool isOwn(const std::string &name) const { return own.count(name) != 0; }

  /// One of fewer elements is a factor or an addend of whole rows or columns,
  /// which the array or act deal with too.
  bool isOwnTensor(const std::string &name, const Tensor &state) const {
    return isOwn(name) && elementsOf(name) == state.elements();
  }

  /// 0 where the size is not known.
  double elementsOf(const std::string &name) const {
    for (int index = 0; index < body.input_size(); ++index)
      if (body.input(index).name() == name)
        return elementsOfInput(index);
    for (const onnx::ValueInfoProto &value : body.value_info())
      if (value.name() == name)
        return elementsOf(value.type().tensor_type());
    return 0;
  }

  static double elementsOf(const onnx::TypeProto_Tensor &type) {
    double elements = type.has_shape() ? 1 : 0;
    for (const auto &dim : type.shape().dim())
      elements *= dim.has_dim_value() ? double(dim.dim_value()) : 0;
    return elements;
  }

  double elementsOfInput(int index) const {
    const Tensor *whole = node.input(size_t(index));
    if (!whole)
      return 0;
    if (index < states)
      return whole->elements();
    double steps = numSteps(node, states, index - states);
    return steps > 0 ? whole->elements() / steps : 0;
  }

  const onnx::NodeProto *makerOf(const std::string &name,
                                 const char *type) const {
    for (const onnx::NodeProto &inner : body.node())
      if (inner.op_type() == type && inner.input_size() == 2 &&
          inner.output_size() == 1 && inner.output(0) == name)
        return &inner;
    return nullptr;
  }

  bool isScaled(const onnx::NodeProto &product, const std::string &state,
                const Tensor &initial) const {
    for (int position : {0, 1})
      if (product.input(position) == state &&
          isOwnTensor(product.input(1 - position), initial))
        return true;
    return false;
  }

  /// Adds what `names` are made from in one step.
  void addMakers(Names &names) const {
    for (int index = body.node_size(); index-- > 0;) {
      const onnx::NodeProto &inner = body.node(index);
      if (std::any_of(
              inner.output().begin(), inner.output().end(),
              [&](const std::string &name) { return names.count(name); }))
        names.insert(inner.input().begin(), inner.input().end());
    }
  }

  const Node &node;
  const onnx::GraphProto &body;
  int states;
  Names own;
  /// What a used output is made from: in the same step, and in any.
  Names live, liveLater;
};

} // namespace

std::vector<RecurrentState> recurrentStates(const Node &node) {
  const onnx::GraphProto *body = bodyOf(node);
  int states =
      int(node.inputs.size()) - int(node.attribute("num_scan_inputs", 0));
  if (!fits(node, body, states))
    return {};
  Step step(node, *body, states);
  double steps = numSteps(node, states, 0);
  std::vector<RecurrentState> all;
  for (int state = 0; state < states; ++state)
    if (double asked = step.stepsOf(state, steps); asked > 0) {
      const Tensor *initial = node.input(size_t(state));
      all.push_back({initial, initial->elements() * asked});
    }
  return all;
}

bool readsInScan(const Node &node, const Tensor &tensor) {
  const onnx::GraphProto *body = bodyOf(node);
  return std::count(node.inputs.begin(), node.inputs.end(), &tensor) != 0 ||
         (body && std::any_of(body->node().begin(), body->node().end(),
                              [&](const onnx::NodeProto &inner) {
                                return std::count(inner.input().begin(),
                                                  inner.input().end(),
                                                  tensor.name);
                              }));
}

} // namespace tilicho::compiler::bounds
