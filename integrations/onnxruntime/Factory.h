// SPDX-License-Identifier: Apache-2.0
// Makes the provider for sessions that ask for it.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_FACTORY_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_FACTORY_H

#include "integrations/onnxruntime/OrtApi.h"

namespace tilicho::offload {

class Factory : public OrtEpFactory {
public:
  Factory();

private:
  void setIdentity();
  void setDevices();
  void setProviders();
  void setOptional();
};

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_FACTORY_H
