// SPDX-License-Identifier: Apache-2.0
// Multiplication of matrices: the operation, and where it is done.
#include "lib/Conversion/StructuredToTile/Contract.h"

#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

static Factor factorOf(Value tensor, bool isKInner, int64_t zero) {
  ArrayRef<int64_t> shape = Lowering::shapeOf(tensor);
  unsigned rank = shape.size();
  unsigned free = isKInner ? rank - 2 : rank - 1;
  unsigned k = isKInner ? rank - 1 : rank - 2;
  return {tensor, free, free + 1, k, shape[free], shape[k], zero};
}

Contract::Contract(tile::ContractOp op, bool collapses)
    : a(factorOf(op.getA(), !op.getTransA(), op.getZeroA())),
      b(factorOf(op.getB(), op.getTransB(), op.getZeroB())),
      result(op.getResult()) {
  ArrayRef<int64_t> shape = Lowering::shapeOf(result);
  batch.assign(shape.begin(), shape.end() - 2);
  resultFreeBegin = shape.size() - 2;
  bool isShared = product(Lowering::shapeOf(b.tensor).drop_back(2)) == 1 &&
                  a.isKInner() &&
                  Lowering::shapeOf(a.tensor).size() == shape.size();
  if (!collapses || !isShared || product(batch) == 1)
    return;
  a.freeBegin = resultFreeBegin = 0;
  a.free *= product(batch);
  batch.assign(batch.size(), 1);
}

void Contract::locate(const Lowering &lowering) {
  for (Factor *factor : {&a, &b}) {
    const Layout *layout = lowering.layoutOf(factor->tensor);
    factor->isOnChip = layout && layout->partBegin == factor->freeBegin &&
                       layout->partEnd == factor->freeEnd;
    factor->hasKOnPartitions = layout && layout->partBegin == factor->kDim &&
                               layout->partEnd == factor->kDim + 1;
  }
}

SmallVector<Range, 6> Factor::rangesOf(const Part &part) const {
  ArrayRef<int64_t> shape = Lowering::shapeOf(tensor);
  SmallVector<Range, 6> ranges(shape.size());
  unsigned numBatch = shape.size() - 2;
  unsigned missing =
      part.batch.size() - std::min<size_t>(part.batch.size(), numBatch);
  for (unsigned dim = 0; dim < numBatch; ++dim)
    ranges[dim].start = shape[dim] == 1 ? 0 : part.batch[dim + missing];
  ranges[kDim] = part.k;
  ranges[freeEnd - 1] = part.free;
  return ranges;
}

Block resultBlock(const Contract &contract, ArrayRef<int64_t> batch, Range a,
                  Range b, bool isBOnPartitions) {
  unsigned rank = Lowering::shapeOf(contract.result).size();
  Block block;
  for (int64_t index : batch)
    block.ranges.push_back({index, 1, 1});
  block.ranges.push_back(a);
  block.ranges.push_back(b);
  Range partitions = isBOnPartitions ? b : a;
  block.partBegin = isBOnPartitions ? rank - 1 : contract.resultFreeBegin;
  block.partEnd = isBOnPartitions ? rank : rank - 1;
  block.first = partitions.start;
  block.count = partitions.count;
  return block;
}

View matrixInHbm(const Factor &factor, ArrayRef<int64_t> batch,
                 Lowering &lowering) {
  View view = lowering.hbm(factor.tensor);
  SmallVector<Range, 6> ranges = factor.rangesOf({{}, {}, batch});
  unsigned numBatch = std::min(factor.freeBegin, factor.kDim);
  for (unsigned dim = 0; dim < numBatch; ++dim)
    view = view.pick(0, ranges[dim].start);
  if (!factor.isKInner())
    return view.permute({1, 0});
  return view.merge(0, view.dims.size() - 2);
}

View lastDimOf(const View &view) {
  View last = view;
  last.dims = {view.dims.back()};
  return last;
}

View onRowsOf(const View &held, const View &moved, TileBuilder &tile) {
  if (moved.partition == held.partition)
    return moved;
  SmallVector<int64_t> shape;
  for (const Dim &dim : moved.dims)
    shape.push_back(dim.count);
  View copy = tile.sbuf(moved.dtype, moved.partitions, shape, held.partition);
  tile.copy(copy, moved);
  return copy;
}

LogicalResult emitContract(Operation *op, Lowering &lowering) {
  if (isEmittedByEpilogue(op) || isInsideRowChain(op))
    return success();
  if (auto chain = rowChainOf(op, lowering.machine)) {
    Epilogue epilogue(op, lowering);
    emitRowChain(*chain, epilogue, lowering);
    return success();
  }
  Contract contract(cast<tile::ContractOp>(op));
  contract.locate(lowering);
  std::optional<ArrayTypes> types =
      arrayTypes(lowering.machine, Lowering::dtypeOf(contract.a.tensor),
                 Lowering::dtypeOf(contract.b.tensor));
  if (!types) {
    emitContractOnLanes(contract, lowering);
    return success();
  }
  Epilogue epilogue(op, lowering);
  emitContractOnArray(contract, *types, epilogue, lowering);
  return success();
}

} // namespace tilicho::compiler
