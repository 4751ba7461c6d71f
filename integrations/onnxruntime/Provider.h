// SPDX-License-Identifier: Apache-2.0
// The provider of one session.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_PROVIDER_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_PROVIDER_H

#include "integrations/onnxruntime/Capability.h"
#include "integrations/onnxruntime/Kernel.h"

namespace tilicho::offload {

class Provider : public OrtEp {
public:
  Provider(Options options, const OrtLogger *logger);

private:
  void setCallbacks();
  bool canCompile();
  void getCapability(const OrtGraph *graph, OrtEpGraphSupportInfo *support);
  void compile(const OrtGraph *graph, const OrtNode *fused,
               OrtNodeComputeInfo **info, OrtNode **contextNode);
  std::unique_ptr<ProgramSource> sourceOf(const Ort::ConstGraph &graph,
                                          const Ort::ConstNode &fused,
                                          OrtNode **contextNode);
  void log(OrtLoggingLevel level, const std::string &line) const;

  const Options options;
  const std::string compatibility;
  Ort::Logger logger;
  GroupCache cache;
  /// Why nothing can be compiled at all, or "".
  std::string refusal;
};

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_PROVIDER_H
