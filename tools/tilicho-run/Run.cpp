// SPDX-License-Identifier: Apache-2.0
// Gathers inputs, runs the program, and hands out what was asked for.
#include "tools/tilicho-run/Run.h"
#include "runtime/Emulator/Memory.h"
#include "runtime/Program/AtomicFile.h"
#include "runtime/Program/Load.h"
#include "runtime/Tensors/Match.h"
#include "runtime/Timing/Statistics.h"
#include "tools/tilicho-run/Dump.h"
#include "tools/tilicho-run/MachineCheck.h"
#include "tools/tilicho-run/Progress.h"
#include "tools/tilicho-run/Report.h"
#include "tools/tilicho-run/State.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <optional>

namespace tilicho::run {
namespace {

std::string inputList(const Program &program) {
  std::vector<std::string> inputs;
  for (uint32_t index : program.segmentsOf(Segment::Kind::Input)) {
    const Segment &segment = program.segments[index];
    inputs.push_back(absl::StrCat(segment.name, " (",
                                  typeText(segment.dtype, segment.shape), ")"));
  }
  return absl::StrJoin(inputs, ", ");
}

/// Adds seeded tensors for the inputs that `source` lacks.
void addRandomInputs(const Program &program, uint64_t seed,
                     TensorSource &source) {
  auto isGiven = [&](const std::string &name) {
    return std::any_of(source.tensors.begin(), source.tensors.end(),
                       [&](const Tensor &t) { return t.name == name; });
  };
  std::vector<Tensor> random;
  for (uint32_t index : program.segmentsOf(Segment::Kind::Input)) {
    const Segment &segment = program.segments[index];
    if (!isGiven(segment.name))
      random.push_back(
          randomTensor(seed, segment.name, segment.dtype, segment.shape));
  }
  for (Tensor &tensor : random)
    source.tensors.push_back(std::move(tensor));
}

absl::StatusOr<std::vector<Tensor>>
readInputs(const Program &program, const Options &options, const State &state) {
  TensorSource source{"--random", {}};
  if (!options.inputs.empty()) {
    auto read = readTensors(options.inputs, "input");
    if (!read.ok())
      return read.status();
    source = std::move(*read);
  }
  const bool isPositional =
      std::any_of(source.tensors.begin(), source.tensors.end(),
                  [](const Tensor &tensor) { return tensor.name.empty(); });
  if (!isPositional)
    state.addZeros(program, source);
  if (options.randomSeed && !isPositional)
    addRandomInputs(program, *options.randomSeed, source);
  if (source.tensors.empty() && options.inputs.empty() &&
      !program.segmentsOf(Segment::Kind::Input).empty())
    return absl::InvalidArgumentError(
        absl::StrCat("the program has inputs ", inputList(program),
                     "; give --inputs=FILE or --random=SEED"));
  return matchTensors(source, program, Segment::Kind::Input);
}

/// Loads what the run is compared with before the run takes its time.
absl::StatusOr<std::vector<Tensor>> readExpected(const Program &program,
                                                 const Options &options) {
  if (options.expected.empty())
    return std::vector<Tensor>();
  auto source = readTensors(options.expected, "output");
  if (!source.ok())
    return source.status();
  return matchTensors(*source, program, Segment::Kind::Output);
}

constexpr const char *standardOutput = "-";

/// Names every file that cannot be written, before the run takes its time.
absl::Status checkFiles(const Options &options,
                        const std::vector<Tensor> &outputs) {
  std::vector<std::string> problems;
  auto collect = [&](const absl::Status &status) {
    if (!status.ok())
      problems.emplace_back(status.message());
  };
  if (!options.outputs.empty())
    collect(checkTensorFiles(options.outputs, outputs));
  for (const std::string &path : {options.stats, options.session.tracePath})
    if (!path.empty() && path != standardOutput)
      collect(checkWritable(path));
  return problems.empty()
             ? absl::OkStatus()
             : absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
}

absl::Status writeAll(const Options &options, const SessionReport &report,
                      std::vector<Tensor> outputs) {
  // A graph's output may be among the values too.
  for (const Tensor &value : report.values)
    if (std::none_of(outputs.begin(), outputs.end(),
                     [&](const Tensor &t) { return t.name == value.name; }))
      outputs.push_back(value);
  absl::Status status;
  if (!options.outputs.empty())
    status = writeTensors(options.outputs, outputs);
  if (status.ok() && !options.stats.empty() && options.stats != standardOutput)
    status = writeFileAtomically(options.stats, report.statistics);
  return status;
}

struct Values {
  std::vector<Tensor> inputs, expected, outputs;
  std::vector<const uint8_t *> inputData;
  std::vector<uint8_t *> outputData;
};

/// Leaves off the rows that the last run did not make.
void cutRows(const Program &program, const SessionReport &report,
             std::vector<Tensor> &outputs) {
  const std::vector<uint32_t> segments =
      program.segmentsOf(Segment::Kind::Output);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const int64_t rows = report.outputRows[i];
    const Segment &segment = program.segments[segments[i]];
    if (rows < 0 || rows == segment.shape[segment.rowsDimension])
      continue;
    const size_t bytes =
        segment.bytes / segment.shape[segment.rowsDimension] * rows;
    outputs[i].shape[segment.rowsDimension] = rows;
    outputs[i].bytes = outputs[i].bytes.first(bytes);
  }
}

absl::Status prepare(const Program &program, const Options &options,
                     State &state, Values &values) {
  auto inputs = readInputs(program, options, state);
  if (!inputs.ok())
    return inputs.status();
  values.inputs = std::move(*inputs);
  auto expected = readExpected(program, options);
  if (!expected.ok())
    return expected.status();
  values.expected = std::move(*expected);
  for (const Tensor &input : values.inputs)
    values.inputData.push_back(input.bytes.data());
  for (uint32_t index : program.segmentsOf(Segment::Kind::Output)) {
    const Segment &segment = program.segments[index];
    NewTensor made = allocateTensor(segment.name, segment.dtype, segment.shape);
    values.outputs.push_back(made.tensor);
    values.outputData.push_back(made.data);
  }
  state.begin(program, values.outputs, values.inputData, values.outputData);
  return absl::OkStatus();
}

/// Runs on the inputs of each step in turn; the report is the last run's.
absl::StatusOr<SessionReport> runSteps(const Program &program,
                                       const Options &options,
                                       const SessionOptions &session,
                                       State &state, Values &values) {
  auto report =
      runSession(program, values.inputData, values.outputData, session);
  Options step = options;
  for (const std::string &inputs : options.laterInputs) {
    if (!report.ok())
      break;
    step.inputs = inputs;
    auto read = readInputs(program, step, state);
    if (!read.ok())
      return read.status();
    values.inputs = std::move(*read);
    for (size_t i = 0; i < values.inputs.size(); ++i)
      values.inputData[i] = values.inputs[i].bytes.data();
    state.advance(values.outputs, values.inputData, values.outputData);
    report = runSession(program, values.inputData, values.outputData, session);
  }
  return report;
}

} // namespace

absl::Status runProgramFile(const Options &options, std::string &text) {
  auto program = loadProgram(options.program);
  if (!program.ok())
    return program.status();
  absl::Status status = checkMachine(**program, options);
  if (!status.ok())
    return status;
  Values values;
  auto state = State::find(**program, options.state);
  if (!state.ok())
    return state.status();
  if (options.session.timing != TimingMode::Only)
    status = prepare(**program, options, *state, values);
  auto dumped = findValues(**program, options);
  if (!status.ok() || !dumped.ok())
    return status.ok() ? dumped.status() : status;
  status = checkFiles(options, values.outputs);
  if (!status.ok())
    return status;
  SessionOptions session = options.session;
  session.values = dumped->found;
  session.criticalPath = options.isReport;
  PageReserve reserve;
  session.reserve = &reserve;
  std::optional<Progress> progress;
  if (!options.isQuiet && Progress::isWanted())
    session.observers.push_back(&progress.emplace(**program));
  auto report = runSteps(**program, options, session, *state, values);
  progress.reset();
  if (!report.ok())
    return report.status();
  if (!values.outputs.empty())
    cutRows(**program, *report, values.outputs);
  status = writeAll(options, *report, values.outputs);
  if (!status.ok())
    return status;
  text += summaryText(**program, *report, values.outputs) + dumpText(*dumped);
  if (options.isReport)
    text += timing::reportText(**program, *report->timing);
  bool isEqual = true;
  if (!options.expected.empty())
    text += comparisonText(values.outputs, values.expected, options.tolerance,
                           isEqual);
  if (options.stats == standardOutput) // Nothing else, for who parses it.
    text = report->statistics;
  else if (options.isQuiet)
    text.clear();
  return isEqual ? absl::OkStatus()
                 : absl::FailedPreconditionError(
                       absl::StrCat("outputs differ from ", options.expected));
}

} // namespace tilicho::run
