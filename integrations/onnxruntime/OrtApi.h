// SPDX-License-Identifier: Apache-2.0
// ONNX Runtime's C++ interface, and the version of it that was agreed on.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_ORTAPI_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_ORTAPI_H

// The library that loads this one hands its interface over.
#define ORT_API_MANUAL_INIT
#include <onnxruntime_cxx_api.h>

#include <cstdint>
#include <string>

namespace tilicho::offload {

/// The oldest interface that can compile.
constexpr uint32_t oldestApi = 23;

/// The name by which sessions ask for this provider.
constexpr const char *providerName = "TilichoExecutionProvider";

/// The newest interface that both this code and the running ONNX Runtime know;
/// 0 when that is too old.
uint32_t negotiateApi(const OrtApiBase &base);

/// Set by negotiateApi: what was agreed on, and what the running release has,
/// which decides what it does wrong.
uint32_t apiVersion();
uint32_t runningVersion();

/// An error of ONNX Runtime with this text.
OrtStatus *makeStatus(OrtErrorCode code, const std::string &message);

/// Runs `body`; nothing that it throws gets out.
template <class Body> OrtStatus *guarded(Body body) noexcept {
  try {
    body();
    return nullptr;
  } catch (const Ort::Exception &error) {
    return makeStatus(error.GetOrtErrorCode(), error.what());
  } catch (const std::exception &error) {
    return makeStatus(ORT_EP_FAIL, error.what());
  }
}

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_ORTAPI_H
