// SPDX-License-Identifier: Apache-2.0
// Constants of the compiler as tensors of the host, and back.
#ifndef TILICHO_LIB_INTERPRETER_ELEMENTS_H
#define TILICHO_LIB_INTERPRETER_ELEMENTS_H

#include "runtime/Kernels/HostTensor.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

#include <optional>

namespace tilicho::compiler {

/// Up to this many bytes a constant is a dense attribute.
inline constexpr int64_t maxDenseBytes = 1024;

/// The constant that `value` is: of `onnx.Constant`, or of a `tile.constant`
/// that has no steps. Null for all else.
mlir::ElementsAttr constantOf(mlir::Value value);

/// The elements of a constant, nothing where the machine has no such type or
/// the data is missing. Bytes of a `dense_resource` are borrowed.
std::optional<HostTensor> toHostTensor(mlir::ElementsAttr attr);

/// A dense attribute when small or all alike, else a `dense_resource` that owns
/// a copy.
mlir::ElementsAttr toElements(const HostTensor &tensor,
                              mlir::MLIRContext *context);

mlir::RankedTensorType typeOf(const HostTensor &tensor,
                              mlir::MLIRContext *context);

std::optional<llvm::SmallVector<int64_t>> integersOf(mlir::ElementsAttr attr);
std::optional<llvm::SmallVector<double>> realsOf(mlir::ElementsAttr attr);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_INTERPRETER_ELEMENTS_H
