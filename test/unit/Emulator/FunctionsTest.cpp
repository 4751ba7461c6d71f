// SPDX-License-Identifier: Apache-2.0
// The elementary functions against the C library's in long double: dense
// samples of all f32, special values as C99 has them.
#include "runtime/Emulator/ElementKernels.h"
#include "runtime/Emulator/ElementOps.h"

#include <functional>
#include <gtest/gtest.h>
#include <random>

namespace tilicho {
namespace {

using isa::AluOp;
using Long = long double;
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

struct Function {
  AluOp op;
  std::function<Long(Long)> exact;
};

Long geluOf(Long x) { return x / 2 * erfcl(-x / sqrtl(2)); }
Long sigmoidOf(Long x) { return 1 / (1 + expl(-x)); }
Long geluTanhOf(Long x) {
  Long u = sqrtl(2 / acosl(-1)) * (x + 0.044715L * x * x * x);
  return x * sigmoidOf(2 * u);
}
Long softplusOf(Long x) { return fmaxl(x, 0) + log1pl(expl(-fabsl(x))); }
Long mishOf(Long x) {
  Long e = expl(fminl(x, 50));
  return x * (e * (e + 2) / (e * (e + 2) + 2));
}

const Function functions[] = {
    {AluOp::exp, expl},
    {AluOp::log, logl},
    {AluOp::sin, sinl},
    {AluOp::cos, cosl},
    {AluOp::tan, tanl},
    {AluOp::asin, asinl},
    {AluOp::acos, acosl},
    {AluOp::atan, atanl},
    {AluOp::sinh, sinhl},
    {AluOp::cosh, coshl},
    {AluOp::tanh, tanhl},
    {AluOp::asinh, asinhl},
    {AluOp::acosh, acoshl},
    {AluOp::atanh, atanhl},
    {AluOp::erf, erfl},
    {AluOp::sigmoid, sigmoidOf},
    {AluOp::silu, [](Long x) { return x * sigmoidOf(x); }},
    {AluOp::gelu, geluOf},
    {AluOp::gelu_tanh, geluTanhOf},
    {AluOp::softplus, softplusOf},
    {AluOp::mish, mishOf},
    {AluOp::exp2, exp2l},
    {AluOp::log2, log2l},
    {AluOp::sqrt, sqrtl},
    {AluOp::rsqrt, [](Long x) { return 1 / sqrtl(x); }},
    {AluOp::reciprocal, [](Long x) { return 1 / x; }},
};

/// Distance in units of the last place of the f32 nearest to `exact`.
double ulps(float value, Long exact) {
  float nearest = float(exact);
  if (std::isinf(nearest) || std::isinf(value))
    return nearest == value ? 0 : 1e9;
  float next = std::nextafter(std::fabs(nearest), infinity);
  Long unit = Long(next) - Long(std::fabs(nearest));
  if (std::isinf(next))
    unit = 0x1p104L;
  return double(fabsl(Long(value) - exact) / unit);
}

/// Every 4099th f32, and the neighbourhoods of 0, 1 and the like.
std::vector<float> samples() {
  std::vector<float> values;
  for (uint64_t bits = 0; bits < uint64_t(1) << 32; bits += 4099)
    values.push_back(numerics::floatOf(uint32_t(bits)));
  for (float centre : {0.0f, 1.0f, -1.0f, 0.5f, 0.25f, 2.0f, 88.7f, -103.9f,
                       3.1415927f, 1.5707964f, 0.41421357f, 10.0f}) {
    uint32_t bits = numerics::bitsOf(centre);
    for (uint32_t i = 0; i < 2000; ++i) {
      values.push_back(numerics::floatOf(bits + i));
      values.push_back(numerics::floatOf(bits - i));
    }
  }
  return values;
}

class FunctionTest : public testing::TestWithParam<Function> {};

TEST_P(FunctionTest, is_within_two_ulp) {
  const Function &function = GetParam();
  static const std::vector<float> inputs = samples();
  std::vector<float> results(inputs.size());
  elementKernels<float>(hostCpuLevel())
      .unary[size_t(function.op)](inputs.data(), results.data(), inputs.size());
  double worst = 0;
  float where = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    Long exact = function.exact(inputs[i]);
    if (std::isnan(exact)) {
      EXPECT_TRUE(std::isnan(results[i])) << inputs[i];
      continue;
    }
    double error = ulps(results[i], exact);
    if (error > worst) {
      worst = error;
      where = inputs[i];
    }
  }
  RecordProperty("ulp", std::to_string(worst));
  EXPECT_LE(worst, function.op == AluOp::rsqrt ? 1.5 : 0.501)
      << "at " << where << " " << std::hexfloat << where;
}

TEST_P(FunctionTest, has_the_same_bits_at_all_levels) {
  static const std::vector<float> inputs = samples();
  size_t op = size_t(GetParam().op), count = inputs.size();
  std::vector<float> base(count), other(count);
  elementKernels<float>(CpuLevel::Baseline)
      .unary[op](inputs.data(), base.data(), count);
  for (CpuLevel level : {CpuLevel::Avx2, CpuLevel::Avx512}) {
    if (level > hostCpuLevel())
      continue;
    elementKernels<float>(level).unary[op](inputs.data(), other.data(), count);
    for (size_t i = 0; i < count; ++i)
      ASSERT_EQ(numerics::bitsOf(numerics::canonical(base[i])),
                numerics::bitsOf(numerics::canonical(other[i])))
          << inputs[i];
  }
}

INSTANTIATE_TEST_SUITE_P(All, FunctionTest, testing::ValuesIn(functions),
                         [](const auto &info) {
                           return std::string(isa::nameOf(info.param.op));
                         });

template <AluOp op> float apply(float x) { return ops::unary<op>(x); }
template <AluOp op> float apply(float x, float y) {
  return ops::binary<op>(x, y);
}
/// Equal bits, all NaN alike.
void expectSame(float value, float expected) {
  EXPECT_EQ(numerics::bitsOf(numerics::canonical(value)),
            numerics::bitsOf(numerics::canonical(expected)))
      << value << " instead of " << expected;
}

TEST(SpecialValues, of_one_argument) {
  expectSame(apply<AluOp::exp>(-infinity), 0);
  expectSame(apply<AluOp::exp>(infinity), infinity);
  expectSame(apply<AluOp::log>(0), -infinity);
  expectSame(apply<AluOp::log>(-0.0f), -infinity);
  expectSame(apply<AluOp::log>(-1), nan);
  expectSame(apply<AluOp::sin>(-0.0f), -0.0f);
  expectSame(apply<AluOp::sin>(infinity), nan);
  expectSame(apply<AluOp::tan>(-0.0f), -0.0f);
  expectSame(apply<AluOp::asin>(-0.0f), -0.0f);
  expectSame(apply<AluOp::asin>(1.5f), nan);
  expectSame(apply<AluOp::acos>(1), 0);
  expectSame(apply<AluOp::atan>(-infinity), -1.57079633f);
  expectSame(apply<AluOp::tanh>(-infinity), -1);
  expectSame(apply<AluOp::sinh>(-0.0f), -0.0f);
  expectSame(apply<AluOp::acosh>(0.5f), nan);
  expectSame(apply<AluOp::atanh>(1), infinity);
  expectSame(apply<AluOp::erf>(-infinity), -1);
  expectSame(apply<AluOp::sigmoid>(-infinity), 0);
  expectSame(apply<AluOp::softplus>(-infinity), 0);
  expectSame(apply<AluOp::gelu>(infinity), infinity);
  expectSame(apply<AluOp::relu>(nan), nan);
  expectSame(apply<AluOp::sign>(-0.0f), 0);
}

TEST(SpecialValues, of_pow) {
  const float values[] = {0.0f,     -0.0f,     1,           -1,          0.5f,
                          -0.5f,    2,         -2,          3,           -3,
                          infinity, -infinity, nan,         2.5f,        -2.5f,
                          1e30f,    0x1p-149f, 16777217.0f, -16777215.0f};
  for (float x : values)
    for (float y : values) {
      SCOPED_TRACE(testing::Message() << x << " ^ " << y);
      float expected = float(powl(x, y));
      expectSame(apply<AluOp::pow>(x, y), expected);
    }
}

TEST(SpecialValues, of_atan2) {
  const float values[] = {0.0f,      -0.0f, 1,      -1,   infinity,
                          -infinity, nan,   1e-40f, 3e38f};
  for (float y : values)
    for (float x : values) {
      SCOPED_TRACE(testing::Message() << y << ", " << x);
      expectSame(apply<AluOp::atan2>(y, x), float(atan2l(y, x)));
    }
}

TEST(Binary, functions_are_within_two_ulp) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> base(0, 30), exponent(-20, 20);
  for (int i = 0; i < 200000; ++i) {
    float x = base(random), y = exponent(random);
    EXPECT_LE(ulps(apply<AluOp::pow>(x, y), powl(x, y)), 0.501) << x << y;
    EXPECT_LE(ulps(apply<AluOp::atan2>(y, x), atan2l(y, x)), 0.501);
  }
}

/// f64 functions are held to a relative error: where the result is e to a large
/// power, that power is known only to a rounding.
TEST(Double, functions_are_nearly_exact) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> range(-20, 20);
  for (const Function &function : functions) {
    auto kernel =
        elementKernels<double>(CpuLevel::Baseline).unary[size_t(function.op)];
    for (int i = 0; i < 20000; ++i) {
      double x = range(random), y;
      kernel(&x, &y, 1);
      Long exact = function.exact(x);
      if (std::isnan(exact))
        EXPECT_TRUE(std::isnan(y));
      else
        EXPECT_LE(fabsl(y - exact), fabsl(exact) * 2e-13L + 1e-300L)
            << isa::nameOf(function.op) << " of " << x;
    }
  }
}

} // namespace
} // namespace tilicho
