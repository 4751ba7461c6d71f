// SPDX-License-Identifier: Apache-2.0
// TopK, CumSum and CumProd.
#include "lib/Conversion/OnnxToTile/Lowering.h"

#include "dialects/Tile/IR/TileDialect.h"

using namespace mlir;

namespace tilicho::compiler {

static Values lowerTopK(const OnnxNode &node, StructuredBuilder &build) {
  auto op = ir::tile::TopKOp::create(
      build.builder, build.loc, node.resultType(0), node.resultType(1),
      node.input(0), node.axis(-1), node.integer("largest", 1) != 0);
  return {op.getValues(), op.getIndices()};
}

static Values lowerCumulation(const OnnxNode &node, StructuredBuilder &build) {
  int64_t axis = fromFront(node.constantIntegers(1)->front(), node.rank(0));
  StringRef op = node.name() == "CumSum" ? "add" : "multiply";
  return {ir::tile::ScanOp::create(
      build.builder, build.loc, node.resultType(), node.input(0), op,
      computeFor(node.element(0)), axis, node.integer("exclusive", 0) != 0,
      node.integer("reverse", 0) != 0)};
}

void addSorting(LoweringRegistry &registry) {
  registry.add("TopK", lowerTopK);
  Limit axis = {"the axis must be known when compiling", isKnown<1>};
  registry.add("CumSum", lowerCumulation, axis);
  registry.add("CumProd", lowerCumulation, axis);
}

} // namespace tilicho::compiler
