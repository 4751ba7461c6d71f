// SPDX-License-Identifier: Apache-2.0
// The order of accesses, without a run.
#include "runtime/Emulator/CheckOrder.h"

#include "Rig.h"

namespace tilicho {
namespace {

class Ordered : public testing::Test {
protected:
  Ordered() { rig.input(std::vector<float>(64, 1)).output(256).scratch(256); }

  std::string complaint() {
    return std::string(checkOrder(rig.built()).message());
  }
  void expectComplaint(const std::string &part) {
    EXPECT_NE(complaint().find(part), std::string::npos) << complaint();
  }

  Rig rig;
};

const std::string load =
    "dma [4, 4] sbuf.f32[0, 0x0 : 1, 1] = hbm.f32[0, 0x0 : 4, 1]";
const std::string use = "tensor_scalar [4, 4] sbuf.f32[0, 0x40 : 1] = "
                        "copy(add(sbuf.f32[0, 0x0 : 1], 1), 0)";

TEST_F(Ordered, accepts_what_semaphores_order) {
  rig.queue("dma0", load + ", signal s1 += 1");
  rig.queue("vec", use + ", wait s1 >= 1, signal s2 += 1");
  rig.queue("dma1", "dma [4, 4] hbm.f32[1, 0x0 : 4, 1] = "
                    "sbuf.f32[0, 0x40 : 1, 1], wait s2 >= 1");
  EXPECT_EQ(complaint(), "");
}

TEST_F(Ordered, names_both_sides_of_a_race) {
  rig.queue("dma0", load);
  rig.queue("vec", use);
  expectComplaint("queue vec, instruction 0 (node node of vec)");
  expectComplaint("race: reads SBUF where queue dma0, instruction 0 (node node "
                  "of dma0)");
}

TEST_F(Ordered, finds_a_column_that_nobody_waited_for) {
  rig.queue("dma0", "dma [4, 1] sbuf.f32[0, 0x100 : 1, 1] = "
                    "hbm.f32[0, 0x0 : 4, 1]");
  rig.queue("vec", "tensor_scalar [4, 4] sbuf.f32[0, 0x40 : 1] = "
                   "copy(add(sbuf.f32[0, 0x0 : 1], column[0, 0x100]), 0)");
  expectComplaint("race");
}

TEST_F(Ordered, knows_what_a_product_and_a_transposition_span) {
  // Results lie in partitions 32 to 36: only the last one is read too early.
  rig.queue("pe", "load_stationary [4, 4] sbuf.f32[0, 0x0 : 1] at 32\n"
                  "matmul [4, 8] psum.f32[32, 0x0 : 1] = sbuf.f32[0, 0x40 : 1] "
                  "cols 4, signal s0 += 1\n"
                  "transpose [4, 8] psum.f32[0, 0x0 : 1] = "
                  "sbuf.f32[0, 0x40 : 1]");
  rig.queue("vec", "tensor_scalar [4, 8] sbuf.f32[0, 0x80 : 1] = "
                   "copy(add(psum.f32[32, 0x0 : 1], 1), 0), wait s0 >= 1");
  EXPECT_EQ(complaint(), "");
  Rig early;
  early.queue("pe", "transpose [4, 8] psum.f32[0, 0x0 : 1] = "
                    "sbuf.f32[0, 0x40 : 1]");
  early.queue("vec", "tensor_scalar [8, 1] sbuf.f32[0, 0x80 : 1] = "
                     "copy(add(psum.f32[0, 0xc : 1], 1), 0)");
  EXPECT_NE(checkOrder(early.built()).message().find("race"),
            std::string_view::npos);
}

TEST_F(Ordered, accepts_a_ring) {
  rig.ring(1);
  EXPECT_EQ(complaint(), "");
}

TEST_F(Ordered, finds_a_ring_that_is_one_slot_short) {
  rig.ring(2);
  expectComplaint("race");
}

TEST_F(Ordered, finds_who_waits_for_ever) {
  rig.queue("dma0", load + ", wait s2 >= 1, signal s1 += 1");
  rig.queue("vec", use + ", wait s1 >= 1, signal s2 += 1");
  expectComplaint("deadlock: queue dma0, instruction 0");
  expectComplaint("waits for semaphore 1 to be 1, but it is 0");
}

TEST_F(Ordered, finds_accesses_out_of_bounds) {
  rig.queue("dma0", "dma [4, 4] sbuf.f32[0, 0x0 : 1, 1] = "
                    "hbm.f32[0, 0xf0 : 4, 1]");
  expectComplaint("of segment");
}

TEST_F(Ordered, leaves_what_data_decides_to_the_run) {
  rig.queue("dma0", load);
  rig.queue("vec", "load_register r1 = hbm.i32[0, 0x0]\n" + use);
  EXPECT_EQ(complaint(), "");
}

} // namespace
} // namespace tilicho
