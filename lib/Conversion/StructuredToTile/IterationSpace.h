// SPDX-License-Identifier: Apache-2.0
// Brings the operands of an instruction to few, long common dimensions.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ITERATIONSPACE_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ITERATIONSPACE_H

#include "lib/Conversion/StructuredToTile/View.h"

namespace tilicho::compiler {

/// What one instruction can iterate over: the sizes of the ISA's fields.
inline constexpr int64_t maxCount = 65535;
inline constexpr unsigned maxDims = 4;

/// `view` with dimensions of extent 1 left out and neighbours merged.
View mergeDims(const View &view);

/// Leaves out dimensions of extent 1 among [first, last) of all operands, which
/// have the same counts, and merges neighbours there that lie densely in every
/// operand while the product stays within `maxCount`. Returns how many
/// dimensions are left of [first, last).
unsigned mergeCommonDims(llvm::MutableArrayRef<View> operands, unsigned first,
                         unsigned last);

/// The largest divisor of `count` up to `limit`.
int64_t largestDivisor(int64_t count, int64_t limit);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ITERATIONSPACE_H
