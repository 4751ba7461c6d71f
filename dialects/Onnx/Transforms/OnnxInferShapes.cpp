// SPDX-License-Identifier: Apache-2.0
// Types of results by the inference of ONNX's schemas.
#include "dialects/Onnx/IR/OnnxOps.h"
#include "dialects/Onnx/Schema/Protos.h"
#include "dialects/Onnx/Schema/Schema.h"
#include "dialects/Onnx/Transforms/Passes.h"

namespace tilicho::ir::onnx {
#define GEN_PASS_DEF_ONNXINFERSHAPES
#include "dialects/Onnx/Transforms/Passes.h.inc"
} // namespace tilicho::ir::onnx

using namespace mlir;
using namespace tilicho::ir::onnx;

/// Elements of a constant that inference may read: shapes, axes, scales.
constexpr int64_t maxReadElements = 1024;

static bool isOpen(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  return shaped && !shaped.hasStaticShape();
}

/// The operation as a node with inputs "0", "1", ...; false when one of its
/// attributes has no form in ONNX.
static bool nodeFrom(Operation *op, ::onnx::NodeProto &node) {
  node.set_op_type(op->getName().stripDialect().str());
  node.set_name(getNodeName(op));
  for (OpOperand &operand : op->getOpOperands())
    node.add_input(isAbsent(operand.get())
                       ? ""
                       : std::to_string(operand.getOperandNumber()));
  for (OpResult result : op->getResults())
    node.add_output(isAbsent(result)
                        ? ""
                        : "result" + std::to_string(result.getResultNumber()));
  for (NamedAttribute attribute : op->getAttrDictionary())
    if (!attribute.getName().strref().starts_with("onnx.") &&
        !attributeToProto(attribute.getName(), attribute.getValue(), node))
      return false;
  return true;
}

namespace {
/// Types and small constants of an operation's operands as messages.
struct Operands {
  std::vector<::onnx::TypeProto> types;
  std::vector<::onnx::TensorProto> values;
  std::vector<KnownInput> known;

  explicit Operands(Operation *op)
      : types(op->getNumOperands()), values(op->getNumOperands()),
        known(op->getNumOperands()) {
    for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
      if (isAbsent(operand))
        continue;
      types[index] = typeToProto(operand.getType());
      known[index].type = &types[index];
      ElementsAttr value = getConstantValue(operand);
      if (value && value.getNumElements() <= maxReadElements &&
          tensorToProto(value, values[index]))
        known[index].value = &values[index];
    }
  }
};
} // namespace

/// What two types of the same value say together; null when they disagree.
static Type merge(Type known, Type inferred) {
  auto left = dyn_cast<TensorType>(known);
  auto right = dyn_cast<TensorType>(inferred);
  if (!left || !right)
    return known;
  if (left.getElementType() != right.getElementType())
    return {};
  if (!left.hasRank() || !right.hasRank())
    return left.hasRank() ? left : right;
  if (left.getRank() != right.getRank())
    return {};
  SmallVector<int64_t> shape(left.getShape());
  for (auto [size, other] : llvm::zip_equal(shape, right.getShape())) {
    if (!ShapedType::isDynamic(size) && !ShapedType::isDynamic(other) &&
        size != other)
      return {};
    if (ShapedType::isDynamic(size))
      size = other;
  }
  return RankedTensorType::get(shape, left.getElementType());
}

static LogicalResult refine(OpResult result, Type inferred) {
  Type merged = merge(result.getType(), inferred);
  if (!merged)
    return result.getOwner()->emitError()
           << "result " << result.getResultNumber() << " is stated as "
           << result.getType() << ", but its operands give " << inferred;
  result.setType(merged);
  return success();
}

/// The results of an If are what both branches yield.
static LogicalResult inferIf(IfOp op) {
  auto thenYield = op.getThenBranch().front().getTerminator();
  auto elseYield = op.getElseBranch().front().getTerminator();
  for (OpResult result : op->getResults()) {
    unsigned index = result.getResultNumber();
    Type thenType = thenYield->getOperand(index).getType();
    if (thenType == elseYield->getOperand(index).getType() &&
        failed(refine(result, thenType)))
      return failure();
  }
  return success();
}

/// What a Loop carries has the type that it has before the first iteration,
/// where an iteration keeps it.
static LogicalResult inferLoop(LoopOp op) {
  Operation *yield = op.getBody().front().getTerminator();
  unsigned carried = op.getBody().front().getNumArguments() - 2;
  for (OpResult result : op->getResults().take_front(carried)) {
    unsigned index = result.getResultNumber();
    Type type = op->getOperand(2 + index).getType();
    if (type == yield->getOperand(1 + index).getType() &&
        failed(refine(result, type)))
      return failure();
  }
  return success();
}

/// What a known condition keeps.
static LogicalResult inferCompress(CompressOp op) {
  auto flags = dyn_cast_or_null<DenseIntElementsAttr>(
      getConstantValue(op.getCondition()));
  auto data = dyn_cast<RankedTensorType>(op.getInput().getType());
  if (!flags || !data)
    return success();
  int64_t kept = llvm::count(flags.getValues<bool>(), true);
  SmallVector<int64_t> shape = {kept};
  if (auto axis = op.getAxis()) {
    shape.assign(data.getShape().begin(), data.getShape().end());
    shape[*axis < 0 ? *axis + data.getRank() : *axis] = kept;
  }
  return refine(op->getResult(0),
                RankedTensorType::get(shape, data.getElementType()));
}

LogicalResult tilicho::ir::onnx::inferResultTypes(Operation *op) {
  if (!isa_and_nonnull<OnnxDialect>(op->getDialect()) ||
      llvm::none_of(op->getResultTypes(), isOpen))
    return success();
  if (auto conditional = dyn_cast<IfOp>(op))
    return inferIf(conditional);
  if (auto loop = dyn_cast<LoopOp>(op))
    return inferLoop(loop);
  if (auto compress = dyn_cast<CompressOp>(op))
    return inferCompress(compress);
  ::onnx::NodeProto node;
  if (op->getNumRegions() || !nodeFrom(op, node))
    return success();
  Operands operands(op);
  std::string error;
  auto types = inferOutputs(node, operands.known, error);
  if (!types)
    return error.empty() ? success() : op->emitError() << error;
  for (OpResult result : op->getResults()) {
    Type type =
        typeFromProto(op->getContext(), (*types)[result.getResultNumber()]);
    if (type && failed(refine(result, type)))
      return failure();
  }
  return success();
}

void tilicho::ir::onnx::updateFunctionType(func::FuncOp function) {
  Block &body = function.getBody().front();
  function.setType(FunctionType::get(function.getContext(),
                                     body.getArgumentTypes(),
                                     body.getTerminator()->getOperandTypes()));
}

namespace {
struct InferShapes
    : ::tilicho::ir::onnx::impl::OnnxInferShapesBase<InferShapes> {
  void runOnOperation() override {
    WalkResult walk = getOperation().walk([](Operation *op) {
      return failed(inferResultTypes(op)) ? WalkResult::interrupt()
                                          : WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return signalPassFailure();
    updateFunctionType(getOperation());
  }
};
} // namespace
