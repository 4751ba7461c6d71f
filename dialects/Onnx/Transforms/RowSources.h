// SPDX-License-Identifier: Apache-2.0
// Operators of which a run decides how many rows their results have.
#ifndef TILICHO_DIALECTS_ONNX_TRANSFORMS_ROWSOURCES_H
#define TILICHO_DIALECTS_ONNX_TRANSFORMS_ROWSOURCES_H

#include "dialects/Onnx/IR/OnnxOps.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace tilicho::ir::onnx {

/// On one that stays: why, as text.
inline constexpr llvm::StringLiteral whyOpenAttr = "onnx.why_open";

/// The reason that goes when the shapes of the model's inputs are known.
inline constexpr llvm::StringLiteral operandIsOpen =
    "the shape of an operand is not known";

/// What is known when compiling of such an operation.
struct RowSource {
  /// Rows that there can be.
  int64_t most = 0;
  /// The dimension of each result that is as long; -1 for those of fixed shape.
  llvm::SmallVector<int64_t, 4> dims;
  /// Whether what stands behind the rows is an index as good as theirs.
  bool isPadded = true;
  /// Why the operation cannot be replaced; empty where it can.
  std::string problem = {};
};

/// None for other operations, and where all is known.
std::optional<RowSource> findRowSource(mlir::Operation *op);

/// Its results, null where nobody reads them, and behind them the number of
/// rows that there are, an i64.
using MadeRows = llvm::SmallVector<mlir::Value>;

/// Builds in front of `op` what makes its results with `most` rows.
MadeRows makeRows(mlir::Operation *op, int64_t most);

/// `indices` with 0 behind the first `count` along `dim`.
mlir::Value maskRows(mlir::Operation *op, mlir::Value indices, int64_t dim,
                     mlir::Value count);

/// One operator.
struct RowOperator {
  llvm::StringLiteral name;
  /// As text.
  llvm::StringLiteral limits;
  /// The dimensions of the results, where shapes of operands may be open.
  llvm::SmallVector<int64_t, 4> (*dims)(mlir::Operation *);
  /// With shapes that are known.
  RowSource (*describe)(mlir::Operation *);
  MadeRows (*make)(mlir::Operation *, int64_t most);
};

extern const RowOperator nonZeroRows, compressRows, suppressedRows, uniqueRows;
llvm::ArrayRef<const RowOperator *> rowOperators();

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_ROWSOURCES_H
