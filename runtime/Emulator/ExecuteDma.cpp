// SPDX-License-Identifier: Apache-2.0
// Instructions of the DMA queues.
#include "runtime/Emulator/ElementStream.h"
#include "runtime/Emulator/Execute.h"

#include <algorithm>

namespace tilicho {

void execute(const isa::DmaInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Operand src = context.resolve(inst.src, counts, AccessMode::Read);
  Operand dst = context.resolve(inst.dst, counts, AccessMode::Write);
  convert(dst, src, context);
}

namespace {

/// What is moved for one index: the innermost dimensions along which the index
/// stays the same.
class IndexedBlocks {
public:
  IndexedBlocks(const Operand &index, int64_t limit)
      : index(index), limit(limit) {
    for (int d = 0; d < 5; ++d)
      if (index.counts[d] > 1 && index.steps[d])
        outer = d + 1;
  }

  /// Calls `move(offsets, n)` for each block in row-major order: `offsets` are
  /// the indices of the outer dimensions.
  template <class Move> void forEach(Move move) const {
    Counts at{};
    Counts counts = index.counts;
    std::fill(counts.begin() + outer, counts.end(), 1);
    for (int64_t block = 0, end = product(counts); block < end; ++block) {
      int64_t rest = block;
      for (int d = 4; d >= 0; --d) {
        at[d] = rest % counts[d];
        rest /= counts[d];
      }
      move(at, indexAt(at));
    }
  }

  /// The part of `operand` that belongs to the block at `at`.
  Operand part(Operand operand, const Counts &at) const {
    for (int d = 0; d < outer; ++d) {
      operand.data += at[d] * operand.steps[d];
      operand.counts[d] = 1;
    }
    return operand;
  }

private:
  int64_t indexAt(const Counts &at) const {
    const uint8_t *from = index.data;
    for (int d = 0; d < outer; ++d)
      from += at[d] * index.steps[d];
    int64_t n = 0;
    if (index.dtype == isa::DType::i64) {
      std::memcpy(&n, from, 8);
    } else {
      int32_t narrow;
      std::memcpy(&narrow, from, 4);
      n = narrow;
    }
    int64_t wrapped = n < 0 ? n + limit : n;
    if (wrapped < 0 || wrapped >= limit)
      trap(TrapKind::BadIndex, "index ", n, " is not in [-", limit, ", ", limit,
           ")");
    return wrapped;
  }

  const Operand &index;
  int64_t limit;
  /// Dimensions below this one move with the index.
  int outer = 0;
};

/// Further than any memory reaches, and can be added to.
constexpr int64_t outside = int64_t(1) << 52;

/// Checks all that an index can reach, and gives the operand without
/// displacement.
template <class Inst>
Operand placeTable(const Inst &inst, const isa::DmaAccess &access,
                   AccessMode mode, Context &context) {
  const Counts counts = countsOf(inst);
  const int64_t step = int64_t(inst.indexStep) * isa::sizeOf(access.dtype);
  int64_t reach;
  if (__builtin_mul_overflow(int64_t(inst.limit) - 1, step, &reach))
    reach = outside;
  isa::DmaAccess end = access;
  end.offset += std::clamp(reach, -outside, outside);
  context.place(end, counts, mode);
  return context.place(access, counts, mode);
}

} // namespace

void execute(const isa::DmaGatherInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Operand index = context.resolve(inst.index, counts);
  Operand src = placeTable(inst, inst.src, AccessMode::Read, context);
  Operand dst = context.resolve(inst.dst, counts, AccessMode::Write);
  int64_t step = int64_t(inst.indexStep) * isa::sizeOf(src.dtype);
  IndexedBlocks blocks(index, inst.limit);
  blocks.forEach([&](const Counts &at, int64_t n) {
    Operand from = blocks.part(src, at);
    from.data += n * step;
    context.report(inst.src, AccessMode::Read, from);
    convert(blocks.part(dst, at), from, context);
  });
}

/// dst = mode(dst, src), element by element in row-major order.
template <class T>
static void merge(const Operand &dst, const Operand &src, isa::ScatterMode mode,
                  Context &context) {
  CpuLevel level = context.state.level;
  isa::AluOp ops[] = {isa::AluOp::second, isa::AluOp::add, isa::AluOp::multiply,
                      isa::AluOp::max, isa::AluOp::min};
  Operation<T> op(ops[int(mode)], false, level);
  Reader<T> before(dst, level), in(src, level);
  Writer<T> after(dst, level);
  bool repeats = false;
  for (int d = 0; d < 5; ++d)
    repeats |= dst.counts[d] > 1 && dst.steps[d] == 0;
  const int64_t chunk = repeats ? 1 : chunkElements;
  for (int64_t i = 0, end = dst.elements(); i < end; i += chunk) {
    auto &buffer = chunkBuffers<T>().values;
    int64_t count = std::min(chunk, end - i);
    Values<T> x = before(i, count, buffer[0]), y = in(i, count, buffer[1]);
    after.write(i, count, op(x, y, size_t(count), buffer[2]), buffer[3]);
  }
}

void execute(const isa::DmaScatterInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Operand index = context.resolve(inst.index, counts);
  Operand src = context.resolve(inst.src, counts, AccessMode::Read);
  bool writes = inst.mode == isa::ScatterMode::write;
  AccessMode mode = writes ? AccessMode::Write : AccessMode::Update;
  Operand dst = placeTable(inst, inst.dst, mode, context);
  int64_t step = int64_t(inst.indexStep) * isa::sizeOf(dst.dtype);
  IndexedBlocks blocks(index, inst.limit);
  blocks.forEach([&](const Counts &at, int64_t n) {
    Operand to = blocks.part(dst, at);
    to.data += n * step;
    context.report(inst.dst, mode, to);
    Operand from = blocks.part(src, at);
    if (writes)
      return convert(to, from, context);
    withCarrier(to.dtype, [&](auto zero) {
      merge<decltype(zero)>(to, from, inst.mode, context);
    });
  });
}

} // namespace tilicho
