// SPDX-License-Identifier: Apache-2.0
// Runs a program: values to the bit, without time.
#ifndef TILICHO_RUNTIME_EMULATOR_EMULATOR_H
#define TILICHO_RUNTIME_EMULATOR_EMULATOR_H

#include "runtime/Emulator/CpuLevel.h"
#include "runtime/Emulator/Observer.h"
#include "runtime/Emulator/Sequencer.h"
#include "runtime/Program/Program.h"

#include "absl/status/statusor.h"
#include "absl/types/span.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tilicho {

/// None of these changes a bit of the results.
struct RunOptions {
  /// Threads that share each instruction's work.
  unsigned threads = 1;
  /// Trap on reads of what was never written, and on races.
  bool sanitize = false;
  /// The array's back end: `auto`, or as findBackend says. `auto` gives way to
  /// the environment variable TILICHO_BACKEND.
  std::string backend = "auto";
  /// The level of element loops; that of the host if not given.
  std::optional<CpuLevel> level;
  /// Not owned.
  std::vector<Observer *> observers;
  /// Where memory comes from and goes back to, if given; not owned.
  PageReserve *reserve = nullptr;
};

/// What a run leaves beside the outputs.
struct RunResult {
  /// Instructions that ran, by queue, control included.
  std::vector<uint64_t> instructions;
  /// By queue, what its load_registers gave, in order: all that the cycle model
  /// cannot work out from the stream.
  std::vector<std::vector<int64_t>> loadedRegisters;
};

class Sanitizer;

/// A program with its state, which stays for inspection after a run.
class Emulator {
public:
  /// Checks and decodes `program`, which has to outlive it.
  static absl::StatusOr<std::unique_ptr<Emulator>>
  create(const Program &program, const RunOptions &options = {});
  ~Emulator();

  /// Runs from the start. Inputs and outputs are the caller's buffers, in the
  /// order of Program::segmentsOf, of the segments' sizes. Memories keep what
  /// an earlier run left; registers and semaphores start from 0. On a trap, the
  /// state is that of the trap.
  absl::StatusOr<RunResult> run(absl::Span<const void *const> inputs,
                                absl::Span<void *const> outputs);

  State &state() { return *machineState; }
  /// Of the queue at this position, after or in a run.
  const Sequencer &sequencer(unsigned queue) const { return sequencers[queue]; }

private:
  Emulator(const Program &program, const RunOptions &options);

  absl::Status prepare();
  absl::Status bind(absl::Span<const void *const> inputs,
                    absl::Span<void *const> outputs);
  void copyUpdated(absl::Span<const uint32_t> ins,
                   absl::Span<const void *const> inputs,
                   absl::Span<const uint32_t> outs,
                   absl::Span<void *const> outputs);
  void addSegments();

  const Program &program;
  RunOptions options;
  std::unique_ptr<State> machineState;
  std::vector<BorrowedPages> scratch;
  std::vector<std::vector<Instruction>> code;
  std::vector<Sequencer> sequencers;
  std::vector<Observer *> observers;
  std::unique_ptr<Sanitizer> sanitizer;
};

/// Creates an emulator and runs it once.
absl::StatusOr<RunResult> run(const Program &program,
                              absl::Span<const void *const> inputs,
                              absl::Span<void *const> outputs,
                              const RunOptions &options = {});

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_EMULATOR_H
