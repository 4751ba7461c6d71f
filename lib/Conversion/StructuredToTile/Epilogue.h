// SPDX-License-Identifier: Apache-2.0
// Element operations that are applied while a result of the array leaves PSUM.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_EPILOGUE_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_EPILOGUE_H

#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SetVector.h"

namespace tilicho::compiler {

/// Finds convolutions and contractions whose result only one expression of
/// element operations reads, marks them, and moves them and the expression
/// together, so that all operands of the expression are there.
void fuseEpilogues(mlir::func::FuncOp function, const Machine &machine);

/// Whether an operation is emitted where its epilogue is.
bool isEmittedByEpilogue(mlir::Operation *op);

/// Adds the operations of the expression with this root, which comes last.
void collectExpressionOps(mlir::Operation *root,
                          llvm::SetVector<mlir::Operation *> &ops);

/// The marked operation that the expression with this root ends, or null.
mlir::Operation *epilogueProducer(mlir::Operation *root);

/// What becomes of accumulators: the expression, or without one a cast.
class Epilogue {
public:
  /// For an operation without an expression.
  Epilogue(mlir::Operation *producer, Lowering &lowering);
  Epilogue(mlir::Operation *producer, mlir::Operation *root,
           Lowering &lowering);

  /// The tensor that is written.
  mlir::Value result() const { return written; }
  /// Whether accumulators are only cast.
  bool isCast() const { return !expression; }
  /// Element operations, of which a cast is none.
  size_t numOperations() const {
    return expression ? expression->nodes.size() : 0;
  }
  /// Bytes on chip for each element of a block, for the expression's operands.
  int64_t blockBytes() const;
  /// The same for each element of an accumulator, for values in between.
  int64_t partBytes() const;

  /// Brings in what repeats on the partitions, before blocks like this one.
  void prefetch(const Block &widest);
  /// Turns to a block of the result.
  void enter(const Block &block);
  /// Writes part of the block from its accumulator; `partOf` gives that part
  /// of a view of the block.
  void apply(const View &dst, const View &acc,
             llvm::function_ref<View(const View &)> partOf);

private:
  class Operands;
  View load(unsigned leaf, std::optional<isa::DType> asType);
  bool repeatsOnPartitions(unsigned leaf) const;
  bool isColumn(unsigned leaf) const;

  Lowering &lowering;
  mlir::Value written;
  std::optional<ElementExpression> expression;
  /// The leaf that stands for the accumulator.
  unsigned accumulator = 0;
  Block block;
  struct Loaded {
    unsigned leaf;
    std::optional<isa::DType> asType;
    View view;
  };
  llvm::SmallVector<Loaded, 2> loaded;
};

/// Emits a convolution or contraction on the array.
void emitWithEpilogue(mlir::Operation *producer, Epilogue &epilogue,
                      Lowering &lowering);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_EPILOGUE_H
