// SPDX-License-Identifier: Apache-2.0
// Reads the types of inputs and outputs from the model's graph.
#include "lib/CompilerLibrary/Describe.h"

#include "dialects/Onnx/Schema/Protos.h"
#include "dialects/Tile/IR/CountedRows.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Import/Dimensions.h"
#include "lib/Import/SlimModel.h"
#include "lib/Pipelines/ShapeInputs.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace tilicho::compiler;
using namespace tilicho::capi;

/// For elements that no tensor of a program has.
static constexpr uint32_t noType = ~0u;

static TensorDescription describeTensor(const ::onnx::ValueInfoProto &value,
                                        MLIRContext &context) {
  TensorDescription tensor;
  tensor.name = value.name();
  const auto &type = value.type().tensor_type();
  Type element =
      tilicho::ir::onnx::elementFromProto(&context, type.elem_type());
  auto dtype = element ? tilicho::ir::tile::toDType(element) : std::nullopt;
  tensor.dtype = dtype ? static_cast<uint32_t>(*dtype) : noType;
  for (const auto &dim : type.shape().dim()) {
    tensor.shape.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
    tensor.dims.push_back(dim.dim_param());
  }
  return tensor;
}

/// Paths of weights in files of their own, once each.
static std::vector<std::string> externalFiles(const ::onnx::GraphProto &graph) {
  llvm::StringSet<> files;
  for (const auto &initializer : graph.initializer())
    for (const auto &entry : initializer.external_data())
      if (entry.key() == "location" && entry.value() != modelItself)
        files.insert(entry.value());
  std::vector<std::string> sorted;
  for (StringRef file : files.keys())
    sorted.push_back(file.str());
  llvm::sort(sorted);
  return sorted;
}

/// What runs are given: inputs without a default.
static ModelDescription describeGraph(const ::onnx::GraphProto &graph,
                                      MLIRContext &context) {
  llvm::StringSet<> defaults;
  for (const auto &initializer : graph.initializer())
    defaults.insert(initializer.name());
  ModelDescription description;
  for (const auto &input : graph.input())
    if (!defaults.contains(input.name()))
      description.inputs.push_back(describeTensor(input, context));
  for (const auto &output : graph.output())
    description.outputs.push_back(describeTensor(output, context));
  description.externalFiles = externalFiles(graph);
  return description;
}

static bool isBound(const TensorDescription &tensor) {
  return llvm::none_of(tensor.shape, [](int64_t size) { return size < 0; });
}

/// Whether a run decides how long a dimension of a result is.
static bool isCounted(func::FuncOp function, unsigned result, int64_t dim) {
  namespace tile = tilicho::ir::tile;
  auto along = function.getResultAttrOfType<IntegerAttr>(
      result, tile::rowsDimensionName);
  if (dim != (along ? along.getInt() : 0))
    return false;
  for (unsigned other = 0; other < function.getNumResults(); ++other)
    if (auto counted = function.getResultAttrOfType<DenseI32ArrayAttr>(
            other, tile::rowsOfName);
        counted && llvm::is_contained(counted.asArrayRef(), int32_t(result)))
      return true;
  return false;
}

/// What is left open by the model may follow from its inputs.
static void setResultShapes(Model &model, ModelDescription &description) {
  auto function = *model.module->getOps<func::FuncOp>().begin();
  for (auto [index, output] : llvm::enumerate(description.outputs))
    if (auto tensor =
            dyn_cast<RankedTensorType>(function.getResultTypes()[index]))
      for (auto [dim, size] : llvm::enumerate(tensor.getShape()))
        if (!ShapedType::isDynamic(size) && dim < output.shape.size() &&
            !isCounted(function, index, dim))
          output.shape[dim] = size;
}

std::optional<ModelDescription> tilicho::compiler::describe(
    StringRef bytes, llvm::function_ref<std::optional<Model>()> load,
    const CompileOptions &options, MLIRContext &context) {
  std::optional<std::string> slim = slimModel(bytes);
  ::onnx::ModelProto model;
  if (!slim || bytes.empty() || !model.ParseFromString(*slim) ||
      !model.has_graph()) {
    emitError(UnknownLoc::get(&context))
        << "the file is not an ONNX model, or it is truncated";
    return std::nullopt;
  }
  // What is not bound is told below, by the shapes.
  Problems ignored;
  bindDimensions(model, options.import.dimensions, ignored);
  ModelDescription description = describeGraph(model.graph(), context);
  if (!llvm::all_of(description.inputs, isBound))
    return description;
  std::optional<Model> loaded = load();
  if (!loaded)
    return std::nullopt;
  auto reaching = findShapeInputs(*loaded, options);
  if (!reaching)
    return std::nullopt;
  setResultShapes(*loaded, description);
  for (TensorDescription &input : description.inputs)
    input.reachesShape = llvm::is_contained(*reaching, input.name);
  return description;
}
