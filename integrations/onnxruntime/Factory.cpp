// SPDX-License-Identifier: Apache-2.0
// Makes the provider for sessions that ask for it.
#include "integrations/onnxruntime/Factory.h"
#include "integrations/onnxruntime/Context.h"
#include "integrations/onnxruntime/Provider.h"

using namespace tilicho::offload;

Factory::Factory() : OrtEpFactory{} {
  ort_version_supported = apiVersion();
  setIdentity();
  setDevices();
  setProviders();
  setOptional();
}

void Factory::setIdentity() {
  GetName = [](const OrtEpFactory *) noexcept { return providerName; };
  GetVendor = [](const OrtEpFactory *) noexcept { return "Tilicho"; };
  GetVendorId = [](const OrtEpFactory *) noexcept { return uint32_t(0); };
  GetVersion = [](const OrtEpFactory *) noexcept { return tilicho_version(); };
}

void Factory::setDevices() {
  // The emulator runs on the host.
  GetSupportedDevices = [](OrtEpFactory *self,
                           const OrtHardwareDevice *const *devices,
                           size_t deviceCount, OrtEpDevice **found, size_t room,
                           size_t *count) noexcept {
    return guarded([&] {
      *count = 0;
      for (size_t i = 0; i < deviceCount && *count < room && !*count; ++i)
        if (Ort::GetApi().HardwareDevice_Type(devices[i]) ==
            OrtHardwareDeviceType_CPU)
          Ort::ThrowOnError(Ort::GetEpApi().CreateEpDevice(
              self, devices[i], nullptr, nullptr, &found[(*count)++]));
    });
  };
}

static std::map<std::string, std::string>
readEntries(const OrtSessionOptions *options) {
  OrtKeyValuePairs *raw;
  Ort::ThrowOnError(
      Ort::GetApi().GetSessionOptionsConfigEntries(options, &raw));
  const Ort::KeyValuePairs pairs(raw);
  const auto entries = pairs.GetKeyValuePairs();
  return {entries.begin(), entries.end()};
}

static OrtEp *createProvider(const OrtSessionOptions *sessionOptions,
                             const OrtLogger *logger) {
  std::vector<std::string> problems;
  Options options = readOptions(readEntries(sessionOptions), problems);
  std::string message;
  for (const std::string &problem : problems)
    message += (message.empty() ? "" : "\n") + problem;
  if (!message.empty())
    throw std::runtime_error(message);
  return new Provider(std::move(options), logger);
}

void Factory::setProviders() {
  CreateEp = [](OrtEpFactory *, const OrtHardwareDevice *const *,
                const OrtKeyValuePairs *const *, size_t,
                const OrtSessionOptions *options, const OrtLogger *logger,
                OrtEp **provider) noexcept {
    return guarded([&] { *provider = createProvider(options, logger); });
  };
  ReleaseEp = [](OrtEpFactory *, OrtEp *provider) noexcept {
    delete static_cast<Provider *>(provider);
  };
  ValidateCompiledModelCompatibilityInfo =
      [](OrtEpFactory *, const OrtHardwareDevice *const *, size_t,
         const char *info,
         OrtCompiledModelCompatibility *result) noexcept -> OrtStatus * {
    *result = isCompatible(info)
                  ? OrtCompiledModelCompatibility_EP_SUPPORTED_OPTIMAL
                  : OrtCompiledModelCompatibility_EP_UNSUPPORTED;
    return nullptr;
  };
}

/// Values stay in the host's memory. ONNX Runtime calls some of these without
/// asking whether they are there.
void Factory::setOptional() {
  CreateAllocator = [](OrtEpFactory *, const OrtMemoryInfo *,
                       const OrtKeyValuePairs *,
                       OrtAllocator **allocator) noexcept -> OrtStatus * {
    *allocator = nullptr;
    return nullptr;
  };
  ReleaseAllocator = [](OrtEpFactory *, OrtAllocator *) noexcept {};
  CreateDataTransfer =
      [](OrtEpFactory *,
         OrtDataTransferImpl **transfer) noexcept -> OrtStatus * {
    *transfer = nullptr;
    return nullptr;
  };
  IsStreamAware = [](const OrtEpFactory *) noexcept { return false; };
}
