// SPDX-License-Identifier: Apache-2.0
// Infers and folds in one walk along the graph.
#include "dialects/Onnx/IR/ValueNames.h"
#include "dialects/Onnx/Transforms/ExpandRegions.h"
#include "dialects/Onnx/Transforms/Fold.h"
#include "dialects/Onnx/Transforms/Passes.h"
#include "dialects/Onnx/Transforms/VectorizeScan.h"

#include "mlir/IR/Builders.h"

namespace tilicho::ir::onnx {
#define GEN_PASS_DEF_ONNXFOLDCONSTANTS
#include "dialects/Onnx/Transforms/Passes.h.inc"
} // namespace tilicho::ir::onnx

using namespace mlir;
using namespace tilicho::ir::onnx;

/// A folded constant may be this much larger than what it is made of: a tensor
/// that an Expand or a Tile blows up is cheaper computed than stored.
constexpr uint64_t freeGrowthBytes = 1 << 16;

static const FoldTable &foldTable() {
  static const FoldTable table = [] {
    FoldTable result;
    addMoveFolds(result);
    addArithmeticFolds(result);
    addShapeFolds(result);
    return result;
  }();
  return table;
}

/// Bytes that a value takes as a constant; splats take none.
static uint64_t footprint(ElementsAttr value) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(value);
  if (!value || (dense && dense.isSplat()))
    return 0;
  Type element = value.getElementType();
  return value.getNumElements() *
         (element.isIntOrFloat() ? element.getIntOrFloatBitWidth() / 8 : 8);
}

static uint64_t resultBytes(Operation *op) {
  uint64_t bytes = 0;
  for (Type type : op->getResultTypes())
    if (auto tensor = dyn_cast<RankedTensorType>(type))
      if (tensor.hasStaticShape() && tensor.getElementType().isIntOrFloat())
        bytes += tensor.getNumElements() *
                 tensor.getElementType().getIntOrFloatBitWidth() / 8;
  return bytes;
}

/// Constants of the operands, null for absent ones; none when one is neither.
static std::optional<Elements> constantOperands(Operation *op) {
  Elements values;
  for (Value operand : op->getOperands()) {
    ElementsAttr value = getConstantValue(operand);
    if (!value && !isAbsent(operand))
      return std::nullopt;
    values.push_back(value);
  }
  return values;
}

Elements tilicho::ir::onnx::computeResults(Operation *op,
                                           const FoldFallback &fallback) {
  if (!isa_and_nonnull<OnnxDialect>(op->getDialect()) || op->getNumRegions() ||
      isa<ConstantOp, NoneOp>(op) || !isMemoryEffectFree(op))
    return {};
  auto fold = foldTable().find(op->getName().stripDialect());
  if (isa<ShapeOp, SizeOp>(op))
    return fold->second(op, {});
  std::optional<Elements> operands = constantOperands(op);
  if (!operands)
    return {};
  uint64_t before = freeGrowthBytes;
  bool splats = true;
  for (ElementsAttr operand : *operands) {
    before += 2 * footprint(operand);
    splats &= !operand || splatOf(operand);
  }
  if (fold != foldTable().end() && (splats || resultBytes(op) <= before)) {
    Elements results = fold->second(op, *operands);
    if (!results.empty())
      return results;
  }
  if (!fallback || resultBytes(op) > before)
    return {};
  return fallback(op, *operands).value_or(Elements());
}

/// Replaces `op` by constants; false when it is not known.
static bool replaceByConstants(Operation *op, const FoldFallback &fallback) {
  Elements results = computeResults(op, fallback);
  if (results.size() != op->getNumResults() || results.empty())
    return false;
  OpBuilder builder(op);
  for (auto [result, value] : llvm::zip_equal(op->getResults(), results)) {
    // An absent result, or one that nobody reads and nothing computed.
    if (!value)
      continue;
    auto constant = ConstantOp::create(builder, op->getLoc(), value);
    StringRef name = getValueName(result);
    if (!name.empty()) {
      constant->setAttr(OnnxDialect::valuesAttr,
                        builder.getStrArrayAttr({name}));
      constant->setAttr(ofNodeAttr, builder.getUnitAttr());
    }
    result.replaceAllUsesWith(constant.getResult());
  }
  if (!op->use_empty())
    return false;
  op->erase();
  return true;
}

/// Range takes scalars, but schemas' bodies give it vectors of one element.
static void makeScalars(Operation *op) {
  if (!isa<RangeOp>(op))
    return;
  OpBuilder builder(op);
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!type || type.getShape() != ArrayRef<int64_t>{1})
      continue;
    auto scalar = RankedTensorType::get({}, type.getElementType());
    auto none = NoneOp::create(builder, op->getLoc());
    auto squeeze =
        SqueezeOp::create(builder, op->getLoc(), scalar, operand.get(), none);
    operand.set(squeeze);
    replaceByConstants(squeeze, nullptr);
  }
}

/// Walks a block in order, inner blocks after their operation's operands are
/// known.
static LogicalResult foldBlock(Block &block, const FoldFallback &fallback,
                               bool vectorizes) {
  for (Operation *op = &block.front(); op;) {
    makeScalars(op);
    if (failed(inferResultTypes(op)))
      return failure();
    Operation *vectorized = vectorizes ? vectorizeScan(op) : nullptr;
    if (Operation *first = vectorized ? vectorized : expandRegions(op)) {
      op = first;
      continue;
    }
    supposeTypes(op);
    for (Region &region : op->getRegions())
      for (Block &inner : region)
        if (failed(foldBlock(inner, fallback, vectorizes)))
          return failure();
    if (Operation *first = expandIdle(op)) {
      op = first;
      continue;
    }
    boundScans(op);
    if (op->getNumRegions() && failed(inferResultTypes(op)))
      return failure();
    Operation *next = op->getNextNode();
    if (!replaceByConstants(op, fallback) && isOpTriviallyDead(op))
      op->erase();
    op = next;
  }
  return success();
}

namespace {
struct FoldConstants
    : ::tilicho::ir::onnx::impl::OnnxFoldConstantsBase<FoldConstants> {
  using OnnxFoldConstantsBase::OnnxFoldConstantsBase;
  FoldConstants(FoldFallback fallback, bool vectorizes)
      : fallback(std::move(fallback)) {
    vectorizeScans = vectorizes;
  }

  void runOnOperation() override {
    if (failed(foldBlock(getOperation().getBody().front(), fallback,
                         vectorizeScans)))
      return signalPassFailure();
    updateFunctionType(getOperation());
  }

  FoldFallback fallback;
};
} // namespace

std::unique_ptr<Pass>
tilicho::ir::onnx::createOnnxFoldConstants(FoldFallback fallback,
                                           bool vectorizeScans) {
  return std::make_unique<FoldConstants>(std::move(fallback), vectorizeScans);
}
