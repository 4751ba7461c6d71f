// SPDX-License-Identifier: Apache-2.0
// TopK, CumSum and CumProd, and where true elements are.
#include "lib/Conversion/OnnxToTile/Lowering.h"

#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

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

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

/// Up to here f32 counts one by one.
static constexpr int64_t maxExact = int64_t(1) << 24;
/// A row as long as this is scanned as one.
static constexpr int64_t shortRow = 64;

static Value scan(StructuredBuilder &build, Value value, StringRef compute,
                  bool exclusive) {
  return ir::tile::ScanOp::create(build.builder, build.loc, value.getType(),
                                  value, "add", compute, /*axis=*/1, exclusive,
                                  /*reverse=*/false);
}

/// How many of `flags`, numbers of 0 and 1, hold up to each. Rows that are
/// about as many as they are long are summed up side by side.
static Value countUpTo(StructuredBuilder &build, Value flags,
                       StringRef compute) {
  int64_t count = shapeOf(flags)[0];
  int64_t length = count <= shortRow
                       ? count
                       : static_cast<int64_t>(std::ceil(std::sqrt(count)));
  int64_t rows = llvm::divideCeil(count, length);
  Type element = elementOf(flags);
  Value padded = build.pad(flags, {0}, {rows * length - count},
                           cast<TypedAttr>(build.builder.getZeroAttr(element)));
  Value inRows =
      scan(build, build.reshape(padded, {rows, length}), compute, false);
  if (rows > 1) {
    Value sums =
        build.reshape(build.slice(inRows, 1, length - 1, 1), {1, rows});
    Value before = build.reshape(scan(build, sums, compute, true), {rows, 1});
    inRows = build.elementwise("add", {inRows, before}, compute, element);
  }
  return build.slice(build.reshape(inRows, {rows * length}), 0, 0, count);
}

/// Each true element is put at its number; the others, and those for which
/// there is no room, at a place behind, which nobody reads.
static Values lowerPlaces(const OnnxNode &node, StructuredBuilder &build) {
  int64_t count = node.shape(0)[0], most = node.resultShape(0)[0];
  if (count == 0)
    return {build.splat(build.i32(), {most}, 0), build.scalar(build.i64(), 0),
            build.splat(build.i32(), {0}, 0)};
  StringRef compute = "f32";
  Type number = build.f32();
  Value flags = build.elementwise("copy", node.input(0), "f32", number);
  Value upTo = countUpTo(build, flags, compute);
  Value limit = build.scalar(number, static_cast<double>(most));
  Value one = build.scalar(number, 1);
  Value place = build.elementwise("subtract", {upTo, one}, compute, number);
  place = build.elementwise("min", {place, limit}, compute, number);
  place = build.elementwise("select", {node.input(0), place, limit}, compute,
                            build.i32());
  Value room = build.splat(build.i32(), {most + 1}, 0);
  Value put = build.put(room, place, build.iota(build.i32(), 1, 0, count), "");
  Value total = build.elementwise("copy", build.slice(upTo, 0, count - 1, 1),
                                  compute, build.i64());
  Value numbers;
  if (node.uses(2))
    numbers = build.elementwise("copy", upTo, compute, build.i32());
  return {build.slice(put, 0, 0, most), build.reshape(total, {}), numbers};
}

static bool isCountExact(const OnnxNode &node) {
  return node.shape(0)[0] < maxExact;
}

void addSorting(LoweringRegistry &registry) {
  registry.add("TopK", lowerTopK);
  Limit axis = {"the axis must be known when compiling", isKnown<1>};
  registry.add("CumSum", lowerCumulation, axis);
  registry.add("CumProd", lowerCumulation, axis);
  registry.add("places", lowerPlaces,
               Limit{"there are too many elements to count", isCountExact});
}

} // namespace tilicho::compiler
