// SPDX-License-Identifier: Apache-2.0
// Agreeing with the running ONNX Runtime on a version.
#include "integrations/onnxruntime/OrtApi.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace tilicho::offload;

static uint32_t agreed = 0, running = 0;

uint32_t tilicho::offload::apiVersion() { return agreed; }
uint32_t tilicho::offload::runningVersion() { return running; }

uint32_t tilicho::offload::negotiateApi(const OrtApiBase &base) {
  // "1.23.2": the interface's version is the minor number.
  const char *dot = std::strchr(base.GetVersionString(), '.');
  running = dot ? std::strtoul(dot + 1, nullptr, 10) : 0;
  agreed = std::min<uint32_t>(running, ORT_API_VERSION);
  const OrtApi *api = agreed >= oldestApi ? base.GetApi(agreed) : nullptr;
  if (!api)
    return agreed = 0;
  Ort::InitApi(api);
  return agreed;
}

OrtStatus *tilicho::offload::makeStatus(OrtErrorCode code,
                                        const std::string &message) {
  return Ort::GetApi().CreateStatus(code, message.c_str());
}
