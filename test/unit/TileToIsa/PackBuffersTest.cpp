// SPDX-License-Identifier: Apache-2.0
// Addresses in as few bytes as can be.
#include "lib/Conversion/TileToIsa/PackBuffers.h"

#include <gtest/gtest.h>

#include <random>

namespace tilicho::compiler {
namespace {

void expectApart(const std::vector<Lifetime> &lifetimes,
                 const Packing &packing) {
  int64_t peak = 0;
  for (size_t a = 0; a < lifetimes.size(); ++a) {
    int64_t end = packing.addresses[a] + lifetimes[a].bytes;
    EXPECT_GE(packing.addresses[a], 0);
    peak = std::max(peak, end);
    for (size_t b = 0; b < a; ++b) {
      bool atOneTime = lifetimes[a].first <= lifetimes[b].last &&
                       lifetimes[b].first <= lifetimes[a].last;
      EXPECT_TRUE(!atOneTime || packing.addresses[b] >= end ||
                  packing.addresses[b] + lifetimes[b].bytes <=
                      packing.addresses[a])
          << b << " and " << a;
    }
  }
  EXPECT_EQ(packing.peak, peak);
}

/// Every layer reads the one before it, block by block.
std::vector<Lifetime> layers(std::mt19937 &random, int count) {
  std::vector<Lifetime> lifetimes;
  int64_t begin = 0;
  auto pick = [&](int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
  };
  for (int layer = 0; layer < count; ++layer) {
    const int64_t blocks = pick(1, 60), bytes = 64 * pick(1, 20);
    const int64_t next = begin + 4 * blocks;
    lifetimes.push_back({begin, next + pick(8, 300), 64 * pick(8, 200)});
    for (int64_t block = 0; block < blocks; ++block)
      lifetimes.push_back(
          {begin + 4 * block, begin + 4 * block + pick(1, 12), bytes});
    begin = next;
  }
  return lifetimes;
}

TEST(PackBuffers, TakesNothingForNothing) {
  EXPECT_EQ(packBuffers({}).peak, 0);
  EXPECT_EQ(liveBytes({}), 0);
}

TEST(PackBuffers, ReusesWhatHasEnded) {
  std::vector<Lifetime> lifetimes{{0, 3, 100}, {4, 9, 100}, {2, 5, 50}};
  EXPECT_EQ(liveBytes(lifetimes), 150);
  Packing packing = packBuffers(lifetimes);
  expectApart(lifetimes, packing);
  EXPECT_EQ(packing.peak, 150);
  EXPECT_EQ(packing.addresses[0], packing.addresses[1]);
}

TEST(PackBuffers, KeepsApartWhatMeetsInOneInstruction) {
  std::vector<Lifetime> lifetimes{{0, 3, 64}, {3, 9, 64}};
  EXPECT_EQ(packBuffers(lifetimes).peak, 128);
}

TEST(PackBuffers, MendsTheOrderOfItsFirstAttempt) {
  // Beside the largest, the second leaves a gap that does not hold the third.
  std::vector<Lifetime> lifetimes{{5, 7, 5}, {0, 3, 3}, {1, 6, 3}, {2, 4, 3}};
  Packing packing = packBuffers(lifetimes);
  expectApart(lifetimes, packing);
  EXPECT_EQ(packing.peak, 9);
  EXPECT_EQ(liveBytes(lifetimes), 9);
}

TEST(PackBuffers, ComesCloseToTheLiveBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 40; ++round) {
    std::vector<Lifetime> lifetimes = layers(random, 12);
    Packing packing = packBuffers(lifetimes);
    expectApart(lifetimes, packing);
    EXPECT_LE(packing.peak, 1.02 * liveBytes(lifetimes)) << "round " << round;
  }
}

} // namespace
} // namespace tilicho::compiler
