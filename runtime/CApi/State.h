// SPDX-License-Identifier: Apache-2.0
// What stands behind a state: memory of pairs of inputs and outputs.
#ifndef TILICHO_RUNTIME_CAPI_STATE_H
#define TILICHO_RUNTIME_CAPI_STATE_H

#include "runtime/CApi/Context.h"
#include "runtime/Isa/Isa.h"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

struct LoadedProgram;

namespace tilicho::capi {

/// An input and an output by their position in the program.
struct StatePair {
  size_t input = 0, output = 0;
  /// One memory serves both.
  bool inPlace = false;
  AlignedCopy read = {}, written = {};
  /// Of both, in every program that takes the state.
  isa::DType dtype{};
  std::vector<int64_t> shape = {};
};

struct DeviceState {
  std::shared_ptr<Context> context;
  std::vector<StatePair> pairs;
  /// Of input and output, by pair.
  std::vector<std::pair<std::string, std::string>> names;
  /// Held by a run.
  std::mutex mutex;
};

/// A state that a run holds.
class StateInRun {
public:
  /// Fails when another run holds it, or when it does not fit.
  static absl::StatusOr<StateInRun> enter(DeviceState &state,
                                          const LoadedProgram &program);

  /// Puts the state's memory in place of the caller's buffers.
  void bind(std::vector<tilicho_buffer> &inputs,
            std::vector<tilicho_buffer> &outputs) const;
  /// What was written is what the next run reads.
  void advance();

private:
  StateInRun(DeviceState &state, std::unique_lock<std::mutex> lock)
      : state(&state), lock(std::move(lock)) {}

  DeviceState *state;
  std::unique_lock<std::mutex> lock;
};

} // namespace tilicho::capi

struct tilicho_state {
  tilicho::capi::DeviceState state;
};

#endif // TILICHO_RUNTIME_CAPI_STATE_H
