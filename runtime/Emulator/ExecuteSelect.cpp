// SPDX-License-Identifier: Apache-2.0
// The copy under a mask.
#include "runtime/Emulator/ElementStream.h"
#include "runtime/Emulator/Execute.h"

#include <functional>

namespace tilicho {

namespace {

/// Fills a buffer with a chunk.
template <class T>
using Fill = std::function<void(int64_t begin, int64_t count, T *out)>;

/// The mask as bytes of 0 and 1.
Fill<uint8_t> maskOf(const Operand &a, bool invert, CpuLevel level) {
  Fill<uint8_t> fill;
  withCarrier(a.dtype, [&](auto zero) {
    using M = decltype(zero);
    auto toBool = elementKernels<M>(level).write[int(isa::DType::boolean)];
    fill = [mask = Reader<M>(a, level), toBool,
            invert](int64_t begin, int64_t count, uint8_t *out) {
      M *values = chunkBuffers<M>().values[0];
      mask.read(begin, count, values);
      toBool(values, out, 1, size_t(count));
      for (int64_t i = 0; invert && i < count; ++i)
        out[i] ^= 1;
    };
  });
  return fill;
}

/// An operand whose elements are taken for unsigned integers of their size.
Operand asBits(Operand operand) {
  switch (isa::sizeOf(operand.dtype)) {
  case 1:
    operand.dtype = isa::DType::u8;
    break;
  case 2:
    operand.dtype = isa::DType::u16;
    break;
  case 4:
    operand.dtype = isa::DType::u32;
    break;
  default:
    operand.dtype = isa::DType::u64;
  }
  return operand;
}

/// The elements of `b`, converted in `compute` to what `dst` stores, as bits.
template <class Bits>
Fill<Bits> bitsOf(const Operand &b, isa::DType dtype, isa::Compute compute,
                  CpuLevel level) {
  Fill<Bits> fill;
  if (b.dtype == dtype) {
    fill = [bits = Reader<Bits>(asBits(b), level)](int64_t begin, int64_t count,
                                                   Bits *out) {
      bits.read(begin, count, out);
    };
    return fill;
  }
  withCompute(compute, [&](auto zero) {
    using T = decltype(zero);
    auto write = elementKernels<T>(level).write[size_t(dtype)];
    auto widen = elementKernels<Bits>(level)
                     .read[size_t(asBits({nullptr, dtype, {}, {}}).dtype)];
    fill = [values = Reader<T>(b, level), write, widen,
            size = int64_t(isa::sizeOf(dtype))](int64_t begin, int64_t count,
                                                Bits *out) {
      thread_local uint8_t stored[chunkElements * 8];
      T *buffer = chunkBuffers<T>().values[1];
      values.read(begin, count, buffer);
      write(buffer, stored, size, size_t(count));
      widen(stored, size, out, size_t(count));
    };
  });
  return fill;
}

template <class Bits>
void selectBits(const isa::SelectInst &inst, const Operand &dst,
                const Operand &a, const Operand &b, Context &context) {
  CpuLevel level = context.state.level;
  Fill<uint8_t> mask = maskOf(a, inst.isInvert(), level);
  Fill<Bits> source = bitsOf<Bits>(b, dst.dtype, inst.compute, level);
  Reader<Bits> before(asBits(dst), level);
  Writer<Bits> after(asBits(dst), level);
  overChunks(context, dst.counts, false, [&](int64_t begin, int64_t count) {
    thread_local uint8_t taken[chunkElements];
    auto &buffer = chunkBuffers<Bits>().values;
    mask(begin, count, taken);
    source(begin, count, buffer[2]);
    before.read(begin, count, buffer[3]);
    for (int64_t i = 0; i < count; ++i)
      buffer[4][i] = taken[i] ? buffer[2][i] : buffer[3][i];
    after.write(begin, count, buffer[4]);
  });
}

} // namespace

void execute(const isa::SelectInst &inst, Context &context) {
  const Counts counts = countsOf(inst);
  Operand a = context.read(inst.a, counts), b = context.read(inst.b, counts);
  // What the mask leaves out counts as not read.
  Operand dst = context.write(inst.dst, counts);
  if (isa::sizeOf(dst.dtype) == 8)
    return selectBits<uint64_t>(inst, dst, a, b, context);
  selectBits<uint32_t>(inst, dst, a, b, context);
}

} // namespace tilicho
