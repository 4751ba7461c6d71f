// SPDX-License-Identifier: Apache-2.0
// The pass that lowers ONNX operators by the registry.
#include "lib/Conversion/OnnxToTile/OnnxToTile.h"

#include "dialects/Onnx/IR/ValueNames.h"
#include "dialects/Onnx/Transforms/ExpandRegions.h"
#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/OnnxToTile/FlattenRegions.h"
#include "lib/Conversion/OnnxToTile/FlattenScans.h"
#include "lib/Conversion/OnnxToTile/Lowering.h"
#include "lib/Interpreter/Elements.h"
#include "lib/Interpreter/Interpreter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;

namespace tilicho::compiler {

static bool isOnnx(Operation *op) {
  return op->getName().getDialectNamespace() == "onnx";
}

static bool isBookkeeping(Operation *op) {
  StringRef name = op->getName().stripDialect();
  return name == "Constant" || name == "pending" || name == "none";
}

//===----------------------------------------------------------------------===//
// What is not supported
//===----------------------------------------------------------------------===//

bool hasLowering(StringRef name) {
  return LoweringRegistry::get().find(name) != nullptr;
}

static std::string textOf(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

/// Whether some memory may hold as many elements.
static bool isCountable(ArrayRef<int64_t> shape) {
  constexpr int64_t most = int64_t(1) << 44;
  int64_t count = 1;
  for (int64_t extent : shape)
    if (__builtin_mul_overflow(count, std::max<int64_t>(extent, 1), &count) ||
        count > most)
      return false;
  return true;
}

/// Tensors of known shape whose elements the machine has; absent ones too.
static std::optional<std::string> whyNotType(Type type, const Twine &what) {
  if (llvm::isa<NoneType>(type))
    return std::nullopt;
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return (what + " is " + textOf(type) +
            ", but only tensors of known rank are supported")
        .str();
  if (!tensor.hasStaticShape())
    return (what + " has the shape " + textOf(type) +
            ", which must be known when compiling: bind its dimensions with "
            "--dim=NAME=VALUE")
        .str();
  if (!isCountable(tensor.getShape()))
    return (what + " has the shape " + textOf(type) +
            ", which no memory can hold")
        .str();
  if (!ir::tile::toDType(tensor.getElementType()))
    return (what + " has the element type " + textOf(tensor.getElementType()) +
            ", which no engine has")
        .str();
  return std::nullopt;
}

static std::optional<std::string> whyNotTypes(Operation *op) {
  for (auto [index, type] : llvm::enumerate(op->getOperandTypes()))
    if (auto why = whyNotType(type, "input " + Twine(index)))
      return why;
  for (auto [index, result] : llvm::enumerate(op->getResults()))
    if (!result.use_empty() || index == 0)
      if (auto why = whyNotType(result.getType(), "output " + Twine(index)))
        return why;
  return std::nullopt;
}

std::optional<std::string> whyNotSupported(Operation *op) {
  if (op->getName().stripDialect() == "none")
    return std::nullopt;
  if (isBookkeeping(op))
    return whyNotTypes(op);
  if (op->getNumRegions() != 0)
    return ir::onnx::whyNotExpanded(op);
  const Lowering *lowering =
      LoweringRegistry::get().find(op->getName().stripDialect());
  if (!lowering)
    return "the operator " + op->getName().stripDialect().str() +
           " is not supported";
  if (auto why = whyNotTypes(op))
    return why;
  OnnxNode node(op);
  for (const Limit &limit : lowering->limits)
    if (!limit.holds(node))
      return limit.sentence.str();
  return std::nullopt;
}

SmallVector<std::pair<StringRef, SmallVector<StringRef>>> supportedOperators() {
  SmallVector<std::pair<StringRef, SmallVector<StringRef>>> all;
  const LoweringRegistry &registry = LoweringRegistry::get();
  for (StringRef name : registry.names()) {
    SmallVector<StringRef> sentences;
    for (const Limit &limit : registry.find(name)->limits)
      sentences.push_back(limit.sentence);
    all.emplace_back(name, sentences);
  }
  return all;
}

//===----------------------------------------------------------------------===//
// Lowering
//===----------------------------------------------------------------------===//

static void replaceConstant(Operation *op, OpBuilder &builder,
                            bool keepValues) {
  auto value = op->getAttrOfType<ElementsAttr>("value");
  auto constant = ir::tile::ConstantOp::create(
      builder, op->getLoc(), op->getResult(0).getType(), value,
      op->getAttrOfType<ArrayAttr>("steps"));
  op->getResult(0).replaceAllUsesWith(constant.getResult());
  Attribute names = op->getAttr("onnx.values");
  if (names && keepValues && op->hasAttr(ir::onnx::ofNodeAttr)) {
    constant->setAttr("onnx.values", names);
    constant->setAttr(ir::tile::keptName, builder.getUnitAttr());
  }
}

/// Marks what makes the named results of `op` as kept. A result that is another
/// value too becomes a value of its own by a reshape, which moves nothing.
static void keepResults(Operation *op, MutableArrayRef<Value> results,
                        OpBuilder &builder) {
  auto names = op->getAttrOfType<ArrayAttr>("onnx.values");
  if (!names)
    return;
  for (auto [index, name] : llvm::enumerate(names)) {
    if (index >= results.size() || !results[index] ||
        cast<StringAttr>(name).empty())
      continue;
    Value &result = results[index];
    if (Operation *maker = result.getDefiningOp();
        !maker || ir::tile::isKept(maker) || maker->hasAttr("onnx.values") ||
        maker->getBlock() == nullptr)
      result = ir::tile::ReshapeOp::create(builder, op->getLoc(),
                                           result.getType(), result);
    result.getDefiningOp()->setAttr(ir::tile::keptName, builder.getUnitAttr());
  }
}

/// Passes the ONNX name of a value on to the operation that makes it.
static void moveNames(Operation *op, ArrayRef<Value> results) {
  auto names = op->getAttrOfType<ArrayAttr>("onnx.values");
  if (!names)
    return;
  for (auto [index, name] : llvm::enumerate(names)) {
    if (index >= results.size() || !results[index])
      continue;
    Operation *maker = results[index].getDefiningOp();
    if (!maker || maker->hasAttr("onnx.values") || maker->getBlock() == nullptr)
      continue;
    if (maker->getNumResults() == 1)
      maker->setAttr("onnx.values", ArrayAttr::get(op->getContext(), {name}));
    else
      maker->setAttr("onnx.values", names);
  }
}

/// Builds the structured form of one operation in front of it.
static Values lowerOne(Operation *op, OpBuilder &builder,
                       bool keepValues = false) {
  OnnxNode node(op);
  StructuredBuilder build(builder, op->getLoc());
  Values results =
      LoweringRegistry::get().find(node.name())->lower(node, build);
  if (keepValues)
    keepResults(op, results, builder);
  moveNames(op, results);
  return results;
}

static void replace(Operation *op, OpBuilder &builder, bool keepValues) {
  builder.setInsertionPoint(op);
  if (isBookkeeping(op)) {
    if (!llvm::isa<NoneType>(op->getResult(0).getType()))
      replaceConstant(op, builder, keepValues);
    return;
  }
  for (auto [old, value] :
       llvm::zip(op->getResults(), lowerOne(op, builder, keepValues)))
    if (value)
      old.replaceAllUsesWith(value);
}

namespace {
struct ConvertOnnxToTile
    : PassWrapper<ConvertOnnxToTile, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ConvertOnnxToTile)

  explicit ConvertOnnxToTile(bool keepValues = false) {
    this->keepValues = keepValues;
  }
  ConvertOnnxToTile(const ConvertOnnxToTile &other) : PassWrapper(other) {}

  Option<bool> keepValues{*this, "keep-values",
                          llvm::cl::desc("write every named value to HBM")};

  StringRef getArgument() const override { return "convert-onnx-to-tile"; }
  StringRef getDescription() const override {
    return "lower ONNX operators to structured operators";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<ir::tile::TileDialect>();
  }

  /// Whether all can be lowered; every operation that cannot is reported.
  bool checkAll() {
    bool isSupported = true;
    for (Operation &op : getOperation().front()) {
      if (!isOnnx(&op))
        continue;
      if (auto why = whyNotSupported(&op)) {
        emitError(op.getLoc()) << op.getName().stripDialect() << ": " << *why;
        isSupported = false;
      }
    }
    return isSupported;
  }

  /// Whether what goes in and comes out has types of the machine's, where no
  /// operation stands in between that would say so.
  bool checkInterface() {
    func::FuncOp function = getOperation();
    bool isSupported = true;
    auto check = [&](Type type, const Twine &kind, StringAttr name) {
      std::string what =
          (kind + " '" + (name ? name.getValue() : "") + "'").str();
      if (auto why = whyNotType(type, what)) {
        emitError(function.getLoc()) << *why;
        isSupported = false;
      }
    };
    for (auto [index, type] : llvm::enumerate(function.getArgumentTypes()))
      check(type, "input",
            function.getArgAttrOfType<StringAttr>(index, "onnx.name"));
    for (auto [index, type] : llvm::enumerate(function.getResultTypes()))
      check(type, "output",
            function.getResultAttrOfType<StringAttr>(index, "onnx.name"));
    return isSupported;
  }

  void runOnOperation() override {
    flattenRegions(getOperation());
    flattenScans(getOperation());
    if (!checkAll() || !checkInterface())
      return signalPassFailure();
    SmallVector<Operation *> all;
    for (Operation &op : getOperation().front())
      if (isOnnx(&op))
        all.push_back(&op);
    OpBuilder builder(&getContext());
    for (Operation *op : all)
      replace(op, builder, keepValues);
    for (Operation *op : llvm::reverse(all))
      op->erase();
  }
};
} // namespace

std::unique_ptr<Pass> createConvertOnnxToTile(bool keepValues) {
  return std::make_unique<ConvertOnnxToTile>(keepValues);
}

//===----------------------------------------------------------------------===//
// Folding an ONNX operation
//===----------------------------------------------------------------------===//

/// A copy of `op` on constants, in `block`; every result is read, so that none
/// is left out.
static Operation *copyOnConstants(Operation *op,
                                  ArrayRef<ElementsAttr> operands,
                                  OpBuilder &builder) {
  StructuredBuilder build(builder, op->getLoc());
  SmallVector<Value> values;
  for (auto [operand, value] : llvm::zip(op->getOperands(), operands))
    values.push_back(value ? build.constant(value) : operand);
  Operation *copy = builder.clone(*op);
  copy->setOperands(values);
  OperationState reader(op->getLoc(), "onnx.yield");
  for (Value result : copy->getResults())
    if (!llvm::isa<NoneType>(result.getType()))
      reader.addOperands(result);
  builder.create(reader);
  return copy;
}

/// Runs what was lowered, up to `end`.
static std::optional<SmallVector<ElementsAttr>>
runLowered(Block &block, Operation *end, ArrayRef<Value> results) {
  HostValues values;
  for (Operation &op : block) {
    if (&op == end)
      break;
    if (failed(interpret(&op, values)))
      return std::nullopt;
  }
  SmallVector<ElementsAttr> attrs;
  for (Value result : results)
    attrs.push_back(result ? toElements(values[result], end->getContext())
                           : ElementsAttr());
  return attrs;
}

std::optional<SmallVector<ElementsAttr>>
foldWithKernels(Operation *op, ArrayRef<ElementsAttr> operands) {
  if (op->getNumRegions() != 0 || isBookkeeping(op))
    return std::nullopt;
  for (auto [operand, value] : llvm::zip(op->getOperands(), operands))
    if (value ? !toHostTensor(value) : !llvm::isa<NoneType>(operand.getType()))
      return std::nullopt;
  op->getContext()->getOrLoadDialect<ir::tile::TileDialect>();
  Block block;
  OpBuilder builder(op->getContext());
  builder.setInsertionPointToEnd(&block);
  Operation *copy = copyOnConstants(op, operands, builder);
  if (whyNotSupported(copy)) {
    block.clear();
    return std::nullopt;
  }
  builder.setInsertionPoint(copy);
  Values results = lowerOne(copy, builder);
  auto folded = runLowered(block, copy, results);
  while (!block.empty())
    block.back().erase();
  return folded;
}

} // namespace tilicho::compiler
