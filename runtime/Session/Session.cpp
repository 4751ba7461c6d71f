// SPDX-License-Identifier: Apache-2.0
// Emulates, then times what ran, then sums it up.
#include "runtime/Session/Session.h"
#include "runtime/Emulator/Emulator.h"
#include "runtime/Session/ValueRecorder.h"
#include "runtime/Timing/Statistics.h"
#include "runtime/Timing/Trace.h"

#include "absl/strings/str_cat.h"

#include <chrono>
#include <cstring>
#include <thread>

namespace tilicho {
namespace {

/// Of outputs that hold an input at first, where a run was not given one memory
/// for both: the host copies them before the program starts.
double copiedBytes(const Program &program,
                   const std::vector<const uint8_t *> &inputs,
                   const std::vector<uint8_t *> &outputs) {
  const auto ins = program.segmentsOf(Segment::Kind::Input);
  const auto outs = program.segmentsOf(Segment::Kind::Output);
  double bytes = 0;
  for (size_t out = 0; out < outs.size(); ++out)
    for (size_t in = 0; in < ins.size(); ++in)
      if (program.segments[outs[out]].updates == ins[in] &&
          inputs[in] != outputs[out])
        bytes += double(program.segments[ins[in]].bytes);
  return bytes;
}

class Session {
public:
  Session(const Program &program, const SessionOptions &options)
      : program(program), options(options) {
    report.outputRows.assign(program.segmentsOf(Segment::Kind::Output).size(),
                             -1);
  }

  absl::Status emulate(const std::vector<const uint8_t *> &inputs,
                       const std::vector<uint8_t *> &outputs);
  absl::Status time();
  absl::Status countRows(const HbmMemory &hbm,
                         const std::vector<uint8_t *> &outputs);
  SessionReport finish();

private:
  const Program &program;
  const SessionOptions &options;
  SessionReport report;
  bool hasRun = false;
  double hostCopiedBytes = 0;
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
  runOptions.reserve = options.reserve;
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
  hostCopiedBytes = copiedBytes(program, inputs, outputs);
  report.values = recorder.finish((*emulator)->state());
  loaded = std::move(result->loadedRegisters);
  hasRun = true;
  return countRows((*emulator)->state().hbm, outputs);
}

/// The first `rows` along the dimension that a run counts, from where the
/// program has put them to the front, without gaps.
void closeGaps(const Segment &output, int64_t rows, uint8_t *bytes) {
  const int64_t most = output.shape[output.rowsDimension];
  int64_t blocks = 1;
  for (size_t dim = 0; dim < output.rowsDimension; ++dim)
    blocks *= output.shape[dim];
  const int64_t block = most && blocks ? output.bytes / blocks : 0;
  const int64_t kept = most ? block / most * rows : 0;
  for (int64_t i = 1; i < blocks && kept > 0; ++i)
    std::memmove(bytes + i * kept, bytes + i * block, kept);
}

absl::Status Session::countRows(const HbmMemory &hbm,
                                const std::vector<uint8_t *> &outputs) {
  const std::vector<uint32_t> segments =
      program.segmentsOf(Segment::Kind::Output);
  for (size_t i = 0; i < segments.size(); ++i) {
    const Segment &output = program.segments[segments[i]];
    if (output.rows == Segment::rowsAreFixed)
      continue;
    int64_t rows;
    std::memcpy(&rows, hbm[output.rows].data, sizeof(rows));
    const int64_t most = output.shape[output.rowsDimension];
    if (rows < 0 || rows > most)
      return absl::FailedPreconditionError(
          absl::StrCat("the run gives output ", output.name, " ", rows,
                       " rows, but there are 0 to ", most));
    report.outputRows[i] = rows;
    closeGaps(output, rows, outputs[i]);
  }
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
  timingOptions.energy = true;
  absl::StatusOr<timing::Result> result =
      timing::simulate(program, timingOptions);
  if (!result.ok())
    return result.status();
  report.timing = std::move(*result);
  return trace ? trace->finish() : absl::OkStatus();
}

SessionReport Session::finish() {
  Figures figures;
  if (hasRun) {
    figures["emulate_seconds"] = report.emulateSeconds;
    figures["host_copied_bytes"] = hostCopiedBytes;
  }
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
