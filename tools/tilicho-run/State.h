// SPDX-License-Identifier: Apache-2.0
// Inputs that are the outputs of the run before.
#ifndef TILICHO_TOOLS_TILICHO_RUN_STATE_H
#define TILICHO_TOOLS_TILICHO_RUN_STATE_H

#include "runtime/Program/Program.h"
#include "runtime/Tensors/TensorFiles.h"

namespace tilicho::run {

/// Memory of pairs of an input and an output.
class State {
public:
  /// `auto` stands for all that the program updates in place; otherwise
  /// `INPUT=OUTPUT,...`. Empty: no pairs.
  static absl::StatusOr<State> find(const Program &program,
                                    const std::string &text);

  /// Adds zeros for the inputs of the state that `source` lacks.
  void addZeros(const Program &program, TensorSource &source) const;

  /// Takes the values of inputs before the first run, and puts its own memory
  /// in the place of theirs and of the outputs'.
  void begin(const Program &program, std::vector<Tensor> &outputs,
             std::vector<const uint8_t *> &inputData,
             std::vector<uint8_t *> &outputData);
  /// The same before another run: inputs are what was written.
  void advance(std::vector<Tensor> &outputs,
               std::vector<const uint8_t *> &inputData,
               std::vector<uint8_t *> &outputData);

private:
  struct Pair {
    /// Positions among inputs and outputs.
    size_t input = 0, output = 0;
    bool inPlace = false;
    NewTensor read = {}, written = {};
  };
  absl::Status add(const Program &program, const std::string &input,
                   const std::string &output);
  void bind(const Pair &pair, std::vector<Tensor> &outputs,
            std::vector<const uint8_t *> &inputData,
            std::vector<uint8_t *> &outputData) const;

  std::vector<Pair> pairs;
};

} // namespace tilicho::run

#endif // TILICHO_TOOLS_TILICHO_RUN_STATE_H
