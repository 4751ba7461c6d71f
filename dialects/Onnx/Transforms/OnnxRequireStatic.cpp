// SPDX-License-Identifier: Apache-2.0
// Refuses what has no fixed shape, and control flow that has to stay.
#include "dialects/Onnx/IR/OnnxOps.h"
#include "dialects/Onnx/Transforms/ExpandRegions.h"
#include "dialects/Onnx/Transforms/Passes.h"
#include "dialects/Onnx/Transforms/RowSources.h"

namespace tilicho::ir::onnx {
#define GEN_PASS_DEF_ONNXREQUIRESTATIC
#include "dialects/Onnx/Transforms/Passes.h.inc"
} // namespace tilicho::ir::onnx

using namespace mlir;
using namespace tilicho::ir::onnx;

static bool hasOpenType(Value value) {
  auto shaped = dyn_cast<ShapedType>(value.getType());
  return shaped && !shaped.hasStaticShape();
}

namespace {
struct RequireStatic
    : ::tilicho::ir::onnx::impl::OnnxRequireStaticBase<RequireStatic> {
  void runOnOperation() override {
    bool refused = false;
    getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
      // Where an operand is open already, its origin is named instead.
      if (llvm::any_of(op->getOperands(), hasOpenType))
        return WalkResult::advance();
      if (auto reason = whyNotExpanded(op)) {
        op->emitError() << op->getName().stripDialect() << ": " << *reason;
        refused = true;
        return WalkResult::skip();
      }
      auto why = op->getAttrOfType<StringAttr>(whyOpenAttr);
      for (OpResult result : op->getResults())
        if (why ? result.getResultNumber() == 0 : hasOpenType(result)) {
          auto error = op->emitError();
          error << op->getName().stripDialect() << ": the shape of "
                << "result '" << getValueName(result) << "' depends on data ("
                << result.getType() << "); ";
          if (why)
            error << "what is made of each of its rows may become an output "
                     "of the model, but "
                  << why.getValue();
          else
            error << "only fixed shapes compile";
          refused = true;
        }
      return WalkResult::advance();
    });
    if (refused)
      signalPassFailure();
  }
};
} // namespace
