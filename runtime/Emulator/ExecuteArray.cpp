// SPDX-License-Identifier: Apache-2.0
// Instructions of the systolic array.
#include "runtime/Emulator/ElementStream.h"
#include "runtime/Emulator/Execute.h"

namespace tilicho {

static int64_t freeElements(const isa::Header &header) {
  const Counts counts = countsOf(header);
  return product(counts) / counts[0];
}

void execute(const isa::LoadStationaryInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Operand src = context.read(inst.src, counts);
  Weights weights;
  weights.arithmetic = arithmeticOf(inst.src.dtype);
  weights.dtype = inst.src.dtype;
  weights.rows = inst.partitions;
  weights.cols = freeElements(inst);
  weights.zero = inst.zero;
  if (inst.blockRows) {
    if (inst.partitions % inst.blockRows || weights.cols != inst.blockCols)
      trap(TrapKind::BadOperand, inst.partitions, " rows of ", weights.cols,
           " columns are not blocks of ", inst.blockRows, " x ",
           inst.blockCols);
    weights.blockRows = inst.blockRows;
    weights.blockCols = inst.blockCols;
    weights.cols = inst.partitions / inst.blockRows * inst.blockCols;
  }
  ArrayRegion region{inst.src.partition, weights.rows, inst.colStart,
                     weights.cols};
  context.state.array.load(region, src, weights, context.state.pool);
}

/// dst[m, i] (+)= sum over k of W[k][m] * (src[k, i] - zero).
void execute(const isa::MatmulInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Counts results = counts;
  results[0] = inst.cols;
  Operand src = context.read(inst.src, counts);
  Operand dst = inst.isAccumulate() ? context.update(inst.dst, results)
                                    : context.write(inst.dst, results);
  State &state = context.state;
  int64_t start = dst.data - state.psum.at(inst.dst.partition, 0);
  ByteRange range = rangeOf(dst, 1);
  if ((start + range.begin) / state.bankBytes !=
      (start + range.end - 1) / state.bankBytes)
    trap(TrapKind::OutOfBounds, "bytes ", start + range.begin, " to ",
         start + range.end, " of PSUM lie in two banks of ", state.bankBytes);
  state.array.multiply(inst.src.partition, inst.dst.partition, src, dst,
                       inst.isAccumulate(), inst.zero, state.pool);
}

/// dst[f, p] = src[p, f].
void execute(const isa::TransposeInst &inst, Context &context) {
  Operand src = context.read(inst.src, countsOf(inst));
  int64_t columns = freeElements(inst);
  Operand dst = context.write(inst.dst, {columns, 1, 1, 1, inst.partitions});
  context.state.array.checkTranspose(columns, inst.partitions, src.dtype);
  // As seen from src: its partitions follow dst's last free dimension, its
  // free elements dst's partitions.
  Operand turned{dst.data, dst.dtype, src.counts, {dst.steps[4], 0, 0, 0, 0}};
  int64_t step = dst.steps[0];
  for (int d = 4; d >= 1; --d) {
    turned.steps[d] = step;
    step *= src.counts[d];
  }
  moveBits(turned, src, context.state.pool);
}

} // namespace tilicho
