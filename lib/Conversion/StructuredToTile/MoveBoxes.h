// SPDX-License-Identifier: Apache-2.0
// Boxes of indices, and what lies between them.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_MOVEBOXES_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_MOVEBOXES_H

#include "lib/Conversion/StructuredToTile/View.h"

namespace tilicho::compiler {

/// A range in each dimension.
using Box = llvm::SmallVector<Range, 6>;

/// Boxes that cover what none of `pieces` covers in `whole`. Where that would
/// take many boxes, or a piece has steps, some boxes cover pieces as well.
llvm::SmallVector<Box> gapsBetween(const Box &whole,
                                   llvm::ArrayRef<Box> pieces);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_MOVEBOXES_H
