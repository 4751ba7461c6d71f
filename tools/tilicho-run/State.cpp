// SPDX-License-Identifier: Apache-2.0
// Keeps what one run writes for the next.
#include "tools/tilicho-run/State.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tilicho::run {

/// The position of a name among the segments of a kind; their number if there
/// is none.
static size_t findByName(const Program &program, Segment::Kind kind,
                         const std::string &name) {
  const std::vector<uint32_t> segments = program.segmentsOf(kind);
  return size_t(std::find_if(segments.begin(), segments.end(),
                             [&](uint32_t index) {
                               return program.segments[index].name == name;
                             }) -
                segments.begin());
}

absl::Status State::add(const Program &program, const std::string &input,
                        const std::string &output) {
  const std::vector<uint32_t> ins = program.segmentsOf(Segment::Kind::Input);
  const std::vector<uint32_t> outs = program.segmentsOf(Segment::Kind::Output);
  Pair pair;
  pair.input = findByName(program, Segment::Kind::Input, input);
  pair.output = findByName(program, Segment::Kind::Output, output);
  if (pair.input == ins.size() || pair.output == outs.size())
    return absl::InvalidArgumentError(absl::StrCat(
        "--state=", input, "=", output, ": the program has no ",
        pair.input == ins.size() ? "input " + input : "output " + output));
  const Segment &in = program.segments[ins[pair.input]];
  const Segment &out = program.segments[outs[pair.output]];
  if (in.dtype != out.dtype || in.shape != out.shape)
    return absl::InvalidArgumentError(absl::StrCat(
        "--state=", input, "=", output, ": the input is ",
        typeText(in.dtype, in.shape), ", but the output ",
        typeText(out.dtype, out.shape), "; a state has one type and shape"));
  for (const Pair &other : pairs)
    if (other.input == pair.input || other.output == pair.output)
      return absl::InvalidArgumentError(absl::StrCat(
          "--state=", input, "=", output, ": one of the two is in two pairs"));
  pair.inPlace = out.updates == ins[pair.input];
  pairs.push_back(std::move(pair));
  return absl::OkStatus();
}

absl::StatusOr<State> State::find(const Program &program,
                                  const std::string &text) {
  State state;
  absl::Status status;
  if (text == "auto") {
    for (const Segment &segment : program.segments)
      if (segment.updates != Segment::updatesNothing && status.ok())
        status = state.add(program, program.segments[segment.updates].name,
                           segment.name);
  } else {
    for (absl::string_view pair :
         absl::StrSplit(text, ',', absl::SkipEmpty())) {
      std::vector<std::string> names = absl::StrSplit(pair, '=');
      if (names.size() != 2)
        return absl::InvalidArgumentError(
            absl::StrCat("--state=", pair, ": auto or INPUT=OUTPUT is wanted"));
      if (status.ok())
        status = state.add(program, names[0], names[1]);
    }
  }
  if (!status.ok())
    return status;
  return state;
}

void State::addZeros(const Program &program, TensorSource &source) const {
  const std::vector<uint32_t> ins = program.segmentsOf(Segment::Kind::Input);
  for (const Pair &pair : pairs) {
    const Segment &segment = program.segments[ins[pair.input]];
    if (std::none_of(source.tensors.begin(), source.tensors.end(),
                     [&](const Tensor &t) { return t.name == segment.name; }))
      source.tensors.push_back(
          allocateTensor(segment.name, segment.dtype, segment.shape).tensor);
  }
}

void State::bind(const Pair &pair, std::vector<Tensor> &outputs,
                 std::vector<const uint8_t *> &inputData,
                 std::vector<uint8_t *> &outputData) const {
  inputData[pair.input] = pair.read.data;
  outputData[pair.output] = pair.written.data;
  const std::string name = outputs[pair.output].name;
  outputs[pair.output] = pair.written.tensor;
  outputs[pair.output].name = name;
}

void State::begin(const Program &program, std::vector<Tensor> &outputs,
                  std::vector<const uint8_t *> &inputData,
                  std::vector<uint8_t *> &outputData) {
  const std::vector<uint32_t> ins = program.segmentsOf(Segment::Kind::Input);
  for (Pair &pair : pairs) {
    const Segment &segment = program.segments[ins[pair.input]];
    pair.read = allocateTensor(segment.name, segment.dtype, segment.shape);
    pair.written = pair.inPlace ? pair.read
                                : allocateTensor(segment.name, segment.dtype,
                                                 segment.shape);
    if (segment.bytes > 0)
      std::memcpy(pair.read.data, inputData[pair.input], segment.bytes);
    bind(pair, outputs, inputData, outputData);
  }
}

void State::advance(std::vector<Tensor> &outputs,
                    std::vector<const uint8_t *> &inputData,
                    std::vector<uint8_t *> &outputData) {
  for (Pair &pair : pairs) {
    std::swap(pair.read, pair.written);
    bind(pair, outputs, inputData, outputData);
  }
}

} // namespace tilicho::run
