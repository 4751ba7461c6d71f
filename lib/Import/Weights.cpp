// SPDX-License-Identifier: Apache-2.0
// Moves weights out of the graph; maps them into constants.
#include "lib/Import/Weights.h"

#include "dialects/Onnx/Schema/Protos.h"
#include "lib/Import/OnnxLibrary.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringSet.h"

#include <algorithm>

using namespace mlir;
using namespace tilicho::compiler;
using namespace tilicho::ir::onnx;
using ::onnx::TensorProto;

/// The size of a tensor in raw_data; none and a problem when it has none.
static std::optional<uint64_t> sizeOf(const TensorProto &tensor,
                                      MLIRContext &context, std::string &why) {
  Type element = elementFromProto(&context, tensor.data_type());
  int64_t count = 1;
  for (int64_t size : tensor.dims())
    if (size < 0 || __builtin_mul_overflow(count, size, &count)) {
      why = "its shape holds the impossible dimension " + std::to_string(size);
      return std::nullopt;
    }
  std::optional<uint64_t> size;
  if (element)
    size = rawSizeInBytes(element, count);
  if (!size)
    why = "its element type " + std::to_string(tensor.data_type()) +
          " has no fixed size";
  return size;
}

static bool isExternal(const TensorProto &tensor) {
  return tensor.data_location() == TensorProto::EXTERNAL;
}

static void clearExternal(TensorProto &tensor) {
  tensor.clear_external_data();
  tensor.clear_data_location();
}

/// Reads external data into the message.
static void load(TensorProto &tensor, ModelFiles &files, uint64_t size,
                 std::string &why) {
  std::optional<SharedBytes> data = files.find(tensor, size, why);
  if (!data)
    return;
  clearExternal(tensor);
  tensor.set_raw_data(data->bytes.data(), data->bytes.size());
}

/// A message's own data, kept alive by itself.
static SharedBytes adopt(TensorProto &tensor) {
  auto owner = std::make_shared<std::string>();
  owner->swap(*tensor.mutable_raw_data());
  return {owner, ArrayRef<char>(owner->data(), owner->size())};
}

/// Loads the external data of tensors in attributes, which are few and small.
static void loadAttributes(::onnx::GraphProto &graph, ModelFiles &files,
                           MLIRContext &context, Problems &problems) {
  auto loadOne = [&](TensorProto &tensor, const std::string &where) {
    if (!isExternal(tensor))
      return;
    std::string why;
    if (std::optional<uint64_t> size = sizeOf(tensor, context, why))
      load(tensor, files, *size, why);
    if (!why.empty())
      problems.push_back(where + ": " + why);
  };
  forEachGraph(graph, [&](::onnx::GraphProto &inner) {
    for (::onnx::NodeProto &node : *inner.mutable_node())
      for (auto &attribute : *node.mutable_attribute())
        if (attribute.has_t())
          loadOne(*attribute.mutable_t(), describeNode(node));
    if (&inner != &graph)
      for (TensorProto &tensor : *inner.mutable_initializer())
        loadOne(tensor, "initializer '" + tensor.name() + "'");
  });
}

/// Turns Constant nodes whose tensor is external into initializers.
static void liftConstants(::onnx::GraphProto &graph) {
  auto *nodes = graph.mutable_node();
  auto isLarge = [](::onnx::NodeProto &node) {
    return node.op_type() == "Constant" && node.attribute_size() == 1 &&
           node.output_size() == 1 && node.attribute(0).has_t() &&
           isExternal(node.attribute(0).t());
  };
  for (::onnx::NodeProto &node : *nodes)
    if (isLarge(node)) {
      TensorProto *tensor = graph.add_initializer();
      tensor->Swap(node.mutable_attribute(0)->mutable_t());
      tensor->set_name(node.output(0));
      node.clear_output();
    }
  nodes->erase(std::remove_if(nodes->begin(), nodes->end(),
                              [](const ::onnx::NodeProto &node) {
                                return node.op_type() == "Constant" &&
                                       node.output_size() == 0;
                              }),
               nodes->end());
}

/// Drops the graph inputs that initializers give a value.
static void dropInitializedInputs(::onnx::GraphProto &graph) {
  llvm::StringSet<> initialized;
  for (const TensorProto &tensor : graph.initializer())
    initialized.insert(tensor.name());
  auto *inputs = graph.mutable_input();
  inputs->erase(std::remove_if(inputs->begin(), inputs->end(),
                               [&](const ::onnx::ValueInfoProto &input) {
                                 return initialized.contains(input.name());
                               }),
                inputs->end());
}

static void addInput(const TensorProto &header, ::onnx::GraphProto &graph) {
  ::onnx::ValueInfoProto *input = graph.add_input();
  input->set_name(header.name());
  auto *type = input->mutable_type()->mutable_tensor_type();
  type->set_elem_type(header.data_type());
  type->mutable_shape();
  for (int64_t size : header.dims())
    type->mutable_shape()->add_dim()->set_dim_value(size);
}

/// Bytes of a tensor outside the graph; none when it is small, or faulty.
static std::optional<SharedBytes> takeLarge(TensorProto &tensor,
                                            ModelFiles &files, uint64_t size,
                                            std::string &why) {
  if (isExternal(tensor)) {
    if (size <= maxDenseBytes) {
      load(tensor, files, size, why);
      return std::nullopt;
    }
    std::optional<SharedBytes> data = files.find(tensor, size, why);
    clearExternal(tensor);
    return data;
  }
  if (size <= maxDenseBytes)
    return std::nullopt;
  moveFieldsToRaw(tensor);
  SharedBytes data = adopt(tensor);
  tensor.clear_raw_data();
  if (data.bytes.size() == size)
    return data;
  why = "it holds " + std::to_string(data.bytes.size()) +
        " bytes, but its shape and type need " + std::to_string(size);
  return std::nullopt;
}

void WeightTable::setAside(::onnx::ModelProto &model, ModelFiles &files,
                           MLIRContext &context, Problems &problems) {
  ::onnx::GraphProto &graph = *model.mutable_graph();
  liftConstants(graph);
  loadAttributes(graph, files, context, problems);
  dropInitializedInputs(graph);
  // The oldest version whose initializers need not be inputs as well.
  model.set_ir_version(std::max<int64_t>(model.ir_version(), 4));
  google::protobuf::RepeatedPtrField<TensorProto> kept;
  for (TensorProto &tensor : *graph.mutable_initializer()) {
    std::string why;
    std::optional<uint64_t> size;
    std::optional<SharedBytes> data;
    if (tensor.data_type() != TensorProto::STRING)
      size = sizeOf(tensor, context, why);
    if (size)
      data = takeLarge(tensor, files, *size, why);
    if (!why.empty())
      problems.push_back("initializer '" + tensor.name() + "': " + why);
    if (data) {
      addInput(tensor, graph);
      std::string name = tensor.name();
      weights[name] = {std::move(tensor), *data};
    } else {
      kept.Add(std::move(tensor));
    }
  }
  graph.mutable_initializer()->Swap(&kept);
}

void WeightTable::restoreHeaders(::onnx::ModelProto &model) const {
  ::onnx::GraphProto &graph = *model.mutable_graph();
  for (const ::onnx::ValueInfoProto &input : graph.input())
    if (const Weight *weight = find(input.name()))
      *graph.add_initializer() = weight->header;
  dropInitializedInputs(graph);
}

const Weight *WeightTable::find(StringRef name) const {
  auto found = weights.find(name);
  return found == weights.end() ? nullptr : &found->second;
}

ElementsAttr tilicho::compiler::weightToElements(const Weight &weight,
                                                 StringRef key,
                                                 MLIRContext *context) {
  const TensorProto &header = weight.header;
  Type element = elementFromProto(context, header.data_type());
  auto type = RankedTensorType::get(
      SmallVector<int64_t>(header.dims().begin(), header.dims().end()),
      element);
  bool subByte = element.isIntOrFloat() &&
                 element.getIntOrFloatBitWidth() > 1 &&
                 element.getIntOrFloatBitWidth() < 8;
  if (subByte)
    return elementsFromRaw(type, weight.data.bytes);
  // The blob owns a reference to the mapping.
  AsmResourceBlob blob(
      weight.data.bytes, /*dataAlignment=*/1,
      [owner = weight.data.owner](void *, size_t, size_t) {},
      /*dataIsMutable=*/false);
  return DenseResourceElementsAttr::get(type, key, std::move(blob));
}
