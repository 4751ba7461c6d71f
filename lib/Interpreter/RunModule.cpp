// SPDX-License-Identifier: Apache-2.0
// Runs a module of structured operators on tensors by ONNX name.
#include "lib/Interpreter/RunModule.h"

#include "dialects/Tile/IR/Loops.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Interpreter/Elements.h"
#include "lib/Interpreter/Interpreter.h"

#include "absl/strings/str_cat.h"

#include <numeric>

using namespace mlir;

namespace tilicho::compiler {

static std::string nameOr(Attribute attr, const char *kind, unsigned index) {
  if (auto name = dyn_cast_or_null<StringAttr>(attr))
    return name.str();
  return absl::StrCat(kind, index);
}

static Tensor toTensor(const HostTensor &value, std::string name) {
  NewTensor made =
      allocateTensor(std::move(name), value.dtype(), value.shape());
  std::copy_n(value.bytes(), value.sizeInBytes(), made.data);
  return made.tensor;
}

/// The tensor for one argument: by its name, or by its position.
static absl::StatusOr<HostTensor> argumentOf(const TensorSource &inputs,
                                             const std::string &name,
                                             unsigned index,
                                             RankedTensorType type) {
  const Tensor *found = nullptr;
  for (const Tensor &tensor : inputs.tensors)
    if (tensor.name == name)
      found = &tensor;
  if (!found && index < inputs.tensors.size() &&
      inputs.tensors[index].name.empty())
    found = &inputs.tensors[index];
  if (!found)
    return absl::InvalidArgumentError(
        absl::StrCat("input ", name, " is missing in ", inputs.place));
  HostTensor tensor =
      HostTensor::borrow(found->dtype, found->shape, found->bytes.data());
  std::optional<isa::DType> wanted = ir::tile::toDType(type.getElementType());
  if (found->isRaw && wanted &&
      isa::sizeOf(*wanted) == isa::sizeOf(found->dtype))
    tensor = tensor.reinterpreted(*wanted);
  if (typeOf(tensor, type.getContext()) != type)
    return absl::InvalidArgumentError(absl::StrCat(
        "input ", name, " is ", typeText(tensor.dtype(), tensor.shape()),
        " but the model wants ",
        typeText(wanted.value_or(isa::DType::f32), type.getShape())));
  return tensor;
}

static absl::StatusOr<kernels::Tensors>
argumentsOf(func::FuncOp function, const TensorSource &inputs) {
  kernels::Tensors arguments;
  for (BlockArgument argument : function.getArguments()) {
    unsigned index = argument.getArgNumber();
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type)
      return absl::InvalidArgumentError(
          absl::StrCat("input ", index, " is no tensor"));
    auto tensor = argumentOf(
        inputs, nameOr(function.getArgAttr(index, "onnx.name"), "input", index),
        index, type);
    if (!tensor.ok())
      return tensor.status();
    arguments.push_back(*std::move(tensor));
  }
  return arguments;
}

/// The first `rows` along a dimension.
static HostTensor withRows(const HostTensor &tensor, int64_t rows,
                           int64_t dimension) {
  HostShape shape = tensor.shape();
  shape[dimension] = rows;
  HostShape all(shape.size());
  std::iota(all.begin(), all.end(), 0);
  return kernels::restride(tensor, HostShape(shape.size(), 0), all,
                           HostShape(shape.size(), 1), shape);
}

/// The model's results by name: those whose rows another one counts have so
/// many.
static std::vector<Tensor> resultsOf(func::FuncOp function,
                                     kernels::Tensors results) {
  for (auto [index, result] : llvm::enumerate(results))
    if (auto counted = function.getResultAttrOfType<DenseI32ArrayAttr>(
            index, ir::tile::rowsOfName))
      for (int32_t output : counted.asArrayRef()) {
        auto dimension = function.getResultAttrOfType<IntegerAttr>(
            output, ir::tile::rowsDimensionName);
        int64_t rows = *reinterpret_cast<const int64_t *>(result.bytes());
        results[output] =
            withRows(results[output], rows, dimension ? dimension.getInt() : 0);
      }
  std::vector<Tensor> tensors;
  for (auto [index, result] : llvm::enumerate(results))
    if (!function.getResultAttr(index, ir::tile::rowsOfName))
      tensors.push_back(
          toTensor(result, nameOr(function.getResultAttr(index, "onnx.name"),
                                  "output", index)));
  return tensors;
}

absl::StatusOr<std::vector<Tensor>> runModule(ModuleOp module,
                                              const TensorSource &inputs,
                                              const RunModuleOptions &options) {
  auto functions = module.getOps<func::FuncOp>();
  if (!llvm::hasSingleElement(functions))
    return absl::InvalidArgumentError("expected exactly one function");
  func::FuncOp function = *functions.begin();
  auto arguments = argumentsOf(function, inputs);
  if (!arguments.ok())
    return arguments.status();
  std::vector<Tensor> dumped;
  auto observe = [&](Value value, const HostTensor &tensor) {
    auto result = cast<OpResult>(value);
    auto names = result.getOwner()->getAttrOfType<ArrayAttr>("onnx.values");
    if (!names || result.getResultNumber() >= names.size())
      return;
    std::string name = cast<StringAttr>(names[result.getResultNumber()]).str();
    if (llvm::is_contained(options.dump, "all") ||
        llvm::is_contained(options.dump, name))
      dumped.push_back(toTensor(tensor, name));
  };
  auto results = interpret(function, *arguments, observe);
  if (failed(results))
    return absl::InternalError("the model could not be run");
  std::vector<Tensor> tensors = resultsOf(function, *results);
  tensors.insert(tensors.end(), dumped.begin(), dumped.end());
  return tensors;
}

} // namespace tilicho::compiler
