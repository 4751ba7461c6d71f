// SPDX-License-Identifier: Apache-2.0
// Picks values of the ONNX graph out of a run.
#ifndef TILICHO_RUNTIME_SESSION_VALUERECORDER_H
#define TILICHO_RUNTIME_SESSION_VALUERECORDER_H

#include "runtime/Emulator/Observer.h"
#include "runtime/Program/Program.h"
#include "runtime/Tensors/Tensor.h"

#include <unordered_map>

namespace tilicho {

/// Copies each piece of the wanted values at the moment when it is there.
class ValueRecorder : public Observer {
public:
  /// `values` are positions in `Program::values`. `program` must outlive it.
  ValueRecorder(const Program &program, const std::vector<size_t> &values);

  void onEnd(const Event &event) override;
  /// The values, once the run has ended; `state` is the emulator's.
  std::vector<Tensor> finish(const State &state);

private:
  struct Wanted {
    const DumpPiece *piece;
    unsigned elementBytes;
    /// Start of the value's elements.
    uint8_t *to;
    /// How often the instruction has still to end before.
    uint32_t remaining;
  };
  /// Queue and instruction as one number.
  using Place = uint64_t;

  std::unordered_map<Place, std::vector<Wanted>> moments;
  std::vector<Wanted> atEnd;
  std::vector<NewTensor> tensors;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_SESSION_VALUERECORDER_H
