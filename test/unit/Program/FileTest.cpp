// SPDX-License-Identifier: Apache-2.0
// Program files: what goes in comes out, and damage never gets in.
#include "runtime/Program/Crc32c.h"
#include "runtime/Program/Load.h"
#include "runtime/Program/Write.h"
#include "test/unit/Program/SampleProgram.h"

#include <gmock/gmock.h>
#include <random>

using namespace tilicho;
using testing::HasSubstr;

using Bytes = std::vector<uint8_t>;

static Bytes sampleBytes() {
  SampleProgram sample;
  auto bytes = writeProgramToMemory(sample.program);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return *bytes;
}

static std::string loadError(const Bytes &bytes) {
  auto program = loadProgramCopy(bytes, "m.tlx");
  return program.ok() ? "" : std::string(program.status().message());
}

TEST(Crc32c, agrees_with_the_published_check_value) {
  const char *digits = "123456789";
  absl::Span<const uint8_t> bytes(reinterpret_cast<const uint8_t *>(digits), 9);
  EXPECT_EQ(crc32c(bytes), 0xe3069283u);
  EXPECT_EQ(crc32cPortable(bytes), 0xe3069283u);
  EXPECT_EQ(crc32c(bytes.subspan(4), crc32c(bytes.subspan(0, 4))), 0xe3069283u);
}

TEST(ProgramFile, gives_back_what_was_written) {
  SampleProgram sample;
  auto loaded = loadProgramCopy(sampleBytes(), "m.tlx");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const Program &program = **loaded;
  EXPECT_EQ(serialize(program.machine), serialize(sample.program.machine));
  ASSERT_EQ(program.segments.size(), 4u);
  EXPECT_EQ(program.segments[1].name, "y");
  EXPECT_EQ(program.segments[1].kind, Segment::Kind::Output);
  EXPECT_EQ(program.segments[1].shape, (std::vector<int64_t>{4, 8}));
  EXPECT_EQ(std::memcmp(program.segments[2].data, sample.weights.data(), 128),
            0);
  ASSERT_EQ(program.queues.size(), 2u);
  EXPECT_EQ(program.queues[0].bytes, sample.program.queues[0].bytes);
  EXPECT_EQ(program.nodeName(program.queues[0].nodeOf(1)), "Load");
  EXPECT_EQ(program.nodeName(program.queues[0].nodeOf(3)), "Add");
  EXPECT_EQ(program.values[0].pieces[0].dims[0].byteStep, 4);
  EXPECT_EQ(program.flags, "--machine=edge");
  EXPECT_EQ(program.figures.at("compile_seconds"), 0.25);
  EXPECT_EQ(program.figuresByNode.at("Add").at("bound_us"), 1.5);
}

TEST(ProgramFile, has_the_same_bytes_each_time) {
  EXPECT_EQ(sampleBytes(), sampleBytes());
}

TEST(ProgramFile, streams_constants) {
  SampleProgram sample;
  auto bytes = writeProgramToMemory(
      sample.program, [&](uint32_t segment, const ByteSink &sink) {
        const uint8_t *data = sample.program.segments[segment].data;
        absl::Status status = sink({data, 100});
        return status.ok() ? sink({data + 100, 28}) : status;
      });
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(*bytes, sampleBytes());
}

TEST(ProgramFile, refuses_constants_of_another_length) {
  SampleProgram sample;
  for (size_t size : {127u, 129u}) {
    auto bytes = writeProgramToMemory(
        sample.program,
        [&](uint32_t, const ByteSink &sink) { return sink(Bytes(size)); });
    EXPECT_THAT(bytes.status().message(), HasSubstr("constant weights: it is"));
  }
}

TEST(ProgramFile, refuses_each_flipped_byte) {
  Bytes bytes = sampleBytes();
  for (size_t at = 0; at < bytes.size(); ++at) {
    bytes[at] ^= 0x10;
    ASSERT_THAT(loadError(bytes), HasSubstr("m.tlx: ")) << "byte " << at;
    bytes[at] ^= 0x10;
  }
  EXPECT_EQ(loadError(bytes), "");
}

TEST(ProgramFile, refuses_each_length) {
  const Bytes bytes = sampleBytes();
  for (size_t size = 0; size < bytes.size(); size += size < 300 ? 1 : 509)
    ASSERT_NE(loadError(Bytes(bytes.begin(), bytes.begin() + size)), "");
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_THAT(loadError(longer), HasSubstr("the file is damaged"));
}

TEST(ProgramFile, names_what_is_damaged) {
  Bytes bytes = sampleBytes();
  bytes[bytes.size() - 4000] ^= 1;
  EXPECT_THAT(loadError(bytes),
              HasSubstr("m.tlx: section constants has checksum "));
  bytes[8] = 7;
  EXPECT_THAT(loadError(bytes), HasSubstr("format version 7"));
  EXPECT_THAT(loadError({'e', 'l', 'f'}),
              HasSubstr("m.tlx: not a Tilicho program"));
}

// Whoever makes a file can make its checksums: the header's own contents must
// not be trusted either.
TEST(ProgramFile, survives_damage_under_right_checksums) {
  const Bytes bytes = sampleBytes();
  uint64_t headerBytes;
  std::memcpy(&headerBytes, &bytes[24], 8);
  const size_t headerEnd = (128 + headerBytes + 4095) / 4096 * 4096;
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    Bytes damaged = bytes;
    for (int change = 0; change < 3; ++change)
      damaged[128 + random() % headerBytes] = uint8_t(random());
    uint32_t crc = crc32c({&damaged[128], headerEnd - 128});
    std::memcpy(&damaged[32], &crc, 4);
    std::memset(&damaged[12], 0, 4);
    crc = crc32c({damaged.data(), 128});
    std::memcpy(&damaged[12], &crc, 4);
    loadError(damaged);
  }
}
