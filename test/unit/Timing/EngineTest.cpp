// SPDX-License-Identifier: Apache-2.0
// What single instructions of act, vec and pool cost.
#include "AssembledProgram.h"

#include <gtest/gtest.h>

using namespace tilicho::timing;

/// Cycles for which `instruction` takes its engine.
static double busyCycles(const std::string &queue, double clockGhz,
                         const std::string &instruction,
                         const std::string &machine = "trn1") {
  return timed({{queue, instruction}}, {}, machine).queues[0].busyNs * clockGhz;
}

static double act(const std::string &instruction) {
  return busyCycles("act", 1.4, instruction);
}
static double vec(const std::string &instruction) {
  return busyCycles("vec", 1.12, instruction);
}
static double pool(const std::string &instruction) {
  return busyCycles("pool", 1.4, instruction);
}

TEST(EngineCost, activate_takes_a_cycle_an_element) {
  EXPECT_NEAR(act("activate [128, 512] sbuf.f32[0, 0x0 : 1] = "
                  "relu(psum.f32[0, 0x0 : 1] * 1 + 0)"),
              512, 1e-6);
}

TEST(EngineCost, short_instructions_take_the_least_cycles) {
  EXPECT_NEAR(act("activate [128, 3] sbuf.f32[0, 0x0 : 1] = "
                  "relu(psum.f32[0, 0x0 : 1] * 1 + 0)"),
              64, 1e-6);
}

TEST(EngineCost, accumulating_costs_64_more) {
  EXPECT_NEAR(act("activate sum [128, 512] sbuf.f32[0, 0x0 : 1] = "
                  "exp(sbuf.f32[0, 0x800 : 1] * 1 + 0) sum "
                  "sbuf.f32[0, 0x9000]"),
              512 + 64, 1e-6);
}

TEST(EngineCost, a_wide_stride_halves_the_rate) {
  EXPECT_NEAR(act("activate [128, 512] sbuf.f32[0, 0x0 : 1] = "
                  "relu(sbuf.f32[0, 0x1000 : 4] * 1 + 0)"),
              1024, 1e-6);
}

TEST(EngineCost, two_operands_in_sbuf_cost_twice) {
  EXPECT_NEAR(vec("tensor_tensor [128, 512] sbuf.f32[0, 0x0 : 1] = "
                  "add(sbuf.f32[0, 0x1000 : 1], sbuf.f32[0, 0x2000 : 1])"),
              1024, 1e-6);
  EXPECT_NEAR(vec("tensor_tensor [128, 512] sbuf.f32[0, 0x0 : 1] = "
                  "add(psum.f32[0, 0x0 : 1], sbuf.f32[0, 0x2000 : 1])"),
              512, 1e-6);
  EXPECT_NEAR(vec("tensor_tensor [128, 512] sbuf.bf16[0, 0x0 : 1] = "
                  "add(sbuf.bf16[0, 0x1000 : 1], sbuf.bf16[0, 0x2000 : 1])"),
              512, 1e-6);
}

TEST(EngineCost, functions_on_vec_take_eight) {
  EXPECT_NEAR(vec("tensor_scalar [128, 512] sbuf.f32[0, 0x0 : 1] = "
                  "copy(reciprocal(sbuf.f32[0, 0x1000 : 1], 0), 0)"),
              4096, 1e-6);
}

TEST(EngineCost, narrow_reductions_take_half) {
  EXPECT_NEAR(vec("tensor_reduce [128, 1, 1, 1, 512] sbuf.bf16[0, 0x0 : 0] = "
                  "max(copy(sbuf.bf16[0, 0x1000 : 0, 0, 0, 1]), axes 1)"),
              256, 1e-6);
  EXPECT_NEAR(vec("tensor_reduce [128, 1, 1, 1, 512] sbuf.f32[0, 0x0 : 0] = "
                  "max(copy(sbuf.f32[0, 0x1000 : 0, 0, 0, 1]), axes 1)"),
              512, 1e-6);
}

TEST(EngineCost, trn2_copies_narrow_types_four_times_as_fast) {
  std::string copy = "tensor_scalar [128, 512] sbuf.bf16[0, 0x0 : 1] = "
                     "copy(copy(sbuf.bf16[0, 0x1000 : 1], 0), 0)";
  EXPECT_NEAR(busyCycles("vec", 0.96, copy, "trn2"), 128, 1e-6);
  std::string strided = "tensor_scalar [128, 512] sbuf.bf16[0, 0x0 : 1] = "
                        "copy(copy(sbuf.bf16[0, 0x1000 : 2], 0), 0)";
  EXPECT_NEAR(busyCycles("vec", 0.96, strided, "trn2"), 256, 1e-6);
}

TEST(EngineCost, more_partitions_than_lanes_take_turns) {
  std::string copy = "tensor_scalar [16, 512] sbuf.f32[0, 0x0 : 1] = "
                     "copy(copy(sbuf.f32[0, 0x1000 : 1], 0), 0)";
  EXPECT_NEAR(timed({{"vec", copy}}, {"vec.lanes=8"}, "edge").queues[0].busyNs,
              1024, 1e-6);
}

TEST(EngineCost, pool_kernels_take_150_to_start) {
  EXPECT_NEAR(pool("iota i32 [128, 64] sbuf.i32[0, 0x0 : 1] = "
                   "0 + p * 64 + steps[1]"),
              150 + 64, 1e-6);
  EXPECT_NEAR(pool("local_gather [128, 64] sbuf.f32[0, 0x0 : 1] = "
                   "sbuf.f32[0, 0x1000 : 0, 0, 0, 1] at "
                   "sbuf.i32[0, 0x800 : 1] limit 256"),
              150 + 64 * 4 / 8.0, 1e-6);
  // 8 rows of 100: 7 levels of 7 comparisons over 128 lanes.
  EXPECT_NEAR(
      pool("sort descending [8, 1, 1, 1, 100] "
           "sbuf.f32[0, 0x0 : 0, 0, 0, 1], sbuf.i32[0, 0x400 : 0, 0, 0, 1] = "
           "sbuf.f32[0, 0x800 : 0, 0, 0, 1]"),
      150 + 800 * 49 / 128.0, 1e-6);
}

TEST(EngineCost, wide_arithmetic_on_pool_takes_four) {
  EXPECT_NEAR(pool("tensor_scalar i64 [128, 512] sbuf.i64[0, 0x0 : 1] = "
                   "copy(add(sbuf.i64[0, 0x2000 : 1], 1), 0)"),
              2048, 1e-6);
}

TEST(EngineCost, writes_are_visible_60_cycles_later) {
  Result result = timed({{"act", "activate [128, 512] sbuf.f32[0, 0x0 : 1] = "
                                 "relu(psum.f32[0, 0x0 : 1] * 1 + 0)"}},
                        {"dma.start_ns=0", "fetch.block_bytes=128",
                         "dma.bytes_per_ns=1000000", "hbm.gb_per_s=1000000"});
  EXPECT_NEAR(result.makespanNs, (512 + 60) / 1.4, 1);
}
