// SPDX-License-Identifier: Apache-2.0
// Queues together: semaphores, ports, dependence, tables, deadlock.
#include "AssembledProgram.h"

#include <gmock/gmock.h>

using namespace tilicho::timing;
using testing::HasSubstr;

static const std::string relu = "activate [128, 512] sbuf.f32[0, 0x0 : 1] = "
                                "relu(sbuf.f32[0, 0x8000 : 1] * 1 + 0)";
static const std::string evacuate =
    "activate [128, 512] sbuf.f32[0, 0x0 : 1] = "
    "relu(psum.f32[0, 0x0 : 1] * 1 + 0)";
static const std::string copy = "tensor_scalar [128, 512] "
                                "sbuf.f32[0, 0x1000 : 1] = "
                                "copy(copy(sbuf.f32[0, 0x3000 : 1], 0), 0)";
static const std::string drain = "tensor_scalar [128, 512] "
                                 "sbuf.f32[0, 0x1000 : 1] = "
                                 "copy(copy(psum.f32[0, 0x800 : 1], 0), 0)";

/// Instructions come at once, so that times are those of the engines alone.
static const std::vector<std::string> noFetch = {
    "dma.start_ns=0", "dma.bytes_per_ns=1000000", "hbm.gb_per_s=1000000"};

TEST(Overlap, engines_run_at_once) {
  Result result = timed({{"act", relu}, {"vec", copy}}, noFetch);
  EXPECT_NEAR(result.makespanNs, (512 + 60) / 1.12, 1);
}

TEST(Overlap, a_wait_sees_the_signal_after_its_latency) {
  Result result = timed({{"act", relu + ", signal s1 += 1"},
                         {"vec", copy.substr(0) + ", wait s1 >= 1"}},
                        noFetch);
  double seen = (512 + 60) / 1.4 + 60;
  EXPECT_NEAR(stallNs(result.queues[1], Stall::Wait), seen, 1);
  EXPECT_NEAR(result.queues[1].waitNs[0], seen, 1);
  EXPECT_NEAR(result.makespanNs, seen + (512 + 60) / 1.12, 1);
}

TEST(Overlap, a_loop_counts_on_a_semaphore) {
  std::string producer =
      "loop r1 < r0 + 10\n" + relu + ", signal s1 += 1\nend_loop\n";
  std::string consumer = "set r2 = 1\nloop r1 < r0 + 10\n" + copy +
                         ", wait s1 >= 0 + r2\n"
                         "alu r2 = add(r2, r0 + 1)\nend_loop\n";
  Result result = timed({{"act", producer}, {"vec", consumer}}, noFetch);
  EXPECT_NEAR(result.queues[1].busyNs, 10 * 512 / 1.12, 1);
  EXPECT_EQ(result.queues[1].instructions, 2u + 3 * 10);
}

TEST(Overlap, vec_and_pool_take_turns_at_sbuf) {
  Result trn1 = timed(
      {{"vec", repeated(copy + "\n", 4)}, {"pool", repeated(copy + "\n", 4)}},
      noFetch);
  double both = 4 * 512 / 1.12 + 4 * 512 / 1.4;
  EXPECT_NEAR(trn1.makespanNs, both, 100);
  EXPECT_GT(stallNs(trn1.queues[0], Stall::Port), 3 * 512 / 1.4 - 1);
  Result trn2 = timed({{"vec", copy}, {"pool", copy}}, noFetch, "trn2");
  EXPECT_NEAR(stallNs(trn2.queues[0], Stall::Port), 0, 1e-9);
}

TEST(Overlap, vec_and_act_take_turns_at_psum) {
  Result trn1 = timed({{"act", evacuate}, {"vec", drain}}, noFetch);
  EXPECT_GT(trn1.makespanNs, 512 / 1.12 + 512 / 1.4);
  Result apart = timed({{"act", relu}, {"vec", drain}}, noFetch);
  EXPECT_LT(apart.makespanNs, 512 / 1.12 + 60);
}

TEST(Overlap, a_result_that_is_read_at_once_is_waited_for) {
  std::string other = "activate [128, 512] sbuf.f32[0, 0x2000 : 1] = "
                      "relu(sbuf.f32[0, 0x0 : 1] * 1 + 0)";
  Result chained = timed({{"act", relu + "\n" + other}}, noFetch);
  EXPECT_NEAR(stallNs(chained.queues[0], Stall::Dependence), 60 / 1.4, 1e-6);
  Result apart = timed({{"act", relu + "\n" + relu}}, noFetch);
  EXPECT_NEAR(stallNs(apart.queues[0], Stall::Dependence), 0, 1e-6);
}

TEST(Overlap, another_set_of_functions_is_loaded) {
  std::string tanh = "activate [128, 512] sbuf.f32[0, 0x0 : 1] = "
                     "tanh(sbuf.f32[0, 0x8000 : 1] * 1 + 0)";
  Result result =
      timed({{"act", relu + "\n" + tanh + "\n" + tanh + "\n" + relu}}, noFetch);
  EXPECT_NEAR(stallNs(result.queues[0], Stall::Table), 2 * 1300, 1e-6);
}

TEST(Overlap, control_hides_behind_the_engine) {
  std::string body = "alu r2 = add(r2, r0 + 1)\n" + relu + "\n";
  Result result =
      timed({{"act", "loop r1 < r0 + 20\n" + body + "end_loop"}}, noFetch);
  EXPECT_NEAR(result.queues[0].busyNs, 20 * 512 / 1.4, 1e-6);
  EXPECT_LT(stallNs(result.queues[0], Stall::Control), 100);
}

TEST(Overlap, code_that_jumps_waits_for_its_fetch) {
  // 64 instructions are skipped each time, so that nothing is there in time.
  std::string text;
  for (int jump = 0; jump < 10; ++jump)
    text += "branch zero r0, " + std::to_string((jump + 1) * 128) + "\n" +
            repeated("set r1 = 1\n", 127);
  Result result = timed({{"sync", text}});
  // The first block is on its way when the run starts.
  EXPECT_GT(result.makespanNs, 9 * 1300);
}

TEST(Overlap, a_loop_that_fits_the_buffer_is_fetched_once) {
  std::string loop =
      "loop r1 < r0 + 100\n" + repeated(relu + "\n", 60) + "end_loop\n";
  EXPECT_EQ(timed({{"act", loop}}).fetchBytes, 62u * 128);
}

TEST(Overlap, a_deadlock_names_queue_node_and_semaphore) {
  tilicho::Program program =
      assemble({{"act", "wait s3 >= 2"}, {"vec", copy + ", signal s3 += 1"}});
  EXPECT_EQ(simulate(program).status().message(),
            "no queue can go on: act:0 wait of node act waits for semaphore 3 "
            "to reach 2, it holds 1");
}

TEST(Overlap, control_that_never_ends_is_found_out) {
  tilicho::Program program = assemble({{"sync", "set r1 = 1\nbranch r1, 0"}});
  EXPECT_THAT(simulate(program).status().message(), HasSubstr("runs for ever"));
}

TEST(Overlap, control_by_data_needs_values) {
  std::string text = "load_register r1 = hbm.i32[0, 0x0]\n"
                     "loop r2 < r1 + 0\n" +
                     relu + "\nend_loop\n";
  tilicho::Program program = assemble({{"act", text}});
  EXPECT_THAT(simulate(program).status().message(),
              HasSubstr("control depends on a register loaded from memory"));
  LoadedRegisters loaded = {{7}};
  Options options;
  options.loaded = &loaded;
  EXPECT_EQ(simulate(program, options)->queues[0].instructions, 2u + 7 * 2);
}

TEST(Overlap, an_address_by_data_needs_no_values) {
  std::string text = "load_register r1 = hbm.i32[0, 0x0]\n"
                     "activate [128, 512] sbuf.f32[0, 0x0 : 1] = "
                     "relu(sbuf.f32[0, 0x8000 + r1*4 : 1] * 1 + 0)";
  EXPECT_GT(timed({{"act", text}}).makespanNs, 512 / 1.4);
}

TEST(Overlap, the_critical_path_covers_the_makespan) {
  tilicho::Program program = assemble({{"act", relu + ", signal s1 += 1"},
                                       {"vec", copy + ", wait s1 >= 1"},
                                       {"pool", "iota i32 [1, 1] "
                                                "sbuf.i32[0, 0x0 : 1] = "
                                                "0 + p * 1 + steps[1]"}});
  Options options;
  options.criticalPath = true;
  Result result = *simulate(program, options);
  EXPECT_GT(result.nodes[0].pathNs, 512 / 1.4);
  EXPECT_GT(result.nodes[1].pathNs, 512 / 1.12);
  EXPECT_EQ(result.nodes[2].pathNs, 0);
  EXPECT_NEAR(result.nodes[0].pathNs + result.nodes[1].pathNs +
                  result.queues[0].stallNs[unsigned(Stall::Fetch)],
              result.makespanNs, 1e-6);
}
