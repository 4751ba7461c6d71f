// SPDX-License-Identifier: Apache-2.0
// Registers, loops and branches of one queue.
#ifndef TILICHO_RUNTIME_TIMING_SEQUENCER_H
#define TILICHO_RUNTIME_TIMING_SEQUENCER_H

#include "runtime/Isa/RegisterArithmetic.h"
#include "runtime/Timing/Op.h"

#include <algorithm>

namespace tilicho::timing {

/// Follows the control flow of a queue. Registers that were loaded from memory
/// take the values of a log; without one they are unknown, and so is what is
/// calculated from them. That is no harm until control depends on it.
class Sequencer {
public:
  Sequencer(const QueueOps &queue, const std::vector<int64_t> *loaded)
      : queue(&queue), loaded(loaded) {}

  bool atEnd() const { return place >= queue->ops.size(); }
  uint32_t index() const { return place; }
  const Op &op() const { return queue->ops[place]; }

  /// Carries out the instruction in place and goes on to the next. Returns
  /// true if that next one could not be foreseen.
  bool step();

  int64_t value(uint8_t reg) const { return registers[reg]; }
  bool isKnown(uint8_t reg) const { return !(unknown >> reg & 1); }
  /// Set when control depended on an unknown register or the log ended early.
  bool isLost() const { return lost; }

  /// What the registers of the place add to the address of `span`, as far as
  /// it can lie in a memory.
  int64_t base(const Span &span) const {
    constexpr int64_t farthest = int64_t{1} << 48;
    int64_t product = isa::wrap(uint64_t(registers[span.regA]) *
                                uint64_t(int64_t{span.strideA}));
    return std::clamp(isa::wrappingSum(product, registers[span.regB]),
                      -farthest, farthest);
  }

private:
  struct Iteration {
    uint32_t loop;
    int64_t index, count;
  };

  void write(uint8_t reg, int64_t value, bool known);
  void calculate(const Control &control);
  void addWrap(const Control &control);
  void load(const Control &control);
  void enterLoop(const Control &control);
  void endLoop(const Control &control);
  bool branch(const Control &control);

  const QueueOps *queue;
  const std::vector<int64_t> *loaded;
  size_t nextLoaded = 0;
  uint32_t place = 0;
  bool lost = false;
  uint64_t unknown = 0;
  int64_t registers[64] = {};
  std::vector<Iteration> loops;
};

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_SEQUENCER_H
