// SPDX-License-Identifier: Apache-2.0
// The elementary functions of the ISA, defined to the bit: double arithmetic of
// single operations (no library, no contraction), the result rounded once.
#ifndef TILICHO_RUNTIME_EMULATOR_FUNCTIONS_H
#define TILICHO_RUNTIME_EMULATOR_FUNCTIONS_H

#include "runtime/Emulator/CpuLevel.h"
#include "runtime/Emulator/FunctionTables.h"
#include "runtime/Emulator/Numerics.h"

namespace tilicho::functions {

using numerics::bitsOf;
using numerics::doubleOf;

inline constexpr double ln2High = 0x1.62e42fefa0000p-1;
inline constexpr double ln2Low = 0x1.cf79abc9e3b3ap-40;
inline constexpr double ln2 = 0x1.62e42fefa39efp-1;
inline constexpr double log2OfE = 0x1.71547652b82fep+0;
inline constexpr double halfPi = 0x1.921fb54442d18p+0;
inline constexpr double pi = 0x1.921fb54442d18p+1;
inline constexpr double rootOfHalf = 0x1.6a09e667f3bcdp-1;
inline constexpr double infinity = std::numeric_limits<double>::infinity();
/// Added and subtracted, it rounds to an integer; the integer is then in its
/// low bits.
inline constexpr double roundingMagic = 0x1.8p+52;

TILICHO_INLINE double withSign(double magnitude, double sign) {
  return __builtin_copysign(magnitude, sign);
}

/// Horner's scheme, highest power first, two roundings a step.
template <int size>
TILICHO_INLINE double polynomial(const Coefficients<size> &c, double x) {
  double value = c.values[size - 1];
#pragma clang loop unroll(full)
  for (int k = size - 2; k >= 0; --k)
    value = value * x + c.values[k];
  return value;
}

/// low if x is below it, high if above; NaN stays.
TILICHO_INLINE double clamp(double x, double low, double high) {
  x = x < low ? low : x;
  return x > high ? high : x;
}

//===-- Exponentials ------------------------------------------------------===//

/// 2^n for |n| <= 1022.
TILICHO_INLINE double powerOfTwo(int64_t n) {
  return doubleOf(uint64_t(n + 1023) << 52);
}

/// value * 2^n in two steps, each with an exponent that exists.
TILICHO_INLINE double scale(double value, int64_t n) {
  int64_t half = n >> 1;
  return value * powerOfTwo(half) * powerOfTwo(n - half);
}

/// x = n ln 2 + r with |r| <= ln(2) / 2.
struct ExpParts {
  int64_t n;
  /// e^r - 1.
  double p;
};

TILICHO_INLINE ExpParts expParts(double x) {
  static constexpr auto series = exponentialSeries<13>();
  double shifted = x * log2OfE + roundingMagic;
  double n = shifted - roundingMagic;
  double r = (x - n * ln2High) - n * ln2Low;
  int64_t integer = int64_t(bitsOf(shifted) - bitsOf(roundingMagic));
  return {integer, polynomial(series, r) * r};
}

TILICHO_INLINE double exp(double x) {
  ExpParts parts = expParts(clamp(x, -1400, 1400));
  return scale(1 + parts.p, parts.n);
}

/// e^x - 1, for x <= 700.
TILICHO_INLINE double expMinusOne(double x) {
  ExpParts parts = expParts(clamp(x, -700, 700));
  double power = powerOfTwo(parts.n);
  return power * parts.p + (power - 1);
}

TILICHO_INLINE double exp2(double x) {
  static constexpr auto series = exponentialSeries<13>();
  double shifted = clamp(x, -2000, 2000) + roundingMagic;
  double r = (clamp(x, -2000, 2000) - (shifted - roundingMagic)) * ln2;
  int64_t n = int64_t(bitsOf(shifted) - bitsOf(roundingMagic));
  return scale(1 + polynomial(series, r) * r, n);
}

//===-- Logarithms --------------------------------------------------------===//

/// x = 2^n m with m from sqrt(1/2) up to sqrt(2), for a normal positive x.
struct LogParts {
  double n;
  /// ln m.
  double logOfM;
};

TILICHO_INLINE LogParts logParts(double x) {
  static constexpr auto series = logarithmSeries<11>();
  int64_t bits = int64_t(bitsOf(x) - bitsOf(rootOfHalf));
  int64_t n = bits >> 52;
  double m = doubleOf(bitsOf(x) - (uint64_t(n) << 52));
  double f = m - 1;
  double s = f / (2 + f);
  // The integer, as a double, without a conversion that few CPUs have.
  double real = doubleOf(uint64_t(n) + bitsOf(roundingMagic)) - roundingMagic;
  return {real, polynomial(series, s * s) * s};
}

/// The values of a logarithm where its formula has none.
TILICHO_INLINE double logOf(double x, double finite) {
  double value = x == 0 ? -infinity : finite;
  value = x == infinity ? infinity : value;
  return x >= 0 ? value : std::numeric_limits<double>::quiet_NaN();
}

TILICHO_INLINE double log(double x) {
  double subnormal = x < 0x1p-1022 ? 1 : 0;
  LogParts parts = logParts(x < 0x1p-1022 ? x * 0x1p+54 : x);
  double n = parts.n - 54 * subnormal;
  return logOf(x, n * ln2High + (n * ln2Low + parts.logOfM));
}

TILICHO_INLINE double log2(double x) {
  double subnormal = x < 0x1p-1022 ? 1 : 0;
  LogParts parts = logParts(x < 0x1p-1022 ? x * 0x1p+54 : x);
  return logOf(x, (parts.n - 54 * subnormal) + parts.logOfM * log2OfE);
}

/// ln(1 + x) for x >= 0: what 1 + x lost is added to first order.
TILICHO_INLINE double logOnePlus(double x) {
  double sum = 1 + x;
  double lost = x - (sum - 1);
  return log(sum) + (sum < infinity ? lost / sum : 0);
}

//===-- Angles ------------------------------------------------------------===//

/// x = (pi/2) (quadrant + f), |f| at most a little above 1/2.
struct Angle {
  int64_t quadrant;
  double f;
};

/// For x of f32's precision and range: x is M * 2^e, and M times the table's
/// pieces of 2^e 2/pi is exact up to the last.
TILICHO_INLINE Angle reduceAngle(float x) {
  uint32_t bits = numerics::bitsOf(x) & 0x7fffffff;
  uint32_t exponent = bits >> 23;
  double m = double(int32_t((bits & 0x7fffff) | (exponent ? 0x800000 : 0)));
  double high = m * angleScale.high[exponent];
  double middle = m * angleScale.middle[exponent];
  double low = m * angleScale.low[exponent];
  double shifted = (high + middle) + roundingMagic;
  double f = ((high - (shifted - roundingMagic)) + middle) + low;
  return {int64_t(bitsOf(shifted)), f};
}

/// For f64: pi/2 in four parts of 33 bits. Beyond 2^27 the remainder by the
/// nearest double of 2 pi is taken first.
TILICHO_INLINE Angle reduceAngle(double x) {
  double a = std::fabs(x);
  a = a > 0x1p+27 ? std::fmod(a, 4 * halfPi) : a;
  double shifted = a * 0x1.45f306dc9c883p-1 + roundingMagic;
  double n = shifted - roundingMagic;
  double r = a - n * 0x1.921fb54400000p+0;
  r = r - n * 0x1.0b4611a600000p-34;
  r = r - n * 0x1.3198a2e000000p-69;
  r = r - n * 0x1.b839a252049c1p-104;
  return {int64_t(bitsOf(shifted)), r * 0x1.45f306dc9c883p-1};
}

TILICHO_INLINE double sinOfPart(double r) {
  static constexpr auto series = circularSeries<9>(1);
  return polynomial(series, r * r) * r;
}

TILICHO_INLINE double cosOfPart(double r) {
  static constexpr auto series = circularSeries<10>(0);
  return polynomial(series, r * r);
}

/// An odd quadrant is 1 in the low bit: cosine instead of sine.
TILICHO_INLINE double sinInQuadrant(double r, int64_t quadrant) {
  double value = quadrant & 1 ? cosOfPart(r) : sinOfPart(r);
  return quadrant & 2 ? -value : value;
}

template <class Real> inline double sin(Real x) {
  Angle angle = reduceAngle(x);
  double value = sinInQuadrant(angle.f * halfPi, angle.quadrant);
  return withSign(1, x) * value;
}

template <class Real> inline double cos(Real x) {
  Angle angle = reduceAngle(x);
  return sinInQuadrant(angle.f * halfPi, angle.quadrant + 1);
}

template <class Real> inline double tan(Real x) {
  Angle angle = reduceAngle(x);
  double r = angle.f * halfPi;
  double sine = sinOfPart(r), cosine = cosOfPart(r);
  double value = angle.quadrant & 1 ? -cosine / sine : sine / cosine;
  return withSign(1, x) * value;
}

//===-- Inverse circular functions ----------------------------------------===//

/// atan(y / x) for 0 <= y <= x, 0 < x.
TILICHO_INLINE double arctangentOfRatio(double y, double x) {
  static constexpr auto series = arctangentSeries<8>();
  double shifted = 8 * (y / x) + roundingMagic;
  double c = (shifted - roundingMagic) / 8;
  int64_t index = int64_t(bitsOf(shifted) & 15);
  double u = (y - c * x) / (x + c * y);
  return arctangentOfEighths[index > 8 ? 0 : index] +
         polynomial(series, u * u) * u;
}

TILICHO_INLINE double atan2(double y, double x) {
  double a = std::fabs(y), b = std::fabs(x);
  bool steep = a > b;
  double small = steep ? b : a, large = steep ? a : b;
  // 0/0 counts as 0, and an infinity beside another as 1.
  bool diagonal = small == infinity;
  small = diagonal ? 1 : small;
  large = diagonal || large == 0 ? 1 : large;
  // An infinite divisor would make u NaN.
  small = large == infinity ? 0 : small;
  large = large == infinity ? 1 : large;
  double angle = arctangentOfRatio(small, large);
  angle = steep ? halfPi - angle : angle;
  angle = std::signbit(x) ? pi - angle : angle;
  return withSign(y != y || x != x ? y + x : angle, y);
}

TILICHO_INLINE double atan(double x) { return atan2(x, 1); }

TILICHO_INLINE double asin(double x) {
  return atan2(x, __builtin_elementwise_sqrt((1 - x) * (1 + x)));
}

TILICHO_INLINE double acos(double x) {
  return 2 * atan2(__builtin_elementwise_sqrt(1 - x),
                   __builtin_elementwise_sqrt(1 + x));
}

//===-- Hyperbolic functions ----------------------------------------------===//

TILICHO_INLINE double sinh(double x) {
  double e = expMinusOne(std::fabs(x));
  double value = 0.5 * (e + e / (e + 1));
  return withSign(std::fabs(x) > 700 ? exp(std::fabs(x)) / 2 : value, x);
}

TILICHO_INLINE double cosh(double x) {
  double e = exp(std::fabs(x));
  return 0.5 * (e + 1 / e);
}

TILICHO_INLINE double tanh(double x) {
  double e = expMinusOne(2 * clamp(std::fabs(x), 0, 40));
  return withSign(e / (e + 2), x);
}

TILICHO_INLINE double asinh(double x) {
  double a = clamp(std::fabs(x), 0, 0x1p+500);
  double value =
      logOnePlus(a + a * a / (1 + __builtin_elementwise_sqrt(a * a + 1)));
  double huge = log(std::fabs(x)) + ln2;
  return withSign(std::fabs(x) > 0x1p+500 ? huge : value, x);
}

TILICHO_INLINE double acosh(double x) {
  double t = clamp(x, -1, 0x1p+500) - 1;
  double value = logOnePlus(t + __builtin_elementwise_sqrt(2 * t + t * t));
  double inside = x > 0x1p+500 ? log(x) + ln2 : value;
  return x >= 1 ? inside : std::numeric_limits<double>::quiet_NaN();
}

TILICHO_INLINE double atanh(double x) {
  double a = std::fabs(x);
  double inside = 0.5 * logOnePlus(2 * a / (1 - a));
  double value = a == 1 ? infinity : inside;
  return a <= 1 ? withSign(value, x) : std::numeric_limits<double>::quiet_NaN();
}

//===-- Error function ----------------------------------------------------===//

/// erfc(x) for x >= 0.
TILICHO_INLINE double erfcOfPositive(double x) {
  double a = clamp(x, 0, 1000);
  double t = (a - 3) / (a + 3);
  return exp(-(a * a)) * (polynomial(scaledErfc, t) / (1 + 2 * a));
}

TILICHO_INLINE double erfSmall(double x) {
  static constexpr auto series = errorSeries<13>();
  return polynomial(series, x * x) * x;
}

TILICHO_INLINE double erf(double x) {
  double a = std::fabs(x);
  double value = a < 0.5 ? erfSmall(a) : 1 - erfcOfPositive(a);
  return withSign(value, x);
}

/// 1 + erf(x), without cancellation.
TILICHO_INLINE double onePlusErf(double x) {
  double a = std::fabs(x);
  double complement = erfcOfPositive(a);
  double far = x < 0 ? complement : 2 - complement;
  return a < 0.5 ? 1 + erfSmall(x) : far;
}

//===-- Activations -------------------------------------------------------===//

TILICHO_INLINE double sigmoid(double x) { return 1 / (1 + exp(-x)); }
TILICHO_INLINE double silu(double x) { return x * sigmoid(x); }
TILICHO_INLINE double gelu(double x) {
  return 0.5 * x * onePlusErf(x * rootOfHalf);
}

/// (1 + tanh u) / 2 is sigmoid(2 u).
TILICHO_INLINE double geluTanh(double x) {
  constexpr double twoRootTwoOverPi = 0x1.9884533d43651p+0;
  return x * sigmoid(twoRootTwoOverPi * (x + 0.044715 * (x * x * x)));
}

TILICHO_INLINE double softplus(double x) {
  double positive = x > 0 || x != x ? x : 0;
  return positive + logOnePlus(exp(-std::fabs(x)));
}

/// tanh(ln(1 + e)) is e (e + 2) / (e (e + 2) + 2).
TILICHO_INLINE double mish(double x) {
  double e = exp(x > 40 ? 40 : x);
  double n = e * (e + 2);
  return x * (n / (n + 2));
}

//===-- Power -------------------------------------------------------------===//

TILICHO_INLINE double pow(double x, double y) {
  double rounded = __builtin_rint(y);
  bool integer = rounded == y;
  bool odd = integer && 2 * __builtin_rint(0.5 * y) != y;
  double magnitude = exp(y * log(std::fabs(x)));
  magnitude = std::fabs(x) == 1 && y == y ? 1 : magnitude;
  double value = std::signbit(x) && odd ? -magnitude : magnitude;
  bool undefined = x < 0 && x != -infinity && !integer;
  value = undefined ? std::numeric_limits<double>::quiet_NaN() : value;
  return x == 1 || y == 0 ? 1 : value;
}

} // namespace tilicho::functions

#endif // TILICHO_RUNTIME_EMULATOR_FUNCTIONS_H
