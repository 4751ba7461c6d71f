// SPDX-License-Identifier: Apache-2.0
// Common subexpressions and dead code.
#include "dialects/Onnx/IR/OnnxOps.h"
#include "dialects/Onnx/Transforms/Passes.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace tilicho::ir::onnx {
#define GEN_PASS_DEF_ONNXMERGEEQUAL
#include "dialects/Onnx/Transforms/Passes.h.inc"
} // namespace tilicho::ir::onnx

using namespace mlir;
using namespace tilicho::ir::onnx;

namespace {
/// Operations are equal when all but names and locations is.
struct Equality : llvm::DenseMapInfo<Operation *> {
  static unsigned getHashValue(const Operation *constOp) {
    auto *op = const_cast<Operation *>(constOp);
    return llvm::hash_combine(
        op->getName(), op->hashProperties(), op->getResultTypes(),
        llvm::hash_combine_range(op->operand_begin(), op->operand_end()));
  }

  static bool isEqual(const Operation *leftConst, const Operation *rightConst) {
    auto *left = const_cast<Operation *>(leftConst);
    auto *right = const_cast<Operation *>(rightConst);
    if (left == right)
      return true;
    for (Operation *special : {getEmptyKey(), getTombstoneKey()})
      if (left == special || right == special)
        return false;
    return left->getName() == right->getName() &&
           left->getOperands() == right->getOperands() &&
           left->getResultTypes() == right->getResultTypes() &&
           left->getName().compareOpProperties(left->getPropertiesStorage(),
                                               right->getPropertiesStorage());
  }
};

/// Blocks seen from inside: an operation may be replaced by an equal one of
/// its own block or of one around it.
class Merger {
public:
  void run(Block &block) {
    scopes.emplace_back();
    for (Operation &op : llvm::make_early_inc_range(block)) {
      for (Region &region : op.getRegions())
        for (Block &inner : region)
          run(inner);
      if (isMemoryEffectFree(&op) && op.getNumRegions() == 0 &&
          !op.hasTrait<OpTrait::IsTerminator>())
        merge(op);
    }
    scopes.pop_back();
  }

private:
  std::vector<llvm::DenseSet<Operation *, Equality>> scopes;

  void merge(Operation &op) {
    for (auto &scope : scopes)
      if (auto found = scope.find(&op); found != scope.end()) {
        op.replaceAllUsesWith(*found);
        op.erase();
        return;
      }
    scopes.back().insert(&op);
  }
};

/// Last operations first, so that a dead chain goes in one walk.
void eraseDead(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
    if (isOpTriviallyDead(&op)) {
      op.erase();
      continue;
    }
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        eraseDead(inner);
  }
}

struct MergeEqual : ::tilicho::ir::onnx::impl::OnnxMergeEqualBase<MergeEqual> {
  void runOnOperation() override {
    Block &body = getOperation().getBody().front();
    eraseDead(body);
    Merger().run(body);
  }
};
} // namespace
