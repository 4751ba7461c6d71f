// SPDX-License-Identifier: Apache-2.0
// RNN, GRU and LSTM: one product for the inputs of all steps, then the steps.
#include "lib/Conversion/OnnxToTile/Lowering.h"
#include "lib/Conversion/OnnxToTile/MatMuls.h"
#include "lib/Conversion/OnnxToTile/RecurrentActivations.h"

#include "dialects/Tile/IR/TileDialect.h"

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

/// The operator in one direction, as values of [batch, hidden]. Sums and cells
/// are in the compute type, what is read by products in the element type.
class Direction {
public:
  Direction(const OnnxNode &node, StructuredBuilder &build, int64_t direction);

  /// The hidden state after each step, in the order of the sequence.
  SmallVector<Value> outputs;
  State state;

  void run();

private:
  Value weightOf(unsigned operand, Shape shape);
  Value columns(Value value, int64_t gate, int64_t count = 1);
  Value product(Value a, Value weight);
  Value clip(Value x);
  Value activate(unsigned index, Value x) {
    return activations[index].apply(math, clip(x));
  }
  Value peephole(Value sum, Value cell, int64_t gate);
  Value initial(unsigned operand);
  void projectInputs();
  void loadMasks();
  Value insideAt(int64_t step);
  Value inputOf(int64_t step);

  State stepRnn(Value input);
  State stepGru(Value input);
  State stepLstm(Value input);
  Value newGate(Value input, Value recurrent, Value reset);

  const OnnxNode &node;
  StructuredBuilder &build;
  Arithmetic math;
  Type element;
  int64_t direction, steps, batch, inputSize, hidden, gates;
  bool byBatch, reversed;
  ArrayRef<RecurrentActivation> activations;
  SmallVector<RecurrentActivation> allActivations;
  Value projected, recurrentWeight, recurrentBias, peepholes, lengths;
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
    peepholes = weightOf(P, {1, 3 * hidden});
  recurrentWeight = weightOf(R, {gates * hidden, hidden});
  state.hidden = initial(InitialH);
  if (node.name() == "LSTM")
    state.cell = math.as(math.type, initial(InitialC));
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
    return build.splat(element, {batch, hidden}, 0);
  Value value = build.slice(node.input(operand), byBatch ? 1 : 0, direction, 1);
  return build.reshape(value, {batch, hidden});
}

/// `count` gates from `gate` on.
Value Direction::columns(Value value, int64_t gate, int64_t count) {
  return build.slice(value, 1, gate * hidden, count * hidden);
}

/// `a` by the transpose of `weight`.
Value Direction::product(Value a, Value weight) {
  if (isArrayElement(element))
    return build.contract(a, weight, math.type, false, true);
  return matrixProduct(build, a, build.transpose(weight, {1, 0}), math.type);
}

/// The inputs of all steps by their weights, with what biases can be added
/// before the state is known: all but that of the gate that GRU resets.
void Direction::projectInputs() {
  Value rows = build.reshape(node.input(X), {steps * batch, inputSize});
  projected = product(rows, weightOf(W, {gates * hidden, inputSize}));
  if (!node.has(B))
    return;
  Value both = weightOf(B, {1, 2 * gates * hidden});
  Value bias = math.as(math.type, columns(both, 0, gates));
  Value added = columns(both, gates, gates);
  if (node.name() == "GRU" && node.integer("linear_before_reset", 0) != 0) {
    recurrentBias = columns(added, 2);
    Value zero = build.splat(element, {1, hidden}, 0);
    added = build.concat({columns(added, 0, 2), zero}, 1);
  }
  bias = math("add", {bias, added});
  projected = math("add", {projected, bias});
}

/// The rows of one step.
Value Direction::inputOf(int64_t step) {
  Value rows = byBatch ? build.slice(projected, 0, step, batch, steps)
                       : build.slice(projected, 0, step * batch, batch);
  return rows;
}

/// Lengths matter where one can be shorter than the sequence.
void Direction::loadMasks() {
  if (!node.has(SequenceLens))
    return;
  std::optional<Shape> known = node.constantIntegers(SequenceLens);
  if (known &&
      llvm::all_of(*known, [&](int64_t length) { return length >= steps; }))
    return;
  lengths = build.reshape(node.input(SequenceLens), {batch, 1});
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
  return math("add", {sum, math("multiply", {cell, columns(peepholes, gate)})});
}

State Direction::stepRnn(Value input) {
  Value sum = math("add", {input, product(state.hidden, recurrentWeight)});
  return {math.as(element, activate(0, sum)), Value()};
}

/// GRU's candidate, the reset gate before or after the product.
Value Direction::newGate(Value input, Value recurrent, Value reset) {
  Value own = columns(input, 2);
  if (recurrent) {
    if (recurrentBias)
      recurrent = math("add", {recurrent, recurrentBias});
    return math("add", {own, math("multiply", {reset, recurrent})});
  }
  Value left = math.into(element, "multiply", {reset, state.hidden});
  Value weight = build.slice(recurrentWeight, 0, 2 * hidden, hidden);
  return math("add", {own, product(left, weight)});
}

State Direction::stepGru(Value input) {
  bool resetsLater = node.integer("linear_before_reset", 0) != 0;
  Value weight = resetsLater ? recurrentWeight
                             : build.slice(recurrentWeight, 0, 0, 2 * hidden);
  Value recurrent = product(state.hidden, weight);
  Value sums = math("add", {columns(input, 0, 2), columns(recurrent, 0, 2)});
  Value both = activate(0, sums);
  Value update = columns(both, 0), reset = columns(both, 1);
  Value last = resetsLater ? columns(recurrent, 2) : Value();
  Value candidate = activate(1, newGate(input, last, reset));
  Value rest = math("subtract", {math.number(1), update});
  Value fresh = math("multiply", {rest, candidate});
  Value kept = math("multiply", {update, state.hidden});
  return {math.into(element, "add", {fresh, kept}), Value()};
}

State Direction::stepLstm(Value input) {
  Value sums = math("add", {input, product(state.hidden, recurrentWeight)});
  bool couples = node.integer("input_forget", 0) != 0;
  Value in = activate(0, peephole(columns(sums, 0), state.cell, 0));
  Value forget = couples
                     ? math("subtract", {math.number(1), in})
                     : activate(0, peephole(columns(sums, 2), state.cell, 2));
  Value candidate = activate(1, columns(sums, 3));
  Value kept = math("multiply", {forget, state.cell});
  Value cell = math("add", {kept, math("multiply", {in, candidate})});
  Value out = activate(0, peephole(columns(sums, 1), cell, 1));
  Value shown = activations[2].apply(math, cell);
  return {math.into(element, "multiply", {out, shown}), cell};
}

/// A step outside a row's length leaves its state and gives zeros, so that the
/// reverse direction starts at each row's own end.
void Direction::run() {
  outputs.resize(steps);
  for (int64_t index = 0; index < steps; ++index) {
    int64_t step = reversed ? steps - 1 - index : index;
    Value input = inputOf(step);
    State next = node.name() == "RNN"   ? stepRnn(input)
                 : node.name() == "GRU" ? stepGru(input)
                                        : stepLstm(input);
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
}

//===----------------------------------------------------------------------===//
// The operator
//===----------------------------------------------------------------------===//

/// Puts [batch, hidden] pieces into a result in which only the dimensions of
/// batch and hidden are longer than a piece's; `places` are the others'.
static Value place(StructuredBuilder &build, RankedTensorType type,
                   ArrayRef<Value> pieces, int64_t batchAxis,
                   ArrayRef<Shape> places) {
  Shape shape(type.getRank(), 1), offsets;
  shape[batchAxis] = type.getDimSize(batchAxis);
  shape.back() = type.getShape().back();
  SmallVector<Value> placed;
  for (auto [piece, at] : llvm::zip_equal(pieces, places)) {
    placed.push_back(build.reshape(piece, shape));
    llvm::append_range(offsets, at);
  }
  Shape steps(offsets.size(), 1);
  return ir::tile::AssembleOp::create(build.builder, build.loc, type, placed,
                                      offsets, steps, TypedAttr());
}

static Value placeFinal(const OnnxNode &node, StructuredBuilder &build,
                        unsigned result, ArrayRef<Value> states) {
  bool byBatch = node.integer("layout", 0) != 0;
  SmallVector<Value> pieces;
  SmallVector<Shape> places;
  for (auto [direction, state] : llvm::enumerate(states)) {
    Arithmetic math(build, node.element(X));
    pieces.push_back(math.as(node.resultElement(result), state));
    Shape at(3, 0);
    at[byBatch ? 1 : 0] = static_cast<int64_t>(direction);
    places.push_back(at);
  }
  return place(build, node.resultType(result), pieces, byBatch ? 0 : 1, places);
}

static Values lowerRecurrent(const OnnxNode &node, StructuredBuilder &build) {
  bool byBatch = node.integer("layout", 0) != 0;
  SmallVector<Value> pieces, hidden, cells;
  SmallVector<Shape> places;
  for (int64_t direction : llvm::seq(directionsOf(node))) {
    Direction one(node, build, direction);
    one.run();
    hidden.push_back(one.state.hidden);
    cells.push_back(one.state.cell);
    for (auto [step, output] : llvm::enumerate(one.outputs)) {
      int64_t at = static_cast<int64_t>(step);
      pieces.push_back(output);
      places.push_back(byBatch ? Shape{0, at, direction, 0}
                               : Shape{at, direction, 0, 0});
    }
  }
  Values results(node.numResults());
  if (node.uses(0))
    results[0] =
        place(build, node.resultType(0), pieces, byBatch ? 0 : 2, places);
  if (node.uses(1))
    results[1] = placeFinal(node, build, 1, hidden);
  if (node.numResults() > 2 && node.uses(2))
    results[2] = placeFinal(node, build, 2, cells);
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
