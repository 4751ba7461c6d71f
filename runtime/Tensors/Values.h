// SPDX-License-Identifier: Apache-2.0
// Elements of host tensors as numbers: seeded values, and comparison.
#ifndef TILICHO_RUNTIME_TENSORS_VALUES_H
#define TILICHO_RUNTIME_TENSORS_VALUES_H

#include "runtime/Tensors/Tensor.h"

namespace tilicho {

/// Values that depend on seed, name, type and position alone: floats uniform in
/// [-1, 1), 8-bit integers uniform over their range, other integers uniform
/// from 0 to 9, booleans evenly false and true.
Tensor randomTensor(uint64_t seed, std::string name, isa::DType dtype,
                    std::vector<int64_t> shape);

/// |actual - expected| <= absolute + relative * |expected|; a NaN is close to a
/// NaN, an infinity to itself.
struct Tolerance {
  double relative = 1e-3;
  double absolute = 1e-5;
};

struct Difference {
  int64_t elements = 0;
  /// Elements outside the tolerance.
  int64_t mismatches = 0;
  /// Over all elements that are numbers on both sides.
  double largestAbsolute = 0;
  /// largestAbsolute by the largest absolute expected value.
  double relativeToLargest = 0;
  /// The element farthest outside its tolerance, or else the one with the
  /// largest difference.
  int64_t worstElement = 0;
  double worstActual = 0, worstExpected = 0;
};

/// Both tensors must have the same type and shape.
Difference compareTensors(const Tensor &actual, const Tensor &expected,
                          Tolerance tolerance);

/// `[1, 0, 5]`, the position of a row-major element.
std::string indexText(int64_t element, absl::Span<const int64_t> shape);

} // namespace tilicho

#endif // TILICHO_RUNTIME_TENSORS_VALUES_H
