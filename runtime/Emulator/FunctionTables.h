// SPDX-License-Identifier: Apache-2.0
// The constants of the elementary functions: coefficients, and 2/pi shifted
// for each exponent of an f32.
#ifndef TILICHO_RUNTIME_EMULATOR_FUNCTIONTABLES_H
#define TILICHO_RUNTIME_EMULATOR_FUNCTIONTABLES_H

#include <cstdint>
#include <limits>

namespace tilicho::functions {

template <int size> struct Coefficients {
  double values[size] = {};
};

/// 1/1!, 1/2!, ...: of (e^r - 1) / r.
template <int size> constexpr Coefficients<size> exponentialSeries() {
  Coefficients<size> result;
  double factorial = 1;
  for (int k = 0; k < size; ++k) {
    factorial *= k + 1;
    result.values[k] = 1 / factorial;
  }
  return result;
}

/// 2/1, 2/3, 2/5, ...: of 2 atanh(s) / s in s^2.
template <int size> constexpr Coefficients<size> logarithmSeries() {
  Coefficients<size> result;
  for (int k = 0; k < size; ++k)
    result.values[k] = 2.0 / (2 * k + 1);
  return result;
}

/// 1/1, -1/3, 1/5, ...: of atan(u) / u in u^2.
template <int size> constexpr Coefficients<size> arctangentSeries() {
  Coefficients<size> result;
  for (int k = 0; k < size; ++k)
    result.values[k] = (k % 2 ? -1.0 : 1.0) / (2 * k + 1);
  return result;
}

/// 1/first!, -1/(first + 2)!, ...: of sin(r) / r (first = 1) and cos(r)
/// (first = 0) in r^2.
template <int size> constexpr Coefficients<size> circularSeries(int first) {
  Coefficients<size> result;
  double factorial = 1;
  for (int k = 0; k < size; ++k) {
    result.values[k] = (k % 2 ? -1.0 : 1.0) / factorial;
    factorial *= double((first + 2 * k + 1) * (first + 2 * k + 2));
  }
  return result;
}

/// 2/sqrt(pi) times 1, -1/(1! 3), 1/(2! 5), ...: of erf(x) / x in x^2.
template <int size> constexpr Coefficients<size> errorSeries() {
  constexpr double twoOverRootPi = 0x1.20dd750429b6dp+0;
  Coefficients<size> result;
  double factorial = 1;
  for (int k = 0; k < size; ++k) {
    factorial *= k ? k : 1;
    result.values[k] =
        (k % 2 ? -1.0 : 1.0) / (factorial * (2 * k + 1)) * twoOverRootPi;
  }
  return result;
}

/// Of (1 + 2 x) e^(x^2) erfc(x) in t = (x - 3) / (x + 3): the polynomial that
/// meets it at the 23 Chebyshev points.
inline constexpr Coefficients<23> scaledErfc = {
    {0x1.40c522d7e4987p+0,   -0x1.15c084bb9e82ep-3,  -0x1.85a15c58aa305p-5,
     0x1.098366a5b02ecp-3,   -0x1.e88b803a50fccp-4,  0x1.17ca2878cd8f2p-4,
     -0x1.8574c408a6d16p-6,  0x1.4b884cf94ca36p-9,   0x1.ef1bdaf05e890p-10,
     -0x1.98db2ea132341p-11, -0x1.b9117f3c2776cp-14, 0x1.0658071319c6dp-13,
     0x1.4be80e525c943p-18,  -0x1.510dc8ad32b32p-16, -0x1.838ff4c46182bp-21,
     0x1.cf9f9c2f3e117p-19,  0x1.6d82ab5a07e12p-22,  -0x1.402cf5caa8451p-21,
     -0x1.08c75f64f3d25p-23, 0x1.787197d2bba82p-24,  0x1.f23b9289fd945p-26,
     -0x1.068071111d026p-27, -0x1.d21527babe389p-29}};

/// atan(i / 8).
inline constexpr double arctangentOfEighths[9] = {0x0.0p+0,
                                                  0x1.fd5ba9aac2f6ep-4,
                                                  0x1.f5b75f92c80ddp-3,
                                                  0x1.6f61941e4def1p-2,
                                                  0x1.dac670561bb4fp-2,
                                                  0x1.1e00babdefeb4p-1,
                                                  0x1.4978fa3269ee1p-1,
                                                  0x1.700a7c5784634p-1,
                                                  0x1.921fb54442d18p-1};

//===-- 2/pi for the reduction of angles ----------------------------------===//

/// The first 320 binary digits of 2/pi.
inline constexpr uint64_t twoOverPiDigits[5] = {
    0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041,
    0xfe5163abdebbc561, 0xb7246e3a424dd2e0};

/// The digit of 2/pi that has weight 2^weight.
constexpr uint64_t twoOverPiDigit(int weight) {
  int place = -1 - weight;
  if (place < 0 || place >= 320)
    return 0;
  return twoOverPiDigits[place / 64] >> (63 - place % 64) & 1;
}

/// The value of the digits of 2/pi from weight `high` down to `low`, divided by
/// 2^scale.
constexpr double twoOverPiPiece(int high, int low, int scale) {
  double value = 0;
  double weight = 1;
  for (int power = high; power > scale; --power)
    weight *= 2;
  for (int power = high; power < scale; ++power)
    weight /= 2;
  for (int power = high; power >= low; --power, weight /= 2)
    value += twoOverPiDigit(power) ? weight : 0;
  return value;
}

/// 2/pi * 2^(exponent - 150) modulo 4, where `exponent` is the biased one of an
/// f32, in three pieces: digits down to 2^-26, down to 2^-54, and 53 more.
struct AngleScale {
  double high[256] = {};
  double middle[256] = {};
  double low[256] = {};
};

constexpr AngleScale makeAngleScale() {
  AngleScale table;
  for (int exponent = 0; exponent < 255; ++exponent) {
    int power = (exponent ? exponent : 1) - 150;
    table.high[exponent] = twoOverPiPiece(1 - power, -26 - power, -power);
    table.middle[exponent] = twoOverPiPiece(-27 - power, -54 - power, -power);
    int first = -55 - power;
    first = first > -1 ? -1 : first;
    table.low[exponent] = twoOverPiPiece(first, first - 52, -power);
  }
  table.high[255] = std::numeric_limits<double>::quiet_NaN();
  return table;
}

/// Filled at compile time, in FunctionTables.cpp.
extern const AngleScale angleScale;

} // namespace tilicho::functions

#endif // TILICHO_RUNTIME_EMULATOR_FUNCTIONTABLES_H
