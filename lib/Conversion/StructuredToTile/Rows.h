// SPDX-License-Identifier: Apache-2.0
// Rows of a tensor that lie whole in a partition.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWS_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWS_H

#include "lib/Conversion/StructuredToTile/Reduction.h"

#include <functional>

namespace tilicho::compiler {

/// Which row of a partition.
using RowIndex = llvm::SmallVector<int64_t, 4>;

/// A view on chip whose first dimensions count the rows of a partition and
/// whose last `axes` dimensions run along a row.
struct Rows {
  View view;
  unsigned axes = 1;

  /// Elements of a row, and rows in a partition.
  int64_t length() const;
  int64_t count() const;
  /// Whether an instruction for each row takes less time than its elements.
  bool areLong() const;

  View row(llvm::ArrayRef<int64_t> at) const;
  void forEach(llvm::function_ref<void(const RowIndex &)> body) const;
  /// New memory of the same shape.
  Rows like(Lowering &lowering, isa::DType dtype) const;
  /// New memory for one f32 of each row.
  View column(Lowering &lowering) const;
  /// A column repeated along the rows.
  View stretch(const View &column) const;
};

/// One row's element of a column.
View pickColumn(const View &column, llvm::ArrayRef<int64_t> at);

/// column = rows reduced.
void reduceRows(Lowering &lowering, const View &column, const Rows &rows,
                ReductionKind kind);

/// dst = src * scale on act or vec.
void scaleRow(Lowering &lowering, const View &dst, const View &src,
              const View &scale);

/// Calls `body` with each block of rows of `input` along the dimensions `axes`,
/// and memory for the same rows of `result`. False if a row does not fit a
/// partition, if the rows are long and too few for the partitions, or if their
/// type is not one that act and vec take.
bool walkRows(Lowering &lowering, mlir::Value result, mlir::Value input,
              llvm::ArrayRef<unsigned> axes,
              llvm::function_ref<void(const Rows &, const Rows &)> body);
/// The same where `begin` returns what is left to do for a block once the next
/// one was begun, or nothing.
bool walkRowsInTurn(
    Lowering &lowering, mlir::Value result, mlir::Value input,
    llvm::ArrayRef<unsigned> axes,
    llvm::function_ref<std::function<void()>(const Rows &, const Rows &)>
        begin);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWS_H
