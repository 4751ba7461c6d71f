// SPDX-License-Identifier: Apache-2.0
// Loops over elements: reading, calculating, writing and reducing, in a version
// for each level of CPU, all of the same bits.
#ifndef TILICHO_RUNTIME_EMULATOR_ELEMENTKERNELS_H
#define TILICHO_RUNTIME_EMULATOR_ELEMENTKERNELS_H

#include "runtime/Emulator/CpuLevel.h"
#include "runtime/Isa/Isa.h"

#include <cstddef>
#include <cstdint>

namespace tilicho {

/// The chains of a reduction.
inline constexpr size_t numChains = 16;

/// Loops in the arithmetic of T. Results never alias operands.
template <class T> struct ElementKernels {
  /// Elements `step` bytes apart, as T.
  using Read = void (*)(const uint8_t *from, int64_t step, T *to, size_t count);
  using Write = void (*)(const T *from, uint8_t *to, int64_t step,
                         size_t count);
  using Unary = void (*)(const T *a, T *result, size_t count);
  /// `aStep` and `bStep` are 0 for an operand of one element, else 1.
  using Binary = void (*)(const T *a, size_t aStep, const T *b, size_t bStep,
                          T *result, size_t count);
  /// Joins element j to chain (j mod 16).
  using Reduce = void (*)(const T *a, size_t count, T *chains);

  Read read[16] = {};
  Write write[16] = {};
  /// By isa::AluOp; null where T has no such operation.
  Unary unary[128] = {};
  Binary binary[128] = {};
  /// By isa::ReduceOp.
  Reduce reduce[4] = {};
};

/// The loops for a CPU of this level; T is float, double or an integer of 32 or
/// 64 bits.
template <class T> const ElementKernels<T> &elementKernels(CpuLevel level);

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_ELEMENTKERNELS_H
