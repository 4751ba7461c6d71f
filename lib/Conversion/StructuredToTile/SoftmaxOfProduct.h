// SPDX-License-Identifier: Apache-2.0
// A softmax over the rows of a product of matrices that is too large to stay on
// chip: its rows are made, normalised and stored block by block.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_SOFTMAXOFPRODUCT_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_SOFTMAXOFPRODUCT_H

#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tilicho::compiler {

/// Finds such pairs outside of row chains, and marks them; the products like
/// those inside of a chain, as they are emitted with their softmax.
void fuseSoftmaxOfProducts(mlir::func::FuncOp function, const Machine &machine);

/// Emits a marked softmax with its product. False where it is not marked, and
/// where rows do not fit: then the product has been emitted by itself.
bool emitSoftmaxOfProduct(mlir::Operation *softmax, Lowering &lowering);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_SOFTMAXOFPRODUCT_H
