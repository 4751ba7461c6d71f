// SPDX-License-Identifier: Apache-2.0
// EPContext nodes: programs inside of, or beside, a compiled ONNX model.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_CONTEXT_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_CONTEXT_H

#include "integrations/onnxruntime/Programs.h"

namespace tilicho::offload {

/// Makes the node that stands for `program` in the compiled model. `fusedName`
/// is unique in the model; `modelPath` may be empty.
Ort::Node writeContextNode(const Program &program, const std::string &fusedName,
                           const std::string &modelPath,
                           const Options &options);

/// Loads the program of a node. Throws when it was compiled for another machine
/// than the one asked for, or by another version.
std::shared_ptr<const Program> readContextNode(const Ort::ConstNode &node,
                                               const std::string &modelPath,
                                               const Options &options);

/// What ONNX Runtime keeps in a compiled model and hands back on loading.
std::string compatibilityText(const Options &options);
/// Whether a model with this text can be loaded.
bool isCompatible(const std::string &text);

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_CONTEXT_H
