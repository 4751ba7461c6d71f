// SPDX-License-Identifier: Apache-2.0
// Two products of matrices with a softmax of rows between them, of which
// attention is the best known: the first one's result never leaves the chip.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWCHAIN_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWCHAIN_H

#include "lib/Conversion/StructuredToTile/Contract.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tilicho::compiler {

class Epilogue;

/// product = after(softmax(before(scores))) x values.
struct RowChain {
  mlir::Operation *scores = nullptr;
  /// Root of the expression that is applied to the scores, or null.
  mlir::Operation *before = nullptr;
  mlir::Operation *softmax = nullptr;
  /// Root of the expression that is applied to the softmax, or null. One that
  /// only casts is left out: the product takes its operand in that type. So is
  /// one that only puts 0 in place of NaN, which is all of a row or nothing.
  mlir::Operation *after = nullptr;
  /// Whether rows of the product are 0 whose softmax is NaN.
  bool clearsNan = false;
  mlir::Operation *product = nullptr;
  /// All but the product, in program order.
  llvm::SmallVector<mlir::Operation *> inner;

  /// What the softmax reads.
  mlir::Value logits() const { return softmax->getOperand(0); }
};

/// On all operations of a chain but the last one, and on the last one.
inline constexpr llvm::StringLiteral insideRowChainName = "tile.row_chain";
inline constexpr llvm::StringLiteral rowChainEndName = "tile.row_chain_end";

/// Finds chains, marks them and moves their operations together. Epilogues must
/// have been found before.
void fuseRowChains(mlir::func::FuncOp function, const Machine &machine);

/// Whether an operation is emitted with the product that ends its chain.
bool isInsideRowChain(mlir::Operation *op);

/// The chain that a product ends, if it was marked.
std::optional<RowChain> rowChainOf(mlir::Operation *product,
                                   const Machine &machine);

/// Emits the chain whose product has this epilogue. Where a chain does not fit
/// on chip its operations are emitted one by one.
void emitRowChain(const RowChain &chain, Epilogue &epilogue,
                  Lowering &lowering);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWCHAIN_H
