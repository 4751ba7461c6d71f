// SPDX-License-Identifier: Apache-2.0
// How many slots buffers take turns at.
#include "lib/Conversion/TileToIsa/SlotRings.h"

#include <gtest/gtest.h>

namespace tilicho::compiler {
namespace {

TEST(SlotRings, PrefersSlotsThatBurstsFit) {
  EXPECT_EQ(chooseSlots(1, 52, 4), 32);
  EXPECT_EQ(chooseSlots(1, 52, 125), 50);
  EXPECT_EQ(chooseSlots(1, 30, 24), 24);
}

TEST(SlotRings, NeverGoesBelowTheLeast) {
  EXPECT_EQ(chooseSlots(7, 7, 4), 7);
  EXPECT_EQ(chooseSlots(33, 52, 4), 48);
  EXPECT_EQ(chooseSlots(1, 1, 0), 1);
}

TEST(FreeList, TakesFromTheTop) {
  FreeList memory(1024, 64);
  EXPECT_EQ(memory.takeHighest(100), 1024 - 128);
  EXPECT_EQ(memory.takeHighest(800), 1024 - 128 - 832);
  EXPECT_EQ(memory.longestFree(), 64);
  EXPECT_EQ(memory.takeHighest(65), std::nullopt);
  memory.release(1024 - 128, 100);
  EXPECT_EQ(memory.longestFree(), 128);
}

} // namespace
} // namespace tilicho::compiler
