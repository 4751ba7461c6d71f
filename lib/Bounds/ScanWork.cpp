// SPDX-License-Identifier: Apache-2.0
// What the states of a Scan cost at least.
#include "lib/Bounds/ScanWork.h"

#include <algorithm>
#include <unordered_set>

namespace tilicho::compiler::bounds {

namespace {

/// The graph of one step.
class Step {
public:
  Step(const onnx::GraphProto &body, int states) : body(body) {
    for (int index = states; index < body.input_size(); ++index)
      own.insert(body.input(index).name());
    for (const onnx::NodeProto &node : body.node())
      if (std::any_of(node.input().begin(), node.input().end(),
                      [&](const std::string &name) { return isOwn(name); }))
        own.insert(node.output().begin(), node.output().end());
  }

  /// Whether a state becomes itself times a value of the step, plus another.
  bool isRecurrent(int state) const {
    const onnx::NodeProto *sum = makerOf(body.output(state).name(), "Add");
    if (!sum)
      return false;
    for (int position : {0, 1}) {
      const onnx::NodeProto *scaled = makerOf(sum->input(position), "Mul");
      if (scaled && isOwn(sum->input(1 - position)) &&
          isScaled(*scaled, body.input(state).name()))
        return true;
    }
    return false;
  }

private:
  /// Whether a value is the step's own: it depends on what the step is given.
  bool isOwn(const std::string &name) const { return own.count(name) != 0; }

  const onnx::NodeProto *makerOf(const std::string &name,
                                 const char *type) const {
    for (const onnx::NodeProto &node : body.node())
      if (node.op_type() == type && node.input_size() == 2 &&
          node.output(0) == name)
        return &node;
    return nullptr;
  }

  bool isScaled(const onnx::NodeProto &product,
                const std::string &state) const {
    for (int position : {0, 1})
      if (product.input(position) == state &&
          isOwn(product.input(1 - position)))
        return true;
    return false;
  }

  const onnx::GraphProto &body;
  std::unordered_set<std::string> own;
};

} // namespace

static const onnx::GraphProto *bodyOf(const Node &node) {
  for (const onnx::AttributeProto &attribute : node.proto->attribute())
    if (attribute.name() == "body")
      return &attribute.g();
  return nullptr;
}

double recurrentElements(const Node &node) {
  const onnx::GraphProto *body = bodyOf(node);
  int inputs = int(node.attribute("num_scan_inputs", 0));
  int states = int(node.inputs.size()) - inputs;
  const Tensor *first = states >= 0 ? node.input(size_t(states)) : nullptr;
  if (!body || !first || inputs == 0 || body->output_size() < states ||
      body->input_size() != int(node.inputs.size()))
    return 0;
  std::vector<int64_t> axes = node.attributes("scan_input_axes");
  int64_t axis = axes.empty() ? 0 : axes[0];
  axis += axis < 0 ? first->rank() : 0;
  if (axis < 0 || axis >= first->rank())
    return 0;
  Step step(*body, states);
  double elements = 0;
  for (int state = 0; state < states; ++state)
    if (const Tensor *initial = node.input(size_t(state));
        initial && step.isRecurrent(state))
      elements += initial->elements() * double(first->dim(int(axis)));
  return elements;
}

} // namespace tilicho::compiler::bounds
