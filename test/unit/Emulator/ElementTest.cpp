// SPDX-License-Identifier: Apache-2.0
// act, vec and pool element by element, with values worked out from the ISA's
// text.
#include "Rig.h"

#include <cmath>

namespace tilicho {
namespace {

using Floats = std::vector<float>;
using Ints = std::vector<int32_t>;
constexpr float infinity = std::numeric_limits<float>::infinity();

TEST(TensorTensor, adds_strided_operands) {
  Rig rig;
  rig.queue("vec",
            "tensor_tensor [2, 2, 3] sbuf.f32[0, 0x0 : 3, 1] = "
            "add(sbuf.f32[0, 0x100 : 4, 1], sbuf.f32[32, 0x200 : 0, 2])");
  rig.put(0, 0x100, Floats{1, 2, 3, -1, 4, 5, 6});
  rig.put(1, 0x100, Floats{0, 0, 0, -1, 1, 1, 1});
  rig.put(32, 0x200, Floats{10, -1, 20, -1, 30});
  rig.put(33, 0x200, Floats{1, -1, 2, -1, 3});
  rig.go();
  EXPECT_EQ(rig.sbuf<float>(0, 0, 6), (Floats{11, 22, 33, 14, 25, 36}));
  EXPECT_EQ(rig.sbuf<float>(1, 0, 6), (Floats{1, 2, 3, 2, 3, 4}));
}

TEST(TensorTensor, walks_backwards) {
  Rig rig;
  rig.queue("vec", "tensor_tensor [1, 4] sbuf.f32[0, 0x0 : 1] = "
                   "subtract(sbuf.f32[0, 0x10c : -1], sbuf.f32[0, 0x100 : 1])");
  rig.put(0, 0x100, Floats{1, 2, 4, 8}).go();
  EXPECT_EQ(rig.sbuf<float>(0, 0, 4), (Floats{7, 2, -2, -7}));
}

TEST(TensorTensor, keeps_a_nan_in_max) {
  Rig rig;
  rig.queue("vec", "tensor_tensor [1, 4] sbuf.f32[0, 0x0 : 1] = "
                   "max(sbuf.f32[0, 0x100 : 1], sbuf.f32[0, 0x200 : 1])");
  rig.put(0, 0x100, Floats{1, NAN, 3, -infinity});
  rig.put(0, 0x200, Floats{2, 1, NAN, -5}).go();
  Floats result = rig.sbuf<float>(0, 0, 4);
  EXPECT_EQ(result[0], 2);
  EXPECT_TRUE(std::isnan(result[1]) && std::isnan(result[2]));
  EXPECT_EQ(result[3], -5);
}

TEST(TensorTensor, compares_into_bool) {
  Rig rig;
  rig.queue("vec", "tensor_tensor [1, 3] sbuf.bool[0, 0x0 : 1] = "
                   "le(sbuf.f32[0, 0x100 : 1], sbuf.f32[0, 0x200 : 1])");
  rig.put(0, 0x100, Floats{1, 2, NAN});
  rig.put(0, 0x200, Floats{2, 1, 1}).go();
  EXPECT_EQ(rig.sbuf<uint8_t>(0, 0, 3), (std::vector<uint8_t>{1, 0, 0}));
}

TEST(TensorTensor, moves_bits_for_first) {
  Rig rig;
  rig.queue("vec", "tensor_tensor [1, 2] sbuf.f32[0, 0x0 : 1] = "
                   "first(sbuf.f32[0, 0x100 : 1], sbuf.f32[0, 0x200 : 1])");
  rig.put(0, 0x100, std::vector<uint32_t>{0xffc12345, 0x7f800001}).go();
  EXPECT_EQ(rig.sbuf<uint32_t>(0, 0, 2),
            (std::vector<uint32_t>{0xffc12345, 0x7f800001}));
}

TEST(TensorTensor, makes_every_nan_the_same) {
  Rig rig;
  rig.queue("vec", "tensor_tensor [1, 1] sbuf.f32[0, 0x0 : 1] = "
                   "add(sbuf.f32[0, 0x100 : 1], sbuf.f32[0, 0x100 : 1])");
  rig.put(0, 0x100, std::vector<uint32_t>{0xffc12345}).go();
  EXPECT_EQ(rig.sbuf<uint32_t>(0, 0, 1), std::vector<uint32_t>{0x7fc00000});
}

TEST(TensorScalar, applies_two_operations_and_columns) {
  Rig rig;
  rig.queue("vec",
            "tensor_scalar [2, 3] sbuf.f32[0, 0x0 : 1] = "
            "min(multiply(sbuf.f32[0, 0x100 : 1], column[0, 0x200]), 6)");
  rig.put(0, 0x100, Floats{1, 2, 3}).put(1, 0x100, Floats{1, 2, 3});
  rig.put(0, 0x200, Floats{2.5}).put(1, 0x200, Floats{-1}).go();
  EXPECT_EQ(rig.sbuf<float>(0, 0, 3), (Floats{2.5, 5, 6}));
  EXPECT_EQ(rig.sbuf<float>(1, 0, 3), (Floats{-1, -2, -3}));
}

TEST(TensorScalar, takes_columns_over_long_partitions) {
  Rig rig;
  rig.queue("vec", "tensor_scalar [2, 3000] sbuf.f32[0, 0x0 : 1] = "
                   "copy(add(sbuf.f32[0, 0x4000 : 1], column[0, 0x8000]), 0)");
  rig.put(0, 0x4000, Floats(3000, 1)).put(1, 0x4000, Floats(3000, 2));
  rig.put(0, 0x8000, Floats{10}).put(1, 0x8000, Floats{20}).go();
  EXPECT_EQ(rig.sbuf<float>(0, 0, 3000), Floats(3000, 11));
  EXPECT_EQ(rig.sbuf<float>(1, 0, 3000), Floats(3000, 22));
}

TEST(TensorScalar, reverses_operands) {
  Rig rig;
  rig.queue("vec", "tensor_scalar reverse0 reverse1 [1, 2] sbuf.f32[0, 0x0 : 1]"
                   " = divide(subtract(sbuf.f32[0, 0x100 : 1], 1), 6)");
  rig.put(0, 0x100, Floats{3, -1}).go();
  EXPECT_EQ(rig.sbuf<float>(0, 0, 2), (Floats{-3, 3}));
}

TEST(TensorScalar, calculates_in_integers) {
  Rig rig;
  rig.queue("pool", "tensor_scalar i32 [1, 4] sbuf.i32[0, 0x0 : 1] = "
                    "copy(add(sbuf.u8[0, 0x100 : 1], -128), 0)\n"
                    "tensor_scalar i32 [1, 4] sbuf.i32[0, 0x10 : 1] = "
                    "copy(divide(sbuf.i32[0, 0x0 : 1], -1), 0)\n"
                    "tensor_scalar i64 [1, 2] sbuf.i64[0, 0x20 : 1] = "
                    "copy(shift_left(sbuf.u8[0, 0x100 : 1], 62), 0)\n"
                    "tensor_scalar u32 [1, 4] sbuf.u32[0, 0x30 : 1] = "
                    "copy(divide(sbuf.u8[0, 0x100 : 1], 0), 0)");
  rig.put(0, 0x100, std::vector<uint8_t>{1, 2, 128, 255}).go();
  EXPECT_EQ(rig.sbuf<int32_t>(0, 0, 4), (Ints{-127, -126, 0, 127}));
  EXPECT_EQ(rig.sbuf<int32_t>(0, 0x10, 4), (Ints{127, 126, 0, -127}));
  EXPECT_EQ(rig.sbuf<int64_t>(0, 0x20, 2),
            (std::vector<int64_t>{int64_t(1) << 62, INT64_MIN}));
  EXPECT_EQ(rig.sbuf<int32_t>(0, 0x30, 4), (Ints{0, 0, 0, 0}));
}

TEST(TensorScalar, takes_remainders_of_both_kinds) {
  Rig rig;
  rig.queue("pool", "tensor_scalar i32 [1, 4] sbuf.i32[0, 0x0 : 1] = "
                    "copy(mod(sbuf.i32[0, 0x100 : 1], -3), 0)\n"
                    "tensor_scalar i32 [1, 4] sbuf.i32[0, 0x10 : 1] = "
                    "copy(fmod(sbuf.i32[0, 0x100 : 1], -3), 0)\n"
                    "tensor_scalar [1, 4] sbuf.f32[0, 0x20 : 1] = "
                    "copy(mod(sbuf.i32[0, 0x100 : 1], 2.5), 0)");
  rig.put(0, 0x100, Ints{7, -7, 3, 0}).go();
  EXPECT_EQ(rig.sbuf<int32_t>(0, 0, 4), (Ints{-2, -1, 0, 0}));
  EXPECT_EQ(rig.sbuf<int32_t>(0, 0x10, 4), (Ints{1, -1, 0, 0}));
  EXPECT_EQ(rig.sbuf<float>(0, 0x20, 4), (Floats{2, 0.5, 0.5, 0}));
}

TEST(TensorScalar, casts_between_all_types) {
  Rig rig;
  rig.queue("vec", "tensor_scalar [1, 4] sbuf.bf16[0, 0x0 : 1] = "
                   "copy(copy(sbuf.f32[0, 0x100 : 1], 0), 0)\n"
                   "tensor_scalar [1, 4] sbuf.f8e4m3fn[0, 0x10 : 1] = "
                   "copy(copy(sbuf.f32[0, 0x100 : 1], 0), 0)\n"
                   "tensor_scalar [1, 4] sbuf.i8[0, 0x20 : 1] = "
                   "copy(copy(sbuf.f32[0, 0x100 : 1], 0), 0)\n"
                   "tensor_scalar [1, 4] sbuf.f32[0, 0x30 : 1] = "
                   "copy(copy(sbuf.f8e4m3fn[0, 0x10 : 1], 0), 0)\n"
                   "tensor_scalar [1, 4] sbuf.f16[0, 0x40 : 1] = "
                   "copy(copy(sbuf.f32[0, 0x100 : 1], 0), 0)");
  rig.put(0, 0x100, Floats{1.5, -2.5, 1000, -1e6f}).go();
  EXPECT_EQ(rig.sbuf<uint16_t>(0, 0, 4),
            (std::vector<uint16_t>{0x3fc0, 0xc020, 0x447a, 0xc974}));
  EXPECT_EQ(rig.sbuf<int8_t>(0, 0x20, 4),
            (std::vector<int8_t>{2, -2, 127, -128}));
  EXPECT_EQ(rig.sbuf<float>(0, 0x30, 4), (Floats{1.5, -2.5, 448, -448}));
  EXPECT_EQ(rig.sbuf<uint16_t>(0, 0x40, 4),
            (std::vector<uint16_t>{0x3e00, 0xc100, 0x63d0, 0xfc00}));
}

TEST(ScalarTensorTensor, joins_three) {
  Rig rig;
  rig.queue("vec",
            "scalar_tensor_tensor [1, 3] sbuf.f32[0, 0x0 : 1] = "
            "add(multiply(sbuf.f32[0, 0x100 : 1], 2), sbuf.f32[0, 0x200 : 1])\n"
            "scalar_tensor_tensor reverse1 [1, 3] sbuf.f32[0, 0x10 : 1] = "
            "subtract(abs(sbuf.f32[0, 0x100 : 1], 0), sbuf.f32[0, 0x200 : 1])");
  rig.put(0, 0x100, Floats{1, -2, 3}).put(0, 0x200, Floats{10, 20, 30}).go();
  EXPECT_EQ(rig.sbuf<float>(0, 0, 3), (Floats{12, 16, 36}));
  EXPECT_EQ(rig.sbuf<float>(0, 0x10, 3), (Floats{9, 18, 27}));
}

TEST(ScalarTensorTensor, keeps_a_copy_apart_from_the_second_operand) {
  Rig rig;
  rig.queue("vec",
            "scalar_tensor_tensor [1, 2] sbuf.f32[0, 0x0 : 1] = "
            "divide(copy(sbuf.i32[0, 0x100 : 1], 0), sbuf.f32[0, 0x200 : 1])");
  rig.put(0, 0x100, std::vector<int32_t>{-6, 8});
  rig.put(0, 0x200, Floats{-3, 2}).go();
  EXPECT_EQ(rig.sbuf<float>(0, 0, 2), (Floats{2, 4}));
}

TEST(Activate, rounds_the_product_before_the_sum) {
  Rig rig;
  rig.queue("act", "activate [1, 1] sbuf.f32[0, 0x0 : 1] = "
                   "copy(sbuf.f32[0, 0x100 : 1] * column[0, 0x200] + "
                   "column[0, 0x300])");
  // With one rounding the result would be 2^-46.
  float x = 1 + 0x1p-23f;
  rig.put(0, 0x100, Floats{x}).put(0, 0x200, Floats{x});
  rig.put(0, 0x300, Floats{-(1 + 0x1p-22f)}).go();
  EXPECT_EQ(rig.sbuf<float>(0, 0, 1)[0], 0);
}

TEST(Activate, sums_in_chains_before_it_rounds) {
  Rig rig;
  rig.queue("act",
            "activate sum [1, 40] sbuf.bf16[0, 0x0 : 1] = "
            "relu(sbuf.f32[0, 0x100 : 1] * 1 + 0) sum sbuf.f32[0, 0x400]\n"
            "activate sum add [1, 40] sbuf.bf16[0, 0x0 : 1] = "
            "relu(sbuf.f32[0, 0x100 : 1] * 1 + 0) sum sbuf.f32[0, 0x400]");
  Floats values(40);
  float chains[16] = {};
  for (int i = 0; i < 40; ++i) {
    values[size_t(i)] = float(std::sin(i) * 1000);
    chains[i % 16] += std::max(values[size_t(i)], 0.0f);
  }
  for (int w = 8; w; w /= 2)
    for (int i = 0; i < w; ++i)
      chains[i] += chains[i + w];
  rig.put(0, 0x100, values).go();
  EXPECT_EQ(rig.sbuf<float>(0, 0x400, 1)[0], chains[0] + chains[0]);
}

TEST(Select, leaves_what_the_mask_leaves) {
  Rig rig;
  rig.queue("vec",
            "select [1, 4] sbuf.f32[0, 0x0 : 1] = sbuf.bool[0, 0x100 : 1] ? "
            "sbuf.f32[0, 0x200 : 1]\n"
            "select invert [1, 4] sbuf.bf16[0, 0x40 : 1] = "
            "sbuf.f32[0, 0x300 : 1] ? sbuf.f32[0, 0x200 : 1]");
  rig.put(0, 0, std::vector<uint32_t>{1, 2, 3, 0xffc00001});
  rig.put(0, 0x40, std::vector<uint16_t>{1, 2, 3, 4});
  rig.put(0, 0x100, std::vector<uint8_t>{0, 7, 0, 0});
  rig.put(0, 0x200, std::vector<uint32_t>{0x3f800000, 0xffc12345, 0, 0});
  rig.put(0, 0x300, Floats{0, NAN, -0.0f, 1}).go();
  EXPECT_EQ(rig.sbuf<uint32_t>(0, 0, 4),
            (std::vector<uint32_t>{1, 0xffc12345, 3, 0xffc00001}));
  EXPECT_EQ(rig.sbuf<uint16_t>(0, 0x40, 4),
            (std::vector<uint16_t>{0x3f80, 2, 0, 4}));
}

TEST(Memset, fills_with_each_type) {
  Rig rig;
  rig.queue("vec", "memset [2, 3] sbuf.f32[0, 0x0 : 1] = -1.5\n"
                   "memset i32 [2, 3] sbuf.i16[0, 0x20 : 2] = -7");
  rig.put(1, 0x20, std::vector<int16_t>(6, 1)).go();
  EXPECT_EQ(rig.sbuf<float>(1, 0, 3), (Floats{-1.5, -1.5, -1.5}));
  EXPECT_EQ(rig.sbuf<int16_t>(1, 0x20, 6),
            (std::vector<int16_t>{-7, 1, -7, 1, -7, 1}));
}

TEST(Element, gives_the_same_bits_at_all_levels_and_thread_counts) {
  std::vector<uint32_t> expected;
  for (CpuLevel level : {CpuLevel::Baseline, CpuLevel::Avx2, CpuLevel::Avx512})
    for (unsigned threads : {1u, 3u}) {
      if (level > hostCpuLevel())
        continue;
      Rig rig;
      rig.options.level = level;
      rig.options.threads = threads;
      rig.queue(
          "vec",
          "tensor_scalar [128, 700] sbuf.f32[0, 0x0 : 1] = "
          "gelu(multiply(sbuf.f32[0, 0x2000 : 1], column[0, 0x1ff0]), 0)");
      for (int p = 0; p < 128; ++p) {
        Floats values(700);
        for (int i = 0; i < 700; ++i)
          values[size_t(i)] = float(std::sin(p * 700 + i) * 4);
        rig.put(p, 0x2000, values).put(p, 0x1ff0, Floats{float(p) / 64});
      }
      rig.go();
      std::vector<uint32_t> bits;
      for (int p = 0; p < 128; ++p) {
        auto row = rig.sbuf<uint32_t>(p, 0, 700);
        bits.insert(bits.end(), row.begin(), row.end());
      }
      if (expected.empty())
        expected = bits;
      EXPECT_EQ(bits, expected);
    }
}

/// What the emulator remembers of a function is what it calculates.
TEST(Activate, has_the_same_bits_however_often) {
  for (const char *type : {"bf16", "f16"}) {
    std::string body =
        "gelu(sbuf." + std::string(type) + "[0, 0x0 : 1] * 0.75 + -0.25)";
    Rig rig;
    rig.queue(
        "act",
        repeated("activate [128, 512] sbuf.f32[0, 0x1000 : 1] = " + body + "\n",
                 6) +
            "activate [128, 511] sbuf.f32[0, 0x2000 : 1] = " + body);
    rig.queue("vec", "tensor_scalar [128, 512] sbuf.f32[0, 0x3000 : 1] = "
                     "add(multiply(sbuf." +
                         std::string(type) +
                         "[0, 0x0 : 1], 0.75), -0.25)\n"
                         "tensor_scalar [128, 512] sbuf.f32[0, 0x3000 : 1] = "
                         "copy(gelu(sbuf.f32[0, 0x3000 : 1], 0), 0)");
    for (int p = 0; p < 128; ++p) {
      std::vector<uint16_t> bits(512);
      for (int i = 0; i < 512; ++i)
        bits[size_t(i)] = uint16_t(p * 512 + i);
      rig.put(p, 0, bits);
    }
    rig.go();
    for (int p = 0; p < 128; ++p) {
      auto expected = rig.sbuf<uint32_t>(p, 0x3000, 512);
      EXPECT_EQ(rig.sbuf<uint32_t>(p, 0x1000, 512), expected);
      expected.resize(511);
      EXPECT_EQ(rig.sbuf<uint32_t>(p, 0x2000, 511), expected);
    }
  }
}

} // namespace
} // namespace tilicho
