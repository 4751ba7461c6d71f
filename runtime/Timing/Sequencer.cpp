// SPDX-License-Identifier: Apache-2.0
// Registers, loops and branches of one queue.
#include "runtime/Timing/Sequencer.h"

#include <algorithm>

namespace tilicho::timing {

using isa::Opcode;
using isa::RegisterOp;

/// As the ISA says: 64-bit two's complement that wraps.
static int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }

static int64_t floorMod(int64_t a, int64_t b) {
  if (b == 0 || b == -1)
    return 0;
  int64_t remainder = a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b
                                                      : remainder;
}

static int64_t divide(int64_t a, int64_t b) {
  if (b == 0)
    return 0;
  return b == -1 ? wrap(0 - uint64_t(a)) : a / b;
}

static int64_t apply(RegisterOp op, int64_t a, int64_t b) {
  switch (op) {
  case RegisterOp::add:
    return wrap(uint64_t(a) + uint64_t(b));
  case RegisterOp::sub:
    return wrap(uint64_t(a) - uint64_t(b));
  case RegisterOp::mul:
    return wrap(uint64_t(a) * uint64_t(b));
  case RegisterOp::div:
    return divide(a, b);
  case RegisterOp::mod:
    return floorMod(a, b);
  case RegisterOp::min:
    return std::min(a, b);
  case RegisterOp::max:
    return std::max(a, b);
  case RegisterOp::shl:
    return wrap(uint64_t(a) << (b & 63));
  case RegisterOp::shr:
    return a >> (b & 63);
  case RegisterOp::bit_and:
    return a & b;
  case RegisterOp::bit_or:
    return a | b;
  case RegisterOp::bit_xor:
    return a ^ b;
  case RegisterOp::eq:
    return a == b;
  case RegisterOp::ne:
    return a != b;
  case RegisterOp::lt:
    return a < b;
  case RegisterOp::le:
    return a <= b;
  }
  return 0;
}

void Sequencer::write(uint8_t reg, int64_t value, bool known) {
  if (reg == 0)
    return;
  registers[reg] = value;
  uint64_t bit = uint64_t{1} << reg;
  unknown = known ? unknown & ~bit : unknown | bit;
}

void Sequencer::calculate(const Control &control) {
  int64_t b = wrap(uint64_t(value(control.rb)) + uint64_t(control.imm));
  write(control.rd, apply(control.alu, value(control.ra), b),
        isKnown(control.ra) && isKnown(control.rb));
}

void Sequencer::addWrap(const Control &control) {
  int64_t sum = wrap(uint64_t(value(control.ra)) + uint64_t(control.imm));
  write(control.rd, floorMod(sum, std::max<int64_t>(control.modulus, 1)),
        isKnown(control.ra));
}

void Sequencer::load(const Control &control) {
  if (!loaded)
    return write(control.rd, 0, false);
  if (nextLoaded == loaded->size()) {
    lost = true;
    return;
  }
  write(control.rd, (*loaded)[nextLoaded++], true);
}

void Sequencer::enterLoop(const Control &control) {
  if (!isKnown(control.ra))
    lost = true;
  int64_t count = control.imm + value(control.ra);
  if (count <= 0) {
    place = control.target;
    return;
  }
  loops.push_back({place, 0, count});
  write(control.rd, 0, true);
}

void Sequencer::endLoop(const Control &control) {
  Iteration &iteration = loops.back();
  if (++iteration.index == iteration.count) {
    loops.pop_back();
    return;
  }
  place = iteration.loop;
  write(queue->controls[queue->ops[place].detail].rd, iteration.index, true);
}

bool Sequencer::branch(const Control &control) {
  if (!isKnown(control.ra))
    lost = true;
  bool taken = (value(control.ra) != 0) != control.branchIfZero;
  if (taken)
    place = control.target - 1;
  return taken;
}

bool Sequencer::step() {
  const Op &current = op();
  bool unforeseen = false;
  if (current.action == Action::Register || current.action == Action::Ordered) {
    const Control &control = queue->controls[current.detail];
    switch (current.opcode) {
    case Opcode::set:
      write(control.rd, control.imm, true);
      break;
    case Opcode::alu:
      calculate(control);
      break;
    case Opcode::add_wrap:
      addWrap(control);
      break;
    case Opcode::load_register:
      load(control);
      break;
    case Opcode::loop:
      enterLoop(control);
      break;
    case Opcode::end_loop:
      endLoop(control);
      break;
    case Opcode::branch:
      unforeseen = branch(control);
      break;
    case Opcode::halt:
      place = uint32_t(queue->ops.size());
      return false;
    default:
      break;
    }
  }
  ++place;
  return unforeseen;
}

} // namespace tilicho::timing
