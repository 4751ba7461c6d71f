// SPDX-License-Identifier: Apache-2.0
// Which of several free places is given out.
#include "lib/Conversion/TileToIsa/FreeList.h"

#include <gtest/gtest.h>

namespace tilicho::compiler {
namespace {

TEST(FreeList, GivesOutUnitsOfASmallMemoryByAge) {
  FreeList banks(4 * 2048, 2048);
  for (int64_t bank = 0; bank < 4; ++bank)
    EXPECT_EQ(banks.takeNext(100), bank * 2048);
  EXPECT_FALSE(banks.takeNext(100));
  banks.release(3 * 2048, 100);
  banks.release(0, 100);
  banks.release(2 * 2048, 100);
  EXPECT_EQ(banks.takeNext(2048), 3 * 2048);
  EXPECT_EQ(banks.takeNext(2048), 0);
  EXPECT_EQ(banks.takeNext(2048), 2 * 2048);
}

TEST(FreeList, GivesOutSeveralUnitsSideBySide) {
  FreeList banks(4 * 2048, 2048);
  EXPECT_EQ(banks.takeNext(100), 0);
  EXPECT_EQ(banks.takeNext(4096), 2048);
  banks.release(0, 100);
  EXPECT_FALSE(banks.takeNext(4096));
  EXPECT_EQ(banks.usedBytes(), 4096);
}

TEST(FreeList, GoesAroundInALargeMemory) {
  FreeList memory(1 << 20, 64);
  EXPECT_EQ(memory.takeNext(64), 0);
  memory.release(0, 64);
  EXPECT_EQ(memory.takeNext(64), 64);
}

} // namespace
} // namespace tilicho::compiler
