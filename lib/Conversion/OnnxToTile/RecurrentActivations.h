// SPDX-License-Identifier: Apache-2.0
// The activations that recurrent operators name in their attributes.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_RECURRENTACTIVATIONS_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_RECURRENTACTIVATIONS_H

#include "lib/Conversion/OnnxToTile/Lowering.h"

namespace tilicho::compiler {

struct RecurrentActivation {
  /// In lower case, since ONNX compares without regard to it.
  std::string name;
  double alpha = 0, beta = 0;

  mlir::Value apply(Arithmetic &math, mlir::Value x) const;
};

/// The activations of all directions, in order: those of attribute
/// `activations`, or `defaults` for each of `directions`. The attributes alpha
/// and beta are consumed in order by those that take them. None when a name is
/// not ONNX's or their number is not that of the defaults.
std::optional<llvm::SmallVector<RecurrentActivation>>
recurrentActivations(const OnnxNode &node,
                     llvm::ArrayRef<llvm::StringRef> defaults,
                     int64_t directions);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_RECURRENTACTIVATIONS_H
