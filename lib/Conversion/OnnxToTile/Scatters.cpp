// SPDX-License-Identifier: Apache-2.0
// ScatterElements, ScatterND and TensorScatter.
#include "lib/Conversion/OnnxToTile/FlatIndices.h"
#include "lib/Conversion/OnnxToTile/Lowering.h"

using namespace mlir;
using tilicho::ir::tile::numElements;

namespace tilicho::compiler {

/// ONNX's `none` is no reduction.
static StringRef reductionOf(const OnnxNode &node) {
  StringRef reduction = node.text("reduction", "none");
  return reduction == "none" ? StringRef() : reduction;
}

static Values lowerScatterElements(const OnnxNode &node,
                                   StructuredBuilder &build) {
  return {build.putElements(node.input(0), node.input(1), node.input(2),
                            node.axis(0), reductionOf(node))};
}

static Values lowerScatterNd(const OnnxNode &node, StructuredBuilder &build) {
  ArrayRef<int64_t> data = node.shape(0);
  int64_t tuple = node.shape(1).back();
  ArrayRef<int64_t> rest = data.drop_front(tuple);
  Value index = flatIndices(build, node.input(1), data.take_front(tuple));
  int64_t count = numElements(node.shape(1).drop_back());
  Shape flat = {numElements(data.take_front(tuple))}, updates = {count};
  llvm::append_range(flat, rest);
  llvm::append_range(updates, rest);
  Value put = build.put(
      build.reshape(node.input(0), flat), build.reshape(index, {count}),
      build.reshape(node.input(2), updates), reductionOf(node));
  return {build.reshape(put, data)};
}

void addScatters(LoweringRegistry &registry) {
  registry.add("Scatter", lowerScatterElements);
  registry.add("ScatterElements", lowerScatterElements);
  registry.add("ScatterND", lowerScatterNd);
}

} // namespace tilicho::compiler
