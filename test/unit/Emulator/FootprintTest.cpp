// SPDX-License-Identifier: Apache-2.0
// Whether two accesses share a byte, against sets of bytes.
#include "runtime/Emulator/RaceDetector.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <set>

namespace tilicho {
namespace {

std::set<std::pair<int64_t, int64_t>> bytesOf(const Footprint &footprint) {
  std::set<std::pair<int64_t, int64_t>> bytes;
  const auto &counts = footprint.counts;
  int64_t elements = 1;
  for (int64_t count : counts)
    elements *= count;
  for (int64_t element = 0; element < elements; ++element) {
    int64_t at = footprint.offset, rest = element;
    for (size_t d = 0; d < 5; ++d) {
      at += rest % counts[d] * footprint.steps[d];
      rest /= counts[d];
    }
    for (int64_t p = 0; p < footprint.partitions; ++p)
      for (int64_t byte = 0; byte < footprint.size; ++byte)
        bytes.insert(
            {footprint.partition + p * footprint.partitionStep, at + byte});
  }
  return bytes;
}

/// Few dimensions, with steps of either sign that often agree.
Footprint randomFootprint(std::mt19937 &random) {
  auto below = [&](unsigned end) { return int64_t(random() % end); };
  Footprint footprint;
  footprint.partition = below(3);
  footprint.partitions = 1 + below(3);
  footprint.partitionStep = below(3);
  footprint.offset = 200 + below(60);
  footprint.size = int64_t(1) << below(3);
  const int64_t steps[] = {0, 1, 2, 4, 8, 12, 32, -4, -8, -32, 7};
  for (size_t d = 2; d < 5; ++d) {
    footprint.counts[d] = 1 + below(4);
    footprint.steps[d] = steps[below(11)];
  }
  return footprint;
}

TEST(Footprint, overlaps_where_a_byte_is_in_both) {
  std::mt19937 random(5);
  int met = 0;
  for (int turn = 0; turn < 20000; ++turn) {
    Footprint a = randomFootprint(random), b = randomFootprint(random);
    auto first = bytesOf(a), second = bytesOf(b);
    bool expected = std::any_of(first.begin(), first.end(), [&](auto byte) {
      return second.count(byte) > 0;
    });
    ASSERT_EQ(a.overlaps(b), expected) << turn;
    ASSERT_EQ(b.overlaps(a), expected) << turn;
    met += expected;
  }
  EXPECT_GT(met, 2000);
  EXPECT_LT(met, 18000);
}

} // namespace
} // namespace tilicho
