// SPDX-License-Identifier: Apache-2.0
// A queue's instructions, decoded once.
#ifndef TILICHO_RUNTIME_EMULATOR_CODE_H
#define TILICHO_RUNTIME_EMULATOR_CODE_H

#include "runtime/Emulator/State.h"
#include "runtime/Program/Program.h"

#include "absl/status/statusor.h"

#include <vector>

namespace tilicho {

/// One instruction with the function that carries it out.
class Instruction {
public:
  using Function = void (*)(const isa::Header &inst, Context &context);

  /// Null for what the sequencer does itself.
  Function function = nullptr;
  isa::Opcode opcode{};
  /// Loops: the position of the matching end. Ends: that of the loop.
  uint32_t partner = 0;

  template <class Inst> void set(const Inst &inst) {
    static_assert(sizeof(Inst) <= sizeof storage &&
                  std::is_trivially_copyable_v<Inst>);
    opcode = Inst::opcode;
    new (storage) Inst(inst);
  }
  template <class Inst> const Inst &as() const {
    return *std::launder(reinterpret_cast<const Inst *>(storage));
  }
  const isa::Header &header() const { return as<isa::Header>(); }

private:
  alignas(8) std::byte storage[192];
};

/// Decodes and checks against the machine what does not depend on registers:
/// types, operations and memories of each engine.
absl::StatusOr<std::vector<Instruction>> decodeQueue(const Program &program,
                                                     const QueueCode &queue);

/// `queue vec, instruction 12 (node conv1)`, and with `text` the instruction.
std::string placeOf(const Program &program, const QueueCode &queue,
                    uint32_t index, bool text);

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_CODE_H
