// SPDX-License-Identifier: Apache-2.0
// Tuples of indices as one index into the dimensions flattened.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_FLATINDICES_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_FLATINDICES_H

#include "lib/Conversion/OnnxToTile/StructuredBuilder.h"

namespace tilicho::compiler {

/// `tuples` holds indices along its last dimension, one for each extent.
/// Negative ones count from the end; a tuple with one outside becomes an index
/// that traps when it is used.
mlir::Value flatIndices(StructuredBuilder &build, mlir::Value tuples,
                        llvm::ArrayRef<int64_t> extents);

/// Indices along `axis` that are the same for all other dimensions, as one
/// dimension; null where they are not known to be.
mlir::Value sharedIndices(StructuredBuilder &build, mlir::Value indices,
                          int64_t axis);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_FLATINDICES_H
