// SPDX-License-Identifier: Apache-2.0
// Which nodes go together: convex, connected groups of those that are taken.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_PARTITION_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_PARTITION_H

#include <cstddef>
#include <vector>

namespace tilicho::offload {

/// For each node of a graph in topological order, the nodes that it reads from.
using Predecessors = std::vector<std::vector<size_t>>;

/// Nodes in ascending order.
using Group = std::vector<size_t>;

/// The largest groups that one numbering of levels gives: no path leaves a
/// group and comes back to it, no two groups wait for each other, and every
/// node with `taken` is in one. Linear in the number of edges.
std::vector<Group> partition(const Predecessors &predecessors,
                             const std::vector<bool> &taken);

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_PARTITION_H
