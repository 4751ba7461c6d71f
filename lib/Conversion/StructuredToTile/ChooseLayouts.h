// SPDX-License-Identifier: Apache-2.0
// Decides which values stay on chip between operators, and how they lie there.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CHOOSELAYOUTS_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CHOOSELAYOUTS_H

#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tilicho::compiler {

/// What stays on chip.
struct Residency {
  llvm::DenseMap<mlir::Value, Layout> layouts;
  /// For each op of the function in order, the bytes in each partition that
  /// residents take while it runs.
  std::vector<int64_t> residentBytes;
};

/// Values that some reader can use where a producer can leave them get a
/// layout, in program order, as long as residents take no more than `share` of
/// SBUF at any op.
Residency chooseLayouts(mlir::func::FuncOp function, const Machine &machine,
                        double share);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CHOOSELAYOUTS_H
