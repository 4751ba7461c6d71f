// SPDX-License-Identifier: Apache-2.0
// Operators on values of all steps of a Scan. The steps lie along the last
// dimension, so that what broadcasts in one step does so in all.
#include "dialects/Onnx/Transforms/SequenceOps.h"

#include "dialects/Onnx/Transforms/Fold.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace tilicho::ir::onnx {

static RankedTensorType ranked(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static int64_t rankOf(Value value) { return ranked(value).getRank(); }

//===----------------------------------------------------------------------===//
// What can be done for all steps
//===----------------------------------------------------------------------===//

static bool isElementwise(StringRef name) {
  static const llvm::StringSet<> names = {
      "Abs",         "Acos",       "Acosh",     "Add",
      "And",         "Asin",       "Asinh",     "Atan",
      "Atanh",       "BitwiseAnd", "BitwiseOr", "BitwiseXor",
      "BitwiseNot",  "Cast",       "Ceil",      "Celu",
      "Clip",        "Cos",        "Cosh",      "Div",
      "Elu",         "Equal",      "Erf",       "Exp",
      "Floor",       "Gelu",       "Greater",   "GreaterOrEqual",
      "HardSigmoid", "HardSwish",  "Identity",  "IsInf",
      "IsNaN",       "LeakyRelu",  "Less",      "LessOrEqual",
      "Log",         "Max",        "Mean",      "Min",
      "Mish",        "Mod",        "Mul",       "Neg",
      "Not",         "Or",         "Pow",       "Reciprocal",
      "Relu",        "Round",      "Selu",      "Sigmoid",
      "Sign",        "Sin",        "Sinh",      "Softplus",
      "Softsign",    "Sqrt",       "Sub",       "Sum",
      "Swish",       "Tan",        "Tanh",      "ThresholdedRelu",
      "Where",       "Xor"};
  return names.contains(name);
}

static std::optional<Shape> constantAxes(Operation *op, unsigned operand) {
  if (op->getNumOperands() <= operand || isAbsent(op->getOperand(operand)))
    return Shape();
  ElementsAttr value = getConstantValue(op->getOperand(operand));
  return value ? toIntegers(value) : std::nullopt;
}

static int64_t integerOf(Operation *op, StringRef name, int64_t otherwise) {
  auto value = op->getAttrOfType<IntegerAttr>(name);
  return value ? value.getInt() : otherwise;
}

/// The dimensions that a reduction or a Squeeze names, from the front.
static std::optional<Shape> namedDims(Operation *op) {
  std::optional<Shape> axes = constantAxes(op, 1);
  if (!axes)
    return std::nullopt;
  bool isSqueeze = isa<SqueezeOp>(op), isRaise = isa<UnsqueezeOp>(op);
  Value shaped = isRaise ? op->getResult(0) : op->getOperand(0);
  for (int64_t &axis : *axes)
    axis += axis < 0 ? rankOf(shaped) : 0;
  if (!axes->empty() || isRaise)
    return axes;
  if (!isSqueeze && integerOf(op, "noop_with_empty_axes", 0) != 0)
    return std::nullopt;
  for (int64_t dim = 0; dim < rankOf(shaped); ++dim)
    if (!isSqueeze || ranked(shaped).getDimSize(dim) == 1)
      axes->push_back(dim);
  return axes;
}

static bool namesDims(Operation *op) {
  return op->getName().stripDialect().starts_with("Reduce") ||
         isa<SqueezeOp, UnsqueezeOp>(op);
}

static bool alongAxis(Operation *op) {
  return isa<SoftmaxOp, LogSoftmaxOp, ConcatOp>(op);
}

bool SequenceBuilder::canRepeat(Operation *op, ArrayRef<bool> varies) {
  bool firstOnly = !llvm::is_contained(varies.drop_front(), true);
  if (namesDims(op)) {
    std::optional<Shape> dims = namedDims(op);
    // To name none means all, of which the steps would be one.
    return firstOnly && dims && !dims->empty();
  }
  if (isa<ReshapeOp, FlattenOp>(op))
    return firstOnly;
  if (isa<TransposeOp>(op) || alongAxis(op))
    return true;
  if (isa<ClipOp>(op)) // Its limits are scalars.
    return firstOnly;
  return isElementwise(op->getName().stripDialect());
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

NamedAttribute SequenceBuilder::permutation(ArrayRef<int64_t> order) {
  return builder.getNamedAttr("perm", builder.getDenseI64ArrayAttr(order));
}

RankedTensorType SequenceBuilder::withSteps(Type type) const {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape(tensor.getShape());
  shape.push_back(steps);
  return RankedTensorType::get(shape, tensor.getElementType());
}

/// One more dimension, of one step.
Value SequenceBuilder::raise(Value value) {
  SmallVector<int64_t> shape(ranked(value).getShape());
  shape.push_back(1);
  auto type = RankedTensorType::get(shape, ranked(value).getElementType());
  return make("Unsqueeze", {value, integers({rankOf(value)})}, type);
}

//===----------------------------------------------------------------------===//
// Sequences
//===----------------------------------------------------------------------===//

Value SequenceBuilder::stretch(Value value) {
  RankedTensorType type = withSteps(value.getType());
  return make("Expand", {raise(value), integers(type.getShape())}, type);
}

Value SequenceBuilder::splat(Value like, double number) {
  RankedTensorType type = withSteps(like.getType());
  Attribute element = builder.getFloatAttr(type.getElementType(), number);
  return ConstantOp::create(
      builder, loc, cast<ElementsAttr>(DenseElementsAttr::get(type, element)));
}

Value SequenceBuilder::reverse(Value sequence) {
  Value axis = integers({rankOf(sequence) - 1}), start = integers({-1});
  Value end = integers({std::numeric_limits<int64_t>::min()});
  return make("Slice", {sequence, start, end, axis, integers({-1})},
              sequence.getType());
}

Value SequenceBuilder::delay(Value first, Value sequence) {
  int64_t axis = rankOf(sequence) - 1;
  SmallVector<int64_t> shape(ranked(sequence).getShape());
  --shape[axis];
  auto type = RankedTensorType::get(shape, ranked(sequence).getElementType());
  Value rest = make("Slice",
                    {sequence, integers({0}), integers({steps - 1}),
                     integers({axis}), integers({1})},
                    type);
  return make("Concat", {raise(first), rest}, sequence.getType(),
              this->axis(axis));
}

Value SequenceBuilder::moveDim(Value value, int64_t from, int64_t to) {
  if (from == to)
    return value;
  SmallVector<int64_t> order;
  for (int64_t dim = 0; dim < rankOf(value); ++dim)
    if (dim != from)
      order.push_back(dim);
  order.insert(order.begin() + to, from);
  SmallVector<int64_t> shape;
  for (int64_t dim : order)
    shape.push_back(ranked(value).getDimSize(dim));
  auto type = RankedTensorType::get(shape, ranked(value).getElementType());
  return make("Transpose", value, type, permutation(order));
}

Operation *SequenceBuilder::recurrence(Value initial, Value decay,
                                       Value fresh) {
  OperationState state(loc, ScanOp::getOperationName());
  state.addOperands({initial, decay, fresh});
  state.addTypes({initial.getType(), withSteps(initial.getType())});
  state.addAttribute("num_scan_inputs", builder.getI64IntegerAttr(2));
  int64_t axes[] = {rankOf(decay) - 1, rankOf(fresh) - 1};
  state.addAttribute("scan_input_axes", builder.getDenseI64ArrayAttr(axes));
  state.addAttribute("scan_output_axes",
                     builder.getDenseI64ArrayAttr({rankOf(initial)}));
  Block *body = new Block();
  state.addRegion()->push_back(body);
  body->addArgument(initial.getType(), loc);
  for (Value sequence : {decay, fresh}) {
    ArrayRef<int64_t> shape = ranked(sequence).getShape();
    body->addArgument(RankedTensorType::get(shape.drop_back(),
                                            ranked(sequence).getElementType()),
                      loc);
  }
  Operation *made = builder.create(state);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(body);
  Value scaled =
      make("Mul", body->getArguments().take_front(2), initial.getType());
  Value next = make("Add", {scaled, body->getArgument(2)}, initial.getType());
  OperationState yield(loc, YieldOp::getOperationName());
  yield.addOperands({next, next});
  builder.create(yield);
  return made;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

Value SequenceBuilder::once(Operation *op, ValueRange operands) {
  Operation *copy = builder.clone(*op);
  copy->setOperands(operands);
  copy->removeAttr(OnnxDialect::valuesAttr);
  return copy->getResult(0);
}

Value SequenceBuilder::repeat(Operation *op, ValueRange operands,
                              ArrayRef<bool> varies) {
  RankedTensorType type = withSteps(op->getResult(0).getType());
  Value first = operands[0];
  if (namesDims(op)) {
    Operation *copy = once(op, first).getDefiningOp();
    copy->setOperands({first, integers(*namedDims(op))});
    // A new constant stands in front of what reads it.
    copy->moveAfter(copy->getOperand(1).getDefiningOp());
    copy->getResult(0).setType(type);
    return copy->getResult(0);
  }
  if (isa<ReshapeOp, FlattenOp>(op))
    return make("Reshape", {first, integers(type.getShape())}, type,
                attribute("allowzero", 0));
  if (auto transpose = dyn_cast<TransposeOp>(op)) {
    int64_t rank = rankOf(op->getOperand(0));
    SmallVector<int64_t> order;
    for (int64_t dim = 0; dim < rank; ++dim)
      order.push_back(transpose.getPerm() ? (*transpose.getPerm())[dim]
                                          : rank - 1 - dim);
    order.push_back(rank);
    return make("Transpose", first, type, permutation(order));
  }
  SmallVector<Value> aligned;
  for (auto [operand, isSequence] : llvm::zip_equal(operands, varies)) {
    bool asIs = isSequence || isAbsent(operand);
    if (alongAxis(op))
      aligned.push_back(asIs ? operand : stretch(operand));
    else
      aligned.push_back(asIs || rankOf(operand) == 0 ? operand
                                                     : raise(operand));
  }
  Operation *copy = once(op, aligned).getDefiningOp();
  copy->getResult(0).setType(type);
  if (alongAxis(op)) {
    int64_t axis = integerOf(op, "axis", -1);
    axis += axis < 0 ? rankOf(op->getResult(0)) : 0;
    copy->setAttr("axis", builder.getI64IntegerAttr(axis));
  }
  return copy->getResult(0);
}

} // namespace tilicho::ir::onnx
