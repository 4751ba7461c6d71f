// SPDX-License-Identifier: Apache-2.0
// How an element of each isa::DType is read into, and written from, each type
// of arithmetic.
#ifndef TILICHO_RUNTIME_EMULATOR_ELEMENTS_H
#define TILICHO_RUNTIME_EMULATOR_ELEMENTS_H

#include "runtime/Emulator/Numerics.h"
#include "runtime/Isa/Isa.h"

namespace tilicho::elements {

using isa::DType;

template <class T> inline T load(const uint8_t *from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}
template <class T> inline void store(uint8_t *to, T value) {
  std::memcpy(to, &value, sizeof(T));
}

/// The C++ type of an integer DType.
template <DType d> struct IntegerOf;
template <> struct IntegerOf<DType::i8> {
  using Type = int8_t;
};
template <> struct IntegerOf<DType::u8> {
  using Type = uint8_t;
};
template <> struct IntegerOf<DType::i16> {
  using Type = int16_t;
};
template <> struct IntegerOf<DType::u16> {
  using Type = uint16_t;
};
template <> struct IntegerOf<DType::i32> {
  using Type = int32_t;
};
template <> struct IntegerOf<DType::u32> {
  using Type = uint32_t;
};
template <> struct IntegerOf<DType::i64> {
  using Type = int64_t;
};
template <> struct IntegerOf<DType::u64> {
  using Type = uint64_t;
};

/// The value of a float of at most 32 bits.
template <DType d> inline float loadFloat(const uint8_t *from) {
  using namespace numerics;
  if constexpr (d == DType::bf16)
    return widenBf16(load<uint16_t>(from));
  else if constexpr (d == DType::f16)
    return widen<Half>(load<uint16_t>(from));
  else if constexpr (d == DType::f8e4m3fn)
    return widen<Float8E4M3Fn>(*from);
  else if constexpr (d == DType::f8e5m2)
    return widen<Float8E5M2>(*from);
  else
    return load<float>(from);
}

template <DType d, class T> inline T read(const uint8_t *from) {
  if constexpr (d == DType::boolean)
    return T(*from != 0);
  else if constexpr (d == DType::f64)
    return numerics::convert<T>(load<double>(from));
  else if constexpr (isa::isFloat(d))
    return numerics::convert<T>(loadFloat<d>(from));
  else
    return numerics::convert<T>(load<typename IntegerOf<d>::Type>(from));
}

/// Writes a float of fewer bits than f32 has.
template <DType d> inline void storeNarrow(uint8_t *to, float value) {
  using namespace numerics;
  if constexpr (d == DType::tf32)
    store(to, roundTf32(value));
  else if constexpr (d == DType::bf16)
    store(to, narrowBf16(value));
  else if constexpr (d == DType::f16)
    store(to, uint16_t(narrow<Half>(value)));
  else if constexpr (d == DType::f8e4m3fn)
    store(to, uint8_t(narrow<Float8E4M3Fn>(value)));
  else
    store(to, uint8_t(narrow<Float8E5M2>(value)));
}

template <DType d, class T> inline void write(uint8_t *to, T value) {
  using namespace numerics;
  if constexpr (d == DType::boolean)
    *to = value != 0;
  else if constexpr (d == DType::f64)
    store(to, canonical(double(value)));
  else if constexpr (d == DType::f32)
    store(to, canonical(float(value)));
  else if constexpr (isa::isFloat(d))
    storeNarrow<d>(to, forNarrowing(value));
  else
    store(to, convert<typename IntegerOf<d>::Type>(value));
}

} // namespace tilicho::elements

#endif // TILICHO_RUNTIME_EMULATOR_ELEMENTS_H
