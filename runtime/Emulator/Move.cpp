// SPDX-License-Identifier: Apache-2.0
// Copies between strided operands.
#include "runtime/Emulator/ElementStream.h"

#include <cstring>

namespace tilicho {

namespace {

/// The dimensions of two operands of equal counts, outermost first; those that
/// continue each other in both are one.
struct JointWalk {
  JointWalk(const Operand &dst, const Operand &src) {
    for (int d = 0; d < 5; ++d) {
      int64_t count = dst.counts[d];
      if (count == 1)
        continue;
      bool continues = dims && to[dims - 1] == dst.steps[d] * count &&
                       from[dims - 1] == src.steps[d] * count;
      if (!continues)
        ++dims;
      counts[dims - 1] = continues ? counts[dims - 1] * count : count;
      to[dims - 1] = dst.steps[d];
      from[dims - 1] = src.steps[d];
    }
  }

  int dims = 0;
  int64_t counts[5], to[5], from[5];
};

template <class Word>
void copyRow(uint8_t *__restrict to, int64_t toStep,
             const uint8_t *__restrict from, int64_t fromStep, int64_t count) {
  for (; count; --count, to += toStep, from += fromStep)
    std::memcpy(to, from, sizeof(Word));
}

using CopyRow = void (*)(uint8_t *, int64_t, const uint8_t *, int64_t, int64_t);
CopyRow copyRowOf(unsigned size) {
  switch (size) {
  case 1:
    return copyRow<uint8_t>;
  case 2:
    return copyRow<uint16_t>;
  case 4:
    return copyRow<uint32_t>;
  default:
    return copyRow<uint64_t>;
  }
}

struct Copy {
  const JointWalk &walk;
  int64_t size;
  CopyRow copyRow;

  void run(int d, uint8_t *to, const uint8_t *from, int64_t count) const {
    int64_t toStep = walk.to[d], fromStep = walk.from[d];
    if (d < walk.dims - 1) {
      for (; count; --count, to += toStep, from += fromStep)
        run(d + 1, to, from, walk.counts[d + 1]);
      return;
    }
    if (toStep == size && fromStep == size)
      std::memmove(to, from, size_t(count * size));
    else
      copyRow(to, toStep, from, fromStep, count);
  }
};

} // namespace

void moveBits(const Operand &dst, const Operand &src, ThreadPool &pool) {
  JointWalk walk(dst, src);
  const int64_t size = isa::sizeOf(dst.dtype);
  if (!walk.dims) {
    std::memmove(dst.data, src.data, size_t(size));
    return;
  }
  Copy copy{walk, size, copyRowOf(unsigned(size))};
  int64_t inner = std::max<int64_t>(1, dst.elements() / walk.counts[0]);
  auto body = [&](int64_t begin, int64_t end) {
    copy.run(0, dst.data + begin * walk.to[0], src.data + begin * walk.from[0],
             end - begin);
  };
  pool.parallel(walk.counts[0], std::max<int64_t>(1, parallelElements / inner),
                body);
}

void convert(const Operand &dst, const Operand &src, Context &context) {
  if (dst.dtype == src.dtype)
    return moveBits(dst, src, context.state.pool);
  withCarrier(src.dtype, [&](auto zero) {
    using T = decltype(zero);
    Reader<T> in(src, context.state.level);
    Writer<T> out(dst, context.state.level);
    overChunks(context, dst.counts, false, [&](int64_t begin, int64_t count) {
      T *buffer = chunkBuffers<T>().values[0];
      in.read(begin, count, buffer);
      out.write(begin, count, buffer);
    });
  });
}

} // namespace tilicho
