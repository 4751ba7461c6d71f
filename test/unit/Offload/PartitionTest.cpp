// SPDX-License-Identifier: Apache-2.0
// Groups of nodes: convex, connected, and as large as their levels allow.
#include "integrations/onnxruntime/Partition.h"

#include <gmock/gmock.h>
#include <random>

using namespace tilicho::offload;
using testing::ElementsAre;

TEST(Partition, keeps_a_chain_together) {
  EXPECT_THAT(partition({{}, {0}, {1}}, {true, true, true}),
              ElementsAre(Group{0, 1, 2}));
}

TEST(Partition, splits_around_a_node_that_stays) {
  // 0 -> 1 -> 2 and 0 -> 2, where 1 stays.
  EXPECT_THAT(partition({{}, {0}, {0, 1}}, {true, false, true}),
              ElementsAre(Group{0}, Group{2}));
}

TEST(Partition, joins_nodes_that_are_apart_in_the_order) {
  // A node that stays, of another input, lies between.
  EXPECT_THAT(partition({{}, {}, {0, 1}}, {true, false, true}),
              ElementsAre(Group{0, 2}));
}

TEST(Partition, keeps_strangers_apart) {
  EXPECT_THAT(partition({{}, {}}, {true, true}),
              ElementsAre(Group{0}, Group{1}));
}

TEST(Partition, does_not_let_two_groups_wait_for_each_other) {
  // 0 -> 2(stays) -> 3 and 1 -> 4(stays) -> 5, with 0 -> 5 and 1 -> 3.
  const Predecessors edges = {{}, {}, {0}, {2, 1}, {1}, {4, 0}};
  const std::vector<bool> taken = {true, true, false, true, false, true};
  EXPECT_THAT(partition(edges, taken),
              ElementsAre(Group{0}, Group{1}, Group{3}, Group{5}));
}

/// Whether the graph in which each group is one node has a circle.
static bool hasCircle(const Predecessors &edges,
                      const std::vector<Group> &groups) {
  std::vector<size_t> owner(edges.size());
  for (size_t node = 0; node < edges.size(); ++node)
    owner[node] = node;
  for (const Group &group : groups)
    for (size_t node : group)
      owner[node] = group.front();
  // Takes nodes away that wait for nothing, until none is left.
  std::vector<bool> done(edges.size(), false);
  for (bool isMoving = true; isMoving;) {
    isMoving = false;
    std::vector<bool> waits(edges.size(), false);
    for (size_t node = 0; node < edges.size(); ++node)
      for (size_t from : edges[node])
        if (owner[from] != owner[node] && !done[owner[from]])
          waits[owner[node]] = true;
    for (size_t node = 0; node < edges.size(); ++node)
      if (owner[node] == node && !done[node] && !waits[node])
        isMoving = done[node] = true;
  }
  for (size_t node = 0; node < edges.size(); ++node)
    if (!done[owner[node]])
      return true;
  return false;
}

TEST(Partition, holds_for_random_graphs) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const size_t count = 2 + random() % 20;
    Predecessors edges(count);
    std::vector<bool> taken(count);
    size_t numTaken = 0;
    for (size_t node = 0; node < count; ++node) {
      taken[node] = random() % 3;
      numTaken += taken[node];
      for (size_t from = 0; from < node; ++from)
        if (random() % 4 == 0)
          edges[node].push_back(from);
    }
    const std::vector<Group> groups = partition(edges, taken);
    size_t numGrouped = 0;
    for (const Group &group : groups)
      numGrouped += group.size();
    EXPECT_EQ(numGrouped, numTaken);
    EXPECT_FALSE(hasCircle(edges, groups)) << "round " << round;
  }
}
