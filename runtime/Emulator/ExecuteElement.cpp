// SPDX-License-Identifier: Apache-2.0
// Instructions that calculate element by element.
#include "runtime/Emulator/ElementOps.h"
#include "runtime/Emulator/ElementStream.h"
#include "runtime/Emulator/Elements.h"
#include "runtime/Emulator/Execute.h"

namespace tilicho {

using isa::AluOp;

void execute(const isa::TensorTensorInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Operand a = context.read(inst.a, counts), b = context.read(inst.b, counts);
  Operand dst = context.write(inst.dst, counts);
  const Operand &moved = inst.op0 == AluOp::second ? b : a;
  bool move = inst.op0 == AluOp::first || inst.op0 == AluOp::second;
  if (move && moved.dtype == dst.dtype)
    return moveBits(dst, moved, context.state.pool);
  withCompute(inst.compute, [&](auto zero) {
    using T = decltype(zero);
    CpuLevel level = context.state.level;
    Operation<T> op0(inst.op0, false, level);
    Reader<T> left(a, level), right(b, level);
    Writer<T> out(dst, level);
    overChunks(context, counts, false, [&](int64_t begin, int64_t count) {
      auto &buffer = chunkBuffers<T>().values;
      Values<T> x = left(begin, count, buffer[0]);
      Values<T> y = right(begin, count, buffer[1]);
      out.write(begin, count, op0(x, y, size_t(count), buffer[2]), buffer[3]);
    });
  });
}

void execute(const isa::TensorScalarInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Operand a = context.read(inst.a, counts);
  Operand dst = context.write(inst.dst, counts);
  bool copies = inst.op0 == AluOp::copy && inst.op1 == AluOp::copy;
  if (copies && a.dtype == dst.dtype)
    return moveBits(dst, a, context.state.pool);
  withCompute(inst.compute, [&](auto zero) {
    using T = decltype(zero);
    CpuLevel level = context.state.level;
    Operation<T> op0(inst.op0, inst.isReverse0(), level);
    Operation<T> op1(inst.op1, inst.isReverse1(), level);
    ScalarReader<T> s0(inst.s0, counts, context), s1(inst.s1, counts, context);
    Reader<T> in(a, level);
    Writer<T> out(dst, level);
    bool columns = s0.isColumn() || s1.isColumn();
    overChunks(context, counts, columns, [&](int64_t begin, int64_t count) {
      auto &buffer = chunkBuffers<T>().values;
      size_t n = size_t(count);
      Values<T> x = in(begin, count, buffer[0]);
      x = op0(x, s0(begin, count, buffer[1]), n, buffer[2]);
      // A copy leaves x where it was read.
      x = op1(x, s1(begin, count, buffer[5]), n, buffer[3]);
      out.write(begin, count, x, buffer[4]);
    });
  });
}

void execute(const isa::ScalarTensorTensorInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Operand a = context.read(inst.a, counts), b = context.read(inst.b, counts);
  Operand dst = context.write(inst.dst, counts);
  withCompute(inst.compute, [&](auto zero) {
    using T = decltype(zero);
    CpuLevel level = context.state.level;
    Operation<T> op0(inst.op0, inst.isReverse0(), level);
    Operation<T> op1(inst.op1, inst.isReverse1(), level);
    ScalarReader<T> s0(inst.s0, counts, context);
    Reader<T> left(a, level), right(b, level);
    Writer<T> out(dst, level);
    overChunks(context, counts, s0.isColumn(),
               [&](int64_t begin, int64_t count) {
                 auto &buffer = chunkBuffers<T>().values;
                 size_t n = size_t(count);
                 Values<T> x = left(begin, count, buffer[0]);
                 x = op0(x, s0(begin, count, buffer[1]), n, buffer[2]);
                 // A copy leaves x where it was read.
                 x = op1(x, right(begin, count, buffer[5]), n, buffer[3]);
                 out.write(begin, count, x, buffer[4]);
               });
  });
}

//===-- activate ----------------------------------------------------------===//

/// Adds up the chains of one partition.
static float joinChains(float *chains) {
  for (size_t width = numChains / 2; width; width /= 2)
    for (size_t i = 0; i < width; ++i)
      chains[i] = chains[i] + chains[i + width];
  return chains[0];
}

namespace {
/// op0(a * s0 + s1), a chunk at a time.
class Activation {
public:
  Activation(const isa::ActivateInst &inst, const Operand &a,
             const Counts &counts, Context &context)
      : multiply(AluOp::multiply, false, context.state.level),
        add(AluOp::add, false, context.state.level),
        function(inst.op0, false, context.state.level),
        scale(inst.s0, counts, context), bias(inst.s1, counts, context),
        in(a, context.state.level), walk(a) {
    const bool single = !hasColumns() && isa::sizeOf(a.dtype) == 2;
    if (single && isa::isFloat(a.dtype) && ops::isRealOnly(inst.op0) &&
        !ops::isRounding(inst.op0))
      results = context.state.memo.find(inst.op0, a.dtype, inst.s0.payload,
                                        inst.s1.payload, product(counts),
                                        context.state.level);
  }

  bool hasColumns() const { return scale.isColumn() || bias.isColumn(); }

  Values<float> operator()(int64_t begin, int64_t count) const {
    auto &buffer = chunkBuffers<float>().values;
    if (results)
      return lookUp(begin, count, buffer[2]);
    size_t n = size_t(count);
    Values<float> x = in(begin, count, buffer[0]);
    x = multiply(x, scale(begin, count, buffer[1]), n, buffer[2]);
    x = add(x, bias(begin, count, buffer[1]), n, buffer[0]);
    return function(x, {}, n, buffer[2]);
  }

private:
  Values<float> lookUp(int64_t begin, int64_t count, float *buffer) const {
    float *out = buffer;
    walk.forRows(begin, count,
                 [&](const uint8_t *from, int64_t step, int64_t n) {
                   for (; n; --n, from += step)
                     *out++ = results[elements::load<uint16_t>(from)];
                 });
    return {buffer, 1};
  }

  Operation<float> multiply, add, function;
  ScalarReader<float> scale, bias;
  Reader<float> in;
  Walk walk;
  /// By the bits of an element, or null.
  const float *results = nullptr;
};
} // namespace

static void activateAndSum(const isa::ActivateInst &inst, const Counts &counts,
                           const Activation &activation, const Operand &dst,
                           Context &context) {
  CpuLevel level = context.state.level;
  Counts column{counts[0], 1, 1, 1, 1};
  Operand b = inst.isAdd() ? context.update(inst.b, column)
                           : context.write(inst.b, column);
  Reader<float> sumsBefore(b, level);
  Writer<float> out(dst, level), sums(b, level);
  auto reduce = elementKernels<float>(level).reduce[0];
  int64_t each = product(counts) / counts[0];
  overPartitions(context, counts, [&](int64_t first, int64_t last) {
    auto &buffer = chunkBuffers<float>().values;
    for (int64_t p = first; p < last; ++p) {
      float chains[numChains] = {};
      for (int64_t done = 0; done < each; done += chunkElements) {
        int64_t count = std::min(chunkElements, each - done);
        Values<float> x = activation(p * each + done, count);
        reduce(x.data, size_t(count), chains);
        out.write(p * each + done, count, x, buffer[4]);
      }
      float sum = joinChains(chains), before;
      if (inst.isAdd()) {
        sumsBefore.read(p, 1, &before);
        sum = before + sum;
      }
      sums.write(p, 1, &sum);
    }
  });
}

void execute(const isa::ActivateInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Operand a = context.read(inst.a, counts);
  Activation activation(inst, a, counts, context);
  Operand dst = context.write(inst.dst, counts);
  if (inst.isSum())
    return activateAndSum(inst, counts, activation, dst, context);
  Writer<float> out(dst, context.state.level);
  overChunks(context, counts, activation.hasColumns(),
             [&](int64_t begin, int64_t count) {
               out.write(begin, count, activation(begin, count),
                         chunkBuffers<float>().values[4]);
             });
}

//===-- memset ------------------------------------------------------------===//

void execute(const isa::MemsetInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Operand dst = context.write(inst.dst, counts);
  withCompute(inst.compute, [&](auto zero) {
    using T = decltype(zero);
    ScalarReader<T> s0(inst.s0, counts, context);
    Writer<T> out(dst, context.state.level);
    overChunks(
        context, counts, s0.isColumn(), [&](int64_t begin, int64_t count) {
          auto &buffer = chunkBuffers<T>().values;
          out.write(begin, count, s0(begin, count, buffer[0]), buffer[1]);
        });
  });
}

} // namespace tilicho
