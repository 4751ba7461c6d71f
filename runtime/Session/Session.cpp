// SPDX-License-Identifier: Apache-2.0
// Emulates, then times what ran, then sums it up.
#include "runtime/Session/Session.h"
#include "runtime/Emulator/Emulator.h"
#include "runtime/Session/ValueRecorder.h"
#include "runtime/Timing/Statistics.h"
#include "runtime/Timing/Trace.h"

#include <chrono>
#include <thread>

namespace tilicho {
namespace {

class Session {
public:
  Session(const Program &program, const SessionOptions &options)
      : program(program), options(options) {}

  absl::Status emulate(const std::vector<const uint8_t *> &inputs,
                       const std::vector<uint8_t *> &outputs);
  absl::Status time();
  SessionReport finish();

private:
  const Program &program;
  const SessionOptions &options;
  SessionReport report;
  bool hasRun = false;
  timing::LoadedRegisters loaded;
};

absl::Status Session::emulate(const std::vector<const uint8_t *> &inputs,
                              const std::vector<uint8_t *> &outputs) {
  ValueRecorder recorder(program, options.values);
  RunOptions runOptions;
  runOptions.threads = options.threads
                           ? options.threads
                           : std::max(1u, std::thread::hardware_concurrency());
  runOptions.sanitize = options.sanitize;
  runOptions.observers = options.observers;
  if (!options.values.empty())
    runOptions.observers.push_back(&recorder);
  const auto start = std::chrono::steady_clock::now();
  absl::StatusOr<std::unique_ptr<Emulator>> emulator =
      Emulator::create(program, runOptions);
  if (!emulator.ok())
    return emulator.status();
  const std::vector<const void *> in(inputs.begin(), inputs.end());
  const std::vector<void *> out(outputs.begin(), outputs.end());
  absl::StatusOr<RunResult> result = (*emulator)->run(in, out);
  if (!result.ok())
    return result.status();
  const std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  report.emulateSeconds = seconds.count();
  report.values = recorder.finish((*emulator)->state());
  loaded = std::move(result->loadedRegisters);
  hasRun = true;
  return absl::OkStatus();
}

absl::Status Session::time() {
  timing::Options timingOptions;
  timingOptions.loaded = hasRun ? &loaded : nullptr;
  std::unique_ptr<timing::TraceWriter> trace;
  if (!options.tracePath.empty()) {
    auto created = timing::TraceWriter::create(program, options.tracePath);
    if (!created.ok())
      return created.status();
    trace = std::move(*created);
    timingOptions.observer = trace.get();
  }
  timingOptions.criticalPath = options.criticalPath;
  absl::StatusOr<timing::Result> result =
      timing::simulate(program, timingOptions);
  if (!result.ok())
    return result.status();
  report.timing = std::move(*result);
  return trace ? trace->finish() : absl::OkStatus();
}

SessionReport Session::finish() {
  Figures figures;
  if (hasRun)
    figures["emulate_seconds"] = report.emulateSeconds;
  report.statistics = timing::statisticsJson(
      program, report.timing ? &*report.timing : nullptr, figures);
  return std::move(report);
}

} // namespace

absl::StatusOr<SessionReport> runSession(const Program &program,
                                         std::vector<const uint8_t *> inputs,
                                         std::vector<uint8_t *> outputs,
                                         const SessionOptions &options) {
  Session session(program, options);
  absl::Status status;
  if (options.timing != TimingMode::Only)
    status = session.emulate(inputs, outputs);
  if (status.ok() && options.timing != TimingMode::Off)
    status = session.time();
  if (!status.ok())
    return status;
  return session.finish();
}

std::string programStatistics(const Program &program) {
  return timing::statisticsJson(program, nullptr);
}

} // namespace tilicho
