// SPDX-License-Identifier: Apache-2.0
// What convolutions and pools share.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_CONVOLUTIONS_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_CONVOLUTIONS_H

#include "lib/Conversion/OnnxToTile/OnnxNode.h"
#include "lib/Conversion/OnnxToTile/StructuredBuilder.h"

namespace tilicho::compiler {

/// The window of ONNX's attributes `strides`, `dilations`, `pads` and
/// `auto_pad` over the spatial dimensions of operand 0.
Window windowOf(const OnnxNode &node, llvm::ArrayRef<int64_t> sizes);

/// `[o, c / group, window...]` to `[window..., c / group, o]`.
mlir::Value orderKernel(StructuredBuilder &build, mlir::Value kernel);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_CONVOLUTIONS_H
