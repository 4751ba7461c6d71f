// SPDX-License-Identifier: Apache-2.0
// Registers, loops, branches, semaphores, and what stops a program.
#include "Rig.h"

#include "runtime/Emulator/Trap.h"

namespace tilicho {
namespace {

using Ints = std::vector<int32_t>;
using Longs = std::vector<int64_t>;

TEST(Sequencer, calculates_registers) {
  Rig rig;
  rig.output(64);
  rig.queue("sync", "set r1 = -7\n"
                    "alu r2 = mul(r1, r0 + 3)\n"
                    "alu r3 = div(r1, r0 + 2)\n"
                    "alu r4 = mod(r1, r0 + 3)\n"
                    "alu r5 = shl(r1, r0 + 66)\n"
                    "alu r6 = lt(r1, r2 + 15)\n"
                    "add_wrap r7 = r1 + 1 mod 4\n"
                    "set r0 = 5\n"
                    "store_register hbm.i64[0, 0x0] = r2\n"
                    "store_register hbm.i64[0, 0x8] = r3\n"
                    "store_register hbm.i64[0, 0x10] = r4\n"
                    "store_register hbm.i64[0, 0x18] = r5\n"
                    "store_register hbm.i64[0, 0x20] = r6\n"
                    "store_register hbm.i64[0, 0x28] = r7\n"
                    "store_register hbm.i64[0, 0x30] = r0\n"
                    "store_register hbm.bool[0, 0x38] = r1");
  rig.go();
  EXPECT_EQ(rig.segment<int64_t>(0), (Longs{-21, -3, 2, -28, 1, 2, 0, 1}));
  EXPECT_EQ(rig.emulator().sequencer(0).registers()[2], -21);
}

TEST(Sequencer, nests_loops_and_addresses_by_them) {
  Rig rig;
  rig.output(24);
  rig.queue("sync", "loop r1 < r0 + 2\n"
                    "loop r2 < r0 + 3\n"
                    "alu r3 = mul(r1, r0 + 10)\n"
                    "alu r3 = add(r3, r2 + 0)\n"
                    "alu r4 = mul(r1, r0 + 12)\n"
                    "store_register hbm.i32[0, 0x0 + r2*4 + r4] = r3\n"
                    "end_loop\n"
                    "end_loop");
  rig.go();
  EXPECT_EQ(rig.segment<int32_t>(0), (Ints{0, 1, 2, 10, 11, 12}));
  EXPECT_EQ(rig.result.instructions, (std::vector<uint64_t>{1 + 2 * 17}));
}

TEST(Sequencer, skips_loops_without_iterations) {
  Rig rig;
  rig.output(8);
  rig.queue("sync", "set r2 = -5\n"
                    "loop r1 < r2 + 4\n"
                    "store_register hbm.i64[0, 0x0] = r2\n"
                    "end_loop");
  rig.go();
  EXPECT_EQ(rig.segment<int64_t>(0), Longs{0});
}

TEST(Sequencer, branches_on_what_it_loads) {
  Rig rig;
  rig.input(Longs{3}).output(8);
  rig.queue("sync", "load_register r1 = hbm.i64[0, 0x0]\n"
                    "alu r2 = add(r2, r1 + 0)\n"
                    "alu r1 = sub(r1, r0 + 1)\n"
                    "branch r1, 1\n"
                    "branch zero r0, 6\n"
                    "set r2 = 0\n"
                    "store_register hbm.i64[1, 0x0] = r2");
  rig.go();
  EXPECT_EQ(rig.segment<int64_t>(1), Longs{6});
  EXPECT_EQ(rig.result.loadedRegisters, std::vector<Longs>{Longs{3}});
}

TEST(Sequencer, counts_on_semaphores_in_loops) {
  Rig rig;
  rig.output(4);
  rig.queue("act", "loop r1 < r0 + 5\n"
                   "wait s1 >= 0 + r1\n"
                   "signal s2 += 2\n"
                   "end_loop");
  rig.queue("sync", "loop r1 < r0 + 5\n"
                    "alu r2 = mul(r1, r0 + 2)\n"
                    "wait s2 >= 2 + r2\n"
                    "signal s1 += 1\n"
                    "end_loop\n"
                    "store_register hbm.i32[0, 0x0] = r1");
  rig.go();
  EXPECT_EQ(rig.segment<int32_t>(0), Ints{4});
  EXPECT_EQ(rig.emulator().state().semaphores[2], 10);
  EXPECT_EQ(rig.emulator().state().semaphores[1], 5);
}

TEST(Sequencer, starts_again_from_zero) {
  Rig rig;
  rig.output(8);
  rig.queue("sync", "alu r1 = add(r1, r0 + 1), signal s1 += 1\n"
                    "store_register hbm.i64[0, 0x0] = r1");
  rig.go().go();
  EXPECT_EQ(rig.segment<int64_t>(0), Longs{1});
  EXPECT_EQ(rig.emulator().state().semaphores[1], 1);
}

TEST(Deadlock, names_every_queue_and_what_it_awaits) {
  Rig rig;
  rig.queue("act", "set r1 = 1\nwait s3 >= 2 + r1, signal s4 += 1");
  rig.queue("sync", "signal s3 += 1\nwait s4 >= 1");
  rig.queue("vec", "signal s9 += 1");
  std::string message = rig.fail();
  EXPECT_NE(message.find("deadlock: queue act, instruction 1 (node node of "
                         "act)"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("waits for semaphore 3 to be 3, but it is 1; queue "
                         "sync, instruction 1"),
            std::string::npos)
      << message;
  EXPECT_EQ(message.find("vec"), std::string::npos);
}

struct BadProgram {
  const char *name, *queue, *text, *message;
};

class BadProgramTest : public testing::TestWithParam<BadProgram> {};

TEST_P(BadProgramTest, stops_with_a_message) {
  Rig rig;
  rig.input(Ints{1, 2}).output(8);
  rig.queue(GetParam().queue, GetParam().text);
  std::string message = rig.fail();
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
}

const BadProgram badPrograms[] = {
    {"trap_if", "sync", "set r1 = 2\ntrap_if r1, 17",
     "queue sync, instruction 1 (node node of sync) `trap_if r1, 17`: raised "
     "by the program: code 17, as r1 is 2"},
    {"division", "sync", "alu r1 = div(r1, r0 + 0)",
     "bad control: div of 0 by 0"},
    {"ring", "sync", "add_wrap r1 = r1 + 1 mod 0", "a ring of 0 slots"},
    {"bytes_of_sbuf", "vec", "memset [1, 4] sbuf.f32[0, 0x2c000 : 1] = 0",
     "out of bounds: bytes 180224 to 180240 of a partition of SBUF, which has "
     "180224"},
    {"negative_step", "vec", "memset [1, 4] sbuf.f32[0, 0x8 : -1] = 0",
     "out of bounds: bytes -4 to 12"},
    {"far_register", "vec",
     "set r1 = 4611686018427387904\n"
     "memset [1, 4] sbuf.f32[0, 0x8 + r1*1024 : 1] = 0",
     "out of bounds: bytes"},
    {"partitions_of_psum", "vec", "memset [64, 4] psum.f32[96, 0x0 : 1] = 0",
     "partitions 96 to 160 of PSUM, which has 128"},
    {"odd_partition", "vec", "memset [1, 4] sbuf.f32[5, 0x0 : 1] = 0",
     "first partition 5 of SBUF is not a multiple of 32"},
    {"end_of_segment", "dma0",
     "dma [3] hbm.i32[1, 0x0 : 1] = hbm.i32[0, 0x0 : 1]",
     "bytes 0 to 12 of segment 's0', which has 8"},
    {"pool_in_psum", "pool", "memset [1, 4] psum.f32[0, 0x0 : 1] = 0",
     "dst: the engine does not reach PSUM"},
    {"vec_in_f64", "vec", "memset f64 [1, 4] sbuf.f32[0, 0x0 : 1] = 0",
     "the engine cannot calculate in f64"},
    {"vec_of_i64", "vec", "memset [1, 4] sbuf.i64[0, 0x0 : 1] = 0",
     "dst: the engine cannot read or write i64"},
    {"operation_of_integers", "pool",
     "tensor_scalar i32 [1, 4] sbuf.i32[0, 0x0 : 1] = "
     "copy(exp(sbuf.i32[0, 0x0 : 1], 0), 0)",
     "operation exp is not defined in i32"},
};

INSTANTIATE_TEST_SUITE_P(All, BadProgramTest, testing::ValuesIn(badPrograms),
                         [](const auto &info) { return info.param.name; });

TEST(Emulator, wants_all_inputs_and_outputs) {
  Program program;
  Rig rig;
  program.machine = rig.machine();
  auto emulator = Emulator::create(program);
  ASSERT_TRUE(emulator.ok()) << emulator.status();
  int buffer = 0;
  const void *inputs[] = {&buffer};
  auto ran = (*emulator)->run(inputs, {});
  EXPECT_EQ(ran.status().message(), "the program has 0 inputs and 0 outputs, "
                                    "but 1 and 0 were given");
}

/// Counts events, and stops before an instruction.
class Breakpoint : public Observer {
public:
  explicit Breakpoint(uint32_t at) : at(at) {}
  void onStart(const Event &event) override {
    if (event.index == at)
      throw Trap(TrapKind::Stopped, "at a breakpoint");
    ++started;
  }
  void onEnd(const Event &event) override { last = event.context.registers[1]; }
  uint32_t at;
  int started = 0;
  int64_t last = 0;
};

TEST(Observer, sees_and_stops) {
  Breakpoint breakpoint(2);
  Rig rig;
  rig.options.observers = {&breakpoint};
  rig.queue("sync", "set r1 = 4\nset r1 = 5\nset r1 = 6");
  EXPECT_NE(rig.fail().find("stopped: at a breakpoint"), std::string::npos);
  EXPECT_EQ(breakpoint.started, 2);
  EXPECT_EQ(breakpoint.last, 5);
}

} // namespace
} // namespace tilicho
