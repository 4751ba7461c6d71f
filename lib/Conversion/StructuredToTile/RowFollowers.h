// SPDX-License-Identifier: Apache-2.0
// Operators on the rows of a product: what they do to a block of rows is put
// behind the instructions that leave the block, before the next block's.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWFOLLOWERS_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWFOLLOWERS_H

#include "lib/Conversion/StructuredToTile/TileBuilder.h"

#include "mlir/IR/Operation.h"

namespace tilicho::compiler {

class Lowering;
struct Block;

/// Operators that follow a product, the first one on its result and each other
/// one on the result of the one before.
struct RowFollowers {
  llvm::SmallVector<mlir::Operation *, 2> operations;
  /// What they have in each partition while the product is lowered, and banks
  /// of PSUM.
  int64_t bytes = 0, banks = 0;
};

/// Whether nothing is emitted where the operation stands.
bool emitsNothing(mlir::Operation *op);

/// Those of an operation that is to be lowered next; they come right after it.
RowFollowers findRowFollowers(mlir::Operation *op, const Lowering &lowering);

/// Where blocks of rows of one value were written, and where instructions on
/// them are to stand.
class RowOrder {
public:
  /// Follows the rows of `tensor` from here on; null for none.
  void follow(mlir::Value tensor) {
    followed = tensor;
    blocks.clear();
  }
  /// The next instructions are on rows that were followed until here.
  void begin(mlir::Value tensor) {
    reads = tensor == followed ? tensor : mlir::Value();
    written = std::move(blocks);
    blocks.clear();
    position = -1;
  }

  /// Rows of the tensor were written by what stands before the builder.
  void mark(mlir::Value tensor, const Block &block, const TileBuilder &tile);
  /// Whether instructions on rows of `tensor` may stand behind its writers.
  bool canEnter(mlir::Value tensor) const { return reads && tensor == reads; }
  /// What comes next is on the rows [first, first + count) and those before.
  void enter(int64_t first, int64_t count, TileBuilder &tile);

private:
  struct Rows {
    int64_t first, count;
    mlir::Operation *last;
  };
  mlir::Value followed, reads;
  llvm::SmallVector<Rows> blocks, written;
  /// Of the blocks, the one that instructions stand behind.
  int64_t position = -1;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWFOLLOWERS_H
