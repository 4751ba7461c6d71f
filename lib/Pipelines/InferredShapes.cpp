// SPDX-License-Identifier: Apache-2.0
// Folds a copy of the graph and reads off the types of its values.
#include "lib/Pipelines/InferredShapes.h"

#include "dialects/Onnx/IR/OnnxOps.h"
#include "dialects/Onnx/Schema/Protos.h"
#include "dialects/Onnx/Transforms/ExpandRegions.h"
#include "dialects/Onnx/Transforms/Passes.h"
#include "lib/Conversion/OnnxToTile/OnnxToTile.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace tilicho::ir::onnx;

namespace tilicho::compiler {

static bool isOpen(const ::onnx::ValueInfoProto &value) {
  const auto &tensor = value.type().tensor_type();
  return !tensor.has_shape() ||
         llvm::any_of(tensor.shape().dim(),
                      [](const auto &dim) { return !dim.has_dim_value(); });
}

/// Whether some node gives a value whose shape is not stated, or only the most
/// that it can be.
static bool hasOpenValues(const ::onnx::GraphProto &graph) {
  llvm::StringSet<> known;
  for (const auto *values : {&graph.value_info(), &graph.output()})
    for (const ::onnx::ValueInfoProto &value : *values)
      if (!isOpen(value))
        known.insert(value.name());
  return llvm::any_of(graph.node(), [&](const ::onnx::NodeProto &node) {
    return node.op_type() == "Loop" ||
           llvm::any_of(node.output(), [&](const std::string &name) {
             return !name.empty() && !known.contains(name);
           });
  });
}

/// Folds shape arithmetic; says nothing of what is wrong, which the compile
/// itself will.
static void fold(ModuleOp module) {
  ScopedDiagnosticHandler quiet(module.getContext(),
                                [](Diagnostic &) { return success(); });
  PassManager passes(module.getContext());
  passes.nest<func::FuncOp>().addPass(
      createOnnxFoldConstants(foldWithKernels, /*vectorizeScans=*/false));
  (void)passes.run(module);
}

/// Whether the shape of a value is only the most that it can be.
static bool mayBeSmaller(OpResult value) {
  Operation *op = value.getOwner();
  while (llvm::isa_and_nonnull<IdentityOp, CastOp>(op))
    op = op->getOperand(0).getDefiningOp();
  auto loop = llvm::dyn_cast_or_null<LoopOp>(op);
  return loop && mayEndEarly(loop);
}

/// For a bound, what may be smaller is of no known size.
static void setShape(::onnx::ValueInfoProto &value, OpResult result) {
  if (!mayBeSmaller(result))
    *value.mutable_type() = typeToProto(result.getType());
  else
    value.mutable_type()->mutable_tensor_type()->clear_shape();
}

static void addShapesOf(Operation *op, ::onnx::GraphProto &graph) {
  auto names = op->getAttrOfType<ArrayAttr>(OnnxDialect::valuesAttr);
  if (!names)
    return;
  for (auto [name, result] : llvm::zip(names, op->getResults())) {
    auto type = dyn_cast<RankedTensorType>(result.getType());
    StringRef text = cast<StringAttr>(name).getValue();
    if (!type || !type.hasStaticShape() || text.empty())
      continue;
    ::onnx::ValueInfoProto *added = graph.add_value_info();
    added->set_name(text.str());
    setShape(*added, result);
    for (::onnx::ValueInfoProto &output : *graph.mutable_output())
      if (output.name() == text)
        setShape(output, result);
  }
}

void addInferredShapes(ModuleOp module, ::onnx::GraphProto &graph) {
  if (!hasOpenValues(graph))
    return;
  OwningOpRef<ModuleOp> copy = module.clone();
  fold(*copy);
  // Bodies of control flow are graphs of their own.
  for (auto function : copy->getOps<func::FuncOp>())
    for (Operation &op : function.getBody().front())
      addShapesOf(&op, graph);
}

} // namespace tilicho::compiler
