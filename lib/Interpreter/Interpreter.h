// SPDX-License-Identifier: Apache-2.0
// Runs structured operators on the host's kernels.
#ifndef TILICHO_LIB_INTERPRETER_INTERPRETER_H
#define TILICHO_LIB_INTERPRETER_INTERPRETER_H

#include "runtime/Kernels/Kernels.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace tilicho::compiler {

/// What each value that was calculated holds.
using HostValues = llvm::DenseMap<mlir::Value, HostTensor>;

/// Runs one structured operator on the values of its operands. Errors are
/// emitted at the operation.
llvm::LogicalResult interpret(mlir::Operation *op, HostValues &values);

/// Runs a function of structured operators. A value is dropped after its last
/// use; `observe`, when given, sees each one when it is made.
llvm::FailureOr<kernels::Tensors>
interpret(mlir::func::FuncOp function, const kernels::Tensors &inputs,
          llvm::function_ref<void(mlir::Value, const HostTensor &)> observe =
              nullptr);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_INTERPRETER_INTERPRETER_H
