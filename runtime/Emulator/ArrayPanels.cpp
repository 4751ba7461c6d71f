// SPDX-License-Identifier: Apache-2.0
// Packing of panels, row by row.
#include "runtime/Emulator/ArrayPanels.h"

#include "runtime/Emulator/ArrayBackend.h"
#include "runtime/Emulator/ElementKernels.h"
#include "runtime/Emulator/Numerics.h"

#include <cstring>
#include <vector>

namespace tilicho {

int64_t panelSteps(PanelForm form, bool narrow, int64_t rows) {
  switch (form) {
  case PanelForm::Word:
    return narrow ? (rows + 3) / 4 * 4 : rows;
  case PanelForm::ChainPair:
    return (rows + 3) / 4 * 2;
  case PanelForm::IntegerPair:
    return (rows + 1) / 2;
  }
  return 0;
}

namespace {

/// Deals the words of one step out to all panels.
void storeStep(const uint32_t *row, const PanelPlan &plan, int64_t step,
               uint32_t *panels) {
  // Calls to copy a few words would take longer than the words.
  constexpr int64_t piece = 4;
  const int64_t width = plan.width, stride = plan.steps() * width;
  int64_t left = plan.end - plan.begin;
  uint32_t *to = panels + step * width;
  for (; left >= width && width % piece == 0; left -= width, to += stride)
    for (int64_t i = 0; i < width; i += piece, row += piece)
      std::memcpy(to + i, row, piece * 4);
  for (; left >= width; left -= width, row += width, to += stride)
    std::memcpy(to, row, size_t(width) * 4);
  if (!left)
    return;
  std::memset(to, 0, size_t(width) * 4);
  std::memcpy(to, row, size_t(left) * 4);
}

/// Reads rows of the operand as words.
class RowReader {
public:
  RowReader(const Operand &operand, const PanelPlan &plan, CpuLevel level)
      : walk(operand), plan(plan), count(plan.end - plan.begin),
        isWords(!plan.integer &&
                arithmeticOf(operand.dtype) == Arithmetic::Real),
        readReal(elementKernels<float>(level).read[int(operand.dtype)]),
        readInteger(elementKernels<int32_t>(level).read[int(operand.dtype)]) {}

  /// Row `k` where it lies, if it lies there as words, else read into `out`.
  const uint32_t *row(int64_t k, uint32_t *out) const {
    const uint8_t *lying = nullptr;
    if (k < plan.rows && isWords)
      walk.forRows(k * plan.columns + plan.begin, count,
                   [&](const uint8_t *from, int64_t step, int64_t n) {
                     if (n == count && step == 4)
                       lying = from;
                   });
    if (lying)
      return reinterpret_cast<const uint32_t *>(lying);
    read(k, out);
    return out;
  }

  /// Row `k`, or zeros beyond the last.
  void read(int64_t k, uint32_t *out) const {
    if (k >= plan.rows) {
      std::memset(out, 0, size_t(count) * 4);
      return;
    }
    walk.forRows(k * plan.columns + plan.begin, count,
                 [&](const uint8_t *from, int64_t step, int64_t n) {
                   readPiece(from, step, out, n);
                   out += n;
                 });
  }

private:
  void readPiece(const uint8_t *from, int64_t step, uint32_t *out,
                 int64_t n) const {
    if (!plan.integer)
      return readReal(from, step, reinterpret_cast<float *>(out), size_t(n));
    readInteger(from, step, reinterpret_cast<int32_t *>(out), size_t(n));
    for (int64_t i = 0; plan.zero && i < n; ++i)
      out[i] -= uint32_t(plan.zero);
  }

  Walk walk;
  const PanelPlan &plan;
  int64_t count;
  bool isWords;
  ElementKernels<float>::Read readReal;
  ElementKernels<int32_t>::Read readInteger;
};

uint32_t chainPair(uint32_t earlier, uint32_t later) {
  return (earlier & 0xffff0000) | later >> 16;
}
uint32_t integerPair(uint32_t earlier, uint32_t later) {
  return (earlier & 0xffff) | later << 16;
}

} // namespace

void packPanels(const Operand &operand, const PanelPlan &plan, CpuLevel level,
                uint32_t *panels) {
  thread_local std::vector<uint32_t> buffer;
  const int64_t count = plan.end - plan.begin;
  buffer.resize(size_t(count) * 2);
  uint32_t *first = buffer.data(), *second = first + count;
  RowReader reader(operand, plan, level);
  const int64_t steps = plan.steps();
  for (int64_t step = 0; step < steps; ++step) {
    if (plan.form == PanelForm::Word) {
      storeStep(reader.row(step, first), plan, step, panels);
      continue;
    }
    bool chain = plan.form == PanelForm::ChainPair;
    int64_t row = chain ? step / 2 * 4 + step % 2 : step * 2;
    reader.read(row, first);
    reader.read(row + (chain ? 2 : 1), second);
    if (chain)
      for (int64_t i = 0; i < count; ++i)
        first[i] = chainPair(first[i], second[i]);
    else
      for (int64_t i = 0; i < count; ++i)
        first[i] = integerPair(first[i], second[i]);
    storeStep(first, plan, step, panels);
  }
}

void widenPanels(PanelForm form, int64_t columns, PanelShape pairs,
                 const uint32_t *from, PanelShape words, uint32_t *to) {
  const bool chain = form == PanelForm::ChainPair;
  auto place = [&](const PanelShape &shape, int64_t step, int64_t column) {
    return (column / shape.width * shape.steps + step) * shape.width +
           column % shape.width;
  };
  for (int64_t step = 0; step < pairs.steps; ++step) {
    int64_t row = chain ? step / 2 * 4 + step % 2 : step * 2;
    int64_t next = row + (chain ? 2 : 1);
    for (int64_t column = 0; column < columns; ++column) {
      uint32_t pair = from[place(pairs, step, column)];
      uint32_t low = uint32_t(int32_t(int16_t(pair & 0xffff)));
      to[place(words, row, column)] = chain ? pair & 0xffff0000 : low;
      uint32_t high = uint32_t(int32_t(pair) >> 16);
      if (next < words.steps)
        to[place(words, next, column)] = chain ? pair << 16 : high;
    }
  }
}

} // namespace tilicho
