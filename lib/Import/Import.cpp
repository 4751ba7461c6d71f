// SPDX-License-Identifier: Apache-2.0
// The steps of the import in their order.
#include "lib/Import/Import.h"

#include "dialects/Onnx/IR/OnnxDialect.h"
#include "dialects/Onnx/IR/ValueNames.h"
#include "lib/Import/BindInputs.h"
#include "lib/Import/Dimensions.h"
#include "lib/Import/ImportGraph.h"
#include "lib/Import/OnnxLibrary.h"
#include "lib/Import/SlimModel.h"
#include "lib/Import/Weights.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace tilicho::compiler;

/// Parses the model without its large raw data.
static bool parse(StringRef bytes, ::onnx::ModelProto &model,
                  Problems &problems) {
  if (bytes.empty()) {
    problems.push_back("the file is empty");
    return false;
  }
  std::optional<std::string> slim = slimModel(bytes);
  if (!slim || slim->size() > INT32_MAX ||
      !model.ParseFromArray(slim->data(), slim->size()) || !model.has_graph()) {
    problems.push_back("the file is not an ONNX model, or it is truncated");
    return false;
  }
  return true;
}

/// From a parsed model to one of the newest opset with every shape inferred.
/// Each step needs the one before, so the first with problems ends it.
static void prepare(::onnx::ModelProto &model, ModelFiles &files,
                    WeightTable &weights, const ImportOptions &options,
                    MLIRContext &context, ::onnx::ModelProto *graph,
                    Problems &problems) {
  bindInputs(model, options.constants, problems);
  normaliseNames(model);
  checkStructure(model, problems);
  weights.setAside(model, files, context, problems);
  checkNodes(model, problems);
  bindDimensions(model, options.dimensions, problems);
  if (!problems.empty())
    return;
  inlineFunctions(model, problems);
  if (!problems.empty())
    return;
  rewriteOldOperators(model);
  addDefaultAttributes(model);
  inferShapes(model, /*strict=*/true, problems);
  if (!problems.empty())
    return;
  liftToNewestOpset(model, problems);
  if (!problems.empty())
    return;
  inferShapes(model, /*strict=*/false, problems);
  if (graph) {
    *graph = model;
    weights.restoreHeaders(*graph);
  }
  auto expand = [&](const std::string &opType) {
    return !options.keeps(opType);
  };
  if (options.keeps)
    expandFunctions(model, expand, problems);
  if (!problems.empty())
    return;
  seedRandomNodes(model);
  inferShapes(model, /*strict=*/true, problems);
}

/// The results of the graph's nodes by name.
static SmallVector<Attribute> valueNames(const ::onnx::ModelProto &model,
                                         MLIRContext *context) {
  SmallVector<Attribute> names;
  for (const ::onnx::NodeProto &node : model.graph().node())
    for (const std::string &output : node.output())
      if (!output.empty())
        names.push_back(StringAttr::get(context, output));
  return names;
}

OwningOpRef<ModuleOp> tilicho::compiler::importModel(
    std::unique_ptr<llvm::MemoryBuffer> buffer, StringRef name,
    StringRef folder, const ImportOptions &options, MLIRContext *context,
    ::onnx::ModelProto *graph) {
  context->loadDialect<ir::onnx::OnnxDialect, func::FuncDialect>();
  ModelFiles files(std::move(buffer), folder);
  ::onnx::ModelProto model;
  WeightTable weights;
  Problems problems;
  OwningOpRef<ModuleOp> module;
  SmallVector<Attribute> names;
  if (parse(files.modelBytes(), model, problems)) {
    names = valueNames(model, context);
    prepare(model, files, weights, options, *context, graph, problems);
  }
  if (problems.empty())
    module = importGraph(model, weights, context, problems);
  Location location = NameLoc::get(StringAttr::get(context, name));
  for (const std::string &problem : problems)
    emitError(location) << problem;
  if (!problems.empty())
    return {};
  (*module)->setAttr(ir::onnx::valueNamesAttr, ArrayAttr::get(context, names));
  return module;
}
