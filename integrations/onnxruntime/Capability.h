// SPDX-License-Identifier: Apache-2.0
// Which nodes of a graph are taken, decided before anything is promised.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_CAPABILITY_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_CAPABILITY_H

#include "integrations/onnxruntime/Partition.h"
#include "integrations/onnxruntime/Specializations.h"

#include <functional>
#include <unordered_map>

namespace tilicho::offload {

/// Groups that were compiled to see whether they can be, for when ONNX Runtime
/// asks for them. May be used from several threads at once.
class GroupCache {
public:
  /// The programs of a group, which are those of an equal one where there is.
  std::shared_ptr<Specializations> find(GroupModel group,
                                        const Options &options);

private:
  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<Specializations>> groups;
};

/// Takes one line for each node that stays, with the reason.
using Log = std::function<void(const std::string &line)>;

/// The groups of `graph` that are taken. Each has been compiled; where
/// dimensions are open, for sizes that stand for all others.
std::vector<std::vector<const OrtNode *>>
findGroups(const Ort::ConstGraph &graph, const Options &options,
           GroupCache &cache, const Log &log);

/// Whether a node is a program that was compiled before.
bool isContextNode(const Ort::ConstNode &node);

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_CAPABILITY_H
