// SPDX-License-Identifier: Apache-2.0
// The systolic array: passes, background loads, tiles, windows.
#include "AssembledProgram.h"

#include <gtest/gtest.h>

using namespace tilicho::timing;

static std::string weights(const std::string &dtype, int rows = 128,
                           int cols = 128, int row = 0, int col = 0) {
  return "load_stationary [" + std::to_string(rows) + ", " +
         std::to_string(cols) + "] sbuf." + dtype + "[" + std::to_string(row) +
         ", 0x0 : 1] at " + std::to_string(col) + "\n";
}

static std::string move(const std::string &dtype, int columns, int rows = 128,
                        int cols = 128, int row = 0, int col = 0) {
  return "matmul [" + std::to_string(rows) + ", " + std::to_string(columns) +
         "] psum.f32[" + std::to_string(col) + ", 0x0 : 1] = sbuf." + dtype +
         "[" + std::to_string(row) + ", 0x400 : 1] cols " +
         std::to_string(cols) + "\n";
}

static double busyCycles(const std::string &text) {
  return timed({{"pe", text}}).queues[0].busyNs * 2.8;
}

TEST(Array, a_move_takes_a_cycle_a_column_and_pass) {
  EXPECT_NEAR(busyCycles(weights("bf16") + move("bf16", 512)), 512, 1e-6);
  EXPECT_NEAR(busyCycles(weights("f32") + move("f32", 512)), 2048, 1e-6);
}

TEST(Array, a_short_move_takes_the_least_cycles) {
  EXPECT_NEAR(busyCycles(weights("bf16") + move("bf16", 1)), 64, 1e-6);
}

TEST(Array, a_window_adds_its_cycles) {
  std::string window = "matmul [128, 2, 111] psum.f32[0, 0x0 : 111, 1] = "
                       "sbuf.bf16[0, 0x400 : 224, 1] cols 128";
  EXPECT_NEAR(busyCycles(weights("bf16") + window), 247, 1e-6);
  std::string merged = "matmul [128, 2, 111] psum.f32[0, 0x0 : 111, 1] = "
                       "sbuf.bf16[0, 0x400 : 111, 1] cols 128";
  EXPECT_NEAR(busyCycles(weights("bf16") + merged), 222, 1e-6);
}

TEST(Array, weights_load_behind_the_move) {
  std::string pair = weights("bf16") + move("bf16", 512);
  Result result = timed({{"pe", repeated(pair, 9)}});
  EXPECT_NEAR(result.queues[0].busyNs * 2.8, 9 * 512, 1e-6);
  // Only the first load shows: 128 columns at 4 a cycle.
  EXPECT_NEAR(stallNs(result.queues[0], Stall::Dependence) * 2.8, 32 - 16,
              1e-6);
}

TEST(Array, fill_and_drain_are_latency) {
  Result one = timed({{"pe", weights("bf16") + move("bf16", 512)}});
  Result two =
      timed({{"pe", weights("bf16") + repeated(move("bf16", 512), 2)}});
  // The third instruction's fetch shows.
  EXPECT_NEAR((two.makespanNs - one.makespanNs) * 2.8, 512, 30);
  EXPECT_GT(one.makespanNs * 2.8, 512 + 256 + 64);
}

TEST(Array, tiles_that_do_not_meet_run_at_once) {
  std::string load, moves;
  for (int i = 0; i < 4; ++i) {
    load += weights("bf16", 32, 32, 32 * i, 32 * i);
    moves += move("bf16", 512, 32, 32, 32 * i, 32 * i);
  }
  // Each starts 16 cycles after the one before.
  EXPECT_NEAR(busyCycles(load + moves), 512 + 3 * 16, 1e-6);
  std::string same =
      weights("bf16", 32, 32) + repeated(move("bf16", 512, 32, 32), 4);
  EXPECT_NEAR(busyCycles(same), 4 * 512, 1e-6);
}

TEST(Array, need_not_have_as_many_rows_as_sbuf_has_partitions) {
  std::string text = weights("bf16", 48, 96) + move("bf16", 512, 48, 96);
  Result result =
      timed({{"pe", text}}, {"array.rows=48", "array.cols=96",
                             "array.row_tile=12", "array.col_tile=24"});
  EXPECT_NEAR(result.queues[0].busyNs * 2.8, 512, 1e-6);
  // The emulator traps what lies outside; its time is of no interest.
  timed({{"pe", weights("bf16") + move("bf16", 512)}},
        {"array.rows=48", "array.cols=96", "array.row_tile=12",
         "array.col_tile=24"});
}

TEST(Array, a_transpose_moves_a_column_for_each_partition) {
  std::string transpose =
      "transpose [128, 64] psum.bf16[0, 0x0 : 1] = sbuf.bf16[0, 0x200 : 1]\n";
  EXPECT_NEAR(busyCycles(repeated(transpose, 3)), 3 * 128, 1e-6);
}
