// SPDX-License-Identifier: Apache-2.0
// What is kept of the names of values on the way to the program.
#ifndef TILICHO_DIALECTS_ONNX_IR_VALUENAMES_H
#define TILICHO_DIALECTS_ONNX_IR_VALUENAMES_H

#include "dialects/Onnx/IR/OnnxOps.h"

#include "llvm/ADT/StringRef.h"

namespace tilicho::ir::onnx {

/// On a constant: a node of the model gives it, by its attribute or because
/// what the node computes is known. Initializers do not have it.
inline constexpr llvm::StringLiteral ofNodeAttr = "onnx.of_node";

/// On the module: the names of all results of the model's nodes.
inline constexpr llvm::StringLiteral valueNamesAttr = "onnx.value_names";

/// The names of a replaced operation's results live on in its replacement.
inline void takeNames(mlir::Operation *from, mlir::Operation *to) {
  if (mlir::Attribute names = from->getAttr(OnnxDialect::valuesAttr))
    to->setAttr(OnnxDialect::valuesAttr, names);
}

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_IR_VALUENAMES_H
