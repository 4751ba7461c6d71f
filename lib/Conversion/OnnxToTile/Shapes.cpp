// SPDX-License-Identifier: Apache-2.0
// Operators that only name shapes, pass values on or count.
#include "lib/Conversion/OnnxToTile/Lowering.h"

using namespace mlir;

namespace tilicho::compiler {

/// Another shape for the same elements: the result's type says which.
static Values lowerReshape(const OnnxNode &node, StructuredBuilder &build) {
  return {build.reshape(node.input(0), node.resultShape())};
}

static Values lowerIdentity(const OnnxNode &node, StructuredBuilder &build) {
  return {node.input(0)};
}

static Values lowerShape(const OnnxNode &node, StructuredBuilder &build) {
  int64_t rank = node.rank(0);
  auto bound = [&](StringRef name, int64_t fallback) {
    int64_t value = fromFront(node.integer(name, fallback), rank);
    return std::clamp<int64_t>(value, 0, rank);
  };
  int64_t start = bound("start", 0), end = bound("end", rank);
  ArrayRef<int64_t> extents =
      node.shape(0).slice(start, std::max<int64_t>(0, end - start));
  return {build.integers(build.i64(), {static_cast<int64_t>(extents.size())},
                         extents)};
}

static Values lowerSize(const OnnxNode &node, StructuredBuilder &build) {
  return {
      build.integers(build.i64(), {}, ir::tile::numElements(node.shape(0)))};
}

static Values lowerTranspose(const OnnxNode &node, StructuredBuilder &build) {
  Shape reversed =
      llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, node.rank(0))));
  return {build.transpose(node.input(0), node.integers("perm", reversed))};
}

static Values lowerExpand(const OnnxNode &node, StructuredBuilder &build) {
  return {build.broadcast(node.input(0), node.resultShape())};
}

/// Every dimension once more in front of itself, repeated.
static Values lowerTile(const OnnxNode &node, StructuredBuilder &build) {
  Shape split, repeated;
  for (auto [extent, total] : llvm::zip(node.shape(0), node.resultShape())) {
    split.append({1, extent});
    repeated.append({extent == 0 ? 0 : total / extent, extent});
  }
  Value value = build.reshape(node.input(0), split);
  return {build.reshape(build.broadcast(value, repeated), node.resultShape())};
}

//===----------------------------------------------------------------------===//
// Between depth and space
//===----------------------------------------------------------------------===//

static Values lowerDepthToSpace(const OnnxNode &node,
                                StructuredBuilder &build) {
  int64_t block = node.integer("blocksize", 1);
  ArrayRef<int64_t> in = node.shape(0);
  int64_t depth = in[1] / (block * block);
  bool columnFirst = node.text("mode", "DCR") == "CRD";
  Shape split = columnFirst ? Shape{in[0], depth, block, block, in[2], in[3]}
                            : Shape{in[0], block, block, depth, in[2], in[3]};
  Shape order = columnFirst ? Shape{0, 1, 4, 2, 5, 3} : Shape{0, 3, 4, 1, 5, 2};
  Value value = build.transpose(build.reshape(node.input(0), split), order);
  return {build.reshape(value, node.resultShape())};
}

static Values lowerSpaceToDepth(const OnnxNode &node,
                                StructuredBuilder &build) {
  int64_t block = node.integer("blocksize", 1);
  ArrayRef<int64_t> in = node.shape(0);
  Shape split = {in[0], in[1], in[2] / block, block, in[3] / block, block};
  Value value =
      build.transpose(build.reshape(node.input(0), split), {0, 3, 5, 1, 2, 4});
  return {build.reshape(value, node.resultShape())};
}

void addShapes(LoweringRegistry &registry) {
  for (StringRef name : {"Reshape", "Flatten", "Squeeze", "Unsqueeze"})
    registry.add(name, lowerReshape);
  registry.add("Identity", lowerIdentity);
  registry.add("Shape", lowerShape);
  registry.add("Size", lowerSize);
  registry.add("Transpose", lowerTranspose);
  registry.add("Expand", lowerExpand);
  registry.add("Tile", lowerTile);
  registry.add("DepthToSpace", lowerDepthToSpace);
  registry.add("SpaceToDepth", lowerSpaceToDepth);
}

} // namespace tilicho::compiler
