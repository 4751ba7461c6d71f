// SPDX-License-Identifier: Apache-2.0
// The C interface to state that stays on the device.
#include "runtime/CApi/Handles.h"
#include "runtime/CApi/State.h"

#include "absl/strings/str_cat.h"

#include <utility>

using namespace tilicho;
using namespace tilicho::capi;

//===----------------------------------------------------------------------===//
// Making
//===----------------------------------------------------------------------===//

/// The position of a name among `segments`, or -1.
static int findByName(const Program &program,
                      const std::vector<uint32_t> &segments,
                      const std::string &name) {
  for (size_t i = 0; i < segments.size(); ++i)
    if (program.segments[segments[i]].name == name)
      return int(i);
  return -1;
}

/// Every pair that the program updates in place.
static std::vector<StatePair> pairsInPlace(const LoadedProgram &program) {
  std::vector<StatePair> pairs;
  for (size_t i = 0; i < program.outputs.size(); ++i) {
    const Segment &output = program.program->segments[program.outputs[i]];
    if (output.updates == Segment::updatesNothing)
      continue;
    for (size_t input = 0; input < program.inputs.size(); ++input)
      if (program.inputs[input] == output.updates)
        pairs.push_back({input, i, true});
  }
  return pairs;
}

/// The pair, or what is wrong with it in `problems`.
static void findPair(const LoadedProgram &loaded,
                     const tilicho_state_pair &given,
                     std::vector<StatePair> &pairs, std::string &problems) {
  const Program &program = *loaded.program;
  const std::string names[] = {given.input ? given.input : "",
                               given.output ? given.output : ""};
  const int input = findByName(program, loaded.inputs, names[0]);
  const int output = findByName(program, loaded.outputs, names[1]);
  auto report = [&](const std::string &text) {
    absl::StrAppend(&problems, problems.empty() ? "" : "\n", text);
  };
  if (input < 0)
    report(absl::StrCat("the program has no input ", names[0]));
  if (output < 0)
    report(absl::StrCat("the program has no output ", names[1]));
  if (input < 0 || output < 0)
    return;
  const Segment &in = program.segments[loaded.inputs[input]];
  const Segment &out = program.segments[loaded.outputs[output]];
  if (in.dtype != out.dtype || in.shape != out.shape)
    report(absl::StrCat(
        "input ", in.name, " is ", std::string(isa::nameOf(in.dtype)), " ",
        shapeText(in.shape), ", but output ", out.name, " is ",
        std::string(isa::nameOf(out.dtype)), " ", shapeText(out.shape),
        "; a state has one type and shape"));
  for (const StatePair &other : pairs)
    if (other.input == size_t(input) || other.output == size_t(output))
      report(absl::StrCat("input ", in.name, " or output ", out.name,
                          " is in two pairs"));
  pairs.push_back(
      {size_t(input), size_t(output), out.updates == loaded.inputs[input]});
}

static absl::Status allocate(const LoadedProgram &program, DeviceState &state) {
  for (StatePair &pair : state.pairs) {
    const size_t bytes =
        program.program->segments[program.inputs[pair.input]].bytes;
    pair.read = state.context->allocate(bytes);
    pair.written = pair.inPlace ? pair.read : state.context->allocate(bytes);
    if (!pair.read.owner || !pair.written.owner)
      return absl::ResourceExhaustedError(
          absl::StrCat("there is no memory for a state of ", bytes, " bytes"));
  }
  return absl::OkStatus();
}

static absl::Status create(std::shared_ptr<Context> context,
                           const LoadedProgram &program,
                           const tilicho_state_pair *given, size_t count,
                           DeviceState &state) {
  state.context = std::move(context);
  std::string problems;
  if (!given)
    state.pairs = pairsInPlace(program);
  for (size_t i = 0; given && i < count; ++i)
    findPair(program, given[i], state.pairs, problems);
  if (!problems.empty())
    return absl::InvalidArgumentError(problems);
  for (StatePair &pair : state.pairs) {
    const auto &segments = program.program->segments;
    const Segment &in = segments[program.inputs[pair.input]];
    pair.dtype = in.dtype;
    pair.shape = in.shape;
    state.names.emplace_back(in.name,
                             segments[program.outputs[pair.output]].name);
  }
  return allocate(program, state);
}

//===----------------------------------------------------------------------===//
// In a run
//===----------------------------------------------------------------------===//

static uint8_t *bytesOf(const AlignedCopy &memory) {
  return const_cast<uint8_t *>(memory.bytes.data());
}

absl::StatusOr<StateInRun> StateInRun::enter(DeviceState &state,
                                             const LoadedProgram &program) {
  std::unique_lock<std::mutex> lock(state.mutex, std::try_to_lock);
  if (!lock.owns_lock())
    return makeStatus(TILICHO_BUSY, "the state is in use by another run");
  const Program &code = *program.program;
  for (size_t i = 0; i < state.pairs.size(); ++i) {
    const auto &[input, output] = state.names[i];
    const int in = findByName(code, program.inputs, input);
    const int out = findByName(code, program.outputs, output);
    auto fits = [&](uint32_t segment) {
      return code.segments[segment].dtype == state.pairs[i].dtype &&
             code.segments[segment].shape == state.pairs[i].shape;
    };
    if (in < 0 || out < 0 || !fits(program.inputs[in]) ||
        !fits(program.outputs[out]))
      return absl::InvalidArgumentError(absl::StrCat(
          "the state of input ", input, " and output ", output, ", ",
          std::string(isa::nameOf(state.pairs[i].dtype)), " ",
          shapeText(state.pairs[i].shape), ", does not fit the program"));
    if (state.pairs[i].inPlace &&
        code.segments[program.outputs[out]].updates != program.inputs[in])
      return absl::InvalidArgumentError(absl::StrCat(
          "the state has one memory for input ", input, " and output ", output,
          ", but the program does not update it in place"));
    state.pairs[i].input = size_t(in);
    state.pairs[i].output = size_t(out);
  }
  return StateInRun(state, std::move(lock));
}

void StateInRun::bind(std::vector<tilicho_buffer> &inputs,
                      std::vector<tilicho_buffer> &outputs) const {
  for (const StatePair &pair : state->pairs) {
    inputs[pair.input] = {bytesOf(pair.read), pair.read.bytes.size()};
    outputs[pair.output] = {bytesOf(pair.written), pair.written.bytes.size()};
  }
}

void StateInRun::advance() {
  for (StatePair &pair : state->pairs)
    std::swap(pair.read, pair.written);
}

//===----------------------------------------------------------------------===//
// The interface
//===----------------------------------------------------------------------===//

extern "C" {

tilicho_error *tilicho_state_create(tilicho_context *context,
                                    const tilicho_program *program,
                                    const tilicho_state_pair *pairs,
                                    size_t pair_count, tilicho_state **state) {
  return guarded([&] {
    auto made = std::make_unique<tilicho_state>();
    absl::Status status = create(contextOf(context), *program->loaded, pairs,
                                 pair_count, made->state);
    if (status.ok())
      *state = made.release();
    return status;
  });
}

void tilicho_state_free(tilicho_state *state) { delete state; }

size_t tilicho_state_count(const tilicho_state *state) {
  return state->state.pairs.size();
}

tilicho_error *tilicho_state_pair_at(const tilicho_state *state, size_t index,
                                     const char **input, const char **output,
                                     int *in_place) {
  return guarded([&] {
    const DeviceState &known = state->state;
    if (index >= known.pairs.size())
      return absl::OutOfRangeError(absl::StrCat(
          "the state has no pair ", index, "; it has ", known.pairs.size()));
    if (input)
      *input = known.names[index].first.c_str();
    if (output)
      *output = known.names[index].second.c_str();
    if (in_place)
      *in_place = known.pairs[index].inPlace;
    return absl::OkStatus();
  });
}

tilicho_error *tilicho_state_buffer(tilicho_state *state, const char *input,
                                    tilicho_buffer *buffer) {
  return guarded([&] {
    DeviceState &known = state->state;
    std::lock_guard<std::mutex> lock(known.mutex);
    for (size_t i = 0; i < known.pairs.size(); ++i)
      if (known.names[i].first == input) {
        *buffer = {bytesOf(known.pairs[i].read),
                   known.pairs[i].read.bytes.size()};
        return absl::OkStatus();
      }
    return absl::InvalidArgumentError(
        absl::StrCat("the state has no input ", input));
  });
}

tilicho_error *tilicho_state_reset(tilicho_state *state) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(state->state.mutex);
    for (const StatePair &pair : state->state.pairs)
      std::memset(bytesOf(pair.read), 0, pair.read.bytes.size());
    return absl::OkStatus();
  });
}

} // extern "C"
