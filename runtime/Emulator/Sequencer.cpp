// SPDX-License-Identifier: Apache-2.0
// The instructions that the sequencer carries out itself.
#include "runtime/Emulator/Sequencer.h"

#include "runtime/Emulator/ElementKernels.h"
#include "runtime/Emulator/Trap.h"
#include "runtime/Isa/RegisterArithmetic.h"

namespace tilicho {

bool Sequencer::mayStart() const {
  const isa::Header &header = next();
  return header.waitSemaphore == isa::kNoSemaphore ||
         state.semaphores[header.waitSemaphore] >= awaitedValue();
}

bool Sequencer::run() {
  uint64_t before = numExecuted;
  while (!hasEnded() && mayStart())
    step();
  return numExecuted != before;
}

bool Sequencer::runToSignal() {
  uint64_t before = numExecuted;
  bool signalled = false;
  while (!signalled && !hasEnded() && mayStart()) {
    signalled = next().signalSemaphore != isa::kNoSemaphore;
    step();
  }
  return numExecuted != before;
}

void Sequencer::step() {
  const Instruction &instruction = code[position];
  const isa::Header &header = instruction.header();
  following = position + 1;
  if (observers.empty()) {
    instruction.function ? instruction.function(header, context)
                         : control(instruction);
  } else {
    Event event{number, position, bytes.instruction(position), context};
    if (header.waitSemaphore != isa::kNoSemaphore)
      for (Observer *observer : observers)
        observer->onWait(number, header.waitSemaphore, awaitedValue());
    for (Observer *observer : observers)
      observer->onStart(event);
    instruction.function ? instruction.function(header, context)
                         : control(instruction);
    for (Observer *observer : observers)
      observer->onEnd(event);
  }
  ++numExecuted;
  signal(header);
  position = following;
}

void Sequencer::signal(const isa::Header &header) {
  if (header.signalSemaphore == isa::kNoSemaphore)
    return;
  state.semaphores.add(header.signalSemaphore, header.signalIncrement);
  for (Observer *observer : observers)
    observer->onSignal(number, header.signalSemaphore, header.signalIncrement);
}

void Sequencer::control(const Instruction &instruction) {
  Registers &registers = context.registers;
  switch (instruction.opcode) {
  case isa::Opcode::halt:
    following = uint32_t(code.size());
    return;
  case isa::Opcode::set: {
    auto &inst = instruction.as<isa::SetInst>();
    return registers.set(inst.rd, inst.imm);
  }
  case isa::Opcode::alu:
    return calculate(instruction.as<isa::AluInst>());
  case isa::Opcode::add_wrap:
    return addWrap(instruction.as<isa::AddWrapInst>());
  case isa::Opcode::loop:
    return beginLoop(instruction.as<isa::LoopInst>(), instruction.partner);
  case isa::Opcode::end_loop:
    return endLoop();
  case isa::Opcode::branch:
    return branch(instruction.as<isa::BranchInst>());
  case isa::Opcode::load_register:
    return loadRegister(instruction.as<isa::LoadRegisterInst>());
  case isa::Opcode::store_register:
    return storeRegister(instruction.as<isa::StoreRegisterInst>());
  case isa::Opcode::trap_if: {
    auto &inst = instruction.as<isa::TrapIfInst>();
    if (registers[inst.ra])
      trap(TrapKind::Raised, "code ", inst.imm, ", as r", int(inst.ra), " is ",
           registers[inst.ra]);
    return;
  }
  default:
    // wait and signal are done by the header.
    return;
  }
}

//===-- Registers ---------------------------------------------------------===//

void Sequencer::calculate(const isa::AluInst &inst) {
  Registers &r = context.registers;
  int64_t a = r[inst.ra], b = isa::wrappingSum(r[inst.rb], inst.imm);
  if (isa::dividesByZero(inst.alu, b))
    trap(TrapKind::BadControl, isa::nameOf(inst.alu), " of ", a, " by 0");
  r.set(inst.rd, isa::calculate(inst.alu, a, b));
}

void Sequencer::addWrap(const isa::AddWrapInst &inst) {
  if (inst.modulus < 1)
    trap(TrapKind::BadControl, "a ring of ", inst.modulus, " slots");
  Registers &r = context.registers;
  int64_t sum = isa::wrappingSum(r[inst.ra], inst.imm);
  r.set(inst.rd, isa::floorMod(sum, inst.modulus));
}

//===-- Loops and branches ------------------------------------------------===//

void Sequencer::beginLoop(const isa::LoopInst &inst, uint32_t end) {
  int64_t count = isa::wrappingSum(inst.imm, context.registers[inst.ra]);
  if (count <= 0) {
    following = end + 1;
    return;
  }
  context.registers.set(inst.rd, 0);
  loops.push_back({position + 1, inst.rd, 0, count});
}

void Sequencer::endLoop() {
  if (loops.empty())
    trap(TrapKind::BadControl, "ends a loop that is not running");
  Loop &loop = loops.back();
  if (++loop.iteration == loop.count) {
    loops.pop_back();
    return;
  }
  context.registers.set(loop.counter, loop.iteration);
  following = loop.begin;
}

void Sequencer::branch(const isa::BranchInst &inst) {
  bool zero = context.registers[inst.ra] == 0;
  if (zero == inst.isZero())
    following = uint32_t(inst.target);
}

//===-- Memory ------------------------------------------------------------===//

void Sequencer::loadRegister(const isa::LoadRegisterInst &inst) {
  Operand element =
      context.resolve(inst.access, {1, 1, 1, 1, 1}, AccessMode::Read);
  int64_t value;
  elementKernels<int64_t>(state.level)
      .read[size_t(element.dtype)](element.data, 0, &value, 1);
  context.registers.set(inst.rd, value);
  loaded.push_back(value);
}

void Sequencer::storeRegister(const isa::StoreRegisterInst &inst) {
  Operand element =
      context.resolve(inst.access, {1, 1, 1, 1, 1}, AccessMode::Write);
  int64_t value = context.registers[inst.ra];
  elementKernels<int64_t>(state.level)
      .write[size_t(element.dtype)](&value, element.data, 0, 1);
}

} // namespace tilicho
