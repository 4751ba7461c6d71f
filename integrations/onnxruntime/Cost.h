// SPDX-License-Identifier: Apache-2.0
// Whether a group of nodes is worth moving its values.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_COST_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_COST_H

#include "integrations/onnxruntime/Programs.h"

#include <map>

namespace tilicho::offload {

/// Compares time on the cycle model, with moving inputs and outputs over the
/// link, to what the host would take. `sizes` are those of open dimensions that
/// `program` was compiled for.
bool groupPays(const std::vector<Ort::ConstNode> &members,
               const Program &program,
               const std::map<std::string, int64_t> &sizes,
               const Options &options);

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_COST_H
