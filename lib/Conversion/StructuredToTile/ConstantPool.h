// SPDX-License-Identifier: Apache-2.0
// Small constants of a function that come onto the chip in one transfer.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONSTANTPOOL_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONSTANTPOOL_H

#include "lib/Conversion/StructuredToTile/TileBuilder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace tilicho::compiler {

/// A row of a transfer takes its least time however short it is, and what
/// belongs to a channel (its bias, its scale, its weights in a depthwise
/// convolution) is a row of a few bytes. So all of it lies side by side in one
/// constant, with channels on the partitions, and stays on chip. So does what
/// is the same in all rows of a matrix, which the array repeats from there.
///
/// Empty where the function has loops or branches of run time: memory on chip
/// is reused by program order, which a loop goes back in.
class ConstantPool {
public:
  ConstantPool(mlir::func::FuncOp function, const Machine &machine);

  /// Bytes that it takes in each partition.
  int64_t bytes() const;
  /// Brings it onto the chip.
  void emit(TileBuilder &tile);

  /// What belongs to channels [first, first + count) of a constant, as this
  /// type: one dimension, or nothing if it is not there in one piece.
  std::optional<View> find(mlir::Value constant, isa::DType dtype,
                           int64_t first, int64_t count) const;

private:
  /// Elements `column` to `column + blocks * perChannel` of each partition;
  /// channel c is in block c / lanes.
  struct Piece {
    mlir::Value constant;
    int64_t channels, perChannel, column;
  };
  /// Pieces of one type.
  struct Part {
    isa::DType dtype;
    int64_t columns = 0;
    std::vector<Piece> pieces;
    llvm::DenseMap<mlir::Value, size_t> numberOf;
    View view;
  };

  void addColumn(mlir::OpOperand &use);
  void addRow(mlir::OpOperand &use);
  void addDepthwise(mlir::Operation *op);
  void add(mlir::Value constant, isa::DType dtype, int64_t channels,
           int64_t perChannel);
  Part &partOf(isa::DType dtype);
  mlir::ArrayAttr stepsOf(const Piece &piece, const Part &part) const;

  const Machine &machine;
  int64_t lanes;
  std::vector<Part> parts;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_CONSTANTPOOL_H
