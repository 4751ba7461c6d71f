// SPDX-License-Identifier: Apache-2.0
// One row of memory in all partitions.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_REPEATROWS_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_REPEATROWS_H

#include "lib/Conversion/StructuredToTile/TileBuilder.h"

namespace tilicho::compiler {

/// Whether the array can repeat rows of this type, bit for bit, in so many
/// partitions, and in less time than the DMA engines.
bool canRepeatOnArray(const Machine &machine, isa::DType dtype,
                      int64_t elements, int64_t partitions);

/// Whether the array can put a row of this type onto the partitions.
bool canStandOnArray(const Machine &machine, isa::DType dtype, int64_t elements,
                     int64_t height);

/// The row of elements that lie side by side in HBM from `row` on as columns of
/// `height` elements on the partitions, cast: [height, columns]. The row comes
/// in once, and the array turns it.
View standOnArray(TileBuilder &tile, const View &row, int64_t height,
                  isa::DType dtype);
/// Those columns one by one, of `elements` in all.
llvm::SmallVector<View> columnsOf(const View &stood, int64_t elements);

/// The elements of these columns as a row in each of `partitions`; in PSUM if
/// `staysInPsum`. The array turns each column, read again and again.
View repeatOnArray(TileBuilder &tile, llvm::ArrayRef<View> columns,
                   int64_t partitions, bool staysInPsum = false);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_REPEATROWS_H
