// SPDX-License-Identifier: Apache-2.0
// Programs that are well-formed files but no programs.
#include "runtime/Program/Load.h"
#include "test/unit/Program/SampleProgram.h"

#include <gmock/gmock.h>
#include <limits>

using namespace tilicho;
using testing::HasSubstr;

namespace {

/// Checks that a change to the sample is refused with a message.
struct VerifyTest : testing::Test {
  SampleProgram sample;
  Program &program = sample.program;

  void expectError(const char *text) {
    EXPECT_THAT(verifyProgram(program).message(), HasSubstr(text));
  }
};

} // namespace

TEST_F(VerifyTest, sample_is_valid) {
  EXPECT_TRUE(verifyProgram(program).ok()) << verifyProgram(program);
}

TEST_F(VerifyTest, segment_of_wrong_size) {
  program.segments[0].shape = {4, 9};
  expectError("input x has 128 bytes, but its shape 4x9 of f32 needs 144");
}

TEST_F(VerifyTest, segment_whose_size_overflows) {
  program.segments[3].shape = {int64_t(1) << 40, int64_t(1) << 40};
  expectError("scratch spill has 128 bytes, but its shape");
}

TEST_F(VerifyTest, more_than_hbm) {
  program.segments[3].bytes = uint64_t(1) << 33;
  expectError("but hbm.bytes is 4294967296");
}

TEST_F(VerifyTest, name_used_twice) {
  program.segments[1].kind = Segment::Kind::Input;
  program.segments[1].name = "x";
  expectError("two inputs are named x");
}

TEST_F(VerifyTest, updates_of_what_is_no_input_of_the_outputs_kind) {
  program.segments[1].updates = 0;
  EXPECT_TRUE(verifyProgram(program).ok()) << verifyProgram(program);
  program.segments[1].updates = 9;
  expectError("output y updates segment 9, but the program has 4");
  program.segments[1].updates = 2;
  expectError("output y updates constant weights, but only an output updates "
              "an input, of its own type and shape, and each but one");
  program.segments[1].updates = 0;
  program.segments[3].updates = 0;
  expectError("scratch spill updates input x");
  program.segments[3].updates = Segment::updatesNothing;
  program.segments[1].dtype = isa::DType::i32;
  expectError("output y updates input x");
}

TEST_F(VerifyTest, rows_that_nothing_counts) {
  program.segments[1].rows = 9;
  expectError("output y has its rows in segment 9, but only an output with "
              "that dimension has them, in one i64 of scratch");
  program.segments[1].rows = 0;
  expectError("output y has its rows in segment 0");
  program.segments[3].dtype = isa::DType::i64;
  program.segments[3].shape = {1};
  program.segments[3].bytes = 8;
  program.segments[1].rows = 3;
  EXPECT_TRUE(verifyProgram(program).ok()) << verifyProgram(program);
  program.segments[1].rowsDimension = 1;
  program.segments[1].updates = 0;
  expectError("output y has its rows along dimension 1, but updates an input");
  program.segments[1].updates = Segment::updatesNothing;
  program.segments[1].rowsDimension = program.segments[1].shape.size();
  expectError("output y has its rows in segment 3");
  program.segments[3].rows = 3;
  program.segments[1].rows = Segment::rowsAreFixed;
  expectError("scratch spill has its rows in segment 3");
}

TEST_F(VerifyTest, queue_that_the_machine_lacks) {
  program.queues[0].name = "dma4";
  expectError("machine edge has no queue dma4; it has pe, act, vec, pool, sync "
              "and dma0 to dma3");
  program.queues[0].name = "vec";
  expectError("queue vec");
}

TEST_F(VerifyTest, code_that_is_cut) {
  program.queues[1].bytes.remove_suffix(1);
  expectError("queue vec has 127 bytes, which are no instructions of 128");
}

TEST_F(VerifyTest, node_map_out_of_place) {
  program.queues[1].nodeMap[0].node = 2;
  expectError("queue vec: run of node 2 at instruction 0 is out of place");
}

TEST_F(VerifyTest, instruction_that_does_not_decode) {
  sample.code[1][0] = 255;
  expectError("queue vec, instruction 0 (node Add): ");
}

TEST_F(VerifyTest, segment_that_is_not_there) {
  auto load = isa::decodeAs<isa::DmaInst>(program.queues[0].instruction(0));
  load.src.place = 4;
  isa::encode(load, sample.code[0].data());
  expectError("queue dma0, instruction 0 (node Load): dma names segment 4, but "
              "the program has 4");
}

TEST_F(VerifyTest, input_written) {
  auto load = isa::decodeAs<isa::DmaInst>(program.queues[0].instruction(0));
  std::swap(load.src, load.dst);
  isa::encode(load, sample.code[0].data());
  expectError("dma writes input x");
}

TEST_F(VerifyTest, partition_that_is_not_there) {
  auto sum =
      isa::decodeAs<isa::TensorTensorInst>(program.queues[1].instruction(0));
  sum.a.partition = 16;
  isa::encode(sum, sample.code[1].data());
  expectError("tensor_tensor starts at partition 16 of sbuf, which has 16");
}

TEST_F(VerifyTest, semaphore_that_is_not_there) {
  program.machine.maxSemaphores = 1;
  expectError("dma uses semaphore 1, but semaphores.count is 1");
}

TEST_F(VerifyTest, loops_that_do_not_close) {
  sample.add(1, isa::EndLoopInst());
  expectError("end_loop ends a loop that nothing began");
}

TEST_F(VerifyTest, loops_too_deep) {
  for (int i = 0; i < 9; ++i)
    sample.add(1, isa::LoopInst());
  expectError("loop nests loops 9 deep, but 8 are allowed");
}

TEST_F(VerifyTest, loop_open_at_the_end) {
  sample.add(1, isa::LoopInst());
  expectError("queue vec ends inside 1 loops");
}

TEST_F(VerifyTest, branch_out_of_the_queue) {
  isa::BranchInst branch;
  branch.target = 9;
  sample.add(1, branch);
  expectError("branch branches to instruction 9 of 2");
}

TEST_F(VerifyTest, branch_out_of_a_loop) {
  isa::BranchInst branch;
  sample.add(1, isa::LoopInst());
  branch.target = 4;
  sample.add(1, branch);
  sample.add(1, isa::EndLoopInst());
  sample.add(1, isa::HaltInst());
  expectError("queue vec, instruction 2 (node Add): branch leads to "
              "instruction 4, into or out of the body of a loop");
  // To the next iteration, and over what is left of this one.
  branch.target = 3;
  isa::encode(branch, &sample.code[1][2 * isa::kInstructionBytes]);
  EXPECT_TRUE(verifyProgram(program).ok()) << verifyProgram(program);
}

TEST_F(VerifyTest, branch_into_another_loop) {
  isa::BranchInst branch;
  sample.add(1, isa::LoopInst());
  branch.target = 5;
  sample.add(1, branch);
  sample.add(1, isa::EndLoopInst());
  sample.add(1, isa::LoopInst());
  sample.add(1, isa::EndLoopInst());
  expectError("queue vec, instruction 2 (node Add): branch leads to "
              "instruction 5, into or out of the body of a loop");
}

TEST_F(VerifyTest, value_that_takes_elements_again_and_again) {
  program.values[0].pieces[0].dims.push_back({int64_t(1) << 62, 0, 0, 0});
  expectError("value y has a piece that lies outside hbm");
}

TEST_F(VerifyTest, value_whose_steps_wrap) {
  const int64_t far = std::numeric_limits<int64_t>::max();
  program.values[0].pieces[0].dims.assign(4, {far, 0, 0, far});
  expectError("value y has a piece that lies outside hbm");
}

TEST_F(VerifyTest, value_larger_than_hbm) {
  program.values[0].shape = {int64_t(1) << 33};
  expectError("value y has 34359738368 bytes, but hbm.bytes is 4294967296");
}

TEST_F(VerifyTest, value_outside_its_segment) {
  program.values[0].pieces[0].offset = 4;
  expectError("value y has a piece that lies outside hbm");
}
