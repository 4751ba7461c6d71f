// SPDX-License-Identifier: Apache-2.0
// Element operations to instructions.
#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"

#include "llvm/ADT/STLExtras.h"

namespace tilicho::compiler {

using isa::AluOp;
using isa::Compute;

//===----------------------------------------------------------------------===//
// Engines
//===----------------------------------------------------------------------===//

Engine engineFor(const Machine &machine, Compute compute,
                 llvm::ArrayRef<isa::DType> dtypes, bool isMove) {
  bool onVec = compute == Compute::f32 || (compute == Compute::i32 && isMove);
  for (isa::DType dtype : dtypes)
    onVec &= machine.vec.dtypes.has(dtype);
  return onVec && machine.vec.computes.has(compute) ? Engine::Vec
                                                    : Engine::Pool;
}

void moveBits(Lowering &lowering, const View &dst, const View &src) {
  if (lowering.tile.isMovable(dst.dtype))
    return lowering.tile.move(dst, src);
  Engine engine = engineFor(lowering.machine, Compute::f32, {dst.dtype}, true);
  lowering.tile.move(engine, dst, src);
}

void fill(Lowering &lowering, const View &dst, double value) {
  Engine engine = engineFor(lowering.machine, Compute::f32, {dst.dtype}, true);
  ScalarOperand operand = isa::isFloat(dst.dtype)
                              ? ScalarOperand(float(value))
                              : ScalarOperand::ofInteger(int32_t(value));
  lowering.tile.memset(engine, dst, operand);
}

/// Compares, selects bits or moves; exact in integers on vec.
static bool isMoveLike(AluOp op) {
  switch (op) {
  case AluOp::copy:
  case AluOp::eq:
  case AluOp::ne:
  case AluOp::lt:
  case AluOp::le:
  case AluOp::gt:
  case AluOp::ge:
  case AluOp::logical_and:
  case AluOp::logical_or:
  case AluOp::logical_xor:
  case AluOp::logical_not:
  case AluOp::bit_and:
  case AluOp::bit_or:
  case AluOp::bit_xor:
  case AluOp::bit_not:
    return true;
  default:
    return false;
  }
}

/// Whether vec does a unary operation at full rate.
static bool isCheap(AluOp op) {
  switch (op) {
  case AluOp::copy:
  case AluOp::abs:
  case AluOp::neg:
  case AluOp::sign:
  case AluOp::square:
  case AluOp::relu:
  case AluOp::floor:
  case AluOp::ceil:
  case AluOp::round:
  case AluOp::trunc:
  case AluOp::logical_not:
  case AluOp::is_nan:
  case AluOp::is_inf:
  case AluOp::is_pos_inf:
  case AluOp::is_neg_inf:
    return true;
  default:
    return false;
  }
}

Engine ElementwiseTile::engineOf(const ElementNode &of, bool isMove) const {
  llvm::SmallVector<isa::DType, 4> dtypes = {of.dtype};
  for (Ref ref : of.operands)
    if (ref.kind != Ref::Constant)
      dtypes.push_back(dtypeOf(ref));
  return engineFor(lowering.machine, of.compute, dtypes, isMove);
}

bool ElementwiseTile::actTakes(Ref operand, const View &dst) const {
  const EngineModel &act = lowering.machine.act;
  return operand.kind != Ref::Constant && act.computes.has(Compute::f32) &&
         act.dtypes.has(dtypeOf(operand)) && act.dtypes.has(dst.dtype);
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

isa::DType ElementwiseTile::dtypeOf(Ref ref) const {
  switch (ref.kind) {
  case Ref::Leaf:
    return expression.leaves[ref.index].dtype();
  case Ref::Constant:
    return expression.constants[ref.index].dtype;
  case Ref::Node:
    return node(ref).dtype;
  }
  llvm_unreachable("no such operand");
}

View ElementwiseTile::tensor(Ref ref) {
  if (ref.kind == Ref::Leaf)
    return operands.load(ref.index);
  if (ref.kind == Ref::Node) {
    View view = operands.allocate(node(ref).dtype);
    emit(node(ref), view);
    return view;
  }
  llvm::SmallVector<int64_t> shape = operands.extents();
  llvm::SmallVector<int64_t> ones(shape.size(), 1);
  View view = lowering.tile.sbuf(dtypeOf(ref), operands.partitions(), ones);
  fill(lowering, view, expression.constants[ref.index].value);
  for (auto [dim, count] : llvm::zip(view.dims, shape))
    dim = {count, 0};
  return view;
}

std::optional<ScalarOperand> ElementwiseTile::scalar(Ref ref, Compute compute) {
  if (ref.kind == Ref::Constant) {
    double value = expression.constants[ref.index].value;
    if (compute == Compute::f32 || compute == Compute::f64)
      return ScalarOperand(float(value));
    return ScalarOperand::ofInteger(int32_t(value));
  }
  bool isColumn = ref.kind == Ref::Leaf && compute == Compute::f32 &&
                  operands.isColumn(ref.index);
  if (!isColumn)
    return std::nullopt;
  View column = operands.load(ref.index, isa::DType::f32);
  if (column.space != isa::Space::Sbuf) // It was repeated for longer rows.
    return std::nullopt;
  column.dims.assign(1, Dim{1, 1});
  return ScalarOperand(column);
}

/// An operation whose result is an unrounded f32, as within an instruction.
bool ElementwiseTile::isF32Node(Ref ref) const {
  return ref.kind == Ref::Node && !node(ref).isSelect &&
         node(ref).compute == Compute::f32 &&
         node(ref).dtype == isa::DType::f32;
}

/// Whether a function may be taken of what an operation gives before that is
/// rounded to a narrower float: on the way out of PSUM.
bool ElementwiseTile::mayStayWide(const ElementNode &of, Ref ref) const {
  if (!lowering.spreadsWork() || ref.kind != Ref::Node || isCheap(of.op))
    return false;
  const ElementNode &inner = node(ref);
  return !inner.isSelect && inner.compute == Compute::f32 &&
         isa::isFloat(inner.dtype) && inner.dtype != isa::DType::f64 &&
         llvm::any_of(inner.operands, [&](Ref operand) {
           return operand.kind == Ref::Leaf && operands.isInPsum(operand.index);
         });
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

void ElementwiseTile::evaluate(const View &dst) {
  emit(expression.nodes.back(), dst);
}

void ElementwiseTile::emit(const ElementNode &of, const View &dst) {
  if (of.isSelect)
    return emitSelect(of, dst);
  if (emitOnAct(of, dst) || emitJoined(of, dst))
    return;
  if (of.operands.size() == 1)
    return emitUnary(of, dst);
  emitBinary(of, dst);
}

void ElementwiseTile::emitSelect(const ElementNode &of, const View &dst) {
  View mask = tensor(of.operands[0]);
  Ref otherwise = of.operands[2];
  if (otherwise.kind == Ref::Constant)
    fill(lowering, dst, expression.constants[otherwise.index].value);
  else if (otherwise.kind == Ref::Node)
    emit(node(otherwise), dst);
  else
    moveBits(lowering, dst, tensor(otherwise));
  Engine engine =
      engineFor(lowering.machine, Compute::f32, {dst.dtype, mask.dtype}, true);
  lowering.tile.select(engine, dst, mask, tensor(of.operands[1]));
}

void ElementwiseTile::emitUnary(const ElementNode &of, const View &dst) {
  View source = tensor(of.operands[0]);
  if (of.op == AluOp::copy && source.dtype == dst.dtype)
    return moveBits(lowering, dst, source);
  lowering.tile.tensorScalar(engineOf(of, isMoveLike(of.op)), dst, source,
                             of.op, 0.0f, AluOp::copy, 0.0f, false, false,
                             of.compute);
}

void ElementwiseTile::emitBinary(const ElementNode &of, const View &dst) {
  Engine engine = engineOf(of, isMoveLike(of.op));
  for (unsigned position : {1u, 0u}) {
    std::optional<ScalarOperand> operand =
        scalar(of.operands[position], of.compute);
    if (!operand)
      continue;
    return lowering.tile.tensorScalar(
        engine, dst, tensor(of.operands[1 - position]), of.op, *operand,
        AluOp::copy, 0.0f, position == 0, false, of.compute);
  }
  View a = tensor(of.operands[0]), b = tensor(of.operands[1]);
  lowering.tile.tensorTensor(engine, of.op, dst, a, b, of.compute);
}

//===----------------------------------------------------------------------===//
// Several operations in one instruction
//===----------------------------------------------------------------------===//

/// -x for an immediate.
static std::optional<ScalarOperand> negated(const ScalarOperand &operand) {
  if (operand.column)
    return std::nullopt;
  return ScalarOperand(-operand.immediate);
}

bool ElementwiseTile::matchScaled(const ElementNode &of, Affine &affine) {
  if (of.op != AluOp::multiply)
    return false;
  for (unsigned position : {1u, 0u}) {
    std::optional<ScalarOperand> scale =
        scalar(of.operands[position], Compute::f32);
    if (!scale)
      continue;
    affine.operand = of.operands[1 - position];
    affine.scale = *scale;
    return true;
  }
  return false;
}

bool ElementwiseTile::matchAffine(const ElementNode &of, Affine &affine) {
  if (matchScaled(of, affine))
    return true;
  bool isAdd = of.op == AluOp::add;
  if (!isAdd && of.op != AluOp::subtract)
    return false;
  for (unsigned position : {1u, 0u}) {
    std::optional<ScalarOperand> bias =
        scalar(of.operands[position], Compute::f32);
    if (bias && !isAdd && position == 1)
      bias = negated(*bias);
    if (!bias)
      continue;
    affine.operand = of.operands[1 - position];
    affine.bias = *bias;
    if (!isAdd && position == 0)
      affine.scale = -1.0f;
    else if (isF32Node(affine.operand))
      matchScaled(node(affine.operand), affine);
    return true;
  }
  return false;
}

bool ElementwiseTile::emitOnAct(const ElementNode &of, const View &dst) {
  if (of.compute != Compute::f32)
    return false;
  Affine affine{of.operands[0]};
  AluOp function = AluOp::copy;
  if (of.operands.size() == 1) {
    function = of.op;
    if (isF32Node(of.operands[0]) || mayStayWide(of, of.operands[0]))
      matchAffine(node(of.operands[0]), affine);
  } else if (of.isSelect || !matchAffine(of, affine)) {
    return false;
  }
  bool isCopyOfBits = function == AluOp::copy && of.operands.size() == 1 &&
                      dtypeOf(of.operands[0]) == dst.dtype;
  if (isCopyOfBits || !actTakes(affine.operand, dst))
    return false;
  bool readsPsum = affine.operand.kind == Ref::Leaf &&
                   operands.isInPsum(affine.operand.index);
  if (isCheap(function) && lowering.tile.lighter(dst, dtypeOf(affine.operand),
                                                 readsPsum) != Engine::Act)
    return false;
  lowering.tile.activate(dst, function, tensor(affine.operand), affine.scale,
                         affine.bias);
  return true;
}

/// op1(op0(a, s0), s1) or op1(op0(a, s0), b) on vec.
bool ElementwiseTile::emitJoined(const ElementNode &of, const View &dst) {
  if (of.compute != Compute::f32 || engineOf(of, false) != Engine::Vec)
    return false;
  for (unsigned position = 0; position < of.operands.size(); ++position) {
    Ref inner = of.operands[position];
    if (!isF32Node(inner) || engineOf(node(inner), false) != Engine::Vec)
      continue;
    const ElementNode &first = node(inner);
    bool firstUnary = first.operands.size() == 1;
    if (firstUnary ? !isCheap(first.op) : false)
      continue;
    unsigned scalarAt = 1;
    std::optional<ScalarOperand> s0 = 0.0f;
    if (!firstUnary) {
      s0 = scalar(first.operands[1], Compute::f32);
      if (!s0)
        s0 = scalar(first.operands[scalarAt = 0], Compute::f32);
    }
    if (!s0)
      continue;
    Ref source = first.operands[firstUnary ? 0 : 1 - scalarAt];
    bool reverse0 = !firstUnary && scalarAt == 0;
    if (source.kind == Ref::Constant)
      continue;
    if (of.operands.size() == 1) {
      lowering.tile.tensorScalar(Engine::Vec, dst, tensor(source), first.op,
                                 *s0, of.op, 0.0f, reverse0, false);
      return true;
    }
    Ref other = of.operands[1 - position];
    if (std::optional<ScalarOperand> s1 = scalar(other, Compute::f32)) {
      lowering.tile.tensorScalar(Engine::Vec, dst, tensor(source), first.op,
                                 *s0, of.op, *s1, reverse0, position == 1);
      return true;
    }
    View b = tensor(other);
    lowering.tile.scalarTensorTensor(Engine::Vec, dst, tensor(source), first.op,
                                     *s0, of.op, b, reverse0, position == 1);
    return true;
  }
  return false;
}

} // namespace tilicho::compiler
