// SPDX-License-Identifier: Apache-2.0
// Instructions that only pool has.
#include "runtime/Emulator/ElementStream.h"
#include "runtime/Emulator/Execute.h"

#include <algorithm>
#include <vector>

namespace tilicho {

/// dst[p, i] = s0 + p * s1 + sum over d of i[d] * a.steps[d].
void execute(const isa::IotaInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Operand dst = context.write(inst.dst, counts);
  Counts partitions{counts[0], 1, 1, 1, 1};
  // Scalars are integers, or f32 values rounded to integers.
  bool real =
      inst.compute == isa::Compute::f32 || inst.compute == isa::Compute::f64;
  auto asInteger = [&](const isa::Scalar &scalar) {
    bool rounds = real && scalar.kind == isa::ScalarKind::Immediate;
    return rounds ? numerics::roundToInteger<int64_t>(immediate<float>(scalar))
                  : immediate<int64_t>(scalar);
  };
  auto valueAt = [&](const isa::Scalar &scalar,
                     const ScalarReader<int64_t> &column, int64_t p) {
    int64_t buffer[1];
    return column.isColumn() ? *column(p, 1, buffer).data : asInteger(scalar);
  };
  ScalarReader<int64_t> s0(inst.s0, partitions, context);
  ScalarReader<int64_t> s1(inst.s1, partitions, context);
  Writer<int64_t> out(dst, context.state.level);
  int64_t each = product(counts) / counts[0];
  overPartitions(context, counts, [&](int64_t first, int64_t last) {
    int64_t *buffer = chunkBuffers<int64_t>().values[0];
    for (int64_t i = first * each; i < last * each; ++i) {
      uint64_t p = uint64_t(i / each);
      uint64_t sum = uint64_t(valueAt(inst.s0, s0, int64_t(p))) +
                     p * uint64_t(valueAt(inst.s1, s1, int64_t(p)));
      int64_t rest = i % each;
      for (int d = 4; d >= 1; --d) {
        sum += uint64_t(rest % counts[d]) * uint64_t(inst.a.steps[d - 1]);
        rest /= counts[d];
      }
      buffer[0] = int64_t(sum);
      out.write(i, 1, buffer);
    }
  });
}

/// A NaN is larger than all else.
template <class T> static bool isLess(T a, T b) {
  return a < b || (a == a && b != b);
}

/// dst[.., j] = a[.., b[.., j]], ordered; b is where each element was.
void execute(const isa::SortInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Operand a = context.read(inst.a, counts);
  Operand dst = context.write(inst.dst, counts);
  Operand b = context.write(inst.b, counts);
  withCarrier(a.dtype, [&](auto zero) {
    using T = decltype(zero);
    CpuLevel level = context.state.level;
    Reader<T> in(a, level);
    Writer<int32_t> places(b, level);
    const int64_t length = counts[4], each = product(counts) / counts[0];
    const int64_t size = isa::sizeOf(a.dtype);
    overPartitions(context, counts, [&](int64_t first, int64_t last) {
      std::vector<T> keys(static_cast<size_t>(length));
      std::vector<int32_t> order(static_cast<size_t>(length));
      std::vector<uint8_t> bits(size_t(length * size));
      for (int64_t row = first * each; row < last * each; row += length) {
        in.read(row, length, keys.data());
        for (int64_t j = 0; j < length; ++j)
          order[size_t(j)] = int32_t(j);
        std::sort(order.begin(), order.end(), [&](int32_t x, int32_t y) {
          T left = keys[size_t(x)], right = keys[size_t(y)];
          if (inst.isDescending())
            std::swap(left, right);
          // Equal elements keep their order.
          return isLess(left, right) || (!isLess(right, left) && x < y);
        });
        uint8_t *to = bits.data();
        Walk(a).forRows(row, length, [&](uint8_t *at, int64_t step, int64_t n) {
          for (; n; --n, at += step, to += size)
            std::memcpy(to, at, size_t(size));
        });
        const int32_t *next = order.data();
        Walk(dst).forRows(
            row, length, [&](uint8_t *at, int64_t step, int64_t n) {
              for (; n; --n, at += step)
                std::memcpy(at, &bits[size_t(*next++ * size)], size_t(size));
            });
        places.write(row, length, order.data());
      }
    });
  });
}

/// dst[p, i] = a[p, b[p, i] * a.steps[3]].
void execute(const isa::LocalGatherInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  const int64_t limit = int32_t(inst.s1.payload);
  if (limit < 1 || limit > 65535 * 4)
    trap(TrapKind::BadIndex, "a table of ", limit, " elements");
  Operand table = context.read(inst.a, {counts[0], 1, 1, 1, limit});
  Operand b = context.read(inst.b, counts);
  Operand dst = context.write(inst.dst, counts);
  Reader<int64_t> indices(b, context.state.level);
  Walk out(dst);
  const int64_t each = product(counts) / counts[0];
  const size_t size = isa::sizeOf(dst.dtype);
  overPartitions(context, counts, [&](int64_t first, int64_t last) {
    for (int64_t p = first; p < last; ++p)
      for (int64_t done = 0; done < each; done += chunkElements) {
        int64_t count = std::min(chunkElements, each - done);
        int64_t *next = chunkBuffers<int64_t>().values[0];
        indices.read(p * each + done, count, next);
        const uint8_t *from = table.data + p * table.steps[0];
        out.forRows(p * each + done, count,
                    [&](uint8_t *to, int64_t step, int64_t n) {
                      for (; n; --n, to += step, ++next) {
                        if (*next < 0 || *next >= limit)
                          trap(TrapKind::BadIndex, "index ", *next,
                               " is not in [0, ", limit, ")");
                        std::memcpy(to, from + *next * table.steps[4], size);
                      }
                    });
      }
  });
}

} // namespace tilicho
