// SPDX-License-Identifier: Apache-2.0
// Some nodes of ONNX Runtime's graph as an ONNX model in memory.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_MODELWRITER_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_MODELWRITER_H

#include "integrations/onnxruntime/OrtApi.h"

#include <string>
#include <utility>
#include <vector>

namespace tilicho::offload {

/// A tensor's type and shape.
struct ValueType {
  /// An ONNX data type; 0 for what is no tensor.
  int32_t elementType = 0;
  /// Whether the number of dimensions is known. Before ONNX Runtime 1.24
  /// scalars are not told apart from what is not known.
  bool hasRank = false;
  /// -1 where open.
  std::vector<int64_t> shape;
  /// Names of open dimensions, or "".
  std::vector<std::string> dims;
};

ValueType typeOf(const Ort::ConstValueInfo &value);

/// A value that goes in or comes out.
struct ModelValue {
  std::string name;
  ValueType type;
};

/// The name of an open dimension of a value; one of its own where the model
/// gives none.
std::string dimensionName(const ModelValue &owner, size_t dim);

/// What is written of a group of nodes.
struct GroupModel {
  /// Values from outside that are no constants.
  std::vector<ModelValue> inputs;
  std::vector<ModelValue> outputs;
  /// Everything but the inputs, as fields of a GraphProto.
  std::string graphFields;
  /// Everything but the graph, as fields of a ModelProto.
  std::string modelFields;

  /// The model's bytes.
  std::string write() const;
};

/// A name for each node, unique in the graph: its own where it has one.
std::string nodeName(const Ort::ConstNode &node);

/// Writes `nodes`, which come in topological order. `outputs` names those of
/// their values that are wanted. Throws where something cannot be written, or
/// where an input's rank is not known.
GroupModel writeGroup(const Ort::ConstGraph &graph,
                      const std::vector<Ort::ConstNode> &nodes,
                      const std::vector<std::string> &outputs);

/// A model that does nothing, to try a compiler with.
GroupModel smallestModel();

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_MODELWRITER_H
