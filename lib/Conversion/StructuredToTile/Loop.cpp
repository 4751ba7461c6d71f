// SPDX-License-Identifier: Apache-2.0
// Loops and branches of run time: what they carry and give has one place in HBM
// (PlaceAtBorders.h).
#include "lib/Conversion/StructuredToTile/EmitterList.h"

#include "dialects/Tile/IR/Loops.h"
#include "lib/Conversion/StructuredToTile/Lowering.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

static bool isEmpty(Value value) {
  return llvm::is_contained(Lowering::shapeOf(value), 0);
}

/// A scalar has a dimension too.
static View withDims(View view) {
  if (view.dims.empty())
    view.dims.push_back({1, 1});
  return view;
}

static void copy(Lowering &lowering, const View &to, const View &from) {
  copyInHbm(lowering, withDims(to), withDims(from));
}

static void copyValue(Lowering &lowering, const View &to, Value value) {
  if (!isEmpty(value))
    copy(lowering, to, lowering.hbm(value));
}

/// One boolean, whatever its shape.
static View asVector(View view) {
  view.dims.assign(1, Dim());
  return view;
}

LogicalResult emitEmpty(Operation *op, Lowering &lowering) {
  lowering.hbmResult(op->getResult(0));
  return success();
}

LogicalResult emitLoopBegin(Operation *op, Lowering &lowering) {
  lowering.forgetTurned();
  auto begin = mlir::cast<tile::LoopBeginOp>(op);
  View condition = lowering.tile.hbm(isa::DType::boolean, {1});
  copy(lowering, condition, asVector(lowering.hbm(begin.getCondition())));
  for (auto [value, initial] :
       llvm::zip_equal(begin.getValues(), begin.getInitial()))
    copyValue(lowering, lowering.hbmResult(value), initial);
  lowering.loopConditions.push_back(condition);
  lowering.tile.beginWhile(condition);
  return success();
}

/// Whether the memory of `next` is that of another carried value than
/// `carried`, which the copies of others may overwrite first.
static bool isCarriedElsewhere(Lowering &lowering, tile::LoopBeginOp begin,
                               Value next, Value carried) {
  Value source = lowering.hbm(next).buffer;
  return source != lowering.hbm(carried).buffer &&
         llvm::any_of(begin.getValues(), [&](Value other) {
           return lowering.hbm(other).buffer == source;
         });
}

LogicalResult emitLoopEnd(Operation *op, Lowering &lowering) {
  lowering.forgetTurned();
  auto end = mlir::cast<tile::LoopEndOp>(op);
  tile::LoopBeginOp begin = tile::matchingBegin(end);
  SmallVector<View> sources;
  for (auto [next, carried] :
       llvm::zip_equal(end.getNext(), begin.getValues())) {
    sources.push_back(lowering.hbm(next));
    if (isEmpty(next) || !isCarriedElsewhere(lowering, begin, next, carried))
      continue;
    View saved =
        lowering.tile.hbm(Lowering::dtypeOf(next), Lowering::shapeOf(next));
    copy(lowering, saved, sources.back());
    sources.back() = saved;
  }
  for (auto [carried, source] : llvm::zip_equal(begin.getValues(), sources))
    if (!isEmpty(carried))
      copy(lowering, lowering.hbm(carried), source);
  copy(lowering, lowering.loopConditions.pop_back_val(),
       asVector(lowering.hbm(end.getCondition())));
  lowering.tile.endWhile();
  return success();
}

//===----------------------------------------------------------------------===//
// Branches
//===----------------------------------------------------------------------===//

LogicalResult emitIfBegin(Operation *op, Lowering &lowering) {
  lowering.forgetTurned();
  View condition =
      asVector(lowering.hbm(mlir::cast<tile::IfBeginOp>(op).getCondition()));
  if (condition.offset != 0) { // Branches look at a buffer's first byte.
    View own = lowering.tile.hbm(isa::DType::boolean, {1});
    copy(lowering, own, condition);
    condition = own;
  }
  lowering.tile.beginIf(condition);
  return success();
}

static void giveResults(Lowering &lowering, tile::IfEndOp end,
                        ValueRange given) {
  for (auto [result, value] : llvm::zip_equal(end.getValues(), given))
    copyValue(lowering, lowering.hbmResult(result), value);
}

LogicalResult emitIfElse(Operation *op, Lowering &lowering) {
  lowering.forgetTurned();
  auto middle = mlir::cast<tile::IfElseOp>(op);
  giveResults(lowering, tile::matchingEnd(middle), middle.getGiven());
  lowering.tile.otherwise();
  return success();
}

LogicalResult emitIfEnd(Operation *op, Lowering &lowering) {
  lowering.forgetTurned();
  auto end = mlir::cast<tile::IfEndOp>(op);
  giveResults(lowering, end, end.getGiven());
  lowering.tile.endIf();
  return success();
}

} // namespace tilicho::compiler
