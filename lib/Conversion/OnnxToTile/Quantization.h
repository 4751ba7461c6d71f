// SPDX-License-Identifier: Apache-2.0
// What the quantised operators share.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_QUANTIZATION_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_QUANTIZATION_H

#include "lib/Conversion/OnnxToTile/StructuredBuilder.h"

namespace tilicho::compiler {

/// Rounds to an integer, halves to even, then adds the zero point and
/// saturates.
mlir::Value quantizeRounded(StructuredBuilder &build, mlir::Value value,
                            mlir::Value zero, mlir::Type element);

/// Whether a zero point is absent, or known to be 0 everywhere.
bool isAllZero(mlir::Value value);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_QUANTIZATION_H
