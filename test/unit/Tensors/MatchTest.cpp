// SPDX-License-Identifier: Apache-2.0
// Tensors from files against what a program wants.
#include "runtime/Tensors/Match.h"

#include <filesystem>
#include <gmock/gmock.h>

using namespace tilicho;
using testing::HasSubstr;

namespace fs = std::filesystem;

namespace {

struct MatchTest : testing::Test {
  MatchTest()
      : folder(fs::path(testing::TempDir()) /
               testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    program.segments.resize(2);
    for (int i = 0; i < 2; ++i) {
      Segment &segment = program.segments[i];
      segment.kind = Segment::Kind::Input;
      segment.name = i ? "b" : "a";
      segment.dtype = i ? isa::DType::f8e5m2 : isa::DType::f32;
      segment.shape = {2, 3};
      segment.bytes = i ? 6 : 24;
    }
  }
  ~MatchTest() override { fs::remove_all(folder); }

  absl::StatusOr<std::vector<Tensor>> match(const std::string &argument) {
    auto source = readTensors(argument, "input");
    if (!source.ok())
      return source.status();
    return matchTensors(*source, program, Segment::Kind::Input);
  }
  std::string errorOf(const std::string &argument) {
    return std::string(match(argument).status().message());
  }
  Tensor tensor(int i) {
    const Segment &segment = program.segments[i];
    return randomTensorLike(segment);
  }
  static Tensor randomTensorLike(const Segment &segment) {
    NewTensor made = allocateTensor(segment.name, segment.dtype, segment.shape);
    for (size_t i = 0; i < segment.bytes; ++i)
      made.data[i] = uint8_t(i);
    return made.tensor;
  }

  fs::path folder;
  Program program;
};

} // namespace

TEST_F(MatchTest, reads_npz_by_name) {
  const std::string path = folder / "in.npz";
  ASSERT_TRUE(writeTensors(path, {tensor(1), tensor(0)}).ok());
  auto matched = match(path);
  ASSERT_TRUE(matched.ok()) << matched.status();
  EXPECT_EQ((*matched)[0].name, "a");
  EXPECT_EQ((*matched)[0].bytes, tensor(0).bytes);
  EXPECT_EQ((*matched)[1].dtype, isa::DType::f8e5m2);
}

TEST_F(MatchTest, reads_lists_and_takes_names_from_positions) {
  const std::string a = folder / "1.npy", b = folder / "2.npy";
  ASSERT_TRUE(writeTensors("a=" + a + ",b=" + b, {tensor(0), tensor(1)}).ok());
  EXPECT_TRUE(match(a + "," + b).ok());
  EXPECT_TRUE(match("b=" + b + ",a=" + a).ok());
  EXPECT_THAT(errorOf("a=" + a + ",a=" + a),
              HasSubstr("input a is given twice\n"));
}

TEST_F(MatchTest, lists_every_problem) {
  const std::string path = folder / "in.npz";
  Tensor other = tensor(1);
  other.name = "c";
  Tensor wrong = tensor(0);
  wrong.shape = {3, 2};
  ASSERT_TRUE(writeTensors(path, {wrong, other}).ok());
  EXPECT_EQ(errorOf(path),
            path + ": input a is f32 3x2, but the program wants f32 2x3\n" +
                path + ": input b (f8e5m2 2x3) is missing\n" + path +
                ": the program has no input c; it has a, b");
}

TEST_F(MatchTest, names_files_that_it_cannot_use) {
  EXPECT_EQ(errorOf("/none.npz"),
            "cannot read /none.npz: No such file or directory");
  EXPECT_THAT(errorOf("x.txt"), HasSubstr("x.txt: cannot tell what it holds"));
  EXPECT_THAT(errorOf(folder), HasSubstr("the folder has no input_0.pb"));
  for (auto *use : {writeTensors, checkTensorFiles}) {
    EXPECT_THAT(use("y.npy", {tensor(0), tensor(1)}).message(),
                HasSubstr("write NAME=y.npy or an .npz file"));
    EXPECT_THAT(use("z=y.npy", {tensor(0)}).message(),
                HasSubstr("there is no output named z"));
    EXPECT_EQ(
        use("/dev/full", {tensor(0)}).message(),
        "/dev/full: cannot tell what to write; .npz and .npy are written");
    EXPECT_EQ(use("/none/y.npy", {tensor(0)}).message(),
              "cannot write /none/y.npy: No such file or directory");
  }
}
