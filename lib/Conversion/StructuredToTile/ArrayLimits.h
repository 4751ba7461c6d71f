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

/// Array columns that a result can cover, which goes through PSUM to SBUF.
inline int64_t usableCols(const Machine &machine) {
  return std::min(
      {machine.arrayCols, machine.psumPartitions, machine.sbufPartitions});
}

/// Partitions of what the array both reads and writes.
inline int64_t arrayLanes(const Machine &machine) {
  return std::min(usableRows(machine), usableCols(machine));
}

/// Array columns from one region of `cols` columns to the next, where several
/// work at once on other moving operands.
inline int64_t columnStep(const Machine &machine, int64_t cols) {
  int64_t step = std::max<int64_t>(machine.arrayColTile, 1);
  while (step < cols)
    step *= 2;
  return step;
}

/// How many such regions the array has.
inline int64_t columnRegions(const Machine &machine, int64_t cols) {
  int64_t step = columnStep(machine, cols);
  bool mayStart = step % machine.partitionQuantum == 0;
  return mayStart ? std::max<int64_t>(usableCols(machine) / step, 1) : 1;
}

/// Half of so many columns, in whole regions.
inline int64_t halfColumns(const Machine &machine, int64_t cols) {
  return columnStep(machine, (cols + 1) / 2);
}

/// Whether two halves of a diagonal stationary leave room for the halves of
/// another one beside them.
inline bool isCrossable(const Machine &machine, int64_t cols) {
  int64_t half = halfColumns(machine, cols);
  return columnRegions(machine, cols) == 1 && half < cols &&
         columnRegions(machine, half) >= 2 && machine.arrayRowTile > 0 &&
         half % machine.arrayRowTile == 0 && 2 * half <= usableRows(machine);
}

/// Accumulators in one partition of a PSUM bank.
inline int64_t bankElements(const Machine &machine) {
  return machine.psumBankBytes / isa::sizeOf(isa::DType::f32);
}

/// Whether the array can turn elements of this type while PSUM holds what it
/// sums up.
inline bool turnsBesideSums(const Machine &machine, isa::DType dtype) {
  return machine.arrayTransposePasses[dtype] != 0 && machine.psumBanks > 1;
}

/// The largest of as few even parts of `extent` as keep to `limit`.
inline int64_t evenPart(int64_t extent, int64_t limit) {
  int64_t parts = std::max<int64_t>((extent + limit - 1) / limit, 1);
  return std::max<int64_t>((extent + parts - 1) / parts, 1);
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
