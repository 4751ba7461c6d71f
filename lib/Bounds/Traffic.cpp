// SPDX-License-Identifier: Apache-2.0
// Bytes that have to move between HBM and the chip, and that have to stay.
#include "lib/Bounds/Traffic.h"

#include "lib/Bounds/OpClass.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace tilicho::compiler::bounds {

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

/// What of each tensor in HBM is read: all, or some rows.
class Reads {
public:
  explicit Reads(const ElementTypes &types) : types(types) {}

  void add(const Node &node);
  void remove(const Tensor &tensor) { read.erase(&tensor); }
  double bytes() const;

private:
  void addTensor(const Tensor &tensor, double bytes);

  const ElementTypes &types;
  std::unordered_map<const Tensor *, double> read;
};

} // namespace

/// Integers of 64 bits are shapes and axes, which become part of the program.
static bool isParameter(const Tensor &tensor) {
  return tensor.isConstant && tensor.type == onnx::TensorProto::INT64;
}

/// A constant that is made from nothing but shapes is a weight like any other.
static bool isMadeFromShapes(const Tensor &tensor) {
  const Node *producer = tensor.producer;
  return tensor.isConstant && producer &&
         std::all_of(
             producer->inputs.begin(), producer->inputs.end(),
             [](const Tensor *input) { return !input || isParameter(*input); });
}

/// A folded constant is read as what it was made from.
void Reads::addTensor(const Tensor &tensor, double bytes) {
  if (tensor.isInput || tensor.isInitializer || isMadeFromShapes(tensor)) {
    double &known = read[&tensor];
    known = std::min(known + bytes, types.bytesOf(tensor));
    return;
  }
  if (!tensor.isConstant || !tensor.producer)
    return;
  for (const Tensor *input : tensor.producer->inputs)
    if (input && !isParameter(*input))
      addTensor(*input, types.bytesOf(*input));
}

void Reads::add(const Node &node) {
  for (size_t index = 0; index < node.inputs.size(); ++index) {
    const Tensor *input = node.inputs[index];
    if (!input || isParameter(*input))
      continue;
    double bytes = types.bytesOf(*input);
    bool isTable = index == 0 && isRowGather(node);
    if (isTable && node.output())
      bytes = std::min(bytes, node.output()->elements() *
                                  types.bytesPerElement(*input));
    addTensor(*input, bytes);
  }
}

double Reads::bytes() const {
  double sum = 0;
  for (auto &[tensor, bytes] : read)
    sum += bytes;
  return sum;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static bool isSlice(const Tensor &tensor) {
  return tensor.producer && tensor.producer->is("Slice") &&
         !tensor.producer->inputs.empty() && tensor.producer->inputs[0];
}

/// What has to be written so that `tensor` is in HBM, if what inputs hold is
/// left where it is.
static double newBytes(const Tensor &tensor, const ElementTypes &types,
                       int depth = 0) {
  constexpr int deepest = 64;
  if (tensor.isInput)
    return 0;
  const Node *node = tensor.producer;
  if (!node || depth == deepest)
    return types.bytesOf(tensor);
  auto part = [&](const Tensor *input) {
    return input ? newBytes(*input, types, depth + 1) : 0;
  };
  if (isView(*node) && !node->inputs.empty())
    return part(node->inputs[0]);
  if (isScatter(*node) && node->inputs.size() > 2 &&
      part(node->inputs[0]) == 0) {
    const Tensor *updates = node->inputs[node->is("TensorScatter") ? 1 : 2];
    return updates ? types.bytesOf(*updates) : 0;
  }
  if (!node->is("Concat"))
    return types.bytesOf(tensor);
  // Beside slices of what stays, whatever else there is is new.
  auto isPart = [](const Tensor *input) { return input && isSlice(*input); };
  bool hasParts = std::any_of(node->inputs.begin(), node->inputs.end(), isPart);
  double sum = 0;
  for (const Tensor *input : node->inputs)
    if (isPart(input))
      sum += part(input->producer->inputs[0]);
    else if (input)
      sum += hasParts ? types.bytesOf(*input) : part(input);
  return sum;
}

/// What the parts of a concatenation that are slices are slices of, when that
/// is one tensor of its size; null otherwise.
static const Tensor *slicedTensor(const Node &concat) {
  const Tensor *whole = nullptr;
  for (const Tensor *input : concat.inputs) {
    if (!input || !isSlice(*input))
      continue;
    if (input->users.size() > 1 ||
        (whole && whole != input->producer->inputs[0]))
      return nullptr;
    whole = input->producer->inputs[0];
  }
  const Tensor *result = concat.output();
  return whole && result && whole->dims == result->dims ? whole : nullptr;
}

/// The input that an output is with a part replaced, when nothing else reads
/// it, nor the output: a program may leave it where it is, unread.
static const Tensor *unreadInput(const Tensor &output) {
  const Tensor *tensor = &output;
  bool isUpdated = false;
  size_t readers = 0;
  while (tensor && tensor->producer && !tensor->isInput) {
    const Node &node = *tensor->producer;
    if (tensor->users.size() != readers || node.inputs.empty())
      return nullptr;
    readers = 1;
    if (isScatter(node)) {
      tensor = node.inputs[0];
    } else if (node.is("Concat")) {
      readers = size_t(
          std::count_if(node.inputs.begin(), node.inputs.end(),
                        [](const Tensor *in) { return in && isSlice(*in); }));
      tensor = slicedTensor(node);
    } else if (isView(node)) {
      tensor = node.inputs[0];
      continue;
    } else {
      return nullptr;
    }
    isUpdated = true;
  }
  bool isAlone = tensor && tensor->isInput && tensor->users.size() == readers;
  return isUpdated && isAlone ? tensor : nullptr;
}

double compulsoryBytes(const Graph &graph, const ElementTypes &types) {
  Reads reads(types);
  for (const Node &node : graph.nodes())
    if (node.isLive && !node.isConstant)
      reads.add(node);
  double written = 0;
  for (const Tensor *tensor : graph.tensors()) {
    if (!tensor->isOutput)
      continue;
    written += newBytes(*tensor, types);
    if (const Tensor *input = unreadInput(*tensor))
      reads.remove(*input);
  }
  return reads.bytes() + written;
}

//===----------------------------------------------------------------------===//
// Node by node
//===----------------------------------------------------------------------===//

double constantBytes(const Node &node, const ElementTypes &types) {
  double bytes = 0;
  for (size_t index = 0; index < node.inputs.size(); ++index) {
    const Tensor *input = node.inputs[index];
    if (!input || !input->isConstant || isParameter(*input))
      continue;
    double all = types.bytesOf(*input);
    bool isTable = index == 0 && isRowGather(node) && node.output();
    bytes += isTable ? std::min(all, node.output()->elements() *
                                         types.bytesPerElement(*input))
                     : all;
  }
  return bytes;
}

double layerBytes(const Node &node, const ElementTypes &types) {
  double bytes = constantBytes(node, types);
  for (const Tensor *input : node.inputs)
    if (input && !input->isConstant)
      bytes += types.bytesOf(*input);
  for (const Tensor *output : node.outputs)
    if (output)
      bytes += types.bytesOf(*output);
  return bytes;
}

double finiteMemoryWords(const Product &product, double words) {
  double macs = product.macs() / product.count;
  double moved = 2 * macs / std::sqrt(product.windowReuse * words) - 2 * words;
  return product.count * std::max(moved, 0.0);
}

//===----------------------------------------------------------------------===//
// Staying
//===----------------------------------------------------------------------===//

namespace {

/// Intermediate values between their first and last use.
class LiveValues {
public:
  LiveValues(const Graph &graph, const ElementTypes &types);
  void run(const Node &node);
  double peak = 0;

private:
  const Tensor *root(const Tensor *tensor) const;
  bool isIntermediate(const Tensor &tensor) const {
    return !tensor.isConstant && !tensor.isInput;
  }

  const ElementTypes &types;
  std::unordered_map<const Tensor *, int> usesLeft;
  double live = 0;
};

} // namespace

/// The tensor whose bytes a chain of views shows.
const Tensor *LiveValues::root(const Tensor *tensor) const {
  while (tensor->producer && isView(*tensor->producer) &&
         !tensor->producer->inputs.empty() && tensor->producer->inputs[0])
    tensor = tensor->producer->inputs[0];
  return tensor;
}

LiveValues::LiveValues(const Graph &graph, const ElementTypes &types)
    : types(types) {
  for (const Node &node : graph.nodes())
    if (node.isLive && !isView(node))
      for (const Tensor *input : node.inputs)
        if (input)
          ++usesLeft[root(input)];
}

void LiveValues::run(const Node &node) {
  if (!node.isLive || node.isConstant || isView(node))
    return;
  double ending = 0;
  for (const Tensor *input : node.inputs) {
    if (!input || !isIntermediate(*root(input)))
      continue;
    if (--usesLeft[root(input)] == 0)
      ending += types.bytesOf(*root(input));
  }
  double made = 0;
  for (const Tensor *output : node.outputs)
    if (output)
      made += types.bytesOf(*output);
  bool inPlace = classOf(node) == OpClass::Elementwise ||
                 classOf(node) == OpClass::Function;
  bool isProduct = !productsOf(node).empty();
  double during =
      inPlace && !isProduct ? std::max(made, ending) - ending : made;
  peak = std::max(peak, live + during);
  live += made - ending;
}

double liveBytes(const Graph &graph, const ElementTypes &types) {
  LiveValues values(graph, types);
  for (const Node &node : graph.nodes())
    values.run(node);
  return values.peak;
}

} // namespace tilicho::compiler::bounds
