// SPDX-License-Identifier: Apache-2.0
// Program files: what goes in comes out, and damage never gets in.
#include "runtime/Program/Crc32c.h"
#include "runtime/Program/Load.h"
#include "runtime/Program/Program_generated.h"
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

static size_t headerBytesOf(const Bytes &bytes) {
  uint64_t headerBytes;
  std::memcpy(&headerBytes, &bytes[24], 8);
  return headerBytes;
}

/// Gives a file with another header its checksums.
static void sign(Bytes &bytes) {
  const size_t headerEnd = (128 + headerBytesOf(bytes) + 4095) / 4096 * 4096;
  uint32_t crc = crc32c({&bytes[128], headerEnd - 128});
  std::memcpy(&bytes[32], &crc, 4);
  std::memset(&bytes[12], 0, 4);
  crc = crc32c({bytes.data(), 128});
  std::memcpy(&bytes[12], &crc, 4);
}

// Whoever makes a file can make its checksums: the header's own contents must
// not be trusted either.
TEST(ProgramFile, survives_damage_under_right_checksums) {
  const Bytes bytes = sampleBytes();
  const size_t headerBytes = headerBytesOf(bytes);
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    Bytes damaged = bytes;
    for (int change = 0; change < 3; ++change)
      damaged[128 + random() % headerBytes] = uint8_t(random());
    sign(damaged);
    loadError(damaged);
  }
}

/// What loading says when the vector in `field` of `table` begins four bytes
/// later, at the lower half of its first element: that is its length then, and
/// elements of eight bytes follow at an odd place.
static std::string errorOfMovedVector(Bytes &bytes, const void *table,
                                      uint16_t field) {
  auto *place = const_cast<uint8_t *>(
      static_cast<const flatbuffers::Table *>(table)->GetAddressOf(field));
  const auto moved = flatbuffers::ReadScalar<flatbuffers::uoffset_t>(place) + 4;
  flatbuffers::WriteScalar<flatbuffers::uoffset_t>(place, moved);
  sign(bytes);
  return loadError(bytes);
}

/// A file whose vectors of wide elements begin with a one.
static Bytes bytesWithOnes() {
  SampleProgram sample;
  sample.program.segments[1].shape = {1, 32};
  sample.program.values[0].shape = {1, 32};
  sample.program.values[0].pieces[0].dims = {{1, 1, 0, 4}};
  auto bytes = writeProgramToMemory(sample.program);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return *bytes;
}

TEST(ProgramFile, refuses_vectors_at_odd_places) {
  for (int which : {0, 1, 2}) {
    Bytes bytes = bytesWithOnes();
    const file::Header *header = file::GetHeader(&bytes[128]);
    const file::DumpPoint *value = header->values()->Get(0);
    std::string error =
        which == 0 ? errorOfMovedVector(bytes, header->segments()->Get(1),
                                        file::Segment::VT_SHAPE)
        : which == 1
            ? errorOfMovedVector(bytes, value, file::DumpPoint::VT_SHAPE)
            : errorOfMovedVector(bytes, value->pieces()->Get(0),
                                 file::DumpPiece::VT_DIMS);
    EXPECT_THAT(error, HasSubstr("in the header lies at an odd place"))
        << which;
  }
}

// Writers align what is there: without elements a vector is its length alone.
TEST(ProgramFile, takes_empty_vectors_at_any_place) {
  SampleProgram sample;
  std::vector<DumpPoint> &values = sample.program.values;
  for (const char *name : {"a", "ab", "abcde", "abcdefgh", "abcdefghijk"}) {
    values.push_back(values[0]);
    values.back().name = name;
    values.back().shape = {};
    values.back().pieces[0].dims = {};
  }
  auto bytes = writeProgramToMemory(sample.program);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  int odd = 0;
  for (const file::DumpPoint *value :
       *file::GetHeader(&(*bytes)[128])->values())
    odd += reinterpret_cast<uintptr_t>(value->shape()->Data()) % 8 != 0;
  EXPECT_GT(odd, 0);
  EXPECT_EQ(loadError(*bytes), "");
}
