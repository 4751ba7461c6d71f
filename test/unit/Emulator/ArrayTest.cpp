// SPDX-License-Identifier: Apache-2.0
// The array's instructions: regions, blocks, transposes and traps. That the
// sums are right to the bit is BackendTest's.
#include "Rig.h"

#include <cmath>

namespace tilicho {
namespace {

using Floats = std::vector<float>;
using Ints = std::vector<int32_t>;

TEST(Matmul, multiplies_and_accumulates) {
  Rig rig;
  rig.queue("pe", "load_stationary [2, 2] sbuf.f32[0, 0x0 : 1] at 0\n"
                  "matmul [2, 3] psum.f32[0, 0x0 : 1] = sbuf.f32[0, 0x100 : 1] "
                  "cols 2\n"
                  "matmul accumulate [2, 3] psum.f32[0, 0x0 : 1] = "
                  "sbuf.f32[0, 0x100 : 1] cols 2");
  rig.put(0, 0, Floats{1, 2}).put(1, 0, Floats{3, 4});
  rig.put(0, 0x100, Floats{1, 0, 2}).put(1, 0x100, Floats{0, 1, 3}).go();
  EXPECT_EQ(rig.psum<float>(0, 0, 3), (Floats{2, 6, 22}));
  EXPECT_EQ(rig.psum<float>(1, 0, 3), (Floats{4, 8, 32}));
}

TEST(Matmul, sums_in_the_order_of_rows_without_rounding_products) {
  Rig rig;
  rig.queue("pe", "load_stationary [3, 1] sbuf.f32[0, 0x0 : 1] at 0\n"
                  "matmul [3, 1] psum.f32[0, 0x0 : 1] = sbuf.f32[0, 0x100 : 1] "
                  "cols 1");
  float e = 0x1p-12f, values[] = {1 + e, 1, -1};
  float x[] = {1 + e, -1, e};
  for (int p = 0; p < 3; ++p)
    rig.put(p, 0, Floats{values[p]}).put(p, 0x100, Floats{x[p]});
  rig.go();
  float expected =
      std::fma(-1.0f, e, std::fma(1.0f, -1.0f, std::fma(1 + e, 1 + e, 0.0f)));
  EXPECT_EQ(rig.psum<float>(0, 0, 1)[0], expected);
}

TEST(Matmul, subtracts_zeros_of_integers) {
  Rig rig;
  rig.queue("pe", "load_stationary [2, 1] sbuf.i8[0, 0x0 : 1] at 0 zero -3\n"
                  "matmul [2, 2] psum.i32[0, 0x0 : 1] = sbuf.u8[0, 0x100 : 1] "
                  "cols 1 zero 128");
  rig.put(0, 0, std::vector<int8_t>{-128}).put(1, 0, std::vector<int8_t>{5});
  rig.put(0, 0x100, std::vector<uint8_t>{255, 0});
  rig.put(1, 0x100, std::vector<uint8_t>{128, 129}).go();
  EXPECT_EQ(rig.psum<int32_t>(0, 0, 2),
            (Ints{-125 * 127, -125 * -128 + 8 * 1}));
}

TEST(Matmul, keeps_blocks_apart) {
  Rig rig;
  rig.queue("pe", "load_stationary [4, 1] sbuf.f32[0, 0x0 : 1] at 0 "
                  "blocks 2 x 1\n"
                  "matmul [4, 2] psum.f32[0, 0x0 : 1] = sbuf.f32[0, 0x100 : 1] "
                  "cols 2");
  const float weights[] = {1, 2, 3, 4};
  for (int p = 0; p < 4; ++p)
    rig.put(p, 0, Floats{weights[p]});
  rig.put(0, 0x100, Floats{1, 2}).put(1, 0x100, Floats{3, 4});
  rig.put(2, 0x100, Floats{NAN, 1}).put(3, 0x100, Floats{0, 1}).go();
  EXPECT_EQ(rig.psum<float>(0, 0, 2), (Floats{7, 10}));
  EXPECT_TRUE(std::isnan(rig.psum<float>(1, 0, 1)[0]));
  EXPECT_EQ(rig.psum<float>(1, 4, 1)[0], 7);
}

TEST(Matmul, works_on_tiles_of_the_array) {
  Rig rig;
  rig.queue("pe",
            "load_stationary [1, 1] sbuf.f32[32, 0x0 : 1] at 64\n"
            "load_stationary [1, 1] sbuf.f32[0, 0x0 : 1] at 0\n"
            "matmul [1, 1] psum.f32[64, 0x0 : 1] = sbuf.f32[32, 0x100 : 1] "
            "cols 1\n"
            "matmul [1, 1] psum.f32[0, 0x0 : 1] = sbuf.f32[0, 0x100 : 1] "
            "cols 1");
  rig.put(32, 0, Floats{2}).put(32, 0x100, Floats{5});
  rig.put(0, 0, Floats{3}).put(0, 0x100, Floats{7}).go();
  EXPECT_EQ(rig.psum<float>(64, 0, 1)[0], 10);
  EXPECT_EQ(rig.psum<float>(0, 0, 1)[0], 21);
}

TEST(Matmul, spans_columns_that_were_loaded_apart) {
  Rig rig;
  rig.queue("pe", "load_stationary [1, 32] sbuf.f32[0, 0x0 : 0] at 0\n"
                  "load_stationary [1, 1] sbuf.f32[0, 0x4 : 1] at 32\n"
                  "matmul [1, 1] psum.f32[0, 0x0 : 1] = sbuf.f32[0, 0x100 : 1] "
                  "cols 33");
  rig.put(0, 0, Floats{2, 3}).put(0, 0x100, Floats{5}).go();
  EXPECT_EQ(rig.psum<float>(31, 0, 1)[0], 10);
  EXPECT_EQ(rig.psum<float>(32, 0, 1)[0], 15);
}

TEST(Transpose, moves_every_bit) {
  Rig rig;
  rig.queue("pe", "transpose [2, 3] psum.f32[0, 0x0 : 2] = "
                  "sbuf.f32[0, 0x100 : 1]\n"
                  "transpose [2, 2] psum.bf16[32, 0x0 : 1] = "
                  "sbuf.bf16[0, 0x200 : 1]");
  rig.put(0, 0x100, std::vector<uint32_t>{0x7f800001, 1, 0x80000000});
  rig.put(1, 0x100, std::vector<uint32_t>{0xffffffff, 2, 3});
  rig.put(0, 0x200, std::vector<uint16_t>{1, 2});
  rig.put(1, 0x200, std::vector<uint16_t>{3, 0x7f81}).go();
  EXPECT_EQ(rig.psum<uint32_t>(0, 0, 3),
            (std::vector<uint32_t>{0x7f800001, 0, 0xffffffff}));
  EXPECT_EQ(rig.psum<uint32_t>(2, 0, 3),
            (std::vector<uint32_t>{0x80000000, 0, 3}));
  EXPECT_EQ(rig.psum<uint16_t>(33, 0, 2), (std::vector<uint16_t>{2, 0x7f81}));
}

struct BadProgram {
  const char *name, *text, *message;
};

class BadArrayProgram : public testing::TestWithParam<BadProgram> {};

TEST_P(BadArrayProgram, traps) {
  Rig rig;
  rig.queue("pe", GetParam().text);
  std::string message = rig.fail();
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
}

const BadProgram badPrograms[] = {
    {"nothing_loaded",
     "matmul [2, 3] psum.f32[0, 0x0 : 1] = sbuf.f32[0, 0x100 : 1] cols 2",
     "wrong weights: needs weights at rows 0 to 2, columns 0 to 2 of the "
     "array, which holds none there"},
    {"other_rows",
     "load_stationary [3, 2] sbuf.f32[0, 0x0 : 1] at 0\n"
     "matmul [2, 3] psum.f32[0, 0x0 : 1] = sbuf.f32[0, 0x100 : 1] cols 2",
     "which holds those of rows 0 to 3, columns 0 to 2"},
    {"overwritten",
     "load_stationary [2, 64] sbuf.f32[0, 0x0 : 1] at 0\n"
     "load_stationary [1, 2] sbuf.f32[0, 0x0 : 1] at 32\n"
     "matmul [2, 3] psum.f32[0, 0x0 : 1] = sbuf.f32[0, 0x100 : 1] cols 2",
     "wrong weights: needs weights at rows 0 to 2"},
    {"outside_the_array", "load_stationary [2, 64] sbuf.f32[0, 0x0 : 1] at 96",
     "columns 96 to 160 of the array, which has 128 x 128"},
    {"two_banks",
     "load_stationary [2, 2] sbuf.f32[0, 0x0 : 1] at 0\n"
     "matmul [2, 3] psum.f32[0, 0x7fc : 1] = sbuf.f32[0, 0x100 : 1] cols 2",
     "bytes 2044 to 2056 of PSUM lie in two banks of 2048"},
    {"mixed_types",
     "load_stationary [2, 2] sbuf.f32[0, 0x0 : 1] at 0\n"
     "matmul [2, 3] psum.f32[0, 0x0 : 1] = sbuf.bf16[0, 0x100 : 1] cols 2",
     "bad operand: weights of f32 times bf16 into f32"},
    {"moving_outside",
     "load_stationary [2, 2] sbuf.f32[0, 0x0 : 1] at 0\n"
     "matmul [2, 3] psum.f32[0, 0x0 : 1] = sbuf.f32[0, 0x2bffc : 1] cols 2",
     "of a partition of SBUF, which has"},
};

INSTANTIATE_TEST_SUITE_P(All, BadArrayProgram, testing::ValuesIn(badPrograms),
                         [](const auto &info) { return info.param.name; });

} // namespace
} // namespace tilicho
