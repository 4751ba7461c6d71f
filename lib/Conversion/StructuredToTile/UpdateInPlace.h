// SPDX-License-Identifier: Apache-2.0
// Finds results that are an argument with a part replaced.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_UPDATEINPLACE_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_UPDATEINPLACE_H

#include "lib/Conversion/StructuredToTile/StructuredToTile.h"
#include "lib/Conversion/StructuredToTile/View.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <string>

namespace tilicho::compiler {

/// A value of a chain of updates, and how its dimensions lie in the memory of
/// the chain.
struct ChainValue {
  mlir::Value value;
  llvm::SmallVector<Dim, 6> dims;
  /// Made by a change of shape or order alone, which leaves memory as it is.
  bool isView = false;
};

/// Result `result` is the argument with parts replaced, one after the other.
/// Nothing else reads the argument or what is between, so that all can share
/// one memory.
struct UpdateChain {
  mlir::BlockArgument argument;
  unsigned result = 0;
  /// From the argument to the result.
  llvm::SmallVector<ChainValue> values;
};

/// The chains that `options` asks for, after caches that grow were given room
/// (GrowCaches.h). Emits an error for a pair that was asked
/// for by name and is none, with the reason.
mlir::FailureOr<llvm::SmallVector<UpdateChain>>
findUpdates(mlir::func::FuncOp function,
            const StructuredToTileOptions &options);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_UPDATEINPLACE_H
