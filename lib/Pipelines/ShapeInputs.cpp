// SPDX-License-Identifier: Apache-2.0
// Walks from what the compiler must know back to the inputs that it needs.
#include "lib/Pipelines/ShapeInputs.h"

#include "dialects/Onnx/IR/OnnxDialect.h"
#include "dialects/Onnx/Transforms/Passes.h"
#include "dialects/Onnx/Transforms/RowSources.h"
#include "lib/Conversion/OnnxToTile/OnnxToTile.h"
#include "lib/Pipelines/Pipelines.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace tilicho;
using namespace tilicho::compiler;

/// Whether a result's shape, or how it is made, follows from the value of an
/// operand, by ONNX's definition of the operator; nothing where it does not
/// take such operands.
static std::optional<bool> isShapeOperand(StringRef opType, unsigned operand) {
  bool all = llvm::is_contained({"ConstantOfShape", "Range", "NonZero",
                                 "Unique", "NonMaxSuppression", "Compress"},
                                opType);
  if (all)
    return true;
  bool allButFirst = llvm::is_contained(
      {"Reshape",   "Expand",     "Slice",         "Tile",
       "Resize",    "Pad",        "TopK",          "Squeeze",
       "Unsqueeze", "Split",      "CenterCropPad", "OneHot",
       "Trilu",     "ReduceSum",  "ReduceMean",    "ReduceMax",
       "ReduceMin", "ReduceProd", "CumSum",        "SplitToSequence"},
      opType);
  if (allButFirst)
    return operand > 0;
  return std::nullopt;
}

static bool hasOpenType(Value value) {
  auto shaped = dyn_cast<ShapedType>(value.getType());
  return shaped && !shaped.hasStaticShape();
}

/// Values that count or choose, other than the data of an operator.
static bool isInteger(Value value) {
  auto shaped = dyn_cast<ShapedType>(value.getType());
  return shaped && shaped.getElementType().isInteger();
}

/// The operands that `op` waits for, when the compiler cannot do without.
static SmallVector<Value> awaitedOperands(Operation *op) {
  auto why = op->getAttrOfType<StringAttr>(ir::onnx::whyOpenAttr);
  if (why && why.getValue() == ir::onnx::operandIsOpen)
    return {};
  bool open = llvm::any_of(op->getResults(), hasOpenType);
  if (!open && !whyNotSupported(op))
    return {};
  SmallVector<Value> awaited;
  StringRef opType = op->getName().stripDialect();
  bool comesFromBefore = llvm::any_of(op->getOperands(), hasOpenType);
  for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
    std::optional<bool> decides = isShapeOperand(opType, index);
    bool other = !comesFromBefore && index > 0 && isInteger(operand);
    if (decides.value_or(other))
      awaited.push_back(operand);
  }
  return awaited;
}

/// Everything that `values` are computed from. A shape that is asked for is
/// known, or made known where it comes from.
static void addSources(SmallVector<Value> values,
                       llvm::SetVector<BlockArgument> &inputs) {
  llvm::SetVector<Value> seen(values.begin(), values.end());
  for (size_t next = 0; next < seen.size(); ++next) {
    Value value = seen[next];
    Operation *op = value.getDefiningOp();
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      op = argument.getOwner()->getParentOp();
      if (llvm::isa<func::FuncOp>(op)) {
        inputs.insert(argument);
        continue;
      }
    }
    StringRef opType = op->getName().stripDialect();
    if (opType != "Shape" && opType != "Size")
      seen.insert(op->operand_begin(), op->operand_end());
  }
}

static std::vector<std::string> collect(func::FuncOp function) {
  llvm::SetVector<BlockArgument> inputs;
  function.walk([&](Operation *op) {
    if (op->getName().getDialectNamespace() == "onnx")
      addSources(awaitedOperands(op), inputs);
  });
  std::vector<std::string> names;
  for (BlockArgument argument : function.getArguments())
    if (inputs.contains(argument))
      names.push_back(function
                          .getArgAttrOfType<StringAttr>(
                              argument.getArgNumber(),
                              tilicho::ir::onnx::OnnxDialect::nameAttr)
                          .str());
  return names;
}

std::optional<std::vector<std::string>>
tilicho::compiler::findShapeInputs(Model &model,
                                   const CompileOptions &options) {
  PassManager passes(model.module->getContext());
  OpPassManager &functions = passes.nest<func::FuncOp>();
  addShapePasses(functions);
  functions.addPass(ir::onnx::createOnnxCountRows());
  if (failed(passes.run(*model.module)))
    return std::nullopt;
  return collect(*model.module->getOps<func::FuncOp>().begin());
}
