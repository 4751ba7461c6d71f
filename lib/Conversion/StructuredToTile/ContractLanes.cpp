// SPDX-License-Identifier: Apache-2.0
// Multiplication of matrices in types that the array cannot multiply: one
// operand's free index on the partitions, the other operand in all of them;
// multiply, then reduce over k.
#include "lib/Conversion/StructuredToTile/Contract.h"
#include "lib/Conversion/StructuredToTile/LaneArithmetic.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

using namespace mlir;

namespace tilicho::compiler {

namespace {

class LaneContract {
public:
  LaneContract(const Contract &contract, Lowering &lowering)
      : contract(contract), lowering(lowering), tile(lowering.tile),
        arithmetic(laneArithmetic(Lowering::dtypeOf(contract.a.tensor))),
        lanes(lowering.machine.sbufPartitions) {
    // The index that fills more partitions goes there.
    bool isCollapsed = contract.a.freeEnd - contract.a.freeBegin > 1;
    isBOnPartitions = !isCollapsed && contract.a.free < lanes &&
                      contract.b.free > contract.a.free;
    chooseBlocks();
  }

  void emit() {
    forEachIndex(contract.batch, [&](ArrayRef<int64_t> index) {
      batch.assign(index.begin(), index.end());
      const Factor &spread = isBOnPartitions ? contract.b : contract.a;
      const Factor &repeated = isBOnPartitions ? contract.a : contract.b;
      forEachTile({spread.free, repeated.free}, {lanes, block},
                  [&](ArrayRef<Range> ranges) {
                    emitBlock(spread, repeated, ranges[0], ranges[1]);
                  });
    });
  }

private:
  /// In a partition lie, twice each, the repeated operand and the products,
  /// [block, kBlock], and the spread operand, [kBlock]; all may be there as
  /// they come and without their zero point.
  void chooseBlocks() {
    const Factor &repeated = isBOnPartitions ? contract.a : contract.b;
    int64_t elements =
        lowering.blockBytes() / isa::sizeOf(arithmetic.sumType) / 8;
    kBlock = std::min(contract.a.k, std::max<int64_t>(elements / 2, 1));
    block = std::clamp<int64_t>(elements / kBlock - 1, 1, repeated.free);
  }

  void emitBlock(const Factor &spread, const Factor &repeated, Range rows,
                 Range columns) {
    Range a = isBOnPartitions ? columns : rows;
    Range b = isBOnPartitions ? rows : columns;
    Block to = resultBlock(contract, batch, a, b, isBOnPartitions);
    View dest = lowering.dest(contract.result, to);
    View line = lastDimOf(dest);
    bool isDirect = dest.dtype == arithmetic.sumType;
    View sum = isDirect
                   ? line
                   : tile.sbuf(arithmetic.sumType, rows.count, {columns.count});
    for (int64_t k = 0; k < contract.a.k; k += kBlock)
      addProducts(sum, loadSpread(spread, rows, kRange(k)),
                  loadRepeated(repeated, columns, rows.count, kRange(k)),
                  k > 0);
    if (!isDirect)
      arithmetic.move(tile, line, sum);
    lowering.commit(contract.result, to, dest);
  }

  Range kRange(int64_t first) const {
    return {first, std::min(kBlock, contract.a.k - first), 1};
  }

  /// sum [columns] (+)= spread [k] times repeated [columns, k], over k.
  void addProducts(const View &sum, const View &spread, const View &repeated,
                   bool accumulate) {
    View products = tile.sbuf(arithmetic.sumType, sum.partitions,
                              {repeated.dims[0].count, repeated.dims[1].count});
    tile.tensorTensor(arithmetic.engine, isa::AluOp::multiply, products,
                      spread.repeat(0, repeated.dims[0].count), repeated,
                      arithmetic.compute);
    tile.reduce(arithmetic.engine, sum, products, isa::ReduceOp::add, 1,
                isa::AluOp::copy, accumulate, arithmetic.compute);
  }

  View loadSpread(const Factor &factor, Range rows, Range k) {
    View source = matrixInHbm(factor, batch, lowering)
                      .slice(0, rows)
                      .slice(1, k)
                      .toPartitions(0);
    View view = tile.sbuf(source.dtype, rows.count, {k.count});
    tile.copy(view, source);
    return arithmetic.withoutZero(tile, view, factor.zero);
  }

  /// [columns, k] in every partition, in the order that it has in memory.
  View loadRepeated(const Factor &factor, Range columns, int64_t partitions,
                    Range k) {
    View source =
        matrixInHbm(factor, batch, lowering).slice(0, columns).slice(1, k);
    source.partitions = partitions;
    source.partitionStep = 0;
    if (!factor.isKInner())
      source = source.permute({1, 0});
    View view = tile.sbuf(source.dtype, partitions,
                          {source.dims[0].count, source.dims[1].count});
    tile.copy(view, source);
    view = arithmetic.withoutZero(tile, view, factor.zero);
    return factor.isKInner() ? view : view.permute({1, 0});
  }

  const Contract &contract;
  Lowering &lowering;
  TileBuilder &tile;
  LaneArithmetic arithmetic;
  int64_t lanes;
  bool isBOnPartitions;
  int64_t block = 1, kBlock = 1;
  SmallVector<int64_t, 6> batch;
};

} // namespace

void emitContractOnLanes(const Contract &contract, Lowering &lowering) {
  LaneContract(contract, lowering).emit();
}

} // namespace tilicho::compiler
