// SPDX-License-Identifier: Apache-2.0
// Loops of run time as operations in a row.
#include "lib/Conversion/OnnxToTile/FlattenLoops.h"

#include "dialects/Onnx/IR/OnnxOps.h"
#include "dialects/Onnx/Transforms/ExpandRegions.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/OnnxToTile/StructuredBuilder.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

namespace {
class LoopFlattener {
public:
  explicit LoopFlattener(onnx::LoopOp loop)
      : loop(loop), body(loop.getBody().front()), builder(loop),
        build(builder, loop.getLoc()) {}

  void run() {
    int64_t done = onnx::doneIterations(loop);
    Value first = build.constant(DenseElementsAttr::get(
        RankedTensorType::get({}, build.i64()), ArrayRef<int64_t>(done)));
    SmallVector<Value> initial = {first};
    llvm::append_range(initial, loop->getOperands().drop_front(2));
    Value condition = onnx::isAbsent(loop.getCond())
                          ? build.scalar(build.boolean(), 1)
                          : scalar(loop.getCond());
    ValueRange values = begin(withTripCount(condition, first), initial);
    mapArguments(values);
    SmallVector<Value> yielded = inlineBody();
    Value one = build.constant(DenseElementsAttr::get(
        RankedTensorType::get({}, build.i64()), ArrayRef<int64_t>(1)));
    Value number =
        build.elementwise("add", {values[0], one}, "i64", build.i64());
    SmallVector<Value> next = {number};
    llvm::append_range(next, ArrayRef(yielded).drop_front());
    ValueRange results =
        end(withTripCount(scalar(yielded.front()), number), next);
    loop->replaceAllUsesWith(results.drop_front());
    loop->erase();
  }

private:
  Value scalar(Value value) { return build.reshape(value, {}); }

  /// `condition`, and iteration `number` comes before the trip count.
  Value withTripCount(Value condition, Value number) {
    if (onnx::isAbsent(loop.getM()))
      return condition;
    Value inside = build.elementwise("lt", {number, scalar(loop.getM())}, "i64",
                                     build.boolean());
    return build.elementwise("logical_and", {condition, inside}, "f32",
                             build.boolean());
  }

  ValueRange begin(Value condition, ArrayRef<Value> initial) {
    return tile::LoopBeginOp::create(builder, loop.getLoc(),
                                     ValueRange(initial).getTypes(), condition,
                                     initial)
        ->getResults();
  }

  ValueRange end(Value condition, ArrayRef<Value> next) {
    return tile::LoopEndOp::create(builder, loop.getLoc(),
                                   ValueRange(next).getTypes(), condition, next)
        ->getResults();
  }

  /// An iteration's number, the condition, which holds, and what is carried.
  void mapArguments(ValueRange values) {
    auto shapeOfArgument = [&](unsigned index) {
      return cast<RankedTensorType>(body.getArgument(index).getType())
          .getShape();
    };
    body.getArgument(0).replaceAllUsesWith(
        build.reshape(values[0], shapeOfArgument(0)));
    body.getArgument(1).replaceAllUsesWith(
        build.splat(build.boolean(), shapeOfArgument(1), 1));
    for (auto [argument, value] : llvm::zip_equal(
             body.getArguments().drop_front(2), values.drop_front()))
      argument.replaceAllUsesWith(value);
  }

  /// Values exist once for each iteration, so that they lose their names.
  SmallVector<Value> inlineBody() {
    Operation *yield = body.getTerminator();
    SmallVector<Value> yielded(yield->getOperands());
    yield->erase();
    body.walk(
        [](Operation *op) { op->removeAttr(onnx::OnnxDialect::valuesAttr); });
    loop->getBlock()->getOperations().splice(loop->getIterator(),
                                             body.getOperations());
    return yielded;
  }

  onnx::LoopOp loop;
  Block &body;
  OpBuilder builder;
  StructuredBuilder build;
};
} // namespace

void flattenLoops(func::FuncOp function) {
  // What stands in a body comes behind it, and is met in turn.
  for (Operation *op = &function.front().front(); op;) {
    auto loop = dyn_cast<onnx::LoopOp>(op);
    if (!loop) {
      op = op->getNextNode();
      continue;
    }
    Operation *before = op->getPrevNode();
    LoopFlattener(loop).run();
    op = before ? before->getNextNode() : &function.front().front();
  }
}

} // namespace tilicho::compiler
