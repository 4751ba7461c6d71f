// SPDX-License-Identifier: Apache-2.0
// Concatenations: what they put side by side, and which need not be made.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONCATENATION_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONCATENATION_H

#include "mlir/IR/Operation.h"

#include <optional>

namespace tilicho::ir::tile {
class AssembleOp;
}

namespace tilicho::compiler {

/// Whether `assemble` puts its pieces side by side along one dimension, the
/// first at the front; that dimension.
std::optional<unsigned> concatenatedDim(ir::tile::AssembleOp assemble);

/// The dimension of a concatenation whose pieces are read where they lie: only
/// chains of products read it, as keys or as values, before any border of a
/// loop or branch.
std::optional<unsigned> readInPieces(mlir::Operation *op);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONCATENATION_H
