// SPDX-License-Identifier: Apache-2.0
// Decoding of a queue, and what each engine of a machine can do.
#include "runtime/Emulator/Code.h"

#include "runtime/Emulator/ElementOps.h"
#include "runtime/Emulator/Execute.h"
#include "runtime/Isa/Assembly.h"
#include "runtime/Isa/Concat.h"

namespace tilicho {

namespace {

template <class Inst, class = void> struct IsExecuted : std::false_type {};
template <class Inst>
struct IsExecuted<Inst,
                  std::void_t<decltype(execute(std::declval<const Inst &>(),
                                               std::declval<Context &>()))>>
    : std::true_type {};

template <class Inst>
void executeAs(const isa::Header &inst, Context &context) {
  execute(static_cast<const Inst &>(inst), context);
}

Instruction decodeInstruction(const uint8_t *bytes) {
  Instruction instruction;
  isa::visit(bytes, [&](const auto &inst) {
    using Inst = std::decay_t<decltype(inst)>;
    instruction.set(inst);
    static_assert(IsExecuted<Inst>::value != Inst::isControl,
                  "each instruction is executed by its engine or sequencer");
    if constexpr (IsExecuted<Inst>::value)
      instruction.function = executeAs<Inst>;
  });
  return instruction;
}

//===-- What an engine can do ---------------------------------------------===//

const EngineModel *engineOf(const Machine &machine, isa::QueueKind kind) {
  switch (kind) {
  case isa::QueueKind::act:
    return &machine.act;
  case isa::QueueKind::vec:
    return &machine.vec;
  case isa::QueueKind::pool:
    return &machine.pool;
  default:
    return nullptr;
  }
}

std::string checkAccess(const isa::Access &access, const EngineModel &engine) {
  if (!engine.dtypes.has(access.dtype))
    return concat("the engine cannot read or write ",
                  isa::nameOf(access.dtype));
  if (access.space == isa::Space::Psum && !engine.reachesPsum)
    return "the engine does not reach PSUM";
  return "";
}

bool isDefined(isa::AluOp op, isa::Compute compute) {
  bool real = compute == isa::Compute::f32 || compute == isa::Compute::f64;
  return real ? ops::isDefined<float>(op) : ops::isDefined<int32_t>(op);
}

template <class Inst>
std::string checkOperation(const Inst &inst, isa::AluOp op) {
  if (isDefined(op, inst.compute))
    return "";
  return concat("operation ", isa::nameOf(op), " is not defined in ",
                isa::nameOf(inst.compute));
}

template <class Inst, class = void> struct HasCompute : std::false_type {};
template <class Inst>
struct HasCompute<Inst, std::void_t<decltype(Inst::compute)>> : std::true_type {
};

/// The first thing wrong with an instruction of act, vec or pool, or "".
class EngineCheck {
public:
  EngineCheck(const EngineModel &engine, const uint8_t *bytes)
      : engine(engine), bytes(bytes) {}

  template <class Inst> std::string operator()(const Inst &inst) const {
    std::string problem = checkOperands(Inst::opcode, inst.flags);
    if constexpr (HasCompute<Inst>::value) {
      if (problem.empty() && !engine.computes.has(inst.compute))
        return concat("the engine cannot calculate in ",
                      isa::nameOf(inst.compute));
    }
    return problem.empty() ? checkOperations(inst) : problem;
  }

private:
  std::string checkOperands(isa::Opcode opcode, uint8_t flags) const {
    for (const isa::OperandInfo &info : isa::instructionInfo(opcode).operands) {
      if (!info.isPresent(flags) || info.kind != isa::FieldKind::Access)
        continue;
      auto access = isa::decodeAs<isa::Access>(bytes + info.offset);
      if (access.space == isa::Space::None)
        continue;
      std::string problem = checkAccess(access, engine);
      if (!problem.empty())
        return concat(info.name, ": ", problem);
    }
    return "";
  }

  template <class Inst> static std::string checkOperations(const Inst &) {
    return "";
  }
  static std::string checkOperations(const isa::TensorTensorInst &inst) {
    return checkOperation(inst, inst.op0);
  }
  static std::string checkOperations(const isa::TensorScalarInst &inst) {
    std::string problem = checkOperation(inst, inst.op0);
    return problem.empty() ? checkOperation(inst, inst.op1) : problem;
  }
  static std::string checkOperations(const isa::ScalarTensorTensorInst &inst) {
    std::string problem = checkOperation(inst, inst.op0);
    return problem.empty() ? checkOperation(inst, inst.op1) : problem;
  }
  static std::string checkOperations(const isa::ScanInst &inst) {
    std::string problem = checkOperation(inst, inst.op0);
    return problem.empty() ? checkOperation(inst, inst.op1) : problem;
  }

  const EngineModel &engine;
  const uint8_t *bytes;
};

std::string check(const Machine &machine, isa::QueueKind kind,
                  const uint8_t *bytes) {
  const EngineModel *engine = engineOf(machine, kind);
  if (!engine)
    return "";
  return isa::visit(bytes, EngineCheck(*engine, bytes));
}

/// Lets loops and their ends know of each other.
void matchLoops(std::vector<Instruction> &code) {
  std::vector<uint32_t> open;
  for (uint32_t i = 0; i < code.size(); ++i) {
    if (code[i].opcode == isa::Opcode::loop)
      open.push_back(i);
    if (code[i].opcode != isa::Opcode::end_loop || open.empty())
      continue;
    code[i].partner = open.back();
    code[open.back()].partner = i;
    open.pop_back();
  }
}

} // namespace

std::string placeOf(const Program &program, const QueueCode &queue,
                    uint32_t index, bool text) {
  uint32_t node = queue.nodeOf(index);
  std::string place = concat("queue ", queue.name, ", instruction ", index);
  if (node < program.nodes.size())
    place += concat(" (node ", program.nodes[node], ")");
  if (text && index < queue.numInstructions())
    place += concat(" `", isa::printInstruction(queue.instruction(index)), "`");
  return place;
}

absl::StatusOr<std::vector<Instruction>> decodeQueue(const Program &program,
                                                     const QueueCode &queue) {
  std::optional<isa::QueueKind> kind = isa::queueKindOf(queue.name);
  if (!kind)
    return absl::InvalidArgumentError(
        concat("unknown queue '", queue.name, "'"));
  std::vector<Instruction> code;
  code.reserve(queue.numInstructions());
  for (uint32_t i = 0; i < queue.numInstructions(); ++i) {
    const uint8_t *bytes = queue.instruction(i);
    std::string problem = check(program.machine, *kind, bytes);
    if (!problem.empty())
      return absl::InvalidArgumentError(
          concat(placeOf(program, queue, i, true), ": ", problem));
    code.push_back(decodeInstruction(bytes));
  }
  matchLoops(code);
  return code;
}

} // namespace tilicho
