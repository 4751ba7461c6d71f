// SPDX-License-Identifier: Apache-2.0
// What one instruction of the array can take, from the machine.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ARRAYLIMITS_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ARRAYLIMITS_H

#include "runtime/Isa/Isa.h"
#include "runtime/Machine/Machine.h"

#include <algorithm>
#include <optional>

namespace tilicho::compiler {

/// Array rows that an operand can cover.
inline int64_t usableRows(const Machine &machine) {
  return std::min(machine.arrayRows, machine.sbufPartitions);
}

/// Array columns that a result can cover.
inline int64_t usableCols(const Machine &machine) {
  return std::min(machine.arrayCols, machine.psumPartitions);
}

/// Accumulators in one partition of a PSUM bank.
inline int64_t bankElements(const Machine &machine) {
  return machine.psumBankBytes / isa::sizeOf(isa::DType::f32);
}

/// The types in which the array multiplies `a` and `b`: their own, or, for two
/// different floats, f32. Nothing if it cannot.
struct ArrayTypes {
  isa::DType a, b, sum;
};
inline std::optional<ArrayTypes> arrayTypes(const Machine &machine,
                                            isa::DType a, isa::DType b) {
  if (isa::isInteger(a) != isa::isInteger(b))
    return std::nullopt;
  bool isInteger = isa::isInteger(a);
  if (!isInteger && a != b)
    a = b = isa::DType::f32;
  if (machine.arrayPasses[a] == 0 || machine.arrayPasses[b] == 0)
    return std::nullopt;
  return ArrayTypes{a, b, isInteger ? isa::DType::i32 : isa::DType::f32};
}

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ARRAYLIMITS_H
