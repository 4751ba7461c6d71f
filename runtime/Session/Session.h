// SPDX-License-Identifier: Apache-2.0
// One run of a program: values, time, trace and statistics together.
#ifndef TILICHO_RUNTIME_SESSION_SESSION_H
#define TILICHO_RUNTIME_SESSION_SESSION_H

#include "runtime/Program/Program.h"
#include "runtime/Tensors/Tensor.h"
#include "runtime/Timing/Timing.h"

#include <optional>

namespace tilicho {

class Observer;
class PageReserve;

enum class TimingMode { On, Off, Only };

struct SessionOptions {
  /// 0: as many as the host has.
  unsigned threads = 0;
  /// Traps on uninitialised reads and races.
  bool sanitize = false;
  TimingMode timing = TimingMode::On;
  /// Also find the longest chain of instructions.
  bool criticalPath = false;
  /// Where the trace goes; empty: nowhere.
  std::string tracePath;
  /// Positions in `Program::values` of what to hand out.
  std::vector<size_t> values;
  /// Of the emulator; not owned.
  std::vector<Observer *> observers;
  /// The emulator's memory, between runs; not owned, may be null.
  PageReserve *reserve = nullptr;
};

struct SessionReport {
  /// Without TimingMode::Off.
  std::optional<timing::Result> timing;
  double emulateSeconds = 0;
  /// In the order of `SessionOptions::values`.
  std::vector<Tensor> values;
  /// By output, how many rows those have whose rows the run counted, which are
  /// then at the front without gaps; -1 for the others, and where nothing ran.
  std::vector<int64_t> outputRows;
  /// JSON, with the keys of docs/Statistics.md.
  std::string statistics;
};

/// Runs on memory of the caller, in the order of the program's inputs and
/// outputs; with TimingMode::Only there is none.
absl::StatusOr<SessionReport> runSession(const Program &program,
                                         std::vector<const uint8_t *> inputs,
                                         std::vector<uint8_t *> outputs,
                                         const SessionOptions &options);

/// The statistics that need no run, as JSON.
std::string programStatistics(const Program &program);

} // namespace tilicho

#endif // TILICHO_RUNTIME_SESSION_SESSION_H
