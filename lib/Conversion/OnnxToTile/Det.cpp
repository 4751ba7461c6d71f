// SPDX-License-Identifier: Apache-2.0
// Det: elimination with the largest element of each column as pivot.
#include "lib/Conversion/OnnxToTile/Lowering.h"

using namespace mlir;
using tilicho::ir::tile::numElements;

namespace tilicho::compiler {

namespace {
/// What is left of matrices, of batch x size x size, and the product so far.
struct Elimination {
  Value rest, product;
};
} // namespace

/// The rows below the first, with the first in the place of the pivot's row.
static Value rowsBelow(StructuredBuilder &build, Value rest, Value place) {
  int64_t size = shapeOf(rest)[1];
  Value first = build.slice(rest, 1, 0, 1);
  Value below = build.slice(rest, 1, 1, size - 1);
  Value row = build.integers(build.i32(), {1, size - 1, 1},
                             llvm::to_vector(llvm::seq<int64_t>(1, size)));
  Value isPivot = build.elementwise("eq", {row, place}, "i32", build.boolean());
  return build.select(isPivot, first, below);
}

/// Takes one row and column off. A column of zeros makes the product 0, and
/// whatever is left finite.
static Elimination eliminate(Arithmetic &math, Elimination now) {
  StructuredBuilder &build = math.build;
  Shape shape(shapeOf(now.rest));
  int64_t size = shape[1];
  Value column = build.slice(now.rest, 2, 0, 1);
  Value place = build.reduce("arg_max", math("abs", column), {1}, math.compute,
                             build.i32());
  Value row = build.takeElements(
      now.rest, build.broadcast(place, {shape[0], 1, size}), 1);
  Value pivot = build.slice(row, 2, 0, 1);
  Value zero = math.number(0), one = math.number(1);
  Value stays = build.elementwise("eq", {place, build.scalar(build.i32(), 0)},
                                  "i32", build.boolean());
  Value sign = math("select", {stays, one, math.number(-1)});
  Elimination next;
  next.product =
      math("multiply", {now.product, math("multiply", {pivot, sign})});
  if (size == 1)
    return next;
  Value isZero = math.into(build.boolean(), "eq", {pivot, zero});
  Value divisor = math("select", {isZero, one, pivot});
  Value below = rowsBelow(build, now.rest, place);
  Value factor = math("divide", {build.slice(below, 2, 0, 1), divisor});
  Value taken = math("multiply", {factor, build.slice(row, 2, 1, size - 1)});
  next.rest = math("subtract", {build.slice(below, 2, 1, size - 1), taken});
  return next;
}

static Values lowerDet(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, node.element(0));
  ArrayRef<int64_t> shape = node.shape(0);
  int64_t batch = numElements(shape.drop_back(2)), size = shape.back();
  Elimination now = {
      build.reshape(build.cast(node.input(0), math.type), {batch, size, size}),
      build.splat(math.type, {batch, 1, 1}, 1)};
  for (int64_t step = 0; step < size; ++step)
    now = eliminate(math, now);
  return {math.as(node.resultElement(),
                  build.reshape(now.product, node.resultShape()))};
}

static bool isSquare(const OnnxNode &node) {
  ArrayRef<int64_t> shape = node.shape(0);
  return shape.size() >= 2 && shape.back() == shape[shape.size() - 2];
}

void addDet(LoweringRegistry &registry) {
  registry.add("Det", lowerDet,
               Limit{"the last two dimensions must be equal", isSquare});
}

} // namespace tilicho::compiler
