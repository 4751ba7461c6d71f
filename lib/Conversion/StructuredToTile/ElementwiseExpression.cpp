// SPDX-License-Identifier: Apache-2.0
// Expressions from the operations of a function.
#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"

#include "lib/Conversion/StructuredToTile/RecurrenceGroup.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

/// Operations in one expression: beyond this, blocks become small.
static constexpr int64_t maxNodes = 16;
/// Operations between one and the one that it becomes part of.
static constexpr int64_t maxDistance = 64;

ElementRef ElementExpression::leaf(const WalkOperand &operand) {
  for (auto [index, leaf] : llvm::enumerate(leaves))
    if (operand.value && leaf.value == operand.value)
      return {ElementRef::Leaf, static_cast<unsigned>(index)};
  leaves.push_back(operand);
  return {ElementRef::Leaf, static_cast<unsigned>(leaves.size() - 1)};
}

ElementRef ElementExpression::constant(double value, isa::DType dtype) {
  constants.push_back({value, dtype});
  return {ElementRef::Constant, static_cast<unsigned>(constants.size() - 1)};
}

ElementRef ElementExpression::node(isa::AluOp op, ArrayRef<ElementRef> operands,
                                   isa::DType dtype, isa::Compute compute,
                                   Location location) {
  nodes.push_back({op, false, compute, dtype,
                   SmallVector<ElementRef, 3>(operands), location});
  return {ElementRef::Node, static_cast<unsigned>(nodes.size() - 1)};
}

int64_t ElementExpression::bytesPerElement() const {
  int64_t bytes = 0;
  for (const WalkOperand &operand : leaves)
    bytes += isa::sizeOf(operand.dtype());
  for (const ElementNode &node : nodes)
    bytes += isa::sizeOf(node.dtype);
  return bytes;
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

static std::optional<double> firstElement(DenseElementsAttr elements,
                                          isa::DType dtype) {
  if (isa::isFloat(dtype)) {
    APFloat value = elements.getValues<APFloat>()[0];
    bool losesInfo = false;
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    return value.convertToDouble();
  }
  APInt value = elements.getValues<APInt>()[0];
  if (dtype == isa::DType::boolean)
    return value.isZero() ? 0 : 1;
  bool fits = isa::isSigned(dtype) ? value.getSignificantBits() <= 32
                                   : value.getActiveBits() <= 31;
  if (!fits)
    return std::nullopt;
  return isa::isSigned(dtype) ? double(value.getSExtValue())
                              : double(value.getZExtValue());
}

std::optional<ElementConstant> uniformConstant(Value tensor,
                                               isa::Compute compute) {
  auto constant =
      dyn_cast_or_null<tile::ConstantOp>(Lowering::constantOf(tensor));
  if (!constant || constant.getSteps())
    return std::nullopt;
  auto elements = dyn_cast<DenseElementsAttr>(constant.getValue());
  if (!elements || elements.getNumElements() == 0)
    return std::nullopt;
  if (!elements.isSplat() && elements.getNumElements() != 1)
    return std::nullopt;
  isa::DType dtype = Lowering::dtypeOf(tensor);
  bool inFloats = compute == isa::Compute::f32 || compute == isa::Compute::f64;
  if (isa::isFloat(dtype) && !inFloats)
    return std::nullopt;
  std::optional<double> value = firstElement(elements, dtype);
  if (!value)
    return std::nullopt;
  bool isExact = double(float(*value)) == *value || *value != *value;
  if (compute == isa::Compute::f64 && !isExact)
    return std::nullopt;
  return ElementConstant{*value, dtype};
}

//===----------------------------------------------------------------------===//
// Chains
//===----------------------------------------------------------------------===//

/// Whether nothing but element operations and constants come between two
/// operations, so that what the first one reads need not live for long.
static bool areClose(Operation *first, Operation *last) {
  for (int64_t step = 0; step < maxDistance; ++step) {
    first = first->getNextNode();
    if (first == last)
      return true;
    if (!isa_and_nonnull<tile::ElementwiseOp, tile::ConstantOp>(first))
      return false;
  }
  return false;
}

/// The operation that computes `operand` for `user` alone, in its shape.
static tile::ElementwiseOp candidate(tile::ElementwiseOp user, Value operand) {
  auto op = operand.getDefiningOp<tile::ElementwiseOp>();
  bool fits = op && !tile::isKept(op) && operand.hasOneUse() &&
              op->getBlock() == user->getBlock() &&
              op.getType().getShape() == user.getType().getShape() &&
              op->getAttr(epilogueName) == user->getAttr(epilogueName) &&
              isInsideRowChain(op) == isInsideRowChain(user) &&
              !op->hasAttr(recurrenceEndName) &&
              !user->hasAttr(recurrenceEndName) && areClose(op, user);
  return fits ? op : tile::ElementwiseOp();
}

/// Operations in the expression of `root`. Operands are taken in while their
/// whole expressions fit; `member`, if taken in, sets `found`.
static int64_t treeSize(tile::ElementwiseOp root, Operation *member,
                        bool &found) {
  int64_t size = 1;
  for (Value operand : root.getInputs()) {
    tile::ElementwiseOp op = candidate(root, operand);
    if (!op)
      continue;
    bool ignored = false;
    int64_t more = treeSize(op, nullptr, ignored);
    if (size + more > maxNodes)
      continue;
    size += more;
    found |= op == member;
  }
  return size;
}

bool isPartOfExpression(Operation *op) {
  if (!op->hasOneUse())
    return false;
  auto user = dyn_cast<tile::ElementwiseOp>(*op->user_begin());
  if (!user || !candidate(user, op->getResult(0)))
    return false;
  bool found = false;
  treeSize(user, op, found);
  return found;
}

static isa::Compute computeOf(tile::ElementwiseOp op) {
  return *isa::parse<isa::Compute>(std::string_view(op.getCompute()));
}

/// The arithmetic for which a select's constant must be exact: none is done.
static isa::Compute exactCompute(Value operand) {
  return isa::isFloat(Lowering::dtypeOf(operand)) ? isa::Compute::f64
                                                  : isa::Compute::i64;
}

static ElementRef collect(tile::ElementwiseOp op, ElementExpression &into) {
  bool isSelect = op.getOp() == "select";
  SmallVector<ElementRef, 3> operands;
  for (Value operand : op.getInputs()) {
    Operation *producer = operand.getDefiningOp();
    isa::Compute compute = isSelect ? exactCompute(operand) : computeOf(op);
    if (isa_and_nonnull<tile::ElementwiseOp>(producer) &&
        isPartOfExpression(producer))
      operands.push_back(collect(cast<tile::ElementwiseOp>(producer), into));
    else if (auto constant = uniformConstant(operand, compute))
      operands.push_back(into.constant(constant->value, constant->dtype));
    else
      operands.push_back(into.leaf(WalkOperand::read(operand)));
  }
  isa::AluOp alu = isSelect
                       ? isa::AluOp::copy
                       : *isa::parse<isa::AluOp>(std::string_view(op.getOp()));
  ElementRef ref = into.node(alu, operands, Lowering::dtypeOf(op.getResult()),
                             computeOf(op), op.getLoc());
  into.nodes.back().isSelect = isSelect;
  return ref;
}

/// max(x, 0) is a function of act.
static void nameRelu(ElementExpression &expression, ElementNode &node) {
  if (node.op != isa::AluOp::max || node.compute != isa::Compute::f32)
    return;
  for (unsigned position : {1u, 0u}) {
    ElementRef zero = node.operands[position];
    if (zero.kind != ElementRef::Constant ||
        expression.constants[zero.index].value != 0)
      continue;
    node.op = isa::AluOp::relu;
    node.operands.erase(node.operands.begin() + position);
    return;
  }
}

/// x * x is a function of act, and has one operand.
static void nameSquare(ElementNode &node) {
  bool isSquare = node.op == isa::AluOp::multiply && !node.isSelect &&
                  node.compute == isa::Compute::f32 &&
                  node.operands[0].kind == ElementRef::Leaf &&
                  node.operands[1].kind == ElementRef::Leaf &&
                  node.operands[0].index == node.operands[1].index;
  if (!isSquare)
    return;
  node.op = isa::AluOp::square;
  node.operands.pop_back();
}

/// Whether rounding to `dtype` may come after the operation instead of before:
/// it picks its operand, or a constant that is not changed by rounding.
static bool picks(const ElementExpression &expression,
                  const ElementNode &node) {
  if (node.op == isa::AluOp::relu)
    return true;
  if (node.op != isa::AluOp::max && node.op != isa::AluOp::min)
    return false;
  return llvm::any_of(node.operands, [&](ElementRef ref) {
    return ref.kind == ElementRef::Constant && isa::isFloat(node.dtype) &&
           expression.constants[ref.index].dtype == node.dtype;
  });
}

/// Lets an operation and one that picks from its result be one instruction,
/// which rounds once: that is the same.
static void joinRoundings(ElementExpression &expression) {
  std::vector<bool> isJoined(expression.nodes.size(), false);
  for (auto [index, node] : llvm::enumerate(expression.nodes)) {
    if (node.isSelect || node.compute != isa::Compute::f32 ||
        !picks(expression, node))
      continue;
    for (ElementRef ref : node.operands) {
      if (ref.kind != ElementRef::Node || isJoined[ref.index])
        continue;
      ElementNode &inner = expression.nodes[ref.index];
      if (inner.isSelect || inner.compute != isa::Compute::f32 ||
          inner.dtype != node.dtype || !isa::isFloat(inner.dtype))
        continue;
      inner.dtype = isa::DType::f32;
      isJoined[index] = true;
    }
  }
}

ElementExpression collectExpression(Operation *root) {
  ElementExpression expression;
  collect(cast<tile::ElementwiseOp>(root), expression);
  for (ElementNode &node : expression.nodes)
    nameRelu(expression, node);
  for (ElementNode &node : expression.nodes)
    nameSquare(node);
  joinRoundings(expression);
  return expression;
}

} // namespace tilicho::compiler
