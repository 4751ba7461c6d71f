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

//===-- Turned copies -----------------------------------------------------===//

/// A matrix whose rows lie side by side in `from` and its columns in `to`.
struct Turn {
  uint8_t *to;
  /// From one row of `from` to the next one, and of `to`.
  int64_t fromStep, toStep;
  const uint8_t *from;
};

typedef uint16_t Halves __attribute__((vector_size(16)));
typedef uint32_t Words __attribute__((vector_size(16)));

Halves lowHalves(Halves a, Halves b) {
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
Halves highHalves(Halves a, Halves b) {
  return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
Words lowHalves(Words a, Words b) {
  return __builtin_shufflevector(a, b, 0, 4, 1, 5);
}
Words highHalves(Words a, Words b) {
  return __builtin_shufflevector(a, b, 2, 6, 3, 7);
}

/// As many rows as a vector has elements: each round moves the bit of a row's
/// number that is highest into the column's number.
template <class Vector, int size> void turnBlock(const Turn &turn) {
  Vector rows[size], turned[size];
  for (int i = 0; i < size; ++i)
    std::memcpy(&rows[i], turn.from + i * turn.fromStep, sizeof(Vector));
  for (int round = 1; round < size; round *= 2) {
    for (int i = 0; i < size / 2; ++i) {
      turned[2 * i] = lowHalves(rows[i], rows[i + size / 2]);
      turned[2 * i + 1] = highHalves(rows[i], rows[i + size / 2]);
    }
    std::memcpy(rows, turned, sizeof rows);
  }
  for (int i = 0; i < size; ++i)
    std::memcpy(turn.to + i * turn.toStep, &rows[i], sizeof(Vector));
}

/// `rows` rows of `from` and `columns` elements of each.
template <class Vector, class Word>
void turnAll(const Turn &all, int64_t rows, int64_t columns) {
  constexpr int size = sizeof(Vector) / sizeof(Word);
  auto part = [&](int64_t row, int64_t column) {
    return Turn{all.to + column * all.toStep + row * int64_t(sizeof(Word)),
                all.fromStep, all.toStep,
                all.from + row * all.fromStep + column * int64_t(sizeof(Word))};
  };
  const int64_t wholeRows = rows / size * size;
  const int64_t wholeColumns = columns / size * size;
  for (int64_t column = 0; column < wholeColumns; column += size)
    for (int64_t row = 0; row < wholeRows; row += size)
      turnBlock<Vector, size>(part(row, column));
  for (int64_t column = 0; column < columns; ++column)
    for (int64_t row = column < wholeColumns ? wholeRows : 0; row < rows;
         ++row) {
      Turn one = part(row, column);
      std::memcpy(one.to, one.from, sizeof(Word));
    }
}

//===-- Copies ------------------------------------------------------------===//

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
    if (d == walk.dims - 2 &&
        (turns(d, to, from, count) || repeats(d, to, from, count)))
      return;
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

private:
  /// Copies the innermost two dimensions if the second one repeats what the
  /// first one gathers side by side.
  bool repeats(int d, uint8_t *to, const uint8_t *from, int64_t count) const {
    uint8_t gathered[4096];
    const int64_t bytes = count * size;
    if (walk.to[d] != size || walk.from[d + 1] != 0 ||
        bytes > int64_t(sizeof gathered))
      return false;
    copyRow(gathered, size, from, walk.from[d], count);
    for (int64_t i = 0; i < walk.counts[d + 1]; ++i)
      std::memcpy(to + i * walk.to[d + 1], gathered, size_t(bytes));
    return true;
  }

  /// Copies the innermost two dimensions if they turn round: one of them is
  /// without gaps in `from`, the other one in `to`.
  bool turns(int d, uint8_t *to, const uint8_t *from, int64_t count) const {
    if (size != 2 && size != 4)
      return false;
    int64_t inner = walk.counts[d + 1];
    int rows = d, columns = d + 1;
    if (walk.to[rows] != size || walk.from[columns] != size)
      std::swap(rows, columns);
    if (walk.to[rows] != size || walk.from[columns] != size)
      return false;
    Turn turn{to, walk.from[rows], walk.to[columns], from};
    int64_t numRows = rows == d ? count : inner;
    int64_t numColumns = rows == d ? inner : count;
    if (size == 2)
      turnAll<Halves, uint16_t>(turn, numRows, numColumns);
    else
      turnAll<Words, uint32_t>(turn, numRows, numColumns);
    return true;
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
