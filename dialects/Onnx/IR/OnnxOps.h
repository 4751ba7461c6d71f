// SPDX-License-Identifier: Apache-2.0
// The operations of the onnx dialect.
#ifndef TILICHO_DIALECTS_ONNX_IR_ONNXOPS_H
#define TILICHO_DIALECTS_ONNX_IR_ONNXOPS_H

#include "dialects/Onnx/IR/OnnxDialect.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#define GET_OP_CLASSES
#include "dialects/Onnx/IR/OnnxOps.h.inc"

namespace tilicho::ir::onnx {

/// Registers the generated operations; each shard of them registers its own.
void registerOnnxDialectOperations(OnnxDialect *dialect);
void registerOnnxDialectOperations0(OnnxDialect *dialect);
void registerOnnxDialectOperations1(OnnxDialect *dialect);
void registerOnnxDialectOperations2(OnnxDialect *dialect);
void registerOnnxDialectOperations3(OnnxDialect *dialect);

/// The ONNX name of a result, empty when it has none.
llvm::StringRef getValueName(mlir::OpResult result);

/// The name of the ONNX node that `op` came from: its location's first name,
/// or the operation's own when there is none.
std::string getNodeName(mlir::Operation *op);

/// The value of a constant, null when `value` is not one.
mlir::ElementsAttr getConstantValue(mlir::Value value);

/// Whether `value` is an absent optional operand.
bool isAbsent(mlir::Value value);

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_IR_ONNXOPS_H
