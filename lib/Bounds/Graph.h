// SPDX-License-Identifier: Apache-2.0
// An ONNX graph as far as bounds need it: shapes, types, who uses what.
#ifndef TILICHO_LIB_BOUNDS_GRAPH_H
#define TILICHO_LIB_BOUNDS_GRAPH_H

#include "onnx/onnx_pb.h"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace tilicho::compiler::bounds {

struct Node;

struct Tensor {
  std::string name;
  int32_t type = 0; ///< onnx::TensorProto::DataType
  std::vector<int64_t> dims;
  bool hasShape = false;
  bool isInitializer = false;
  bool isInput = false;
  bool isOutput = false;
  /// Known before the run: an initializer, or calculated from such alone.
  bool isConstant = false;
  const Node *producer = nullptr;
  std::vector<const Node *> users;

  double elements() const;
  int64_t dim(int index) const { return dims[size_t(index)]; }
  int rank() const { return int(dims.size()); }
};

struct Node {
  const onnx::NodeProto *proto = nullptr;
  std::string name; ///< its own, or one made from its type and place
  std::vector<Tensor *> inputs; ///< null where one is left out
  std::vector<Tensor *> outputs;
  bool isLive = false;     ///< an output of the graph depends on it
  bool isConstant = false; ///< nothing is left of it at run time

  const std::string &opType() const { return proto->op_type(); }
  bool is(const char *type) const { return proto->op_type() == type; }
  /// Input `index` with a known shape, or null.
  const Tensor *input(size_t index) const;
  const Tensor *output(size_t index = 0) const;

  int64_t attribute(const char *name, int64_t otherwise) const;
  std::string text(const char *name) const;
  std::vector<int64_t> attributes(const char *name) const;
};

class Graph {
public:
  /// `model` must outlive the graph.
  explicit Graph(const onnx::ModelProto &model);

  const std::vector<Node> &nodes() const { return nodeList; }
  /// In the order in which they were met.
  std::vector<const Tensor *> tensors() const;

private:
  Tensor &tensor(const std::string &name);
  void addInitializers(const onnx::GraphProto &graph);
  void addShape(const onnx::ValueInfoProto &value);
  void addNode(const onnx::NodeProto &proto, size_t place);
  void findConstants();
  void findLive();

  std::unordered_map<std::string, size_t> places;
  std::vector<std::unique_ptr<Tensor>> tensorList;
  std::vector<Node> nodeList;
};

} // namespace tilicho::compiler::bounds

#endif // TILICHO_LIB_BOUNDS_GRAPH_H
