// SPDX-License-Identifier: Apache-2.0
// Matrix products of any element type.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_MATMULS_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_MATMULS_H

#include "lib/Conversion/OnnxToTile/StructuredBuilder.h"

namespace tilicho::compiler {

/// `[.., m, k]` by `[.., k, n]`: on the array where it takes the element type,
/// else as products that are broadcast and summed.
mlir::Value matrixProduct(StructuredBuilder &build, mlir::Value a,
                          mlir::Value b, mlir::Type element);

/// A vector as a row (`left`) or a column.
mlir::Value asMatrix(StructuredBuilder &build, mlir::Value value, bool left);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_MATMULS_H
