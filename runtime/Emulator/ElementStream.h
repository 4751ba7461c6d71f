// SPDX-License-Identifier: Apache-2.0
// Operands as streams of numbers in the type of arithmetic, a chunk at a time.
#ifndef TILICHO_RUNTIME_EMULATOR_ELEMENTSTREAM_H
#define TILICHO_RUNTIME_EMULATOR_ELEMENTSTREAM_H

#include "runtime/Emulator/ElementKernels.h"
#include "runtime/Emulator/Numerics.h"
#include "runtime/Emulator/State.h"
#include "runtime/Emulator/Trap.h"
#include "runtime/Isa/WithCompute.h"

namespace tilicho {

/// Elements handled at once: a few buffers of them fit in the first cache. A
/// multiple of numChains.
inline constexpr int64_t chunkElements = 1024;

/// Buffers of one thread.
template <class T> struct ChunkBuffers {
  alignas(64) T values[6][chunkElements];
};
template <class T> ChunkBuffers<T> &chunkBuffers() {
  thread_local ChunkBuffers<T> buffers;
  return buffers;
}

/// Numbers at data[0], data[step], ...; step is 0 where all are the same.
template <class T> struct Values {
  const T *data;
  size_t step;
};

/// The type of arithmetic that holds every value of an element type.
template <class F> void withCarrier(isa::DType dtype, F f) {
  switch (dtype) {
  case isa::DType::f64:
    return f(double());
  case isa::DType::u32:
    return f(uint32_t());
  case isa::DType::i64:
    return f(int64_t());
  case isa::DType::u64:
    return f(uint64_t());
  default:
    return isa::isFloat(dtype) ? f(float()) : f(int32_t());
  }
}

/// A memory operand read as T.
template <class T> class Reader {
public:
  Reader(const Operand &operand, CpuLevel level)
      : walk(operand),
        kernel(elementKernels<T>(level).read[size_t(operand.dtype)]) {}

  void read(int64_t begin, int64_t count, T *out) const {
    walk.forRows(begin, count,
                 [&](const uint8_t *from, int64_t step, int64_t n) {
                   kernel(from, step, out, size_t(n));
                   out += n;
                 });
  }
  Values<T> operator()(int64_t begin, int64_t count, T *buffer) const {
    read(begin, count, buffer);
    return {buffer, 1};
  }

private:
  Walk walk;
  typename ElementKernels<T>::Read kernel;
};

/// A memory operand written from T.
template <class T> class Writer {
public:
  Writer(const Operand &operand, CpuLevel level)
      : walk(operand),
        kernel(elementKernels<T>(level).write[size_t(operand.dtype)]) {}

  void write(int64_t begin, int64_t count, const T *from) const {
    walk.forRows(begin, count, [&](uint8_t *to, int64_t step, int64_t n) {
      kernel(from, to, step, size_t(n));
      from += n;
    });
  }
  /// The same, with `buffer` to spread one value over.
  void write(int64_t begin, int64_t count, Values<T> values, T *buffer) const {
    if (!values.step)
      std::fill(buffer, buffer + count, *values.data);
    write(begin, count, values.step ? values.data : buffer);
  }

private:
  Walk walk;
  typename ElementKernels<T>::Write kernel;
};

/// The immediate of a scalar operand, in T.
template <class T> T immediate(const isa::Scalar &scalar) {
  if constexpr (std::is_floating_point_v<T>)
    return T(numerics::floatOf(scalar.payload));
  return T(int32_t(scalar.payload));
}

/// A scalar operand: one value, or one for each partition.
template <class T> class ScalarReader {
public:
  ScalarReader(const isa::Scalar &scalar, const Counts &counts,
               Context &context)
      : value(immediate<T>(scalar)),
        column(scalar.kind == isa::ScalarKind::Column),
        perPartition(product(counts) / counts[0]) {
    if (!column)
      return;
    Operand operand = context.readColumn(scalar, counts[0]);
    operand.counts = counts;
    spread = Reader<T>(operand, context.state.level);
  }

  bool isColumn() const { return column; }

  Values<T> operator()(int64_t begin, int64_t count, T *buffer) const {
    if (!column)
      return {&value, 0};
    bool one = begin / perPartition == (begin + count - 1) / perPartition;
    spread.read(begin, one ? 1 : count, buffer);
    return {buffer, one ? size_t(0) : size_t(1)};
  }

private:
  T value;
  bool column;
  int64_t perPartition;
  Reader<T> spread{Operand{}, CpuLevel::Baseline};
};

/// An operation with its loops. A unary one ignores its second operand.
template <class T> class Operation {
public:
  Operation(isa::AluOp op, bool reversed, CpuLevel level) : reversed(reversed) {
    const ElementKernels<T> &kernels = elementKernels<T>(level);
    isCopy = op == isa::AluOp::copy;
    unary = kernels.unary[size_t(op)];
    binary = kernels.binary[size_t(op)];
    if (!unary && !binary)
      trap(TrapKind::BadOperand, "operation ", isa::nameOf(op),
           " is not defined in this compute type");
  }

  Values<T> operator()(Values<T> a, Values<T> b, size_t count,
                       T *result) const {
    if (isCopy)
      return a;
    if (unary) {
      unary(a.data, result, a.step ? count : 1);
      return {result, a.step};
    }
    if (reversed)
      std::swap(a, b);
    size_t step = a.step | b.step;
    binary(a.data, a.step, b.data, b.step, result, step ? count : 1);
    return {result, step};
  }

private:
  bool reversed;
  bool isCopy;
  typename ElementKernels<T>::Unary unary;
  typename ElementKernels<T>::Binary binary;
};

/// Elements that are worth a thread's while.
inline constexpr int64_t parallelElements = 4096;

/// Calls `body(begin, end)` over the partitions, split among threads if it
/// pays.
template <class Body>
void overPartitions(Context &context, const Counts &counts, Body body) {
  int64_t elements = product(counts);
  int64_t grain =
      std::max<int64_t>(1, parallelElements * counts[0] / (elements + 1));
  context.state.pool.parallel(counts[0], grain, body);
}

/// Calls `body(begin, count)` for chunks that cover all elements, row-major.
/// `byPartition`: a chunk lies in one partition, if partitions are not tiny.
template <class Body>
void overChunks(Context &context, const Counts &counts, bool byPartition,
                Body body) {
  constexpr int64_t tiny = 48;
  int64_t each = product(counts) / counts[0];
  bool apart = byPartition && each >= tiny;
  overPartitions(context, counts, [&](int64_t first, int64_t last) {
    int64_t stride = apart ? each : each * (last - first);
    for (int64_t at = first * each; at < last * each; at += stride)
      for (int64_t done = 0; done < stride; done += chunkElements)
        body(at + done, std::min(chunkElements, stride - done));
  });
}

/// Copies elements bit by bit between operands of equal counts and sizes.
void moveBits(const Operand &dst, const Operand &src, ThreadPool &pool);

/// Copies elements with the conversions of reading and writing, bit by bit if
/// the types are equal.
void convert(const Operand &dst, const Operand &src, Context &context);

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_ELEMENTSTREAM_H
