// SPDX-License-Identifier: Apache-2.0
// Turns a Scan whose states follow linear recurrences into operators on whole
// sequences, with the steps along the last dimension.
#include "dialects/Onnx/Transforms/VectorizeScan.h"

#include "dialects/Onnx/Transforms/Fold.h"
#include "dialects/Onnx/Transforms/Passes.h"
#include "dialects/Onnx/Transforms/SequenceOps.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace tilicho::ir::onnx {

//===----------------------------------------------------------------------===//
// Recurrences
//===----------------------------------------------------------------------===//

static bool isFloat(Type type) {
  Type element = cast<ShapedType>(type).getElementType();
  return element.isF32() || element.isBF16() || element.isF16();
}

static int64_t axisIn(std::optional<ArrayRef<int64_t>> axes, int64_t index,
                      int64_t rank) {
  int64_t axis = axes ? (*axes)[index] : 0;
  return axis < 0 ? axis + rank : axis;
}

static bool isReversed(std::optional<ArrayRef<int64_t>> directions,
                       int64_t index) {
  return directions && (*directions)[index] != 0;
}

static int64_t rankOf(Type type) {
  return cast<RankedTensorType>(type).getRank();
}

std::optional<int64_t> countSteps(ScanOp op) {
  int64_t inputs = op.getNumScanInputs(), steps = 0;
  for (auto [index, input] : llvm::enumerate(llvm::drop_begin(
           op->getOperands(), op->getNumOperands() - inputs))) {
    if (!isStatic(input))
      return std::nullopt;
    auto ranked = cast<RankedTensorType>(input.getType());
    int64_t size = ranked.getDimSize(
        axisIn(op.getScanInputAxes(), index, ranked.getRank()));
    if (index != 0 && size != steps)
      return std::nullopt;
    steps = size;
  }
  return steps > 0 ? std::optional(steps) : std::nullopt;
}

bool isRecurrence(ScanOp op) {
  Block &body = op.getBody().front();
  if (op.getNumScanInputs() != 2 || op->getNumOperands() != 3 ||
      op->getNumResults() != 2 || op.getScanInputDirections() ||
      op.getScanOutputDirections() ||
      !llvm::all_of(op->getOperands(), isStatic) ||
      !isFloat(op->getOperand(0).getType()) || !countSteps(op))
    return false;
  for (int64_t input : {0, 1}) {
    int64_t rank = rankOf(op->getOperand(1 + input).getType());
    if (axisIn(op.getScanInputAxes(), input, rank) != rank - 1)
      return false;
  }
  int64_t rank = rankOf(op->getOperand(0).getType());
  if (axisIn(op.getScanOutputAxes(), 0, rank + 1) != rank ||
      !llvm::hasNItems(body, 3))
    return false;
  auto scaled = dyn_cast<MulOp>(body.front());
  auto sum = dyn_cast<AddOp>(*std::next(body.begin()));
  return scaled && sum && scaled->getOperand(0) == body.getArgument(0) &&
         scaled->getOperand(1) == body.getArgument(1) &&
         sum->getOperand(0) == scaled->getResult(0) &&
         sum->getOperand(1) == body.getArgument(2) &&
         llvm::all_of(body.getTerminator()->getOperands(),
                      [&](Value value) { return value == sum->getResult(0); });
}

namespace {

/// state = state * decay + fresh; null stands for no operation.
struct Recurrence {
  Value decay, fresh;
};

class Vectorizer {
public:
  Vectorizer(ScanOp op, int64_t steps)
      : op(op), body(op.getBody().front()), build(op, steps),
        inputs(op.getNumScanInputs()), states(op->getNumOperands() - inputs) {}

  std::optional<SmallVector<Value>> run() {
    if (!inferTypes() || !analyze())
      return std::nullopt;
    SmallVector<Value> results;
    for (auto [index, yielded] :
         llvm::enumerate(body.getTerminator()->getOperands()))
      results.push_back(int64_t(index) < states ? last(index)
                                                : output(index, yielded));
    return results;
  }

private:
  // What can be done.
  bool inferTypes();
  bool analyze();
  bool isKnown(Value value) const {
    if (value.getParentBlock() == &body)
      return known.contains(value);
    return isAbsent(value) || isStatic(value);
  }
  bool varies(Value value) const { return varying.contains(value); }
  bool learn(Operation *inner);
  bool solve(int64_t state);
  std::optional<Recurrence> matchScaled(Value value, BlockArgument state) const;
  std::optional<Recurrence> match(Value next, BlockArgument state) const;

  // What is built.
  int64_t stateMadeBy(Value value) const;
  Value get(Value value);
  Value sequence(Value value);
  Value argument(BlockArgument value);
  Value recurrence(int64_t state);
  Value last(int64_t state);
  Value output(int64_t index, Value yielded);

  ScanOp op;
  Block &body;
  SequenceBuilder build;
  int64_t inputs, states;
  /// Values that are the same in, or can be computed for, all steps; of them
  /// those that differ from step to step.
  DenseSet<Value> known, varying;
  DenseMap<int64_t, Recurrence> solved;
  DenseMap<Value, Value> built;
  DenseMap<int64_t, Operation *> recurrences;
};

} // namespace

//===----------------------------------------------------------------------===//
// Analysis
//===----------------------------------------------------------------------===//

bool Vectorizer::inferTypes() {
  for (auto [argument, operand] :
       llvm::zip(body.getArguments(), op->getOperands())) {
    if (!isStatic(operand))
      return false;
    auto type = cast<RankedTensorType>(operand.getType());
    if (int64_t index = argument.getArgNumber(); index >= states) {
      SmallVector<int64_t> shape(type.getShape());
      shape.erase(shape.begin() + axisIn(op.getScanInputAxes(), index - states,
                                         type.getRank()));
      type = RankedTensorType::get(shape, type.getElementType());
    }
    if (!isStatic(argument))
      argument.setType(type);
    if (argument.getType() != type)
      return false;
  }
  for (Operation &inner : body.without_terminator()) {
    bool isOpen = inner.getNumRegions() != 0 || inner.getNumResults() != 1 ||
                  failed(inferResultTypes(&inner)) ||
                  !isStatic(inner.getResult(0));
    if (isOpen && !isa<NoneOp>(inner))
      return false;
  }
  return true;
}

/// Adds what an operator makes to what is known.
bool Vectorizer::learn(Operation *inner) {
  Value result = inner->getResult(0);
  if (known.contains(result) ||
      !llvm::all_of(inner->getOperands(),
                    [&](Value operand) { return isKnown(operand); }))
    return false;
  SmallVector<bool> varies;
  for (Value operand : inner->getOperands())
    varies.push_back(this->varies(operand));
  if (llvm::is_contained(varies, true)) {
    if (!SequenceBuilder::canRepeat(inner, varies))
      return false;
    varying.insert(result);
  }
  return known.insert(result).second;
}

/// `state`, or the state times something that is known.
std::optional<Recurrence> Vectorizer::matchScaled(Value value,
                                                  BlockArgument state) const {
  if (value == state)
    return Recurrence();
  auto scaled = value.getDefiningOp<MulOp>();
  if (!scaled || value.getParentBlock() != &body)
    return std::nullopt;
  for (unsigned position : {0u, 1u})
    if (scaled->getOperand(position) == state &&
        isKnown(scaled->getOperand(1 - position)))
      return Recurrence{scaled->getOperand(1 - position), {}};
  return std::nullopt;
}

std::optional<Recurrence> Vectorizer::match(Value next,
                                            BlockArgument state) const {
  if (next.getType() != state.getType() || next.getParentBlock() != &body)
    return std::nullopt;
  auto sum = next.getDefiningOp<AddOp>();
  if (!sum)
    return matchScaled(next, state);
  for (unsigned position : {0u, 1u}) {
    Value fresh = sum->getOperand(1 - position);
    std::optional<Recurrence> found =
        matchScaled(sum->getOperand(position), state);
    if (!found || !isKnown(fresh))
      continue;
    found->fresh = fresh;
    return found;
  }
  return std::nullopt;
}

bool Vectorizer::solve(int64_t state) {
  BlockArgument argument = body.getArgument(state);
  Value next = body.getTerminator()->getOperand(state);
  if (solved.contains(state) || !isFloat(argument.getType()))
    return false;
  std::optional<Recurrence> found = match(next, argument);
  if (!found)
    return false;
  solved[state] = *found;
  for (Value value : {Value(argument), next}) {
    known.insert(value);
    varying.insert(value);
  }
  return true;
}

bool Vectorizer::analyze() {
  for (BlockArgument argument : body.getArguments().drop_front(states)) {
    known.insert(argument);
    varying.insert(argument);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (Operation &inner : body.without_terminator())
      changed |= learn(&inner);
    for (int64_t state = 0; state < states; ++state)
      changed |= solve(state);
  }
  return int64_t(solved.size()) == states &&
         llvm::all_of(body.getTerminator()->getOperands(),
                      [&](Value value) { return isKnown(value); });
}

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

/// The state that `value` is after a step; `states` where there is none.
int64_t Vectorizer::stateMadeBy(Value value) const {
  auto next = body.getTerminator()->getOperands().take_front(states);
  return std::distance(next.begin(), llvm::find(next, value));
}

/// A value of the body: for all steps where it varies.
Value Vectorizer::get(Value value) {
  if (value.getParentBlock() != &body)
    return value;
  if (Value known = built.lookup(value))
    return known;
  Value result;
  int64_t state = stateMadeBy(value);
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    result = this->argument(argument);
  } else if (state < states) {
    result = recurrence(state);
  } else {
    Operation *inner = value.getDefiningOp();
    SmallVector<Value> operands;
    SmallVector<bool> flags;
    for (Value operand : inner->getOperands()) {
      operands.push_back(get(operand));
      flags.push_back(varies(operand));
    }
    result = varies(value) ? build.repeat(inner, operands, flags)
                           : build.once(inner, operands);
  }
  return built[value] = result;
}

/// The same with the steps along the last dimension in any case.
Value Vectorizer::sequence(Value value) {
  return varies(value) ? get(value) : build.stretch(get(value));
}

/// A scan input, or the states before each step.
Value Vectorizer::argument(BlockArgument value) {
  int64_t index = value.getArgNumber();
  if (index < states)
    return build.delay(op->getOperand(index), recurrence(index));
  Value all = op->getOperand(index);
  int64_t axis =
      axisIn(op.getScanInputAxes(), index - states, rankOf(all.getType()));
  Value moved = build.moveDim(all, axis, rankOf(all.getType()) - 1);
  return isReversed(op.getScanInputDirections(), index - states)
             ? build.reverse(moved)
             : moved;
}

/// All states, each after its step.
Value Vectorizer::recurrence(int64_t state) {
  Operation *&known = recurrences[state];
  if (known)
    return known->getResult(1);
  Recurrence steps = solved[state];
  Value initial = op->getOperand(state);
  // Neither changes a bit of what it meets.
  Value decay = steps.decay ? sequence(steps.decay) : build.splat(initial, 1.0);
  Value fresh =
      steps.fresh ? sequence(steps.fresh) : build.splat(initial, -0.0);
  Operation *made = build.recurrence(initial, decay, fresh);
  recurrences[state] = made;
  return made->getResult(1);
}

Value Vectorizer::last(int64_t state) {
  recurrence(state);
  return recurrences[state]->getResult(0);
}

Value Vectorizer::output(int64_t index, Value yielded) {
  Value all = sequence(yielded);
  int64_t output = index - states;
  if (isReversed(op.getScanOutputDirections(), output))
    all = build.reverse(all);
  int64_t rank = rankOf(all.getType());
  return build.moveDim(all, rank - 1,
                       axisIn(op.getScanOutputAxes(), output, rank));
}

Operation *vectorizeScan(Operation *op) {
  auto scan = dyn_cast<ScanOp>(op);
  std::optional<int64_t> steps =
      scan && !isRecurrence(scan) ? countSteps(scan) : std::nullopt;
  if (!steps)
    return nullptr;
  Operation *before = op->getPrevNode();
  Block *block = op->getBlock();
  std::optional<SmallVector<Value>> results = Vectorizer(scan, *steps).run();
  if (!results)
    return nullptr;
  op->replaceAllUsesWith(*results);
  Operation *first = before ? before->getNextNode() : &block->front();
  if (first == op)
    first = op->getNextNode();
  op->erase();
  return first;
}

} // namespace tilicho::ir::onnx
