// SPDX-License-Identifier: Apache-2.0
// Products of what lies with k on the partitions.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_TURNFACTORS_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_TURNFACTORS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tilicho::compiler {

/// A matrix product whose left operand is one value for each channel, as pools
/// over whole maps leave them, reads the operand transposed: channels are on
/// the partitions, where the array wants k.
void turnFactors(mlir::func::FuncOp function);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_TURNFACTORS_H
