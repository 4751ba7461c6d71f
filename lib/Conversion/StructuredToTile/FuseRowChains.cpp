// SPDX-License-Identifier: Apache-2.0
// Finds products of matrices whose rows go through a softmax into another one.
#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/Loops.h"
#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

bool isInsideRowChain(Operation *op) { return op->hasAttr(insideRowChainName); }

namespace {

using OpSet = llvm::SetVector<Operation *>;

class Matcher {
public:
  Matcher(Operation *product, const Machine &machine) : machine(machine) {
    chain.product = product;
  }

  std::optional<RowChain> match() {
    auto product = cast<tile::ContractOp>(chain.product);
    if (product.getTransA() || product.getA() == product.getB() ||
        !isOnArray(product) || !matchAfter() || !matchSoftmax() ||
        !matchBefore() || !areShapesAlike(product))
      return std::nullopt;
    if (llvm::any_of(ops, [&](Operation *op) {
          return tile::isKept(op) || op->getBlock() != product->getBlock() ||
                 tile::hasBorderBetween(op, product);
        }))
      return std::nullopt;
    chain.inner.assign(ops.begin(), ops.end());
    llvm::sort(chain.inner, [](Operation *a, Operation *b) {
      return a->isBeforeInBlock(b);
    });
    return std::move(chain);
  }

private:
  bool isOnArray(tile::ContractOp op) const {
    std::optional<ArrayTypes> types = arrayTypes(
        machine, Lowering::dtypeOf(op.getA()), Lowering::dtypeOf(op.getB()));
    return types && types->sum == isa::DType::f32;
  }

  /// Whether only `users` read a value.
  static bool isReadBy(Value value, const OpSet &users) {
    return llvm::all_of(value.getUsers(),
                        [&](Operation *user) { return users.contains(user); });
  }

  static bool onlyCasts(const OpSet &expression) {
    return llvm::all_of(expression, [](Operation *op) {
      return cast<tile::ElementwiseOp>(op).getOp() == "copy";
    });
  }

  /// The expression that makes the product's operand of a softmax.
  bool matchAfter() {
    Operation *root = chain.product->getOperand(0).getDefiningOp();
    ops.insert(chain.product);
    if (llvm::isa_and_nonnull<tile::ElementwiseOp>(root)) {
      if (root->hasAttr(epilogueName) || !isReadBy(root->getResult(0), ops))
        return false;
      ops.clear();
      collectExpressionOps(root, ops);
      chain.clearsNan = clearsNan(root);
      chain.after = chain.clearsNan || onlyCasts(ops) ? nullptr : root;
      root = softmaxReadBy(ops);
    }
    chain.softmax = root;
    return llvm::isa_and_nonnull<tile::SoftmaxOp>(root) &&
           isReadBy(root->getResult(0), ops);
  }

  static Value withoutCasts(Value value) {
    while (auto op = value.getDefiningOp<tile::ElementwiseOp>()) {
      if (op.getOp() != "copy" || !isa::isFloat(Lowering::dtypeOf(value)))
        break;
      value = op.getInputs()[0];
    }
    return value;
  }

  /// Whether an expression is its softmax with 0 in place of NaN.
  static bool clearsNan(Operation *root) {
    auto select =
        withoutCasts(root->getResult(0)).getDefiningOp<tile::ElementwiseOp>();
    if (!select || select.getOp() != "select")
      return false;
    auto isNan = select.getInputs()[0].getDefiningOp<tile::ElementwiseOp>();
    Value softmax = withoutCasts(select.getInputs()[2]);
    std::optional<ElementConstant> zero =
        uniformConstant(select.getInputs()[1], isa::Compute::f32);
    return isNan && isNan.getOp() == "is_nan" && zero && zero->value == 0 &&
           softmax.getDefiningOp<tile::SoftmaxOp>() &&
           withoutCasts(isNan.getInputs()[0]) == softmax;
  }

  static Operation *softmaxReadBy(const OpSet &expression) {
    Operation *found = nullptr;
    for (Operation *op : expression)
      for (Value operand : op->getOperands())
        if (auto softmax = operand.getDefiningOp<tile::SoftmaxOp>()) {
          if (found && found != softmax)
            return nullptr;
          found = softmax;
        }
    return found;
  }

  bool matchSoftmax() {
    ops.remove(chain.product);
    ops.insert(chain.softmax);
    auto softmax = cast<tile::SoftmaxOp>(chain.softmax);
    size_t rank = Lowering::shapeOf(softmax.getInput()).size();
    isa::DType dtype = Lowering::dtypeOf(softmax.getInput());
    return !softmax.getLogarithm() && softmax.getAxis() + 1 == rank &&
           softmax.getInput().hasOneUse() && machine.vec.dtypes.has(dtype) &&
           machine.act.dtypes.has(dtype);
  }

  /// The scores, with or without an epilogue.
  bool matchBefore() {
    Operation *root = chain.logits().getDefiningOp();
    if (!root)
      return false;
    chain.scores = root;
    if (llvm::isa<tile::ElementwiseOp>(root)) {
      chain.before = root;
      chain.scores = epilogueProducer(root);
      collectExpressionOps(root, ops);
    }
    auto scores = llvm::dyn_cast_or_null<tile::ContractOp>(chain.scores);
    if (!scores || scores->hasAttr(rowChainEndName) || !isOnArray(scores))
      return false;
    ops.insert(scores);
    return true;
  }

  /// One block of scores is all that a block of the product needs.
  bool areShapesAlike(tile::ContractOp product) const {
    ArrayRef<int64_t> scores = Lowering::shapeOf(chain.scores->getResult(0));
    ArrayRef<int64_t> result = Lowering::shapeOf(product.getResult());
    return scores == Lowering::shapeOf(chain.logits()) &&
           scores == Lowering::shapeOf(product.getA()) &&
           scores.drop_back(2) == result.drop_back(2) &&
           !llvm::is_contained(scores, 0) && !llvm::is_contained(result, 0) &&
           Lowering::shapeOf(chain.scores->getOperand(0)).back() != 0;
  }

  const Machine &machine;
  RowChain chain;
  OpSet ops;
};

} // namespace

std::optional<RowChain> rowChainOf(Operation *product, const Machine &machine) {
  if (!product->hasAttr(rowChainEndName))
    return std::nullopt;
  return Matcher(product, machine).match();
}

void fuseRowChains(func::FuncOp function, const Machine &machine) {
  if (!machine.vec.reachesPsum || !machine.act.reachesPsum)
    return;
  SmallVector<Operation *> products;
  for (Operation &op : function.front().without_terminator())
    if (llvm::isa<tile::ContractOp>(op))
      products.push_back(&op);
  for (Operation *product : products) {
    std::optional<RowChain> chain = Matcher(product, machine).match();
    if (!chain)
      continue;
    for (Operation *op : chain->inner) {
      op->moveBefore(product);
      op->setAttr(insideRowChainName, UnitAttr::get(op->getContext()));
    }
    product->setAttr(rowChainEndName, UnitAttr::get(product->getContext()));
  }
}

} // namespace tilicho::compiler
