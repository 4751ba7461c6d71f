// SPDX-License-Identifier: Apache-2.0
// How numbers are rounded, saturated and converted: the ISA's rules of reading
// and writing elements, branch-free where loops over them are to vectorise.
#ifndef TILICHO_RUNTIME_EMULATOR_NUMERICS_H
#define TILICHO_RUNTIME_EMULATOR_NUMERICS_H

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

namespace tilicho::numerics {

template <class To, class From> inline To bitCast(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof(To));
  return to;
}

inline uint32_t bitsOf(float value) { return bitCast<uint32_t>(value); }
inline uint64_t bitsOf(double value) { return bitCast<uint64_t>(value); }
inline float floatOf(uint32_t bits) { return bitCast<float>(bits); }
inline double doubleOf(uint64_t bits) { return bitCast<double>(bits); }

/// The one NaN that arithmetic produces: which of its operands' payloads a CPU
/// passes on depends on how its code was compiled.
inline constexpr uint32_t canonicalNan32 = 0x7fc00000;
inline constexpr uint64_t canonicalNan64 = 0x7ff8000000000000;

inline float canonical(float value) {
  return value == value ? value : floatOf(canonicalNan32);
}
inline double canonical(double value) {
  return value == value ? value : doubleOf(canonicalNan64);
}

//===-- Narrow floating-point formats -------------------------------------===//

/// What is beyond the largest finite number of a format.
enum class Overflow {
  /// An infinity, as in IEEE 754.
  Infinity,
  /// Infinity exists, but what overflows (an infinity too) saturates.
  Saturate,
  /// As Saturate; all exponent and mantissa bits set is the only NaN.
  SaturateNoInfinity
};

/// A format of one sign bit, `exponent` bits and `mantissa` bits.
template <int exponent, int mantissa, Overflow rule> struct FloatFormat {
  static constexpr int mantissaBits = mantissa;
  static constexpr int bias = (1 << (exponent - 1)) - 1;
  static constexpr int width = 1 + exponent + mantissa;
  static constexpr uint32_t signBit = 1u << (width - 1);
  static constexpr uint32_t exponentMask = ((1u << exponent) - 1) << mantissa;
  static constexpr Overflow overflow = rule;
  static constexpr bool hasInfinity = rule != Overflow::SaturateNoInfinity;
  static constexpr uint32_t nan =
      hasInfinity ? exponentMask | 1u << (mantissa - 1) : signBit - 1;
  static constexpr uint32_t largest = hasInfinity ? exponentMask - 1 : nan - 1;
  static constexpr uint32_t beyond =
      rule == Overflow::Infinity ? exponentMask : largest;
};

using Half = FloatFormat<5, 10, Overflow::Infinity>;
using Float8E4M3Fn = FloatFormat<4, 3, Overflow::SaturateNoInfinity>;
using Float8E5M2 = FloatFormat<5, 2, Overflow::Saturate>;

/// 2^exponent for an exponent of a normal f32.
constexpr float powerOfTwo(int exponent) {
  float value = 1;
  for (; exponent > 0; --exponent)
    value *= 2;
  for (; exponent < 0; ++exponent)
    value /= 2;
  return value;
}

/// The f32 of the same value; exact. A NaN keeps its payload.
template <class Format> inline float widen(uint32_t bits) {
  constexpr int shift = 23 - Format::mantissaBits;
  constexpr float scale = powerOfTwo(127 - Format::bias);
  uint32_t magnitude = bits & (Format::signBit - 1);
  uint32_t sign = (bits & Format::signBit) << (32 - Format::width);
  // Read with f32's bias, subnormals of the format are subnormals of f32, so
  // that one exact product gives both kinds of number their value.
  uint32_t finite = bitsOf(floatOf(magnitude << shift) * scale);
  bool special = Format::hasInfinity ? magnitude >= Format::exponentMask
                                     : magnitude == Format::nan;
  uint32_t value = special ? (magnitude << shift) | 0x7f800000 : finite;
  return floatOf(value | sign);
}

/// Rounds to nearest even. NaN becomes the format's positive quiet NaN.
template <class Format> inline uint32_t narrow(float value) {
  constexpr int shift = 23 - Format::mantissaBits;
  constexpr uint32_t rebias = uint32_t(127 - Format::bias) << 23;
  constexpr uint32_t smallestNormal = uint32_t(128 - Format::bias) << 23;
  // Adding it leaves a subnormal of the format, rounded, in the low bits.
  constexpr float magic = powerOfTwo(1 - Format::bias + shift);
  uint32_t bits = bitsOf(value);
  uint32_t magnitude = bits & 0x7fffffff;
  uint32_t sign = (bits >> 31) << (Format::width - 1);
  uint32_t half = (1u << (shift - 1)) - 1 + ((magnitude >> shift) & 1);
  uint32_t normal = (magnitude - rebias + half) >> shift;
  uint32_t subnormal = bitsOf(floatOf(magnitude) + magic) - bitsOf(magic);
  uint32_t result = magnitude < smallestNormal ? subnormal : normal;
  result = result > Format::largest ? Format::beyond : result;
  return value == value ? result | sign : Format::nan;
}

inline float widenBf16(uint16_t bits) { return floatOf(uint32_t(bits) << 16); }

inline uint16_t narrowBf16(float value) {
  uint32_t bits = bitsOf(value);
  uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  return uint16_t(value == value ? rounded : canonicalNan32 >> 16);
}

/// The f32 whose low 13 mantissa bits are zero.
inline float roundTf32(float value) {
  uint32_t bits = bitsOf(value);
  uint32_t rounded = (bits + 0xfff + ((bits >> 13) & 1)) & ~uint32_t(0x1fff);
  return floatOf(value == value ? rounded : canonicalNan32);
}

/// `value` in f32, rounded to odd: a later rounding to a format of at most 22
/// mantissa bits gives what rounding `value` at once would give.
inline float roundToOdd(double value) {
  float nearest = float(value);
  if (double(nearest) == value || value != value)
    return nearest;
  uint32_t bits = bitsOf(nearest);
  if (std::fabs(double(nearest)) > std::fabs(value))
    --bits;
  return floatOf(bits | 1);
}

/// An integer in f64, rounded to odd.
template <class Integer> inline double integerToOdd(Integer value) {
  if constexpr (sizeof(Integer) < 8)
    return double(value);
  bool negative = value < 0;
  uint64_t magnitude = negative ? 0 - uint64_t(value) : uint64_t(value);
  // Of 64 bits, f64 holds 53: the others become one sticky bit.
  uint64_t sticky = (magnitude & 0x7ff) != 0;
  if (magnitude >> 53)
    magnitude = (magnitude & ~uint64_t(0x7ff)) | sticky << 11;
  double result = double(magnitude);
  return negative ? -result : result;
}

//===-- Between kinds of number -------------------------------------------===//

/// Rounds to nearest even and saturates; NaN becomes 0.
template <class Integer, class Real> inline Integer roundToInteger(Real value) {
  using Limits = std::numeric_limits<Integer>;
  // Both bounds are powers of two, or zero, and so exact.
  constexpr Real low = Real(Limits::min());
  constexpr Real high = Real(Limits::max() / 2 + 1) * 2;
  Real rounded = std::is_same_v<Real, float> ? Real(__builtin_rintf(value))
                                             : Real(__builtin_rint(value));
  bool below = !(rounded >= low);
  bool above = rounded >= high;
  Integer inside = Integer(below || above ? Real(0) : rounded);
  Integer outside = above ? Limits::max() : Limits::min();
  Integer result = below || above ? outside : inside;
  return value == value ? result : Integer(0);
}

/// The conversion between two types of arithmetic, and from an integer element
/// to one: integers wrap, reals round to nearest even or saturate.
template <class To, class From> inline To convert(From value) {
  if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>)
    return roundToInteger<To>(value);
  else
    return static_cast<To>(value);
}

/// `value` in f32 with no harm to a later rounding to a narrower float.
template <class From> inline float forNarrowing(From value) {
  if constexpr (std::is_same_v<From, float>)
    return value;
  else if constexpr (std::is_same_v<From, double>)
    return roundToOdd(value);
  else
    return roundToOdd(integerToOdd(value));
}

} // namespace tilicho::numerics

#endif // TILICHO_RUNTIME_EMULATOR_NUMERICS_H
