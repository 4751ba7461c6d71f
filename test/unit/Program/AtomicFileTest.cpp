// SPDX-License-Identifier: Apache-2.0
// Files are whole or not there.
#include "runtime/Program/AtomicFile.h"
#include "runtime/Program/Load.h"
#include "runtime/Program/Write.h"
#include "test/unit/Program/SampleProgram.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sstream>

using namespace tilicho;
using testing::HasSubstr;

namespace fs = std::filesystem;

namespace {

struct AtomicFileTest : testing::Test {
  AtomicFileTest()
      : folder(fs::path(testing::TempDir()) /
               testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  ~AtomicFileTest() override { fs::remove_all(folder); }

  size_t numFiles() const {
    return std::distance(fs::directory_iterator(folder), {});
  }
  static std::string textOf(const fs::path &path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  fs::path folder;
};

} // namespace

TEST_F(AtomicFileTest, appears_on_commit) {
  auto file = AtomicFile::create(folder / "a");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->append("hello").ok());
  uint8_t j = 'j';
  ASSERT_TRUE((*file)->patch(0, {&j, 1}).ok());
  EXPECT_FALSE(fs::exists(folder / "a"));
  ASSERT_TRUE((*file)->commit().ok());
  EXPECT_EQ(textOf(folder / "a"), "jello");
  EXPECT_EQ(numFiles(), 1u);
}

TEST_F(AtomicFileTest, leaves_nothing_without_commit) {
  AtomicFile::create(folder / "a").value()->append("hello").IgnoreError();
  EXPECT_EQ(numFiles(), 0u);
}

TEST_F(AtomicFileTest, is_tried_without_a_trace) {
  std::ofstream(folder / "a") << "old";
  EXPECT_TRUE(checkWritable(folder / "a").ok());
  EXPECT_TRUE(checkWritable(folder / "b").ok());
  EXPECT_TRUE(checkWritable("/dev/full").ok());
  EXPECT_EQ(checkWritable(folder / "none" / "b").message(),
            "cannot write " + (folder / "none" / "b").string() +
                ": No such file or directory");
  EXPECT_EQ(checkWritable(folder).message(),
            "cannot write " + folder.string() + ": Is a directory");
  EXPECT_EQ(textOf(folder / "a"), "old");
  EXPECT_EQ(numFiles(), 1u);
}

TEST_F(AtomicFileTest, keeps_links_and_devices) {
  std::ofstream(folder / "target") << "old";
  fs::create_symlink("target", folder / "link");
  EXPECT_TRUE(writeFileAtomically(folder / "link", "new").ok());
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(textOf(folder / "target"), "new");
  EXPECT_TRUE(writeFileAtomically("/dev/null", "text").ok());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(AtomicFileTest, goes_when_the_process_is_interrupted) {
  EXPECT_EXIT(
      {
        AtomicFile::removeOnSignals();
        auto file = AtomicFile::create(folder / "a");
        raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
  EXPECT_EQ(numFiles(), 0u);
}

TEST_F(AtomicFileTest, programs_are_mapped_from_files) {
  SampleProgram sample;
  const std::string path = folder / "m.tlx";
  ASSERT_TRUE(writeProgram(sample.program, path).ok());
  auto loaded = loadProgram(path);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->segments[2].data[3], 0x3f);
  EXPECT_EQ(numFiles(), 1u);
}

TEST_F(AtomicFileTest, reports_what_cannot_be_written_or_read) {
  SampleProgram sample;
  EXPECT_EQ(writeProgram(sample.program, folder / "no" / "m").message(),
            "cannot write " + (folder / "no" / "m").string() +
                ": No such file or directory");
  EXPECT_EQ(writeProgram(sample.program, "/dev/full").message(),
            "cannot write /dev/full: No space left on device");
  EXPECT_THAT(writeProgram(sample.program, folder).message(),
              HasSubstr("Is a directory"));
  EXPECT_EQ(loadProgram("/none.tlx").status().message(),
            "cannot read /none.tlx: No such file or directory");
  EXPECT_THAT(loadProgram(folder).status().message(),
              HasSubstr("Is a directory"));
  EXPECT_EQ(numFiles(), 0u);
}
