// SPDX-License-Identifier: Apache-2.0
// Puts the bodies of If, Loop and Scan in their places.
#include "dialects/Onnx/Transforms/ExpandRegions.h"

#include "dialects/Onnx/IR/ValueNames.h"
#include "dialects/Onnx/Transforms/Fold.h"
#include "dialects/Onnx/Transforms/RegionMaker.h"
#include "dialects/Onnx/Transforms/VectorizeScan.h"

using namespace mlir;

namespace tilicho::ir::onnx {

/// Operations that the iterations of a Loop may become that may as well stay.
constexpr int64_t maxUnrolledOfChoice = 4096;

/// On a Loop: how many iterations stand in front of it.
static constexpr StringLiteral doneAttr = "onnx.done";
/// On a Loop that collects outputs: whether they may have fewer rows than their
/// types say.
static constexpr StringLiteral mayEndEarlyAttr = "onnx.may_end_early";

static std::optional<int64_t> knownInteger(Value value) {
  ElementsAttr constant = getConstantValue(value);
  auto values = constant ? toIntegers(constant) : std::nullopt;
  if (!values || values->size() != 1)
    return std::nullopt;
  return values->front();
}

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

/// Moves what a branch holds in front of the If; returns what it yields.
static SmallVector<Value> moveBranch(Region &branch, Operation *op) {
  Block &block = branch.front();
  SmallVector<Value> results(block.getTerminator()->getOperands());
  block.getTerminator()->erase();
  op->getBlock()->getOperations().splice(op->getIterator(),
                                         block.getOperations());
  return results;
}

static Operation *inlineBranch(IfOp op) {
  std::optional<int64_t> condition = knownInteger(op.getCond());
  if (!condition)
    return nullptr;
  Operation *before = op->getPrevNode();
  Region &branch = *condition ? op.getThenBranch() : op.getElseBranch();
  return replaceBy(op, moveBranch(branch, op), before);
}

/// Whether the results of both branches can stand for one another.
static bool haveEqualTypes(IfOp op) {
  auto thenYield = op.getThenBranch().front().getTerminator();
  auto elseYield = op.getElseBranch().front().getTerminator();
  return llvm::all_of(
      llvm::zip_equal(thenYield->getOperands(), elseYield->getOperands()),
      [](auto pair) {
        auto [yes, no] = pair;
        return isStatic(yes) && yes.getType() == no.getType();
      });
}

/// Whether a branch only names values, so that nothing is executed.
static bool isIdle(Region &branch) {
  return llvm::all_of(branch.front().without_terminator(), [](Operation &op) {
    return isa<ConstantOp, NoneOp, IdentityOp>(op);
  });
}

/// Of branches that execute nothing, a choice between their results.
static Operation *chooseBranch(IfOp conditional) {
  if (!haveEqualTypes(conditional) || !isIdle(conditional.getThenBranch()) ||
      !isIdle(conditional.getElseBranch()))
    return nullptr;
  Operation *op = conditional;
  Operation *before = op->getPrevNode();
  SmallVector<Value> yes = moveBranch(conditional.getThenBranch(), op);
  SmallVector<Value> no = moveBranch(conditional.getElseBranch(), op);
  RegionMaker maker(op);
  Value condition = maker.scalar(conditional.getCond());
  SmallVector<Value> results;
  for (auto [left, right] : llvm::zip_equal(yes, no))
    results.push_back(maker.choose(condition, left, right));
  return replaceBy(op, results, before);
}

//===----------------------------------------------------------------------===//
// Loop
//===----------------------------------------------------------------------===//

int64_t doneIterations(LoopOp loop) {
  auto done = loop->getAttrOfType<IntegerAttr>(doneAttr);
  return done ? done.getInt() : 0;
}

bool mayEndEarly(LoopOp loop) {
  auto early = loop->getAttrOfType<BoolAttr>(mayEndEarlyAttr);
  return early && early.getValue();
}

namespace {
/// A Loop between two of its iterations. Behind the carried values its operands
/// are the scan outputs of the iterations so far, iteration by iteration.
class LoopState {
public:
  explicit LoopState(LoopOp op)
      : op(op), body(op.getBody()), carried(body.front().getNumArguments() - 2),
        scans(op->getNumResults() - carried) {
    done = doneIterations(op);
  }

  Operation *expand();
  std::optional<std::string> whyNot();
  void supposeTypes();
  void boundScans();

private:
  std::optional<std::string> whyNotCollected();
  std::optional<int64_t> mostIterations();
  bool isCountKnown();
  Value condition() { return op.getCond(); }
  ValueRange values() { return op->getOperands().slice(2, carried); }
  ValueRange pieces() { return op->getOperands().drop_front(2 + carried); }
  bool isBounded();
  bool isOver();
  bool isKnownToGoOn();
  bool keepsTypes();
  bool isWithinSize();
  bool isStoppable();
  Operation *peel();
  Operation *finish();
  Value emptyScan(RegionMaker &maker, unsigned index);

  LoopOp op;
  Region &body;
  int64_t carried, scans, done = 0;
};
} // namespace

bool LoopState::isBounded() { return !isAbsent(op.getM()); }

bool LoopState::isOver() {
  std::optional<int64_t> count =
      isBounded() ? knownInteger(op.getM()) : std::nullopt;
  std::optional<int64_t> goesOn =
      isAbsent(condition()) ? 1 : knownInteger(condition());
  return (count && done >= *count) || goesOn == 0;
}

/// Whether the next iteration runs for certain.
bool LoopState::isKnownToGoOn() {
  bool known = isAbsent(condition()) || knownInteger(condition()).has_value();
  return known && (!isBounded() || knownInteger(op.getM()));
}

/// A value that may or may not come from an iteration has one type.
bool LoopState::keepsTypes() {
  Operation *yield = body.front().getTerminator();
  for (auto [value, next] :
       llvm::zip(values(), yield->getOperands().drop_front(1)))
    if (!isStatic(value) || next.getType() != value.getType())
      return false;
  return true;
}

/// Whether the body can end the Loop before its trip count.
bool LoopState::isStoppable() {
  Value goesOn = body.front().getTerminator()->getOperand(0);
  while (auto identity = goesOn.getDefiningOp<IdentityOp>())
    goesOn = identity->getOperand(0);
  std::optional<int64_t> known = knownInteger(goesOn);
  return goesOn != body.getArgument(1) && known.value_or(0) == 0;
}

/// Whether the iterations that are to come are not too many; where they may
/// end early, those that came count.
bool LoopState::isWithinSize() {
  std::optional<int64_t> count =
      isBounded() ? knownInteger(op.getM()) : std::nullopt;
  int64_t iterations = done + 1;
  if (count && (!isStoppable() || !isKnownToGoOn()))
    iterations = *count;
  int64_t most = whyNot() ? maxUnrolled : maxUnrolledOfChoice;
  return iterations < most / countOperations(op);
}

/// An output of no iteration.
Value LoopState::emptyScan(RegionMaker &maker, unsigned index) {
  Value yielded = body.front().getTerminator()->getOperand(1 + index);
  if (!isStatic(yielded))
    return {};
  auto type = cast<RankedTensorType>(yielded.getType());
  SmallVector<int64_t> shape = {0};
  llvm::append_range(shape, type.getShape());
  auto empty = RankedTensorType::get(shape, type.getElementType());
  return ConstantOp::create(
      maker.builder, op->getLoc(),
      cast<ElementsAttr>(DenseElementsAttr::get(empty, ArrayRef<Attribute>())));
}

Operation *LoopState::finish() {
  Operation *before = op->getPrevNode();
  RegionMaker maker(op);
  SmallVector<Value> results(values());
  for (int64_t scan = 0; scan < scans; ++scan) {
    SmallVector<Value> own;
    for (int64_t iteration = 0; iteration < done; ++iteration)
      own.push_back(pieces()[iteration * scans + scan]);
    results.push_back(own.empty() ? emptyScan(maker, carried + scan)
                                  : maker.stack(own, 0));
    if (!results.back())
      return nullptr;
  }
  return replaceBy(op, results, before);
}

/// Puts one iteration in front of the Loop.
Operation *LoopState::peel() {
  Operation *before = op->getPrevNode();
  RegionMaker maker(op);
  auto indexType = dyn_cast<RankedTensorType>(body.getArgument(0).getType());
  if (!indexType || !indexType.hasStaticShape())
    indexType = RankedTensorType::get({}, maker.i64());
  Value alive = condition();
  if (isAbsent(alive))
    alive = maker.constant(RankedTensorType::get({}, maker.builder.getI1Type()),
                           {1});
  SmallVector<Value> arguments = {maker.constant(indexType, {done}), alive};
  llvm::append_range(arguments, values());
  SmallVector<Value> next = copyBody(body, arguments, maker.builder);
  SmallVector<Value> operands = {op.getM(), next.front()};
  llvm::append_range(operands, ArrayRef(next).slice(1, carried));
  llvm::append_range(operands, pieces());
  llvm::append_range(operands, ArrayRef(next).drop_front(1 + carried));
  op->setOperands(operands);
  op->setAttr(doneAttr, maker.builder.getI64IntegerAttr(done + 1));
  return firstAfter(before, op);
}

Operation *LoopState::expand() {
  if (isOver())
    return finish();
  if (!isWithinSize())
    return nullptr;
  if (isKnownToGoOn())
    return peel();
  return nullptr;
}

void LoopState::supposeTypes() {
  for (auto [argument, value] :
       llvm::zip(body.front().getArguments().drop_front(2), values()))
    if (isStatic(value) && !isStatic(argument))
      argument.setType(value.getType());
  for (BlockArgument argument : body.front().getArguments().take_front(2))
    if (!isStatic(argument))
      argument.setType(RankedTensorType::get(
          {}, cast<ShapedType>(argument.getType()).getElementType()));
}

std::optional<std::string> LoopState::whyNot() {
  if (!keepsTypes())
    return "how often it runs depends on data and a carried value changes its "
           "shape: give the value one shape in all iterations";
  if (!isBounded() && isAbsent(condition()))
    return "it has neither a trip count nor a condition: give it one";
  return scans == 0 ? std::nullopt : whyNotCollected();
}

//===----------------------------------------------------------------------===//
// Outputs that a Loop collects
//===----------------------------------------------------------------------===//

/// More rows than this are no bound that anybody meant.
constexpr int64_t maxCollected = INT32_MAX;

/// Whether a cast keeps all integers; others wrap.
static bool isWider(CastOp op) {
  Type from = cast<ShapedType>(op.getInput().getType()).getElementType();
  Type to = cast<ShapedType>(op.getOutput().getType()).getElementType();
  return from.isInteger() && to.isSignlessInteger() &&
         to.getIntOrFloatBitWidth() >=
             from.getIntOrFloatBitWidth() + from.isUnsignedInteger();
}

/// The largest value that an integer can have, where the graph says so.
static std::optional<int64_t> largestValue(Value value) {
  if (auto known = knownInteger(value))
    return known;
  Operation *op = value.getDefiningOp();
  if (auto cast = dyn_cast_or_null<CastOp>(op); cast && !isWider(cast))
    return std::nullopt;
  if (isa_and_nonnull<IdentityOp, CastOp, ReshapeOp, SqueezeOp, UnsqueezeOp>(
          op))
    return largestValue(op->getOperand(0));
  if (auto clip = dyn_cast_or_null<ClipOp>(op))
    return isAbsent(clip.getMax()) ? std::nullopt : knownInteger(clip.getMax());
  if (!isa_and_nonnull<MinOp>(op))
    return std::nullopt;
  std::optional<int64_t> least;
  for (Value operand : op->getOperands())
    if (auto largest = largestValue(operand))
      least = std::min(least.value_or(*largest), *largest);
  return least;
}

/// Whether nothing but a known trip count ends the Loop.
bool LoopState::isCountKnown() {
  return isBounded() && knownInteger(op.getM()) && !isStoppable() &&
         (isAbsent(condition()) || knownInteger(condition()) == 1);
}

/// Iterations that there can be at most: the trip count's largest value, or
/// what the outputs are stated to have, by the model or by --dim.
std::optional<int64_t> LoopState::mostIterations() {
  std::optional<int64_t> most =
      isBounded() ? largestValue(op.getM()) : std::nullopt;
  for (OpResult scan : op->getResults().drop_front(carried)) {
    auto type = dyn_cast<RankedTensorType>(scan.getType());
    if (type && type.getRank() > 0 && !type.isDynamicDim(0))
      most = std::min(most.value_or(type.getDimSize(0)), type.getDimSize(0));
  }
  return most && *most <= maxCollected ? most : std::nullopt;
}

/// Also of what it is cast to.
static void setShape(Value value, ArrayRef<int64_t> shape) {
  Type element = cast<ShapedType>(value.getType()).getElementType();
  value.setType(RankedTensorType::get(shape, element));
  for (Operation *user : value.getUsers())
    if (isa<IdentityOp, CastOp>(user))
      setShape(user->getResult(0), shape);
}

/// Whether nobody but the function's caller sees a value.
static bool isReturnedOnly(Value value) {
  return llvm::all_of(value.getUsers(), [](Operation *user) {
    return isa<IdentityOp, CastOp>(user)
               ? isReturnedOnly(user->getResult(0))
               : user->hasTrait<OpTrait::IsTerminator>() &&
                     !isa<OnnxDialect>(user->getDialect());
  });
}

std::optional<std::string> LoopState::whyNotCollected() {
  for (Value piece :
       body.front().getTerminator()->getOperands().drop_front(1 + carried))
    if (!isStatic(piece))
      return "how often it runs depends on data or is too often, and what it "
             "collects from its iterations has no fixed shape: give it one";
  if (!mostIterations())
    return "how often it runs depends on data, and nothing bounds the rows of "
           "the outputs that it collects from its iterations: make the trip "
           "count a constant or a Min with one, or bind the first dimension of "
           "the model's output with --dim=OUTPUT.0=ROWS";
  for (OpResult scan : op->getResults().drop_front(carried))
    if (!isCountKnown() && !isReturnedOnly(scan))
      return "how often it runs depends on data, and result '" +
             getValueName(scan).str() +
             "', which it collects from its iterations, is read inside the "
             "graph: make it an output of the model alone, or carry it in a "
             "tensor of fixed shape";
  return std::nullopt;
}

void LoopState::boundScans() {
  if (scans == 0 || whyNot())
    return;
  int64_t most = *mostIterations();
  op->setAttr(mayEndEarlyAttr,
              BoolAttr::get(op->getContext(), !isCountKnown()));
  Operation *yield = body.front().getTerminator();
  for (int64_t index = carried; index < carried + scans; ++index) {
    auto piece = cast<RankedTensorType>(yield->getOperand(1 + index).getType());
    SmallVector<int64_t> shape = {most};
    llvm::append_range(shape, piece.getShape());
    setShape(op->getResult(index), shape);
  }
}

//===----------------------------------------------------------------------===//
// Any of them
//===----------------------------------------------------------------------===//

Operation *expandRegions(Operation *op) {
  if (auto conditional = dyn_cast<IfOp>(op))
    return inlineBranch(conditional);
  if (auto loop = dyn_cast<LoopOp>(op))
    return LoopState(loop).expand();
  if (auto scan = dyn_cast<ScanOp>(op))
    return expandScan(scan);
  return nullptr;
}

Operation *expandIdle(Operation *op) {
  auto conditional = dyn_cast<IfOp>(op);
  return conditional ? chooseBranch(conditional) : nullptr;
}

void supposeTypes(Operation *op) {
  if (auto loop = dyn_cast<LoopOp>(op))
    LoopState(loop).supposeTypes();
}

void boundScans(Operation *op) {
  if (auto loop = dyn_cast<LoopOp>(op))
    LoopState(loop).boundScans();
}

std::optional<std::string> whyNotExpanded(Operation *op) {
  if (auto conditional = dyn_cast<IfOp>(op);
      conditional && !haveEqualTypes(conditional))
    return "its branches give results of different or open shapes: give them "
           "one shape, or decide the condition when compiling";
  if (auto loop = dyn_cast<LoopOp>(op))
    return LoopState(loop).whyNot();
  if (auto scan = dyn_cast<ScanOp>(op); scan && !isRecurrence(scan))
    return "its scan inputs need one known length of at least 1, and its "
           "iterations must become fewer than " +
           std::to_string(maxUnrolled) + " operations";
  return std::nullopt;
}

ArrayRef<std::pair<StringRef, StringRef>> expandedOperators() {
  static const std::pair<StringRef, StringRef> all[] = {
      {"If",
       "the condition must be known when compiling where the branches give "
       "different shapes"},
      {"Loop",
       "what decides how often it runs must be known when compiling where a "
       "carried value changes its shape; where it is not, outputs that are "
       "collected from the iterations must be outputs of the model, with a "
       "bound of their rows"},
      {"Scan", "there must be at least one iteration"}};
  return all;
}

} // namespace tilicho::ir::onnx
