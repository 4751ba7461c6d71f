// SPDX-License-Identifier: Apache-2.0
// Registers, loops and branches of one queue.
#include "runtime/Timing/Sequencer.h"

#include <algorithm>

namespace tilicho::timing {

using isa::Opcode;

void Sequencer::write(uint8_t reg, int64_t value, bool known) {
  if (reg == 0)
    return;
  registers[reg] = value;
  uint64_t bit = uint64_t{1} << reg;
  unknown = known ? unknown & ~bit : unknown | bit;
}

void Sequencer::calculate(const Control &control) {
  int64_t b = isa::wrappingSum(value(control.rb), control.imm);
  bool known = isKnown(control.ra) && isKnown(control.rb);
  // The emulator traps a division by zero; of an unknown register it is none.
  if (isa::dividesByZero(control.alu, b))
    return write(control.rd, 0, known);
  write(control.rd, isa::calculate(control.alu, value(control.ra), b), known);
}

void Sequencer::addWrap(const Control &control) {
  int64_t sum = isa::wrappingSum(value(control.ra), control.imm);
  int64_t modulus = std::max<int64_t>(control.modulus, 1);
  write(control.rd, isa::floorMod(sum, modulus), isKnown(control.ra));
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
  int64_t count = isa::wrappingSum(control.imm, value(control.ra));
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
