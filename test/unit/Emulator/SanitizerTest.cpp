// SPDX-License-Identifier: Apache-2.0
// Reads of what was never written, and races.
#include "Rig.h"

namespace tilicho {
namespace {

using Floats = std::vector<float>;

class Sanitized : public testing::Test {
protected:
  Sanitized() {
    rig.options.sanitize = true;
    rig.input(Floats(64, 1)).output(256).scratch(256);
  }
  Rig rig;
};

const char *const load =
    "dma [4, 4] sbuf.f32[0, 0x0 : 1, 1] = hbm.f32[0, 0x0 : 4, 1]";
const char *const use = "tensor_scalar [4, 4] sbuf.f32[0, 0x40 : 1] = "
                        "copy(add(sbuf.f32[0, 0x0 : 1], 1), 0)";

std::string with(const char *instruction, const char *clause) {
  return std::string(instruction) + ", " + clause + "\n";
}

TEST_F(Sanitized, accepts_what_semaphores_order) {
  rig.queue("dma0", with(load, "signal s1 += 1"));
  rig.queue("vec", with(use, "wait s1 >= 1, signal s2 += 1"));
  rig.queue("dma1", "dma [4, 4] hbm.f32[1, 0x0 : 4, 1] = "
                    "sbuf.f32[0, 0x40 : 1, 1], wait s2 >= 1");
  rig.go();
  EXPECT_EQ(rig.segment<float>(1)[15], 2);
}

TEST_F(Sanitized, finds_reads_of_unwritten_sbuf) {
  rig.queue("vec", use);
  std::string message = rig.fail();
  EXPECT_NE(message.find("queue vec, instruction 0 (node node of vec)"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("uninitialised read: byte 0 of partition 0 of SBUF"),
            std::string::npos)
      << message;
}

TEST_F(Sanitized, finds_one_unwritten_element) {
  rig.queue("dma0", "dma [4, 3] sbuf.f32[0, 0x0 : 1, 1] = "
                    "hbm.f32[0, 0x0 : 4, 1], signal s1 += 1");
  rig.queue("vec", with(use, "wait s1 >= 1"));
  std::string message = rig.fail();
  EXPECT_NE(message.find("byte 12 of partition 0 of SBUF is read but was never "
                         "written"),
            std::string::npos)
      << message;
}

TEST_F(Sanitized, finds_reads_of_unwritten_scratch_and_psum) {
  rig.queue("dma0", "dma [4] hbm.f32[1, 0x0 : 1] = hbm.f32[2, 0x10 : 1]");
  EXPECT_NE(rig.fail().find("byte 16 of segment 's2' is read"),
            std::string::npos);
  Rig other;
  other.options.sanitize = true;
  other.queue("act", "activate [1, 1] sbuf.f32[0, 0x0 : 1] = "
                     "copy(psum.f32[0, 0x0 : 1] * 1 + 0)");
  EXPECT_NE(other.fail().find("of PSUM is read"), std::string::npos);
}

TEST_F(Sanitized, forgets_between_runs) {
  rig.queue("dma0", std::string(load) + "\n" +
                        "dma [4, 4] hbm.f32[1, 0x0 : 4, 1] = "
                        "sbuf.f32[0, 0x0 : 1, 1]");
  rig.go().go();
}

TEST_F(Sanitized, finds_a_read_that_races_with_a_write) {
  rig.queue("dma0", load);
  rig.queue("vec", use);
  std::string message = rig.fail();
  EXPECT_NE(message.find("queue vec, instruction 0 (node node of vec)"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("race: reads SBUF where queue dma0, instruction 0 "
                         "(node node of dma0)"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("writes, and no semaphore orders them"),
            std::string::npos)
      << message;
}

/// The write comes long after the read in the order of emulation, yet nothing
/// makes it wait.
TEST_F(Sanitized, finds_a_write_that_races_with_a_read) {
  rig.queue("dma0",
            with(load, "signal s1 += 1") + with(load, "signal s1 += 1"));
  rig.queue("vec", with(use, "wait s1 >= 2"));
  rig.queue("dma1", with(load, "wait s1 >= 1"));
  std::string message = rig.fail();
  EXPECT_NE(message.find("race: writes SBUF where queue "), std::string::npos)
      << message;
}

TEST_F(Sanitized, tells_interleaved_elements_apart) {
  rig.queue("dma0", "dma [4, 2] sbuf.f32[0, 0x0 : 1, 2] = "
                    "hbm.f32[0, 0x0 : 4, 1]");
  rig.queue("dma1", "dma [4, 2] sbuf.f32[0, 0x4 : 1, 2] = "
                    "hbm.f32[0, 0x0 : 4, 1]");
  rig.queue("dma2", "dma [4, 2] sbuf.f32[4, 0x0 : 1, 1] = "
                    "hbm.f32[0, 0x0 : 4, 1]");
  rig.go();
}

TEST_F(Sanitized, follows_semaphores_through_other_queues) {
  rig.queue("dma0", with(load, "signal s1 += 1"));
  rig.queue("sync", "wait s1 >= 1, signal s2 += 1");
  rig.queue("vec", with(use, "wait s2 >= 1"));
  rig.go();
}

TEST_F(Sanitized, does_not_trust_a_wait_that_another_signal_can_end) {
  rig.queue("dma0", with(load, "signal s1 += 1"));
  rig.queue("sync", "signal s1 += 1");
  rig.queue("vec", with(use, "wait s1 >= 1"));
  EXPECT_NE(rig.fail().find("race"), std::string::npos);
}

TEST_F(Sanitized, finds_a_source_that_its_own_instruction_overwrites) {
  rig.queue("dma0", with(load, "signal s1 += 1"));
  rig.queue("vec", "tensor_scalar [4, 3] sbuf.f32[0, 0x4 : 1] = "
                   "copy(add(sbuf.f32[0, 0x0 : 1], 1), 0), wait s1 >= 1");
  std::string message = rig.fail();
  EXPECT_NE(message.find("race: reads and writes the same bytes of SBUF, but "
                         "not the same elements in the same order"),
            std::string::npos)
      << message;
}

TEST_F(Sanitized, finds_a_source_that_is_read_again_when_it_is_overwritten) {
  rig.queue("dma0", with(load, "signal s1 += 1"));
  rig.queue("vec", "tensor_scalar [4, 4] sbuf.f32[0, 0x0 : 0] = "
                   "copy(add(sbuf.f32[0, 0x0 : 0], 1), 0), wait s1 >= 1");
  EXPECT_NE(rig.fail().find("reads and writes the same bytes of SBUF"),
            std::string::npos);
}

TEST_F(Sanitized, accepts_work_in_place) {
  rig.queue("dma0", with(load, "signal s1 += 1"));
  rig.queue("vec", "tensor_scalar [4, 4] sbuf.f32[0, 0x0 : 1] = "
                   "copy(add(sbuf.f32[0, 0x0 : 1], 1), 0), wait s1 >= 1");
  rig.go();
}

TEST_F(Sanitized, accepts_rings_in_loops) { rig.ring(1).go(); }

TEST_F(Sanitized, finds_a_ring_that_is_one_slot_short) {
  EXPECT_NE(rig.ring(2).fail().find("race"), std::string::npos);
}

TEST_F(Sanitized, checks_only_the_rows_that_a_gather_takes) {
  // Row 1 of scratch is written, row 0 is not.
  Rig gather;
  gather.options.sanitize = true;
  gather.input(Floats(4, 3)).input(std::vector<int32_t>{1});
  gather.scratch(64).output(16);
  gather.queue("dma0",
               "dma [4] hbm.f32[2, 0x10 : 1] = hbm.f32[0, 0x0 : 1]\n"
               "dma_gather [1, 4] hbm.f32[3, 0x0 : 4, 1] = "
               "hbm.f32[2, 0x0 : 0, 1] at hbm.i32[1, 0x0 : 1] * 4 limit 4");
  gather.go();
  EXPECT_EQ(gather.segment<float>(3), Floats(4, 3));
}

} // namespace
} // namespace tilicho
