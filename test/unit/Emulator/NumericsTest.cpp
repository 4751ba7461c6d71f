// SPDX-License-Identifier: Apache-2.0
// Conversions at every value of the narrow types and at the edges of rounding.
#include "runtime/Emulator/Numerics.h"

#include "runtime/Emulator/Elements.h"

#include <gtest/gtest.h>
#include <random>

namespace tilicho {
namespace {

using namespace numerics;
constexpr float infinity = std::numeric_limits<float>::infinity();

/// The value that the bits stand for, by the definition of the format.
template <class Format> double defined(uint32_t bits) {
  int exponent = int((bits & Format::exponentMask) >> Format::mantissaBits);
  int mantissa = int(bits & ((1u << Format::mantissaBits) - 1));
  double sign = bits & Format::signBit ? -1 : 1;
  if (exponent == 0)
    return sign * std::ldexp(mantissa, 1 - Format::bias - Format::mantissaBits);
  return sign * std::ldexp(mantissa + (1 << Format::mantissaBits),
                           exponent - Format::bias - Format::mantissaBits);
}

template <class Format> bool isFinite(uint32_t bits) {
  uint32_t magnitude = bits & (Format::signBit - 1);
  return magnitude <= Format::largest;
}

template <class Format> class NarrowFormat : public testing::Test {};
using Formats = testing::Types<Half, Float8E4M3Fn, Float8E5M2>;
TYPED_TEST_SUITE(NarrowFormat, Formats);

TYPED_TEST(NarrowFormat, widens_every_value) {
  for (uint32_t bits = 0; bits < 1u << TypeParam::width; ++bits) {
    if (isFinite<TypeParam>(bits))
      EXPECT_EQ(widen<TypeParam>(bits), defined<TypeParam>(bits)) << bits;
    else if ((bits & (TypeParam::signBit - 1)) == TypeParam::exponentMask &&
             TypeParam::hasInfinity)
      EXPECT_TRUE(std::isinf(widen<TypeParam>(bits))) << bits;
    else
      EXPECT_TRUE(std::isnan(widen<TypeParam>(bits))) << bits;
  }
}

TYPED_TEST(NarrowFormat, narrows_what_it_widened) {
  for (uint32_t bits = 0; bits < 1u << TypeParam::width; ++bits)
    if (isFinite<TypeParam>(bits))
      EXPECT_EQ(narrow<TypeParam>(widen<TypeParam>(bits)), bits);
}

TYPED_TEST(NarrowFormat, rounds_half_way_to_even) {
  for (uint32_t bits = 0; bits < TypeParam::largest; ++bits) {
    float low = widen<TypeParam>(bits), high = widen<TypeParam>(bits + 1);
    float middle = low + (high - low) / 2;
    EXPECT_EQ(narrow<TypeParam>(middle), bits + (bits & 1)) << bits;
    EXPECT_EQ(narrow<TypeParam>(std::nextafter(middle, 0.0f)), bits);
    EXPECT_EQ(narrow<TypeParam>(std::nextafter(middle, infinity)), bits + 1);
    EXPECT_EQ(narrow<TypeParam>(-middle),
              (bits + (bits & 1)) | TypeParam::signBit);
  }
}

TEST(Numerics, overflows_as_each_format_says) {
  EXPECT_EQ(narrow<Half>(65519.0f), 0x7bffu);
  EXPECT_EQ(narrow<Half>(65520.0f), 0x7c00u);
  EXPECT_EQ(narrow<Half>(-infinity), 0xfc00u);
  EXPECT_EQ(narrow<Float8E4M3Fn>(1e30f), 0x7eu);
  EXPECT_EQ(narrow<Float8E4M3Fn>(-infinity), 0xfeu);
  EXPECT_EQ(narrow<Float8E5M2>(1e30f), 0x7bu);
  EXPECT_EQ(narrow<Float8E5M2>(infinity), 0x7bu);
  EXPECT_EQ(narrow<Half>(NAN), 0x7e00u);
  EXPECT_EQ(narrow<Float8E4M3Fn>(-NAN), 0x7fu);
  EXPECT_EQ(narrow<Float8E5M2>(NAN), 0x7eu);
  EXPECT_EQ(narrow<Half>(1e-30f), 0u);
  EXPECT_EQ(narrow<Half>(0x1p-149f), 0u);
}

TEST(Numerics, rounds_to_bf16_and_tf32) {
  EXPECT_EQ(narrowBf16(floatOf(0x3f808000)), 0x3f80);
  EXPECT_EQ(narrowBf16(floatOf(0x3f818000)), 0x3f82);
  EXPECT_EQ(narrowBf16(floatOf(0x3f808001)), 0x3f81);
  EXPECT_EQ(narrowBf16(std::numeric_limits<float>::max()), 0x7f80);
  EXPECT_EQ(narrowBf16(floatOf(0xff800001)), 0x7fc0);
  EXPECT_EQ(bitsOf(roundTf32(floatOf(0x3f801000))), 0x3f800000u);
  EXPECT_EQ(bitsOf(roundTf32(floatOf(0x3f803000))), 0x3f804000u);
  EXPECT_EQ(roundTf32(infinity), infinity);
}

TEST(Numerics, rounds_f64_once) {
  // In f32 this is half way between two f16, and would round to even.
  double above = 1.0 + 0x1p-11 + 0x1p-40;
  EXPECT_EQ(narrow<Half>(float(above)), 0x3c00u);
  EXPECT_EQ(narrow<Half>(forNarrowing(above)), 0x3c01u);
  EXPECT_EQ(narrowBf16(forNarrowing(1.0 + 0x1p-8 + 0x1p-50)), 0x3f81);
  EXPECT_EQ(narrowBf16(forNarrowing(1.0 + 0x1p-8 - 0x1p-50)), 0x3f80);
  EXPECT_EQ(forNarrowing(1e300), std::numeric_limits<float>::max());
  int64_t large = (int64_t(1) << 62) + (int64_t(1) << 54) + 1;
  EXPECT_EQ(narrowBf16(forNarrowing(large)), narrowBf16(0x1.02p62f));
  EXPECT_EQ(narrowBf16(forNarrowing(-large)), narrowBf16(-0x1.02p62f));
}

TEST(Numerics, saturates_reals_to_integers) {
  EXPECT_EQ(roundToInteger<int8_t>(127.5f), 127);
  EXPECT_EQ(roundToInteger<int8_t>(-200.0f), -128);
  EXPECT_EQ(roundToInteger<uint8_t>(-1.0f), 0);
  EXPECT_EQ(roundToInteger<uint8_t>(2.5f), 2);
  EXPECT_EQ(roundToInteger<uint8_t>(3.5f), 4);
  EXPECT_EQ(roundToInteger<int32_t>(2147483648.0f), INT32_MAX);
  EXPECT_EQ(roundToInteger<int32_t>(-infinity), INT32_MIN);
  EXPECT_EQ(roundToInteger<int64_t>(1e19), INT64_MAX);
  EXPECT_EQ(roundToInteger<uint64_t>(infinity), UINT64_MAX);
  EXPECT_EQ(roundToInteger<uint64_t>(0x1p63f), uint64_t(1) << 63);
  EXPECT_EQ(roundToInteger<int32_t>(NAN), 0);
  EXPECT_EQ(roundToInteger<int32_t>(-2.5), -2);
}

template <isa::DType d, class From, class Stored> Stored written(From value) {
  uint8_t bytes[8] = {};
  elements::write<d>(bytes, value);
  return elements::load<Stored>(bytes);
}

TEST(Elements, write_integers_modulo_their_width) {
  EXPECT_EQ((written<isa::DType::i8, int32_t, int8_t>(300)), 44);
  EXPECT_EQ((written<isa::DType::u16, int32_t, uint16_t>(-1)), 0xffff);
  EXPECT_EQ((written<isa::DType::boolean, int32_t, uint8_t>(256)), 1);
  EXPECT_EQ((written<isa::DType::boolean, float, uint8_t>(NAN)), 1);
  EXPECT_EQ((written<isa::DType::f32, int32_t, float>(16777217)), 16777216.0f);
  EXPECT_EQ((written<isa::DType::i64, int32_t, int64_t>(-5)), -5);
}

TEST(Elements, write_one_nan) {
  EXPECT_EQ((written<isa::DType::f32, float, uint32_t>(floatOf(0xffc12345))),
            canonicalNan32);
  EXPECT_EQ((written<isa::DType::f64, double, uint64_t>(-double(NAN))),
            canonicalNan64);
}

TEST(Elements, read_what_they_hold) {
  uint8_t two = 2;
  EXPECT_EQ((elements::read<isa::DType::boolean, float>(&two)), 1);
  int32_t odd = 16777219;
  auto *bytes = reinterpret_cast<uint8_t *>(&odd);
  EXPECT_EQ((elements::read<isa::DType::i32, float>(bytes)), 16777220.0f);
}

} // namespace
} // namespace tilicho
