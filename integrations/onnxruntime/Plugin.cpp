// SPDX-License-Identifier: Apache-2.0
// The two functions by which ONNX Runtime loads this library.
#include "integrations/onnxruntime/Factory.h"

using namespace tilicho::offload;

#define TILICHO_EXPORT extern "C" __attribute__((visibility("default")))

TILICHO_EXPORT OrtStatus *
CreateEpFactories(const char *registeredName, const OrtApiBase *base,
                  const OrtLogger *defaultLogger, OrtEpFactory **factories,
                  size_t maxFactories, size_t *count) {
  *count = 0;
  if (!negotiateApi(*base)) {
    // Any version has this function.
    const std::string message = std::string("Tilicho needs ONNX Runtime 1.") +
                                std::to_string(oldestApi) +
                                " or newer, but this is " +
                                base->GetVersionString();
    return base->GetApi(1)->CreateStatus(ORT_EP_FAIL, message.c_str());
  }
  return guarded([&] {
    if (maxFactories < 1)
      throw std::runtime_error("there is no room for a factory");
    factories[0] = new Factory();
    *count = 1;
  });
}

TILICHO_EXPORT OrtStatus *ReleaseEpFactory(OrtEpFactory *factory) {
  delete static_cast<Factory *>(factory);
  return nullptr;
}
