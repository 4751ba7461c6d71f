// SPDX-License-Identifier: Apache-2.0
// Transposing moves between tensors in HBM.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_MOVETRANSPOSE_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_MOVETRANSPOSE_H

#include "lib/Conversion/StructuredToTile/Lowering.h"

namespace tilicho::compiler {

/// dst = src through the array's transposing mode, where elements that lie side
/// by side in one lie apart in the other. False, with nothing emitted, where
/// they do not, where the array cannot move the type, or where a plain transfer
/// takes less time.
bool transposeInHbm(Lowering &lowering, const View &dst, const View &src);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_MOVETRANSPOSE_H
