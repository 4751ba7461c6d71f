// SPDX-License-Identifier: Apache-2.0
// Loops and branches of run time as operations in a row.
#include "lib/Conversion/OnnxToTile/FlattenRegions.h"

#include "dialects/Onnx/IR/ValueNames.h"
#include "dialects/Onnx/Transforms/ExpandRegions.h"
#include "dialects/Tile/IR/Loops.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/OnnxToTile/StructuredBuilder.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

/// Puts what a block holds in front of `op`; returns what it yields. Values
/// that exist once for each iteration, or not at all, lose their names.
static SmallVector<Value> inlineBlock(Block &block, Operation *op) {
  Operation *yield = block.getTerminator();
  SmallVector<Value> yielded(yield->getOperands());
  yield->erase();
  block.walk([](Operation *inner) {
    inner->removeAttr(onnx::OnnxDialect::valuesAttr);
  });
  op->getBlock()->getOperations().splice(op->getIterator(),
                                         block.getOperations());
  return yielded;
}

namespace {
/// Beside the model's values the loop carries the number of iterations, in
/// front of them, and behind them the outputs that it collects, a row of which
/// each iteration writes.
class LoopFlattener {
public:
  explicit LoopFlattener(onnx::LoopOp loop)
      : loop(loop), body(loop.getBody().front()),
        carried(body.getNumArguments() - 2), builder(loop),
        build(builder, loop.getLoc()) {}

  void run() {
    Value first = integer(onnx::doneIterations(loop));
    SmallVector<Value> initial = {first};
    llvm::append_range(initial, loop->getOperands().slice(2, carried));
    for (OpResult scan : scans())
      initial.push_back(rowsSoFar(scan));
    Value condition = onnx::isAbsent(loop.getCond())
                          ? build.scalar(build.boolean(), 1)
                          : scalar(loop.getCond());
    ValueRange values = begin(withTripCount(condition, first), initial);
    mapArguments(values);
    SmallVector<Value> yielded = inlineBlock(body, loop);
    Value number =
        build.elementwise("add", {values[0], integer(1)}, "i64", build.i64());
    SmallVector<Value> next = {number};
    llvm::append_range(next, ArrayRef(yielded).slice(1, carried));
    for (auto [rows, row] :
         llvm::zip_equal(values.drop_front(1 + carried),
                         ArrayRef(yielded).drop_front(1 + carried)))
      next.push_back(withRow(rows, values[0], row));
    ValueRange results =
        end(withTripCount(scalar(yielded.front()), number), next);
    if (onnx::mayEndEarly(loop))
      returnCount(results.front());
    loop->replaceAllUsesWith(results.drop_front());
    loop->erase();
  }

private:
  ResultRange scans() { return loop->getResults().drop_front(carried); }
  Value scalar(Value value) { return build.reshape(value, {}); }
  Value integer(int64_t value) {
    return build.constant(DenseElementsAttr::get(
        RankedTensorType::get({}, build.i64()), ArrayRef<int64_t>(value)));
  }

  /// `condition`, and iteration `number` comes before the trip count.
  Value withTripCount(Value condition, Value number) {
    if (onnx::isAbsent(loop.getM()))
      return condition;
    Value inside = build.elementwise("lt", {number, scalar(loop.getM())}, "i64",
                                     build.boolean());
    return build.elementwise("logical_and", {condition, inside}, "f32",
                             build.boolean());
  }

  Value withRow(Value rows, Value number, Value row) {
    SmallVector<int64_t> shape = {1};
    llvm::append_range(shape, shapeOf(row));
    return build.put(rows, build.reshape(number, {1}),
                     build.reshape(row, shape), /*reduction=*/"");
  }

  /// What the iterations that stand in front of the loop have given.
  Value rowsSoFar(OpResult scan) {
    auto type = cast<RankedTensorType>(scan.getType());
    bool isReadWhole = llvm::any_of(scan.getUsers(), [](Operation *user) {
      return !user->hasTrait<OpTrait::IsTerminator>();
    });
    Value rows = isReadWhole
                     ? build.splat(type.getElementType(), type.getShape(), 0)
                     : tile::EmptyOp::create(builder, loop.getLoc(), type);
    ValueRange pieces = loop->getOperands().drop_front(2 + carried);
    int64_t index = scan.getResultNumber() - carried, count = scans().size();
    for (int64_t done = 0; done < onnx::doneIterations(loop); ++done)
      rows = withRow(rows, integer(done), pieces[done * count + index]);
    return rows;
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
             body.getArguments().drop_front(2), values.slice(1, carried)))
      argument.replaceAllUsesWith(value);
  }

  /// The function returns `count` too, as the number of rows of those results
  /// that are outputs of the loop.
  void returnCount(Value count) {
    auto function = loop->getParentOfType<func::FuncOp>();
    Operation *terminator = function.front().getTerminator();
    SmallVector<unsigned> counted;
    for (OpOperand &operand : terminator->getOpOperands())
      if (llvm::is_contained(scans(), throughCasts(operand.get())))
        counted.push_back(operand.getOperandNumber());
    if (counted.empty())
      return;
    unsigned number = terminator->getNumOperands();
    terminator->insertOperands(number, count);
    (void)function.insertResult(
        number, count.getType(),
        builder.getDictionaryAttr(builder.getNamedAttr(
            tile::rowsOfName, builder.getDenseI32ArrayAttr(SmallVector<int32_t>(
                                  counted.begin(), counted.end())))));
  }

  static Value throughCasts(Value value) {
    while (llvm::isa_and_nonnull<onnx::IdentityOp, onnx::CastOp>(
        value.getDefiningOp()))
      value = value.getDefiningOp()->getOperand(0);
    return value;
  }

  onnx::LoopOp loop;
  Block &body;
  int64_t carried;
  OpBuilder builder;
  StructuredBuilder build;
};
} // namespace

static void flattenBranch(onnx::IfOp conditional) {
  Operation *op = conditional;
  OpBuilder builder(op);
  StructuredBuilder build(builder, op->getLoc());
  Value condition = build.reshape(conditional.getCond(), {});
  tile::IfBeginOp::create(builder, op->getLoc(), condition);
  auto yes = inlineBlock(conditional.getThenBranch().front(), op);
  tile::IfElseOp::create(builder, op->getLoc(), yes);
  auto no = inlineBlock(conditional.getElseBranch().front(), op);
  auto end = tile::IfEndOp::create(builder, op->getLoc(),
                                   ValueRange(no).getTypes(), no);
  onnx::takeNames(op, end);
  op->replaceAllUsesWith(end->getResults());
  op->erase();
}

static bool flatten(Operation *op) {
  if (auto loop = dyn_cast<onnx::LoopOp>(op))
    LoopFlattener(loop).run();
  else if (auto conditional = dyn_cast<onnx::IfOp>(op))
    flattenBranch(conditional);
  else
    return false;
  return true;
}

void flattenRegions(func::FuncOp function) {
  // What stands in a body comes behind it, and is met in turn.
  for (Operation *op = &function.front().front(); op;) {
    Operation *before = op->getPrevNode();
    if (!flatten(op))
      op = op->getNextNode();
    else
      op = before ? before->getNextNode() : &function.front().front();
  }
}

} // namespace tilicho::compiler
