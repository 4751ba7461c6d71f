// SPDX-License-Identifier: Apache-2.0
// Turns graph inputs into initializers.
#include "lib/Import/BindInputs.h"

#include "dialects/Onnx/Schema/Protos.h"
#include "dialects/Tile/IR/TileDialect.h"

#include "mlir/IR/MLIRContext.h"

using namespace tilicho::compiler;
using ::onnx::GraphProto;
using ::onnx::TensorProto;

static int findInput(const GraphProto &graph, llvm::StringRef name) {
  for (int i = 0; i < graph.input_size(); ++i)
    if (graph.input(i).name() == name)
      return i;
  return -1;
}

/// What of an input its value does not fit; empty when it does.
static std::string whyNotFitting(const ::onnx::TypeProto &type,
                                 const InputValue &value) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  mlir::Type element = tilicho::ir::onnx::elementFromProto(
      &context, type.tensor_type().elem_type());
  auto dtype = element ? tilicho::ir::tile::toDType(element) : std::nullopt;
  if (!dtype || *dtype != value.dtype)
    return "another type";
  if (!type.tensor_type().has_shape())
    return "";
  const auto &shape = type.tensor_type().shape();
  if (shape.dim_size() != static_cast<int>(value.shape.size()))
    return "another rank";
  for (int dim = 0; dim < shape.dim_size(); ++dim)
    if (shape.dim(dim).has_dim_value() &&
        shape.dim(dim).dim_value() != value.shape[dim])
      return "another shape";
  return "";
}

static void bindInput(GraphProto &graph, const InputValue &value,
                      Problems &problems) {
  int index = findInput(graph, value.name);
  if (index < 0) {
    problems.push_back("the model has no input '" + value.name +
                       "', whose value is given");
    return;
  }
  const auto &type = graph.input(index).type();
  if (std::string why = whyNotFitting(type, value); !why.empty()) {
    problems.push_back("the value given for input '" + value.name + "' has " +
                       why);
    return;
  }
  TensorProto tensor;
  tensor.set_name(value.name);
  tensor.set_data_type(type.tensor_type().elem_type());
  for (int64_t size : value.shape)
    tensor.add_dims(size);
  tensor.set_raw_data(value.bytes);
  // An input with a default is an initializer already.
  auto *initializers = graph.mutable_initializer();
  for (int i = initializers->size() - 1; i >= 0; --i)
    if (initializers->Get(i).name() == value.name)
      initializers->DeleteSubrange(i, 1);
  *initializers->Add() = std::move(tensor);
  graph.mutable_input()->DeleteSubrange(index, 1);
}

void tilicho::compiler::bindInputs(::onnx::ModelProto &model,
                                   llvm::ArrayRef<InputValue> values,
                                   Problems &problems) {
  for (const InputValue &value : values)
    bindInput(*model.mutable_graph(), value, problems);
}
