// SPDX-License-Identifier: Apache-2.0
// Values picked out of on-chip memory at the moment when they are there.
#include "runtime/Session/Session.h"
#include "test/unit/Program/SampleProgram.h"

#include <cstring>
#include <gmock/gmock.h>

using namespace tilicho;

/// Rows of `width` elements of SBUF from `address` on, one a partition, as they
/// are after an instruction of a queue.
static DumpPiece rowsOfSbuf(uint64_t address, int64_t width, uint32_t queue,
                            uint32_t instruction) {
  DumpPiece piece;
  piece.space = isa::Space::Sbuf;
  piece.offset = address;
  piece.dims = {{4, width, 1, 0}, {width, 1, 0, 4}};
  piece.queue = queue;
  piece.instruction = instruction;
  return piece;
}

TEST(ValueRecorder, reads_partitions_at_their_moment) {
  SampleProgram sample;
  // The input as the first instruction brings it in, and the sum.
  sample.program.values = {
      {"x", isa::DType::f32, {4, 8}, {rowsOfSbuf(0, 8, 0, 0)}},
      {"sum", isa::DType::f32, {4, 8}, {rowsOfSbuf(64, 8, 1, 0)}}};
  float x[32], y[32];
  for (int i = 0; i < 32; ++i)
    x[i] = float(i);
  SessionOptions options;
  options.values = {1, 0};
  auto report =
      runSession(sample.program, {reinterpret_cast<const uint8_t *>(x)},
                 {reinterpret_cast<uint8_t *>(y)}, options);
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->values.size(), 2u);
  EXPECT_EQ(report->values[0].name, "sum");
  EXPECT_EQ(std::memcmp(report->values[0].bytes.data(), y, sizeof(y)), 0);
  EXPECT_EQ(std::memcmp(report->values[1].bytes.data(), x, sizeof(x)), 0);
}
