// SPDX-License-Identifier: Apache-2.0
// Seeded tensors and their comparison, element type by element type.
#include "runtime/Tensors/Values.h"
#include "runtime/Emulator/Elements.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <cmath>

namespace tilicho {
namespace {

using isa::DType;

template <DType d> struct Is {
  static constexpr DType dtype = d;
};

/// Calls `use(Is<dtype>())`.
template <class Use> void withDType(DType dtype, Use use) {
  switch (dtype) {
#define TILICHO_CASE(NAME)                                                     \
  case DType::NAME:                                                            \
    return use(Is<DType::NAME>());
    TILICHO_CASE(f32)
    TILICHO_CASE(tf32)
    TILICHO_CASE(bf16)
    TILICHO_CASE(f16)
    TILICHO_CASE(f8e4m3fn)
    TILICHO_CASE(f8e5m2)
    TILICHO_CASE(i8)
    TILICHO_CASE(u8)
    TILICHO_CASE(i16)
    TILICHO_CASE(u16)
    TILICHO_CASE(i32)
    TILICHO_CASE(u32)
    TILICHO_CASE(boolean)
    TILICHO_CASE(i64)
    TILICHO_CASE(u64)
    TILICHO_CASE(f64)
#undef TILICHO_CASE
  }
}

//===--- Seeded values ----------------------------------------------------===//

/// The finaliser of SplitMix64.
uint64_t mix(uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

template <DType d> void storeRandom(uint8_t *to, uint64_t bits) {
  if constexpr (isa::isFloat(d)) // 53 random bits
    elements::write<d>(to, double(bits >> 11) * 0x1p-52 - 1);
  else if constexpr (d == DType::boolean)
    elements::write<d>(to, int32_t(bits >> 63));
  else if constexpr (isa::sizeOf(d) == 1)
    *to = static_cast<uint8_t>(bits >> 56);
  else
    elements::write<d>(to, int32_t((bits >> 32) * 10 >> 32));
}

//===--- Comparison -------------------------------------------------------===//

/// |a - b| without rounding where integers allow it.
template <class T> double distance(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return std::fabs(double(a) - double(b));
  else
    return double(a > b ? uint64_t(a) - uint64_t(b)
                        : uint64_t(b) - uint64_t(a));
}

template <DType d> auto loadValue(const uint8_t *from) {
  if constexpr (d == DType::i64 || d == DType::u64)
    return elements::load<typename elements::IntegerOf<d>::Type>(from);
  else
    return elements::read<d, double>(from);
}

class Comparison {
public:
  explicit Comparison(Tolerance tolerance) : tolerance(tolerance) {}

  template <class T> void add(int64_t element, T actual, T expected) {
    double error = distance(actual, expected);
    const double scale = std::fabs(double(expected));
    const bool isSame =
        actual == expected || (actual != actual && expected != expected);
    if (isSame)
      error = 0;
    if (std::isfinite(error))
      result.largestAbsolute = std::max(result.largestAbsolute, error);
    if (std::isfinite(scale))
      largestExpected = std::max(largestExpected, scale);
    const double allowed = tolerance.absolute + tolerance.relative * scale;
    const bool isClose = isSame || (std::isfinite(error) && error <= allowed);
    result.mismatches += !isClose;
    const double badness = std::isfinite(error) ? error : INFINITY;
    if (std::make_pair(!isClose, badness) > worst) {
      worst = {!isClose, badness};
      result.worstElement = element;
      result.worstActual = double(actual);
      result.worstExpected = double(expected);
    }
    ++result.elements;
  }
  Difference finish() {
    if (largestExpected > 0)
      result.relativeToLargest = result.largestAbsolute / largestExpected;
    return result;
  }

private:
  Tolerance tolerance;
  Difference result;
  double largestExpected = 0;
  std::pair<bool, double> worst{false, -1};
};

} // namespace

Tensor randomTensor(uint64_t seed, std::string name, DType dtype,
                    std::vector<int64_t> shape) {
  NewTensor made = allocateTensor(std::move(name), dtype, std::move(shape));
  uint64_t stream = seed;
  for (char letter : made.tensor.name)
    stream = mix(stream + 0x9e3779b97f4a7c15 + static_cast<uint8_t>(letter));
  withDType(dtype, [&](auto is) {
    constexpr DType d = decltype(is)::dtype;
    const size_t count = made.tensor.bytes.size() / isa::sizeOf(d);
    for (size_t i = 0; i < count; ++i)
      storeRandom<d>(made.data + i * isa::sizeOf(d),
                     mix(stream + (i + 1) * 0x9e3779b97f4a7c15));
  });
  return made.tensor;
}

Difference compareTensors(const Tensor &actual, const Tensor &expected,
                          Tolerance tolerance) {
  Comparison comparison(tolerance);
  withDType(actual.dtype, [&](auto is) {
    constexpr DType d = decltype(is)::dtype;
    const size_t size = isa::sizeOf(d);
    for (size_t at = 0; at < actual.bytes.size(); at += size)
      comparison.add(int64_t(at / size), loadValue<d>(&actual.bytes[at]),
                     loadValue<d>(&expected.bytes[at]));
  });
  return comparison.finish();
}

std::string indexText(int64_t element, absl::Span<const int64_t> shape) {
  std::vector<int64_t> index(shape.size());
  for (size_t dim = shape.size(); dim-- > 0;) {
    index[dim] = element % shape[dim];
    element /= shape[dim];
  }
  return absl::StrCat("[", absl::StrJoin(index, ", "), "]");
}

} // namespace tilicho
