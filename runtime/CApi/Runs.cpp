// SPDX-License-Identifier: Apache-2.0
// The C interface to runs on the caller's buffers.
#include "runtime/CApi/Handles.h"
#include "runtime/CApi/State.h"
#include "runtime/Emulator/Memory.h"

#include "absl/strings/str_cat.h"

using namespace tilicho;
using namespace tilicho::capi;

/// The buffers' addresses, once their number and sizes are right.
static absl::StatusOr<std::vector<uint8_t *>>
checkBuffers(const Program &program, const std::vector<uint32_t> &segments,
             const char *what, const tilicho_buffer *buffers, size_t count) {
  if (count != segments.size())
    return absl::InvalidArgumentError(
        absl::StrCat("the program has ", segments.size(), " ", what, "s, but ",
                     count, " buffers were given"));
  std::vector<uint8_t *> addresses;
  for (size_t i = 0; i < count; ++i) {
    const Segment &segment = program.segments[segments[i]];
    if (buffers[i].bytes != segment.bytes)
      return absl::InvalidArgumentError(
          absl::StrCat(what, " ", segment.name, " has ", segment.bytes,
                       " bytes, but its buffer has ", buffers[i].bytes));
    if (!buffers[i].data && segment.bytes > 0)
      return absl::InvalidArgumentError(
          absl::StrCat(what, " ", segment.name, " has no buffer"));
    addresses.push_back(static_cast<uint8_t *>(buffers[i].data));
  }
  return addresses;
}

static absl::Status checkOptions(const tilicho_run_options &options,
                                 size_t numValues) {
  if (options.timing > TILICHO_TIMING_ONLY)
    return absl::InvalidArgumentError(
        absl::StrCat("tilicho_run_options::timing is ", options.timing,
                     "; 0 to 2 are known"));
  for (size_t i = 0; i < options.value_count; ++i)
    if (options.values[i] >= numValues)
      return absl::OutOfRangeError(
          absl::StrCat("there is no value ", options.values[i],
                       "; the program has ", numValues));
  return absl::OkStatus();
}

/// Memory of the emulator that runs leave to each other.
static PageReserve &sharedReserve() {
  static PageReserve reserve;
  return reserve;
}

static SessionOptions toSessionOptions(const tilicho_run_options &given) {
  SessionOptions options;
  options.threads = given.threads;
  options.sanitize = given.sanitize != 0;
  options.timing = static_cast<TimingMode>(given.timing);
  options.tracePath = given.trace_path ? given.trace_path : "";
  options.reserve = &sharedReserve();
  options.values.assign(given.values, given.values + given.value_count);
  return options;
}

/// The caller's buffers, with those of the state in their place.
static std::vector<tilicho_buffer> copyBuffers(const tilicho_buffer *buffers,
                                               size_t count) {
  return buffers ? std::vector<tilicho_buffer>(buffers, buffers + count)
                 : std::vector<tilicho_buffer>(count);
}

static absl::StatusOr<SessionReport>
runOnBuffers(const LoadedProgram &program, const tilicho_run_options &given,
             const std::vector<tilicho_buffer> &inputs,
             const std::vector<tilicho_buffer> &outputs) {
  auto in = checkBuffers(*program.program, program.inputs, "input",
                         inputs.data(), inputs.size());
  if (!in.ok())
    return in.status();
  auto out = checkBuffers(*program.program, program.outputs, "output",
                          outputs.data(), outputs.size());
  if (!out.ok())
    return out.status();
  return runSession(*program.program, {in->begin(), in->end()}, *out,
                    toSessionOptions(given));
}

static absl::StatusOr<SessionReport>
run(const LoadedProgram &program, const tilicho_run_options &given,
    const tilicho_buffer *inputs, size_t inputCount,
    const tilicho_buffer *outputs, size_t outputCount) {
  absl::Status status = checkOptions(given, program.program->values.size());
  if (!status.ok())
    return status;
  if (given.timing == TILICHO_TIMING_ONLY)
    return runSession(*program.program, {}, {}, toSessionOptions(given));
  std::vector<tilicho_buffer> in = copyBuffers(inputs, inputCount);
  std::vector<tilicho_buffer> out = copyBuffers(outputs, outputCount);
  if (!given.state)
    return runOnBuffers(program, given, in, out);
  auto state = StateInRun::enter(given.state->state, program);
  if (!state.ok())
    return state.status();
  if (in.size() == program.inputs.size() &&
      out.size() == program.outputs.size())
    state->bind(in, out);
  auto report = runOnBuffers(program, given, in, out);
  if (report.ok())
    state->advance();
  return report;
}

extern "C" {

tilicho_error *tilicho_run(const tilicho_program *program,
                           const tilicho_run_options *options,
                           const tilicho_buffer *inputs, size_t input_count,
                           const tilicho_buffer *outputs, size_t output_count,
                           tilicho_result **result) {
  return guarded([&] {
    auto report = run(*program->loaded, readOptions(options), inputs,
                      input_count, outputs, output_count);
    if (report.ok() && result)
      *result = new tilicho_result{*std::move(report)};
    return report.status();
  });
}

const char *tilicho_result_statistics(const tilicho_result *result) {
  return result->report.statistics.c_str();
}

tilicho_error *tilicho_result_value(const tilicho_result *result,
                                    size_t position, tilicho_buffer *value) {
  return guarded([&] {
    const std::vector<Tensor> &values = result->report.values;
    if (position >= values.size())
      return absl::OutOfRangeError(absl::StrCat(
          "the run has no value ", position, "; it has ", values.size()));
    absl::Span<const uint8_t> bytes = values[position].bytes;
    *value = {const_cast<uint8_t *>(bytes.data()), bytes.size()};
    return absl::OkStatus();
  });
}

tilicho_error *tilicho_result_rows(const tilicho_result *result, size_t output,
                                   int64_t *rows) {
  return guarded([&] {
    const std::vector<int64_t> &counted = result->report.outputRows;
    if (output >= counted.size() || counted[output] < 0)
      return absl::OutOfRangeError(
          absl::StrCat("the run has counted no rows of output ", output));
    *rows = counted[output];
    return absl::OkStatus();
  });
}

void tilicho_result_free(tilicho_result *result) { delete result; }

} // extern "C"
