// SPDX-License-Identifier: Apache-2.0
// Transfers: descriptors, sharing of engines, latency, slots, traffic.
#include "AssembledProgram.h"

#include <gtest/gtest.h>

using namespace tilicho::timing;

/// A load of `bytes` in each of `rows` partitions.
static std::string load(int rows, int bytes, const std::string &tail = "") {
  return "dma [" + std::to_string(rows) + ", " + std::to_string(bytes) +
         "] sbuf.u8[0, 0x0 : 1, 1] = hbm.u8[0, 0x0 : " + std::to_string(bytes) +
         ", 1]" + tail + "\n";
}

static double busyNs(const std::string &text) {
  return timed({{"dma0", text}}).queues[0].busyNs;
}

TEST(Dma, long_rows_move_at_the_rate_of_all_engines) {
  EXPECT_NEAR(busyNs(load(128, 32768)), 128 * 32768 / 272.0, 1e-6);
}

TEST(Dma, short_rows_take_the_least_time_of_a_descriptor) {
  EXPECT_NEAR(busyNs(load(128, 64)), 8 * 107, 1e-6);
}

TEST(Dma, few_rows_use_few_engines) {
  EXPECT_NEAR(busyNs(load(1, 32768)), 32768 / 17.0, 1e-6);
  EXPECT_NEAR(busyNs(load(17, 32768)), 2 * 32768 / 17.0, 1e-6);
}

TEST(Dma, a_row_longer_than_a_descriptor_is_cut) {
  // 128 KiB as two descriptors on two engines.
  std::string text = "dma [1, 2, 65535] hbm.u8[0, 0x0 : 0, 65535, 1] = "
                     "hbm.u8[1, 0x0 : 0, 65535, 1]";
  EXPECT_NEAR(busyNs(text), 65535 / 17.0, 1e-6);
}

TEST(Dma, a_cast_moves_at_the_rate_of_the_wider_type) {
  std::string text = "dma [128, 4096] sbuf.bf16[0, 0x0 : 1, 1] = "
                     "hbm.f32[0, 0x0 : 4096, 1]";
  EXPECT_NEAR(busyNs(text), 8 * 16384 / 17.0, 1e-6);
}

TEST(Dma, a_transposing_move_takes_four_times_as_long) {
  // 128 rows of 4096 elements are written from columns.
  std::string text = "dma [128, 4096] sbuf.bf16[0, 0x0 : 1, 1] = "
                     "hbm.bf16[0, 0x0 : 1, 128]";
  EXPECT_NEAR(busyNs(text), 4 * 8 * 8192 / 17.0, 1e-6);
}

TEST(Dma, single_elements_are_descriptors) {
  std::string text = "dma [16, 10] sbuf.u8[0, 0x0 : 1, 1] = "
                     "hbm.u8[0, 0x0 : 1000, 7]";
  EXPECT_NEAR(busyNs(text), 10 * 107, 1e-6);
}

TEST(Dma, starting_is_latency_and_not_occupancy) {
  Result one = timed({{"dma0", load(128, 8192)}});
  Result two = timed({{"dma0", load(128, 8192) + load(128, 8192)}});
  // The second instruction's fetch shows.
  EXPECT_NEAR(two.makespanNs - one.makespanNs, 8 * 8192 / 17.0, 10);
  EXPECT_GT(one.makespanNs, 1300 + 8 * 8192 / 17.0);
}

TEST(Dma, queues_share_the_engines) {
  Result one = timed({{"dma0", load(128, 8192)}});
  Result two = timed({{"dma0", load(128, 8192)}, {"dma1", load(128, 8192)}});
  EXPECT_NEAR(two.makespanNs - one.makespanNs, 8 * 8192 / 17.0, 1e-6);
}

TEST(Dma, queues_take_turns_packet_by_packet) {
  // The short transfer does not wait for all of the long one.
  std::string shortOne = "wait s1 >= 0\n" + load(16, 4096);
  Result result =
      timed({{"dma0", "dma [128, 16, 4096] sbuf.u8[0, 0x0 : 1, 4096, 1] = "
                      "hbm.u8[0, 0x0 : 81920, 5000, 1]"},
             {"dma1", shortOne}});
  EXPECT_LT(result.queues[1].endNs, result.queues[0].endNs / 4);
}

TEST(Dma, hbm_caps_what_the_engines_could_move) {
  // HBM to HBM is read and written: 544 B/ns of engines against 410.
  std::string text = "dma [128, 32768] hbm.u8[0, 0x0 : 40000, 1] = "
                     "hbm.u8[1, 0x0 : 40000, 1]";
  EXPECT_NEAR(busyNs(text), 2 * 128 * 32768 / 410.0, 20);
}

TEST(Dma, a_full_queue_waits_for_a_slot) {
  std::string text;
  for (int i = 0; i < 3; ++i)
    text += load(1, 32768);
  Result result = timed({{"dma0", text}}, {"dma.outstanding=1"});
  EXPECT_GT(stallNs(result.queues[0], Stall::Slot), 2 * 1300);
  EXPECT_NEAR(stallNs(timed({{"dma0", text}}).queues[0], Stall::Slot), 0, 1e-6);
}

TEST(Dma, traffic_is_counted_by_segment_and_node) {
  Result result = timed({{"dma0", "dma [128, 100] sbuf.bf16[0, 0x0 : 1, 1] = "
                                  "hbm.f32[0, 0x0 : 100, 1]\n"
                                  "dma [128, 50] hbm.bf16[1, 0x0 : 50, 1] = "
                                  "sbuf.bf16[0, 0x0 : 1, 1]"}});
  EXPECT_EQ(result.hbmReadBytes, 128u * 400);
  EXPECT_EQ(result.hbmWrittenBytes, 128u * 100);
  EXPECT_EQ(result.segments[0].readBytes, 128u * 400);
  EXPECT_EQ(result.segments[1].writtenBytes, 128u * 100);
  EXPECT_EQ(result.nodes[0].hbmReadBytes, 128u * 400);
  EXPECT_EQ(result.fetchBytes, 256u);
}

TEST(Dma, a_gather_reads_its_rows_and_its_indices) {
  Result result =
      timed({{"dma0", "dma_gather [16, 768] sbuf.f32[0, 0x0 : 1, 1] = "
                      "hbm.f32[1, 0x0 : 0, 1] at hbm.i64[0, 0x0 : 1] * 768 "
                      "limit 30522"}});
  EXPECT_EQ(result.segments[1].readBytes, 16u * 768 * 4);
  EXPECT_EQ(result.segments[0].readBytes, 16u * 8);
}
