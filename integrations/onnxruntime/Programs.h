// SPDX-License-Identifier: Apache-2.0
// Programs of Tilicho, by its C interface.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_PROGRAMS_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_PROGRAMS_H

#include "integrations/onnxruntime/ModelWriter.h"
#include "integrations/onnxruntime/Options.h"
#include "tilicho/tilicho.h"

#include <memory>
#include <string>
#include <vector>

namespace tilicho::offload {

/// Throws std::runtime_error with the text of `error`, if it is one.
void throwOnError(tilicho_error *error);

struct FreeProgram {
  void operator()(tilicho_program *program) const {
    tilicho_program_free(program);
  }
};

/// What goes in and comes out of a run, by name.
using Tensors = std::vector<std::pair<std::string, tilicho_buffer>>;

/// A program that is ready to run.
class Program {
public:
  explicit Program(tilicho_program *taken);

  struct Tensor {
    std::string name;
    std::vector<int64_t> shape;
    size_t bytes;
    /// Of an output: a run decides how many rows there are; `shape` has the
    /// most, as this dimension.
    bool rowsVary;
    size_t rowsDimension;
  };
  const std::vector<Tensor> &inputs() const { return ins; }
  const std::vector<Tensor> &outputs() const { return outs; }

  /// The machine's name.
  std::string machine() const;
  /// The machine, a line `field=value` for each field.
  std::string description() const;
  double macs() const;
  /// Whether anything runs on the systolic array.
  bool usesArray() const;
  /// Time on the cycle model; runs it, without values.
  double makespanUs() const;
  std::string file() const;
  /// Buffers in the order of `inputs` and `outputs`. `group` names the run in
  /// statistics. Returns the rows of each output, those that do not vary 0.
  std::vector<int64_t> run(const Options &options, const std::string &group,
                           const std::vector<tilicho_buffer> &in,
                           const std::vector<tilicho_buffer> &out) const;

private:
  std::unique_ptr<tilicho_program, FreeProgram> handle;
  std::vector<Tensor> ins, outs;
};

/// Compiles a model whose inputs' shapes are all known, or takes its program
/// from the cache. Throws with one line for each problem.
std::shared_ptr<const Program> compileProgram(const GroupModel &model,
                                              const Options &options);

/// Names of inputs whose values have to be known when compiling. Throws as
/// compileProgram does.
std::vector<std::string> inputsThatReachShapes(const GroupModel &model,
                                               const Options &options);

/// Loads a program file from memory.
std::shared_ptr<const Program> loadProgram(const std::string &file);

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_PROGRAMS_H
