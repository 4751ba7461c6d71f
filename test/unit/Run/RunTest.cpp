// SPDX-License-Identifier: Apache-2.0
// The steps of tilicho-run on the sample program.
#include "tools/tilicho-run/Run.h"
#include "runtime/Program/Write.h"
#include "runtime/Tensors/TensorFiles.h"
#include "test/unit/Program/SampleProgram.h"

#include <filesystem>
#include <gmock/gmock.h>

using namespace tilicho;
using testing::HasSubstr;

namespace fs = std::filesystem;

namespace {

struct RunTest : testing::Test {
  RunTest()
      : folder(fs::path(testing::TempDir()) /
               testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    options.program = folder / "m.tlx";
    options.session.sanitize = true;
    EXPECT_TRUE(writeProgram(sample.program, options.program).ok());
  }
  ~RunTest() override { fs::remove_all(folder); }

  std::string errorOf() {
    text.clear();
    return std::string(run::runProgramFile(options, text).message());
  }

  fs::path folder;
  SampleProgram sample;
  run::Options options;
  std::string text;
};

} // namespace

TEST_F(RunTest, writes_what_it_can_then_compare) {
  options.randomSeed = 1;
  options.outputs = folder / "y.npz";
  options.stats = folder / "s.json";
  options.session.tracePath = folder / "t.json";
  EXPECT_EQ(errorOf(), "");
  EXPECT_THAT(text, HasSubstr("output   y: f32 4x8\n"));
  EXPECT_THAT(text, HasSubstr(" us on edge, "));
  EXPECT_TRUE(fs::exists(options.stats));
  EXPECT_TRUE(fs::exists(options.session.tracePath));
  options.expected = options.outputs;
  EXPECT_EQ(errorOf(), "");
  EXPECT_THAT(text, HasSubstr("compare  y: equal"));
  options.randomSeed = 2;
  EXPECT_EQ(errorOf(), "outputs differ from " + options.expected);
  EXPECT_THAT(text, HasSubstr("compare  y: DIFFERS, largest error"));
}

TEST_F(RunTest, takes_inputs_from_files_and_the_rest_from_the_seed) {
  options.inputs = folder / "x.npz";
  ASSERT_TRUE(writeTensors(options.inputs,
                           {allocateTensor("z", isa::DType::f32, {1}).tensor})
                  .ok());
  options.randomSeed = 1;
  EXPECT_EQ(errorOf(),
            options.inputs + ": the program has no input z; it has x");
}

TEST_F(RunTest, asks_for_inputs) {
  EXPECT_EQ(errorOf(), "the program has inputs x (f32 4x8); give "
                       "--inputs=FILE or --random=SEED");
}

TEST_F(RunTest, names_fused_values) {
  options.randomSeed = 1;
  options.outputs = folder / "o.npz";
  sample.program.fusedValues = {"gone"};
  ASSERT_TRUE(writeProgram(sample.program, options.program).ok());
  options.dump = {"gone"};
  EXPECT_EQ(errorOf(),
            "--dump: not in the program are gone; they are fused into the "
            "nodes that read them, or folded: compile the model with -O0 to "
            "have them");
  options.dump = {"all"};
  EXPECT_EQ(errorOf(), "");
}

TEST_F(RunTest, dumps_values) {
  options.randomSeed = 1;
  options.dump = {"nothing"};
  options.outputs = folder / "o.npz";
  EXPECT_EQ(errorOf(), "--dump: the model has no value nothing; it has 1 "
                       "that --dump=all writes");
  options.dump = {"all"};
  EXPECT_EQ(errorOf(), "");
}

TEST_F(RunTest, dumps_outputs_of_programs_that_keep_no_values) {
  sample.program.values.clear();
  ASSERT_TRUE(writeProgram(sample.program, options.program).ok());
  options.randomSeed = 1;
  options.outputs = folder / "o.npz";
  options.dump = {"y"};
  EXPECT_EQ(errorOf(), "");
  options.dump = {"all"};
  EXPECT_EQ(errorOf(), "");
}

TEST_F(RunTest, refuses_a_program_of_another_machine) {
  options.session.timing = TimingMode::Only;
  Machine other = sample.program.machine;
  other.arrayRows = 8;
  options.machine = folder / "other.machine";
  std::FILE *file = std::fopen(options.machine.c_str(), "w");
  std::fputs(serialize(other).c_str(), file);
  std::fclose(file);
  const std::string error = errorOf();
  EXPECT_THAT(error, HasSubstr("the program is for machine edge ("));
  EXPECT_THAT(error, HasSubstr("they differ in array.rows: 16, 8"));
}

TEST_F(RunTest, leaves_nothing_half_written) {
  options.randomSeed = 1;
  options.outputs = folder / "none" / "y.npz";
  EXPECT_THAT(errorOf(), HasSubstr("No such file or directory"));
  options.outputs = "/dev/full";
  EXPECT_THAT(errorOf(), HasSubstr("/dev/full"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}
