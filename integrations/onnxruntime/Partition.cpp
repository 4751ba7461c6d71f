// SPDX-License-Identifier: Apache-2.0
// Convex groups by levels.
#include "integrations/onnxruntime/Partition.h"

#include <algorithm>
#include <map>
#include <numeric>

using namespace tilicho::offload;

namespace {

/// Sets of nodes that grow together.
class Components {
public:
  explicit Components(size_t count) : parent(count) {
    std::iota(parent.begin(), parent.end(), size_t(0));
  }
  size_t find(size_t node) {
    while (parent[node] != node)
      node = parent[node] = parent[parent[node]];
    return node;
  }
  void join(size_t a, size_t b) { parent[find(a)] = find(b); }

private:
  std::vector<size_t> parent;
};

} // namespace

/// The level rises on each edge from a taken node to one that is not. Along a
/// path it never falls, so that a path that comes back to its level has not
/// left the taken nodes.
static std::vector<size_t> findLevels(const Predecessors &predecessors,
                                      const std::vector<bool> &taken) {
  std::vector<size_t> levels(taken.size(), 0);
  for (size_t node = 0; node < taken.size(); ++node)
    for (size_t from : predecessors[node])
      levels[node] = std::max<size_t>(
          levels[node], levels[from] + (taken[from] && !taken[node]));
  return levels;
}

std::vector<Group> tilicho::offload::partition(const Predecessors &predecessors,
                                               const std::vector<bool> &taken) {
  const std::vector<size_t> levels = findLevels(predecessors, taken);
  Components components(taken.size());
  for (size_t node = 0; node < taken.size(); ++node)
    for (size_t from : predecessors[node])
      if (taken[node] && taken[from] && levels[node] == levels[from])
        components.join(node, from);
  std::map<size_t, size_t> places;
  std::vector<Group> groups;
  for (size_t node = 0; node < taken.size(); ++node) {
    if (!taken[node])
      continue;
    auto [place, isNew] =
        places.try_emplace(components.find(node), groups.size());
    if (isNew)
      groups.emplace_back();
    groups[place->second].push_back(node);
  }
  return groups;
}
