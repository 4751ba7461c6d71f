// SPDX-License-Identifier: Apache-2.0
// RNN, GRU and LSTM: one product for the inputs of all steps, then the steps.
#include "lib/Conversion/OnnxToTile/Lowering.h"
#include "lib/Conversion/OnnxToTile/MatMuls.h"
#include "lib/Conversion/OnnxToTile/RecurrentActivations.h"

#include <deque>

using namespace mlir;

namespace tilicho::compiler {

// Operands in ONNX's order; the last two are LSTM's alone.
enum Operand { X, W, R, B, SequenceLens, InitialH, InitialC, P };

static ArrayRef<StringRef> defaultActivations(StringRef op) {
  static const StringRef lstm[] = {"sigmoid", "tanh", "tanh"};
  return op == "RNN"   ? ArrayRef(lstm).slice(1, 1)
         : op == "GRU" ? ArrayRef(lstm).take_front(2)
                       : ArrayRef(lstm);
}

static int64_t directionsOf(const OnnxNode &node) {
  return node.text("direction", "forward") == "bidirectional" ? 2 : 1;
}

static auto activationsOf(const OnnxNode &node) {
  return recurrentActivations(node, defaultActivations(node.name()),
                              directionsOf(node));
}

//===----------------------------------------------------------------------===//
// One direction
//===----------------------------------------------------------------------===//

namespace {
/// What a step hands to the next.
struct State {
  Value hidden, cell;
};

/// The operator in one direction, as values of [hidden, batch]: features lie
/// where products leave them and read them. Sums and cells are in the compute
/// type, what is read by products in the element type.
class Direction {
public:
  Direction(const OnnxNode &node, StructuredBuilder &build, int64_t direction);

  /// The hidden state after each step, in the order of the sequence.
  SmallVector<Value> outputs;
  /// All of them, as [steps, batch, hidden] or, of layout 1, batch first.
  Value sequence();
  State state;

  /// The step that comes as number `index`.
  void runStep(int64_t index);

private:
  Value weightOf(unsigned operand, Shape shape);
  Value rows(Value weight, int64_t gate);
  Value product(Value weight, Value b, bool transB = false);
  Value clip(Value x);
  Value activate(unsigned index, Value x) {
    return activations[index].apply(math, clip(x));
  }
  Value peephole(Value sum, Value cell, int64_t gate);
  Value initial(unsigned operand);
  void projectInputs();
  void loadMasks();
  Value insideAt(int64_t step);
  Value inputOf(int64_t step, int64_t gate);
  Value sumOf(int64_t step, int64_t gate);

  State stepRnn(int64_t step);
  State stepGru(int64_t step);
  State stepLstm(int64_t step);
  Value newGate(int64_t step, Value reset);

  const OnnxNode &node;
  StructuredBuilder &build;
  Arithmetic math;
  Type element;
  int64_t direction, steps, batch, inputSize, hidden, gates;
  bool byBatch, reversed;
  ArrayRef<RecurrentActivation> activations;
  SmallVector<RecurrentActivation> allActivations;
  /// By gate: the products of all inputs, and the weights of the state. A gate
  /// is never a part of a larger product, so that no step has to take one
  /// apart.
  SmallVector<Value> projected, recurrentWeights;
  Value recurrentBias, peepholes, lengths;
};
} // namespace

static int64_t gatesOf(StringRef op) {
  return op == "RNN" ? 1 : op == "GRU" ? 3 : 4;
}

Direction::Direction(const OnnxNode &node, StructuredBuilder &build,
                     int64_t direction)
    : node(node), build(build), math(build, node.element(X)),
      element(node.element(X)), direction(direction),
      inputSize(node.shape(X)[2]), hidden(node.shape(R)[2]),
      gates(gatesOf(node.name())), byBatch(node.integer("layout", 0) != 0) {
  steps = node.shape(X)[byBatch ? 1 : 0];
  batch = node.shape(X)[byBatch ? 0 : 1];
  reversed = direction == 1 || node.text("direction", "forward") == "reverse";
  allActivations = *activationsOf(node);
  size_t count = defaultActivations(node.name()).size();
  activations = ArrayRef(allActivations).slice(direction * count, count);
  if (node.has(P))
    peepholes = weightOf(P, {3 * hidden, 1});
  Value weight = weightOf(R, {gates * hidden, hidden});
  for (int64_t gate = 0; gate < gates; ++gate)
    recurrentWeights.push_back(rows(weight, gate));
  state.hidden = initial(InitialH);
  if (node.name() == "LSTM")
    state.cell = math.as(math.type, initial(InitialC));
  outputs.resize(steps);
  projectInputs();
  loadMasks();
}

/// This direction's part of an operand.
Value Direction::weightOf(unsigned operand, Shape shape) {
  return build.reshape(build.slice(node.input(operand), 0, direction, 1),
                       shape);
}

Value Direction::initial(unsigned operand) {
  if (!node.has(operand))
    return build.splat(element, {hidden, batch}, 0);
  Value value = build.slice(node.input(operand), byBatch ? 1 : 0, direction, 1);
  return build.transpose(build.reshape(value, {batch, hidden}), {1, 0});
}

/// Those of one gate.
Value Direction::rows(Value weight, int64_t gate) {
  return build.slice(weight, 0, gate * hidden, hidden);
}

/// `weight` by `b` or its transpose.
Value Direction::product(Value weight, Value b, bool transB) {
  if (isArrayElement(element))
    return build.contract(weight, b, math.type, false, transB);
  if (transB)
    b = build.transpose(b, {1, 0});
  return matrixProduct(build, weight, b, math.type);
}

/// The inputs of all steps by their weights, with what biases can be added
/// before the state is known: all but that of the gate that GRU resets.
void Direction::projectInputs() {
  Value inputs = build.reshape(node.input(X), {steps * batch, inputSize});
  Value weight = weightOf(W, {gates * hidden, inputSize});
  Value both = node.has(B) ? weightOf(B, {2 * gates * hidden, 1}) : Value();
  bool addsLater =
      node.name() == "GRU" && node.integer("linear_before_reset", 0) != 0;
  for (int64_t gate = 0; gate < gates; ++gate) {
    Value sums = product(rows(weight, gate), inputs, true);
    if (both) {
      Value bias = math.as(math.type, rows(both, gate));
      Value added = rows(both, gates + gate);
      if (addsLater && gate == gates - 1)
        recurrentBias = added;
      else
        bias = math("add", {bias, added});
      sums = math("add", {sums, bias});
    }
    projected.push_back(sums);
  }
}

/// The columns of one step.
Value Direction::inputOf(int64_t step, int64_t gate) {
  return byBatch ? build.slice(projected[gate], 1, step, batch, steps)
                 : build.slice(projected[gate], 1, step * batch, batch);
}

/// A gate's products of input and state.
Value Direction::sumOf(int64_t step, int64_t gate) {
  return math("add", {inputOf(step, gate),
                      product(recurrentWeights[gate], state.hidden)});
}

/// Lengths matter where one can be shorter than the sequence.
void Direction::loadMasks() {
  if (!node.has(SequenceLens))
    return;
  std::optional<Shape> known = node.constantIntegers(SequenceLens);
  if (known &&
      llvm::all_of(*known, [&](int64_t length) { return length >= steps; }))
    return;
  lengths = build.reshape(node.input(SequenceLens), {1, batch});
}

/// Which rows the step belongs to; null for all.
Value Direction::insideAt(int64_t step) {
  if (!lengths)
    return {};
  Type type = elementOf(lengths);
  Value place = build.scalar(type, static_cast<double>(step));
  return build.elementwise("lt", {place, lengths}, orderComputeFor(type),
                           build.boolean());
}

Value Direction::clip(Value x) {
  if (!node.operation()->hasAttr("clip"))
    return x;
  double bound = node.real("clip", 0);
  Value below = math("min", {x, math.number(bound)});
  return math("max", {below, math.number(-bound)});
}

/// Adds the cell by the peephole weights of `gate`, in their order i, o, f.
Value Direction::peephole(Value sum, Value cell, int64_t gate) {
  if (!peepholes)
    return sum;
  return math("add", {sum, math("multiply", {cell, rows(peepholes, gate)})});
}

State Direction::stepRnn(int64_t step) {
  return {math.as(element, activate(0, sumOf(step, 0))), Value()};
}

/// GRU's candidate, the reset gate before or after the product.
Value Direction::newGate(int64_t step, Value reset) {
  bool resetsLater = node.integer("linear_before_reset", 0) != 0;
  if (!resetsLater) {
    Value left = math.into(element, "multiply", {reset, state.hidden});
    return math("add", {inputOf(step, 2), product(recurrentWeights[2], left)});
  }
  Value recurrent = product(recurrentWeights[2], state.hidden);
  if (recurrentBias)
    recurrent = math("add", {recurrent, recurrentBias});
  return math("add", {inputOf(step, 2), math("multiply", {reset, recurrent})});
}

State Direction::stepGru(int64_t step) {
  Value update = activate(0, sumOf(step, 0));
  Value reset = activate(0, sumOf(step, 1));
  Value candidate = activate(1, newGate(step, reset));
  Value rest = math("subtract", {math.number(1), update});
  Value fresh = math("multiply", {rest, candidate});
  Value kept = math("multiply", {update, state.hidden});
  return {math.into(element, "add", {fresh, kept}), Value()};
}

State Direction::stepLstm(int64_t step) {
  bool couples = node.integer("input_forget", 0) != 0;
  Value in = activate(0, peephole(sumOf(step, 0), state.cell, 0));
  Value forget = couples ? math("subtract", {math.number(1), in})
                         : activate(0, peephole(sumOf(step, 2), state.cell, 2));
  Value candidate = activate(1, sumOf(step, 3));
  Value kept = math("multiply", {forget, state.cell});
  Value cell = math("add", {kept, math("multiply", {in, candidate})});
  Value out = activate(0, peephole(sumOf(step, 1), cell, 1));
  Value shown = activations[2].apply(math, cell);
  return {math.into(element, "multiply", {out, shown}), cell};
}

/// A step outside a row's length leaves its state and gives zeros, so that the
/// reverse direction starts at each row's own end.
void Direction::runStep(int64_t index) {
  int64_t step = reversed ? steps - 1 - index : index;
  State next = node.name() == "RNN"   ? stepRnn(step)
               : node.name() == "GRU" ? stepGru(step)
                                      : stepLstm(step);
  outputs[step] = next.hidden;
  if (Value inside = insideAt(step)) {
    Value zero = build.scalar(element, 0);
    outputs[step] = build.select(inside, next.hidden, zero);
    next.hidden = build.select(inside, next.hidden, state.hidden);
    if (next.cell)
      next.cell = build.select(inside, next.cell, state.cell);
  }
  state = next;
}

Value Direction::sequence() {
  Value all = build.reshape(build.concat(outputs, 1), {hidden, steps, batch});
  return byBatch ? build.transpose(all, {2, 1, 0})
                 : build.transpose(all, {1, 2, 0});
}

//===----------------------------------------------------------------------===//
// The operator
//===----------------------------------------------------------------------===//

/// One value for each direction beside one another along `axis`, which they do
/// not have.
static Value joinDirections(StructuredBuilder &build, ArrayRef<Value> values,
                            int64_t axis, Type element) {
  SmallVector<Value> pieces;
  for (Value value : values) {
    Arithmetic math(build, element);
    pieces.push_back(build.insertDim(math.as(element, value), axis));
  }
  return build.concat(pieces, axis);
}

static Values lowerRecurrent(const OnnxNode &node, StructuredBuilder &build) {
  bool byBatch = node.integer("layout", 0) != 0;
  std::deque<Direction> directions; // They do not move.
  for (int64_t direction : llvm::seq(directionsOf(node)))
    directions.emplace_back(node, build, direction);
  // In turn, so that one can work while the other waits for its last step.
  for (int64_t index : llvm::seq(node.shape(X)[byBatch ? 1 : 0]))
    for (Direction &one : directions)
      one.runStep(index);
  SmallVector<Value> sequences, hidden, cells;
  for (Direction &one : directions) {
    sequences.push_back(node.uses(0) ? one.sequence() : Value());
    hidden.push_back(build.transpose(one.state.hidden, {1, 0}));
    if (one.state.cell)
      cells.push_back(build.transpose(one.state.cell, {1, 0}));
  }
  Values results(node.numResults());
  Type element = node.element(X);
  if (node.uses(0))
    results[0] = joinDirections(build, sequences, byBatch ? 2 : 1, element);
  if (node.uses(1))
    results[1] = joinDirections(build, hidden, byBatch ? 1 : 0, element);
  if (node.uses(2))
    results[2] = joinDirections(build, cells, byBatch ? 1 : 0, element);
  return results;
}

static bool hasKnownActivations(const OnnxNode &node) {
  return activationsOf(node).has_value();
}

static bool hasSteps(const OnnxNode &node) {
  return llvm::all_of(node.shape(X), [](int64_t size) { return size > 0; });
}

void addRecurrent(LoweringRegistry &registry) {
  const Limit limits[] = {
      {"its activations must be ONNX's, as many as the operator has functions "
       "in all its directions",
       hasKnownActivations},
      {"a sequence needs at least one step, row and feature", hasSteps}};
  for (StringRef name : {"RNN", "GRU", "LSTM"})
    registry.add(name, lowerRecurrent, limits);
}

} // namespace tilicho::compiler
