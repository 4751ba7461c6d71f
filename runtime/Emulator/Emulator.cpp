// SPDX-License-Identifier: Apache-2.0
// Sets up the state, runs the queues in turn and reports traps.
#include "runtime/Emulator/Emulator.h"

#include "runtime/Emulator/RunQueues.h"
#include "runtime/Emulator/Sanitizer.h"
#include "runtime/Emulator/Trap.h"
#include "runtime/Isa/Concat.h"
#include "runtime/Program/Load.h"

#include <cstdlib>
#include <cstring>

namespace tilicho {

static absl::StatusOr<const ArrayBackend *> chooseBackend(std::string name) {
  const char *forced = std::getenv("TILICHO_BACKEND");
  return findBackend(name == "auto" && forced ? forced : name);
}

Emulator::Emulator(const Program &program, const RunOptions &options)
    : program(program), options(options), observers(options.observers) {}

Emulator::~Emulator() = default;

absl::StatusOr<std::unique_ptr<Emulator>>
Emulator::create(const Program &program, const RunOptions &options) {
  std::unique_ptr<Emulator> emulator(new Emulator(program, options));
  absl::Status status = emulator->prepare();
  if (!status.ok())
    return status;
  return emulator;
}

absl::Status Emulator::prepare() {
  absl::Status status = verifyProgram(program);
  if (!status.ok())
    return status;
  auto backend = chooseBackend(options.backend);
  if (!backend.ok())
    return backend.status();
  for (const QueueCode &queue : program.queues) {
    auto decoded = decodeQueue(program, queue);
    if (!decoded.ok())
      return decoded.status();
    code.push_back(*std::move(decoded));
  }
  machineState = std::make_unique<State>(program.machine, **backend,
                                         options.level.value_or(hostCpuLevel()),
                                         options.threads, options.reserve);
  addSegments();
  if (options.sanitize) {
    sanitizer = std::make_unique<Sanitizer>(program, *machineState);
    observers.push_back(sanitizer.get());
    machineState->listener = sanitizer.get();
  }
  return absl::OkStatus();
}

void Emulator::addSegments() {
  for (const Segment &segment : program.segments) {
    HbmSegment hbm{segment.name, nullptr, int64_t(segment.bytes), true};
    if (segment.kind == Segment::Kind::Constant) {
      hbm.data = const_cast<uint8_t *>(segment.data);
      hbm.writable = false;
    }
    if (segment.kind == Segment::Kind::Input)
      hbm.writable = false;
    if (segment.kind == Segment::Kind::Scratch)
      hbm.data = scratch.emplace_back(segment.bytes, options.reserve).data();
    machineState->hbm.add(std::move(hbm));
  }
}

/// Outputs that hold an input at first take its value, where they are not the
/// same memory.
void Emulator::copyUpdated(absl::Span<const uint32_t> ins,
                           absl::Span<const void *const> inputs,
                           absl::Span<const uint32_t> outs,
                           absl::Span<void *const> outputs) {
  for (size_t i = 0; i < outs.size(); ++i) {
    const Segment &segment = program.segments[outs[i]];
    for (size_t in = 0; in < ins.size(); ++in)
      if (ins[in] == segment.updates && segment.bytes > 0 &&
          inputs[in] != outputs[i])
        std::memcpy(outputs[i], inputs[in], segment.bytes);
  }
}

absl::Status Emulator::bind(absl::Span<const void *const> inputs,
                            absl::Span<void *const> outputs) {
  auto ins = program.segmentsOf(Segment::Kind::Input);
  auto outs = program.segmentsOf(Segment::Kind::Output);
  if (ins.size() != inputs.size() || outs.size() != outputs.size())
    return absl::InvalidArgumentError(
        concat("the program has ", ins.size(), " inputs and ", outs.size(),
               " outputs, but ", inputs.size(), " and ", outputs.size(),
               " were given"));
  for (size_t i = 0; i < ins.size(); ++i)
    machineState->hbm.setData(
        ins[i], static_cast<uint8_t *>(const_cast<void *>(inputs[i])));
  for (size_t i = 0; i < outs.size(); ++i)
    machineState->hbm.setData(outs[i], static_cast<uint8_t *>(outputs[i]));
  copyUpdated(ins, inputs, outs, outputs);
  return absl::OkStatus();
}

absl::StatusOr<RunResult> Emulator::run(absl::Span<const void *const> inputs,
                                        absl::Span<void *const> outputs) {
  absl::Status status = bind(inputs, outputs);
  if (!status.ok())
    return status;
  machineState->semaphores = {};
  sequencers.clear();
  for (unsigned i = 0; i < program.queues.size(); ++i)
    sequencers.emplace_back(i, program.queues[i], code[i], *machineState,
                            observers);
  if (sanitizer)
    sanitizer->restart();
  status =
      runQueues(program, *machineState, sequencers,
                observers.empty() ? QueueOrder::OnDemand : QueueOrder::InTurn);
  if (!status.ok())
    return status;
  RunResult result;
  for (const Sequencer &sequencer : sequencers) {
    result.instructions.push_back(sequencer.executed());
    result.loadedRegisters.push_back(sequencer.loadedRegisters());
  }
  return result;
}

absl::StatusOr<RunResult> run(const Program &program,
                              absl::Span<const void *const> inputs,
                              absl::Span<void *const> outputs,
                              const RunOptions &options) {
  auto emulator = Emulator::create(program, options);
  if (!emulator.ok())
    return emulator.status();
  return (*emulator)->run(inputs, outputs);
}

} // namespace tilicho
