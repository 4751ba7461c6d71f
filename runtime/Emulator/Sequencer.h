// SPDX-License-Identifier: Apache-2.0
// One queue: its registers, loops, branches, waits and signals.
#ifndef TILICHO_RUNTIME_EMULATOR_SEQUENCER_H
#define TILICHO_RUNTIME_EMULATOR_SEQUENCER_H

#include "runtime/Emulator/Code.h"
#include "runtime/Emulator/Observer.h"

#include <vector>

namespace tilicho {

class Sequencer {
public:
  /// `code`, `bytes` and `observers` outlive it.
  Sequencer(unsigned queue, const QueueCode &bytes,
            const std::vector<Instruction> &code, State &state,
            const std::vector<Observer *> &observers)
      : number(queue), bytes(bytes), code(code), state(state),
        context{state, {}}, observers(observers) {}

  /// Goes on until the queue ends or has to wait. Says whether it did anything.
  bool run();
  /// The same, but stops after an instruction that signals.
  bool runToSignal();

  bool hasEnded() const { return position >= code.size(); }
  /// The instruction that comes next.
  uint32_t index() const { return position; }
  /// The semaphore that it waits for, and the value.
  unsigned awaitedSemaphore() const { return next().waitSemaphore; }
  int64_t awaitedValue() const {
    return int64_t(uint64_t(context.registers[next().waitRegister]) +
                   uint64_t(int64_t(next().waitValue)));
  }

  const Registers &registers() const { return context.registers; }
  uint64_t executed() const { return numExecuted; }
  /// What each load_register gave, in order.
  const std::vector<int64_t> &loadedRegisters() const { return loaded; }

private:
  struct Loop {
    uint32_t begin;
    uint8_t counter;
    int64_t iteration, count;
  };

  const isa::Header &next() const { return code[position].header(); }
  bool mayStart() const;
  void step();
  void control(const Instruction &instruction);
  void signal(const isa::Header &header);

  void calculate(const isa::AluInst &inst);
  void addWrap(const isa::AddWrapInst &inst);
  void beginLoop(const isa::LoopInst &inst, uint32_t end);
  void endLoop();
  void branch(const isa::BranchInst &inst);
  void loadRegister(const isa::LoadRegisterInst &inst);
  void storeRegister(const isa::StoreRegisterInst &inst);

  unsigned number;
  const QueueCode &bytes;
  const std::vector<Instruction> &code;
  State &state;
  Context context;
  const std::vector<Observer *> &observers;
  uint32_t position = 0;
  /// Set by control instructions; else position + 1.
  uint32_t following = 0;
  std::vector<Loop> loops;
  uint64_t numExecuted = 0;
  std::vector<int64_t> loaded;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_SEQUENCER_H
