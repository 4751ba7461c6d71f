// SPDX-License-Identifier: Apache-2.0
// A fused node: runs a group's program on ONNX Runtime's own buffers.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_KERNEL_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_KERNEL_H

#include "integrations/onnxruntime/Specializations.h"

namespace tilicho::offload {

/// What runs for the shapes that a call comes with.
class ProgramSource {
public:
  virtual ~ProgramSource() = default;
  virtual std::shared_ptr<const Program> find(const Shapes &shapes) = 0;
  /// Of the shapes given to `find`, in order.
  virtual std::vector<std::string> inputNames() const = 0;
};

/// May be called from several threads at once.
class Kernel : public OrtNodeComputeInfo {
public:
  /// `inputs` and `outputs` are those of the fused node, in order.
  Kernel(std::unique_ptr<ProgramSource> source, std::string name,
         std::vector<std::string> inputs, std::vector<std::string> outputs,
         const Options &options);

private:
  void compute(OrtKernelContext *context);
  std::vector<size_t> placesOf(const std::vector<Program::Tensor> &tensors,
                               const std::vector<std::string> &names) const;

  std::unique_ptr<ProgramSource> source;
  const std::string name;
  const std::vector<std::string> inputs, outputs;
  /// For each input of the source, its place among those of the node.
  std::vector<size_t> sourceInputs;
  const Options options;
};

/// Programs that are compiled when shapes are first seen.
std::unique_ptr<ProgramSource>
compiledSource(std::shared_ptr<Specializations> programs);

/// One program; other shapes are refused.
std::unique_ptr<ProgramSource> loadedSource(std::shared_ptr<const Program>);

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_KERNEL_H
