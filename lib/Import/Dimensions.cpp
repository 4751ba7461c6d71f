// SPDX-License-Identifier: Apache-2.0
// Binds named and positional dimensions of a model's inputs.
#include "lib/Import/Dimensions.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace tilicho::compiler;
using ::onnx::TypeProto;

namespace {
class Binder {
public:
  Binder(::onnx::GraphProto &graph, ArrayRef<DimensionBinding> bindings,
         Problems &problems)
      : graph(graph), problems(problems) {
    for (const DimensionBinding &binding : bindings)
      add(binding);
  }

  void run() {
    for (auto *list : {graph.mutable_input(), graph.mutable_output()})
      for (auto &value : *list)
        bindPlaces(value);
    // What axes are bound to holds for their names everywhere.
    for (auto *list : {graph.mutable_input(), graph.mutable_output(),
                       graph.mutable_value_info()})
      for (auto &value : *list)
        bindNames(*value.mutable_type());
    for (const auto &input : graph.input())
      checkBound(input);
    reportUnused();
  }

private:
  ::onnx::GraphProto &graph;
  Problems &problems;
  StringMap<int64_t> values;
  StringSet<> used, known;

  void add(const DimensionBinding &binding) {
    if (binding.value < 1)
      problems.push_back("--dim=" + binding.name + "=" +
                         std::to_string(binding.value) +
                         ": a dimension is at least 1");
    auto [entry, isNew] = values.try_emplace(binding.name, binding.value);
    if (!isNew && entry->second != binding.value)
      problems.push_back("--dim binds '" + binding.name + "' to both " +
                         std::to_string(entry->second) + " and " +
                         std::to_string(binding.value));
  }

  std::optional<int64_t> lookUp(StringRef name) {
    auto found = values.find(name);
    if (found == values.end())
      return std::nullopt;
    used.insert(name);
    return found->second;
  }

  void bindPlaces(::onnx::ValueInfoProto &value) {
    if (!value.type().has_tensor_type() ||
        !value.type().tensor_type().has_shape())
      return;
    auto *shape = value.mutable_type()->mutable_tensor_type();
    int axis = 0;
    for (auto &dim : *shape->mutable_shape()->mutable_dim()) {
      std::string place = value.name() + "." + std::to_string(axis++);
      std::optional<int64_t> size = lookUp(place);
      if (!size)
        continue;
      if (dim.has_dim_value() && dim.dim_value() != *size)
        problems.push_back("--dim=" + place + "=" + std::to_string(*size) +
                           ": the model fixes this dimension to " +
                           std::to_string(dim.dim_value()));
      if (dim.has_dim_param() && !dim.dim_param().empty())
        values.try_emplace(dim.dim_param(), *size),
            used.insert(dim.dim_param());
      dim.set_dim_value(*size);
    }
  }

  void bindNames(TypeProto &type) {
    if (!type.has_tensor_type() || !type.tensor_type().has_shape())
      return;
    auto *shape = type.mutable_tensor_type()->mutable_shape();
    for (auto &dim : *shape->mutable_dim()) {
      if (!dim.has_dim_param())
        continue;
      known.insert(dim.dim_param());
      if (std::optional<int64_t> value = lookUp(dim.dim_param()))
        dim.set_dim_value(*value);
    }
  }

  void checkBound(const ::onnx::ValueInfoProto &input) {
    if (!input.type().has_tensor_type())
      return;
    if (!input.type().tensor_type().has_shape()) {
      problems.push_back("input '" + input.name() +
                         "' has no shape; export the model with one");
      return;
    }
    int axis = 0;
    for (const auto &dim : input.type().tensor_type().shape().dim()) {
      int index = axis++;
      if (dim.has_dim_value() && dim.dim_value() >= 0)
        continue;
      bool named = dim.has_dim_param() && !dim.dim_param().empty();
      std::string place = input.name() + "." + std::to_string(index);
      problems.push_back(
          "dimension " + std::to_string(index) + " of input '" + input.name() +
          "' " + (named ? "('" + dim.dim_param() + "') " : "") +
          "is not bound; give --dim=" + (named ? dim.dim_param() : place) +
          "=VALUE");
    }
  }

  void reportUnused() {
    for (const auto &entry : values) {
      if (used.contains(entry.getKey()))
        continue;
      SmallVector<StringRef> names(known.keys());
      llvm::sort(names);
      problems.push_back(
          "--dim=" + entry.getKey().str() + "=" + std::to_string(entry.second) +
          ": the model has no such dimension" +
          (names.empty() ? "" : "; it names " + join(names, ", ")));
    }
  }
};
} // namespace

void tilicho::compiler::bindDimensions(::onnx::ModelProto &model,
                                       ArrayRef<DimensionBinding> bindings,
                                       Problems &problems) {
  Binder(*model.mutable_graph(), bindings, problems).run();
}
