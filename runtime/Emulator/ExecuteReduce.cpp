// SPDX-License-Identifier: Apache-2.0
// Reductions along free dimensions and over partitions.
#include "runtime/Emulator/ElementOps.h"
#include "runtime/Emulator/ElementStream.h"
#include "runtime/Emulator/Execute.h"

namespace tilicho {

namespace {

/// The iteration space of a reduction: outer dimensions and reduced ones.
struct ReductionShape {
  ReductionShape(const isa::Header &header, unsigned axes)
      : all(countsOf(header)), outer(all) {
    for (unsigned d = 5 - axes; d < 5; ++d) {
      reduced *= all[d];
      outer[d] = 1;
    }
  }
  /// All dimensions, and those left when the reduced ones are 1.
  Counts all, outer;
  int64_t reduced = 1;
};

/// The chains of up to `width` reductions side by side.
template <class T> class Chains {
public:
  static constexpr int64_t width = 128;

  Chains(isa::ReduceOp op, CpuLevel level)
      : neutral(ops::neutral<T>(op)),
        join(elementKernels<T>(level).binary[size_t(ops::joining(op))]) {}

  /// Joins element `j` of each reduction.
  void add(int64_t j, const T *elements, int64_t count) {
    T *chain = values[j % numChains];
    bool fresh = j < int64_t(numChains);
    join(fresh ? &neutral : chain, !fresh, elements, 1, scratch, size_t(count));
    std::copy(scratch, scratch + count, chain);
  }

  /// The results, after `length` elements each. A chain without elements is
  /// neutral and need not be joined.
  const T *finish(int64_t length, int64_t count) {
    int64_t live = std::min<int64_t>(length, numChains);
    for (int64_t w = numChains / 2; w; w /= 2) {
      for (int64_t i = 0; i < w && i + w < live; ++i) {
        join(values[i], 1, values[i + w], 1, scratch, size_t(count));
        std::copy(scratch, scratch + count, values[i]);
      }
      live = std::min(live, w);
    }
    return values[0];
  }

private:
  T neutral;
  typename ElementKernels<T>::Binary join;
  alignas(64) T values[numChains][width];
  alignas(64) T scratch[width];
};

template <class T> struct Reduction {
  const isa::TensorReduceInst &inst;
  const ReductionShape &shape;
  const Operand &a;
  CpuLevel level;
  Operation<T> first;

  Reduction(const isa::TensorReduceInst &inst, const ReductionShape &shape,
            const Operand &a, CpuLevel level)
      : inst(inst), shape(shape), a(a), level(level),
        first(inst.op1, false, level) {}

  /// Reductions `begin` on, side by side: good where each is short.
  void abreast(int64_t begin, int64_t count, T *result) const {
    Chains<T> chains(inst.op0, level);
    for (int64_t j = 0; j < shape.reduced; ++j) {
      auto &buffer = chunkBuffers<T>().values;
      Reader<T>(element(j), level).read(begin, count, buffer[0]);
      Values<T> x = first({buffer[0], 1}, {}, size_t(count), buffer[1]);
      chains.add(j, x.data, count);
    }
    const T *sums = chains.finish(shape.reduced, count);
    std::copy(sums, sums + count, result);
  }

  /// One reduction along its own elements: good where each is long.
  T alone(const Reader<T> &in, int64_t index) const {
    T chains[numChains];
    std::fill(chains, chains + numChains, ops::neutral<T>(inst.op0));
    auto reduce = elementKernels<T>(level).reduce[size_t(inst.op0)];
    for (int64_t done = 0; done < shape.reduced; done += chunkElements) {
      auto &buffer = chunkBuffers<T>().values;
      size_t count = size_t(std::min(chunkElements, shape.reduced - done));
      in.read(index * shape.reduced + done, int64_t(count), buffer[0]);
      reduce(first({buffer[0], 1}, {}, count, buffer[1]).data, count, chains);
    }
    auto join = elementKernels<T>(level).binary[size_t(ops::joining(inst.op0))];
    for (size_t w = numChains / 2; w; w /= 2) {
      T halves[numChains];
      join(chains, 1, chains + w, 1, halves, w);
      std::copy(halves, halves + w, chains);
    }
    return chains[0];
  }

private:
  /// Element `j` of all reductions.
  Operand element(int64_t j) const {
    Operand operand = a;
    for (int d = 4; d >= 0; --d) {
      if (shape.outer[d] == shape.all[d])
        continue;
      operand.data += j % shape.all[d] * operand.steps[d];
      j /= shape.all[d];
    }
    operand.counts = shape.outer;
    return operand;
  }
};

template <class T>
void reduceElements(const isa::TensorReduceInst &inst,
                    const ReductionShape &shape, const Operand &a,
                    const Operand &dst, Context &context) {
  CpuLevel level = context.state.level;
  Reduction<T> reduction(inst, shape, a, level);
  Operation<T> join(ops::joining(inst.op0), false, level);
  Reader<T> in(a, level), before(dst, level);
  Writer<T> out(dst, level);
  int64_t each = product(shape.outer) / shape.outer[0];
  bool abreast = shape.reduced < 64 && product(shape.outer) > 8;
  overPartitions(context, shape.all, [&](int64_t first, int64_t last) {
    T results[Chains<T>::width], sums[Chains<T>::width];
    for (int64_t i = first * each; i < last * each; i += Chains<T>::width) {
      int64_t count = std::min(Chains<T>::width, last * each - i);
      if (abreast)
        reduction.abreast(i, count, results);
      else
        for (int64_t k = 0; k < count; ++k)
          results[k] = reduction.alone(in, i + k);
      Values<T> r{results, 1};
      if (inst.isAccumulate()) {
        T *held = chunkBuffers<T>().values[0];
        r = join(before(i, count, held), r, size_t(count), sums);
      }
      out.write(i, count, r.data);
    }
  });
}

//===-- arg_reduce --------------------------------------------------------===//

/// Whether `x` takes the place of `best`: a NaN is beyond every number, and the
/// first NaN stays.
template <class T> bool replaces(T x, T best, bool max, bool last) {
  if (best != best)
    return last && x != x;
  if (x != x || (max ? x > best : x < best))
    return true;
  return last && x == best;
}

template <class T>
void findElements(const isa::ArgReduceInst &inst, const ReductionShape &shape,
                  const Operand &a, const Operand &dst, const Operand &value,
                  Context &context) {
  CpuLevel level = context.state.level;
  Reader<T> in(a, level);
  Writer<int32_t> out(dst, level);
  Writer<T> values(value, level);
  bool max = inst.op0 == isa::ReduceOp::max;
  int64_t each = product(shape.outer) / shape.outer[0];
  overPartitions(context, shape.all, [&](int64_t first, int64_t last) {
    for (int64_t i = first * each; i < last * each; ++i) {
      T best{};
      int32_t where = 0;
      for (int64_t done = 0; done < shape.reduced; done += chunkElements) {
        T *buffer = chunkBuffers<T>().values[0];
        int64_t count = std::min(chunkElements, shape.reduced - done);
        in.read(i * shape.reduced + done, count, buffer);
        for (int64_t j = 0; j < count; ++j) {
          if (done + j && !replaces(buffer[j], best, max, inst.isLast()))
            continue;
          best = buffer[j];
          where = int32_t(done + j);
        }
      }
      out.write(i, 1, &where);
      if (inst.isValue())
        values.write(i, 1, &best);
    }
  });
}

} // namespace

void execute(const isa::TensorReduceInst &inst, Context &context) {
  ReductionShape shape(inst, inst.axes);
  Operand a = context.read(inst.a, shape.all);
  Operand dst = inst.isAccumulate() ? context.update(inst.dst, shape.outer)
                                    : context.write(inst.dst, shape.outer);
  withCompute(inst.compute, [&](auto zero) {
    reduceElements<decltype(zero)>(inst, shape, a, dst, context);
  });
}

void execute(const isa::ArgReduceInst &inst, Context &context) {
  ReductionShape shape(inst, inst.axes);
  Operand a = context.read(inst.a, shape.all);
  Operand dst = context.write(inst.dst, shape.outer);
  Operand value = inst.isValue() ? context.write(inst.b, shape.outer) : dst;
  withCompute(inst.compute, [&](auto zero) {
    findElements<decltype(zero)>(inst, shape, a, dst, value, context);
  });
}

/// state = op0(state, a), or with b op1(op0(state, a), b), along dimension 3.
void execute(const isa::ScanInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Operand a = context.read(inst.a, counts);
  Operand b = inst.isSecond() ? context.read(inst.b, counts) : a;
  Operand dst = context.write(inst.dst, counts);
  withCompute(inst.compute, [&](auto zero) {
    using T = decltype(zero);
    CpuLevel level = context.state.level;
    ScalarReader<T> start(inst.s0, counts, context);
    Operation<T> op0(inst.op0, false, level), op1(inst.op1, false, level);
    Reader<T> left(a, level), right(b, level);
    Writer<T> out(dst, level);
    int64_t length = counts[4], each = product(counts) / counts[0];
    overPartitions(context, counts, [&](int64_t first, int64_t last) {
      auto &buffer = chunkBuffers<T>().values;
      for (int64_t row = first * each; row < last * each; row += length) {
        T state = *start(row, 1, buffer[0]).data;
        for (int64_t done = 0; done < length; done += chunkElements) {
          int64_t count = std::min(chunkElements, length - done);
          left.read(row + done, count, buffer[0]);
          if (inst.isSecond())
            right.read(row + done, count, buffer[1]);
          for (int64_t i = 0; i < count; ++i) {
            T before = state, joined;
            joined = *op0({&before, 0}, {&buffer[0][i], 0}, 1, buffer[3]).data;
            state = joined;
            if (inst.isSecond())
              state = *op1({&joined, 0}, {&buffer[1][i], 0}, 1, buffer[3]).data;
            buffer[2][i] = inst.isExclusive() ? before : state;
          }
          out.write(row + done, count, buffer[2]);
        }
      }
    });
  });
}

/// dst[0, i] = op0 over p, in order, of a[p, i].
void execute(const isa::PartitionReduceInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Counts row = counts;
  row[0] = 1;
  Operand a = context.read(inst.a, counts);
  Operand dst = context.write(inst.dst, row);
  withCompute(inst.compute, [&](auto zero) {
    using T = decltype(zero);
    CpuLevel level = context.state.level;
    Operation<T> join(ops::joining(inst.op0), false, level);
    Reader<T> in(a, level);
    Writer<T> out(dst, level);
    int64_t each = product(row);
    for (int64_t i = 0; i < each; i += chunkElements) {
      auto &buffer = chunkBuffers<T>().values;
      int64_t count = std::min(chunkElements, each - i);
      Values<T> sum = in(i, count, buffer[0]);
      for (int64_t p = 1; p < counts[0]; ++p) {
        Values<T> next = in(p * each + i, count, buffer[1]);
        sum = join(sum, next, size_t(count), buffer[p % 2 ? 2 : 0]);
      }
      out.write(i, count, sum.data);
    }
  });
}

} // namespace tilicho
