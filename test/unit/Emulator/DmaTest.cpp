// SPDX-License-Identifier: Apache-2.0
// Moves, casts, gathers and scatters.
#include "Rig.h"

#include <cmath>
#include <numeric>

namespace tilicho {
namespace {

using Floats = std::vector<float>;
using Ints = std::vector<int32_t>;

Floats counting(int count) {
  Floats values(static_cast<size_t>(count));
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

TEST(Dma, moves_rows_into_partitions_and_out_transposed) {
  Rig rig;
  rig.input(counting(12)).output(48);
  rig.queue("dma0",
            "dma [3, 4] sbuf.f32[5, 0x10 : 1, 1] = hbm.f32[0, 0x0 : 4, 1]\n"
            "dma [3, 4] hbm.f32[1, 0x0 : 1, 3] = sbuf.f32[5, 0x10 : 1, 1]");
  rig.go();
  EXPECT_EQ(rig.sbuf<float>(6, 0x10, 4), (Floats{4, 5, 6, 7}));
  EXPECT_EQ(rig.segment<float>(1),
            (Floats{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}));
}

/// Both ways, in sizes that are no multiples of a vector's.
template <class Word> void turnThereAndBack(const std::string &type) {
  constexpr int rows = 37, columns = 45;
  std::vector<Word> values(rows * columns);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = Word(i * 2654435761u >> 7);
  for (unsigned threads : {1u, 2u}) {
    Rig rig;
    rig.options.threads = threads;
    size_t bytes = values.size() * sizeof(Word);
    rig.input(values).output(bytes).output(bytes);
    rig.queue("dma0", "dma [37, 45] hbm." + type + "[1, 0x0 : 1, 37] = hbm." +
                          type + "[0, 0x0 : 45, 1]\n" + "dma [37, 45] hbm." +
                          type + "[2, 0x0 : 45, 1] = hbm." + type +
                          "[1, 0x0 : 1, 37]");
    rig.go();
    auto turned = rig.segment<Word>(1);
    for (int row = 0; row < rows; ++row)
      for (int column = 0; column < columns; ++column)
        ASSERT_EQ(turned[size_t(column * rows + row)],
                  values[size_t(row * columns + column)])
            << type << " " << row << " " << column;
    EXPECT_EQ(rig.segment<Word>(2), values) << type;
  }
}

TEST(Dma, turns_matrices) {
  turnThereAndBack<uint8_t>("u8");
  turnThereAndBack<uint16_t>("u16");
  turnThereAndBack<uint32_t>("u32");
  turnThereAndBack<uint64_t>("u64");
}

TEST(Dma, repeats_what_it_gathers) {
  Rig rig;
  rig.input(counting(30)).output(6 * 7 * 4);
  rig.queue("dma0", "dma [6, 7] hbm.f32[1, 0x0 : 1, 6] = "
                    "hbm.f32[0, 0x4 : 5, 0]");
  rig.go();
  Floats expected;
  for (int row = 0; row < 7; ++row)
    for (int i = 0; i < 6; ++i)
      expected.push_back(float(1 + i * 5));
  EXPECT_EQ(rig.segment<float>(1), expected);
}

TEST(Dma, replicates_and_reverses) {
  Rig rig;
  rig.input(counting(4)).output(32);
  rig.queue("dma0", "dma [2, 4] hbm.f32[1, 0x0 : 4, 1] = "
                    "hbm.f32[0, 0xc : 0, -1]");
  rig.go();
  EXPECT_EQ(rig.segment<float>(1), (Floats{3, 2, 1, 0, 3, 2, 1, 0}));
}

TEST(Dma, casts_by_the_rules_of_writing) {
  Rig rig;
  rig.input(Floats{1.5, -3e9f, NAN, 70000}).output(32).output(8).output(8);
  rig.queue("dma0",
            "dma [1, 4] hbm.i64[1, 0x0 : 0, 1] = hbm.f32[0, 0x0 : 0, 1]\n"
            "dma [1, 4] hbm.i16[2, 0x0 : 0, 1] = hbm.i64[1, 0x0 : 0, 1]\n"
            "dma [1, 4] hbm.bf16[3, 0x0 : 0, 1] = hbm.i64[1, 0x0 : 0, 1]");
  rig.go();
  EXPECT_EQ(rig.segment<int64_t>(1),
            (std::vector<int64_t>{2, -3000000000, 0, 70000}));
  EXPECT_EQ(rig.segment<int16_t>(2),
            (std::vector<int16_t>{2, int16_t(-3000000000 & 0xffff), 0, 4464}));
  EXPECT_EQ(rig.segment<uint16_t>(3),
            (std::vector<uint16_t>{0x4000, 0xcf33, 0, 0x4789}));
}

TEST(Dma, moves_nan_payloads_unchanged) {
  Rig rig;
  rig.input(std::vector<uint32_t>{0x7f800001, 0xffffffff}).output(8);
  rig.queue("dma0", "dma [2] hbm.f32[1, 0x0 : 1] = hbm.f32[0, 0x0 : 1]");
  rig.go();
  EXPECT_EQ(rig.segment<uint32_t>(1),
            (std::vector<uint32_t>{0x7f800001, 0xffffffff}));
}

TEST(DmaGather, traps_on_a_table_whose_size_wraps) {
  Rig rig;
  rig.input(std::vector<int64_t>{7}).input(Ints{1}).output(8);
  rig.queue("dma0", "dma_gather [1, 1] hbm.i64[2, 0x0 : 1, 1] = "
                    "hbm.i64[0, 0x0 : 0, 1] at hbm.i32[1, 0x0 : 1] * "
                    "-2147483648 limit 1073741825");
  EXPECT_NE(rig.fail().find("of segment 's0', which has 8"), std::string::npos);
}

TEST(DmaGather, takes_rows_by_index) {
  Rig rig;
  rig.input(counting(12)).input(std::vector<int64_t>{2, -1, 0}).output(36);
  rig.queue("dma0", "dma_gather [3, 3] hbm.f32[2, 0x0 : 3, 1] = "
                    "hbm.f32[0, 0x0 : 0, 1] at hbm.i64[1, 0x0 : 1] * 3 "
                    "limit 4");
  rig.go();
  EXPECT_EQ(rig.segment<float>(2), (Floats{6, 7, 8, 9, 10, 11, 0, 1, 2}));
}

TEST(DmaGather, takes_elements_by_index) {
  Rig rig;
  rig.input(counting(6)).input(Ints{2, 0, 1, 1}).output(16);
  rig.queue("dma0", "dma_gather [2, 2] hbm.f32[2, 0x0 : 2, 1] = "
                    "hbm.f32[0, 0x0 : 3, 0] at hbm.i32[1, 0x0 : 2, 1] * 1 "
                    "limit 3");
  rig.go();
  EXPECT_EQ(rig.segment<float>(2), (Floats{2, 0, 4, 4}));
}

TEST(DmaGather, traps_on_an_index_out_of_range) {
  Rig rig;
  rig.input(counting(12)).input(Ints{4}).output(12);
  rig.queue("dma0", "dma_gather [1, 3] hbm.f32[2, 0x0 : 3, 1] = "
                    "hbm.f32[0, 0x0 : 0, 1] at hbm.i32[1, 0x0 : 1] * 3 "
                    "limit 4");
  std::string message = rig.fail();
  EXPECT_NE(message.find("queue dma0, instruction 0 (node node of dma0)"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("index out of range: index 4 is not in [-4, 4)"),
            std::string::npos)
      << message;
}

TEST(DmaScatter, writes_and_adds) {
  Rig rig;
  rig.input(Floats{1, 2, 3, 4, 5, 6}).input(Ints{1, 1, 0});
  rig.output(16).output(16);
  rig.queue("dma0",
            "dma_scatter [3, 2] hbm.f32[2, 0x0 : 0, 1] at "
            "hbm.i32[1, 0x0 : 1] * 2 limit 2 = write(hbm.f32[0, 0x0 : 2, 1])\n"
            "dma_scatter [3, 2] hbm.f32[3, 0x0 : 0, 1] at "
            "hbm.i32[1, 0x0 : 1] * 2 limit 2 = add(hbm.f32[0, 0x0 : 2, 1])");
  rig.go();
  EXPECT_EQ(rig.segment<float>(2), (Floats{5, 6, 3, 4}));
  EXPECT_EQ(rig.segment<float>(3), (Floats{5, 6, 4, 6}));
}

TEST(DmaScatter, adds_repeatedly_to_one_place) {
  Rig rig;
  rig.input(Floats{1, 2, 3}).input(Ints{1}).output(8);
  rig.queue("dma0", "dma_scatter [1, 3] hbm.f32[2, 0x0 : 0, 0] at "
                    "hbm.i32[1, 0x0 : 0, 0] * 1 limit 2 = "
                    "add(hbm.f32[0, 0x0 : 0, 1])");
  rig.go();
  EXPECT_EQ(rig.segment<float>(2), (Floats{0, 6}));
}

} // namespace
} // namespace tilicho
