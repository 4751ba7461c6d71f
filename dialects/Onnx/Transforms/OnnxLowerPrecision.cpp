// SPDX-License-Identifier: Apache-2.0
// Gives f32 values between operators a narrower type.
#include "dialects/Onnx/Schema/Protos.h"
#include "dialects/Onnx/Schema/Schema.h"
#include "dialects/Onnx/Transforms/Fold.h"
#include "dialects/Onnx/Transforms/Passes.h"
#include "dialects/Onnx/Transforms/PendingSteps.h"

#include "mlir/IR/Builders.h"

namespace tilicho::ir::onnx {
#define GEN_PASS_DEF_ONNXLOWERPRECISION
#include "dialects/Onnx/Transforms/Passes.h.inc"
} // namespace tilicho::ir::onnx

using namespace mlir;
using namespace tilicho::ir::onnx;

static bool isF32(Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  return type && type.getElementType().isF32();
}

/// Operators whose f32 numbers are parameters of a quantisation, or whose
/// result's type is an attribute: they stay as they are.
static bool keepsF32(Operation *op) {
  return isa<QuantizeLinearOp, DequantizeLinearOp, QLinearConvOp,
             QLinearMatMulOp, RangeOp, ConstantOfShapeOp, EyeLikeOp,
             RandomNormalOp, RandomNormalLikeOp, RandomUniformOp,
             RandomUniformLikeOp, BernoulliOp, MultinomialOp>(op);
}

//===----------------------------------------------------------------------===//
// Numbers that count
//===----------------------------------------------------------------------===//

/// Operators after which a number still counts what it counted before, but for
/// constants.
static bool isArithmeticOrMove(Operation *op) {
  if (auto product = dyn_cast<MatMulOp>(op)) {
    auto type = dyn_cast<RankedTensorType>(product.getB().getType());
    // Of a column and a row: each product by itself.
    return type && type.getRank() >= 2 &&
           type.getDimSize(type.getRank() - 2) == 1;
  }
  return isa<AddOp, SubOp, MulOp, DivOp, NegOp, FloorOp, CastOp, IdentityOp,
             ReshapeOp, TransposeOp, SqueezeOp, UnsqueezeOp, FlattenOp,
             ExpandOp, ConcatOp, SliceOp, SinOp, CosOp>(op);
}

static bool isInteger(Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  return type && type.getElementType().isInteger() &&
         !type.getElementType().isInteger(1);
}

/// Operations on positions and other counts: the rounding of a large count is
/// as large as the steps between counts, and an angle that is one would be any
/// angle. They stay in f32, up to where they meet other values or an angle
/// becomes a sine or a cosine.
static DenseSet<Operation *> findCounting(func::FuncOp function) {
  DenseSet<Operation *> counting;
  auto counts = [&](Value value) {
    Operation *producer = value.getDefiningOp();
    return producer && counting.contains(producer) &&
           !isa<SinOp, CosOp>(producer);
  };
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op->getNumResults() != 1 || !isF32(op->getResult(0)))
      return;
    bool isFirst =
        isa<RangeOp>(op) || (isa<CastOp>(op) && isInteger(op->getOperand(0)));
    bool isNext = isArithmeticOrMove(op) &&
                  llvm::any_of(op->getOperands(), counts) &&
                  llvm::all_of(op->getOperands(), [&](Value operand) {
                    return !isF32(operand) || counts(operand) ||
                           getConstantValue(operand);
                  });
    if (isFirst || isNext)
      counting.insert(op);
  });
  return counting;
}

namespace {
class Lowerer {
public:
  explicit Lowerer(FloatType narrow)
      : narrow(narrow), wide(Float32Type::get(narrow.getContext())) {}

  void run(func::FuncOp function) {
    counting = findCounting(function);
    SmallVector<Operation *> ops;
    function.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (op != function.getOperation())
        ops.push_back(op);
    });
    for (Operation *op : ops)
      lower(op, function);
  }

private:
  FloatType narrow;
  Type wide;
  DenseMap<std::pair<Value, Type>, Value> converted;
  DenseSet<Operation *> counting;
  /// Narrow values that the model had in f32.
  DenseSet<Value> lowered;

  void lower(Value value) {
    value.setType(withElement(value.getType(), narrow));
    lowered.insert(value);
  }

  /// Graphs inside an operator take the types of their surroundings.
  void lowerArguments(Operation *op) {
    for (Region &region : op->getRegions())
      for (BlockArgument argument : region.getArguments())
        if (isF32(argument))
          lower(argument);
  }

  void lower(Operation *op, func::FuncOp function) {
    if (isa<ConstantOp, PendingOp, NoneOp>(op))
      return;
    bool isReturn = op->getParentOp() == function.getOperation() &&
                    op->hasTrait<OpTrait::IsTerminator>();
    for (OpOperand &operand : op->getOpOperands())
      lowerOperand(operand,
                   isReturn
                       ? function.getResultTypes()[operand.getOperandNumber()]
                       : Type());
    lowerArguments(op);
    for (OpResult result : op->getResults())
      if (isF32(result) && takes(op, /*input=*/false, result.getResultNumber()))
        lower(result);
    if (auto cast = dyn_cast<CastOp>(op))
      cast.setTo(elementToProto(
          mlir::cast<ShapedType>(cast.getType()).getElementType()));
  }

  void lowerOperand(OpOperand &operand, Type returned) {
    auto type = dyn_cast<ShapedType>(operand.get().getType());
    if (!type ||
        (type.getElementType() != narrow && type.getElementType() != wide))
      return;
    bool wasWide = isF32(operand.get()) || lowered.contains(operand.get());
    Type wanted = type.getElementType();
    if (returned)
      wanted = cast<ShapedType>(returned).getElementType();
    else if (wasWide)
      wanted = takes(operand.getOwner(), true, operand.getOperandNumber())
                   ? Type(narrow)
                   : wide;
    if (wanted != type.getElementType())
      operand.set(convert(operand.get(), wanted));
  }

  bool takes(Operation *op, bool input, unsigned index) {
    if (op->getNumRegions() || op->hasTrait<OpTrait::IsTerminator>())
      return true;
    return !keepsF32(op) && !counting.contains(op) &&
           takesElement(op->getName().stripDialect().str(), input, index,
                        elementToProto(narrow));
  }

  static Type withElement(Type type, Type element) {
    return cast<ShapedType>(type).clone(element);
  }

  Value convert(Value value, Type element) {
    Value &result = converted[{value, element}];
    if (result)
      return result;
    OpBuilder builder(value.getContext());
    builder.setInsertionPointAfterValue(value);
    Type type = withElement(value.getType(), element);
    if (isWeight(value)) {
      result = addStep(builder, value.getLoc(), value, type,
                       castStep(builder, element));
      if (element == narrow)
        lowered.insert(result);
      return result;
    }
    auto cast = CastOp::create(builder, value.getLoc(), type, value, "up", 1,
                               elementToProto(element));
    result = cast;
    Elements folded = computeResults(cast);
    if (!folded.empty()) {
      result = ConstantOp::create(builder, value.getLoc(), folded.front());
      cast.erase();
    }
    if (element == narrow)
      lowered.insert(result);
    return result;
  }
};

struct LowerPrecision
    : ::tilicho::ir::onnx::impl::OnnxLowerPrecisionBase<LowerPrecision> {
  using OnnxLowerPrecisionBase::OnnxLowerPrecisionBase;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    if (type != "bf16" && type != "f16") {
      getOperation().emitError()
          << "type '" << type << "' is not one of bf16, f16";
      return signalPassFailure();
    }
    FloatType narrow = type == "bf16" ? FloatType(BFloat16Type::get(context))
                                      : FloatType(Float16Type::get(context));
    Lowerer(narrow).run(getOperation());
  }
};
} // namespace
