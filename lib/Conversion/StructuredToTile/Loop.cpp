// SPDX-License-Identifier: Apache-2.0
// Loops of run time: carried values have one place in HBM for all iterations.
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

LogicalResult emitLoopBegin(Operation *op, Lowering &lowering) {
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

/// Whether the memory of `value` is that of a carried value, which the copies
/// of others may overwrite first.
static bool isCarried(Lowering &lowering, tile::LoopBeginOp begin,
                      Value value) {
  return llvm::any_of(begin.getValues(), [&](Value carried) {
    return lowering.hbm(carried).buffer == lowering.hbm(value).buffer;
  });
}

LogicalResult emitLoopEnd(Operation *op, Lowering &lowering) {
  auto end = mlir::cast<tile::LoopEndOp>(op);
  tile::LoopBeginOp begin = tile::matchingBegin(end);
  SmallVector<View> sources;
  for (Value next : end.getNext()) {
    sources.push_back(lowering.hbm(next));
    if (isEmpty(next) || !isCarried(lowering, begin, next))
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
  for (auto [result, carried] :
       llvm::zip_equal(end.getValues(), begin.getValues()))
    copyValue(lowering, lowering.hbmResult(result), carried);
  return success();
}

} // namespace tilicho::compiler
