// SPDX-License-Identifier: Apache-2.0
// The onnx dialect: the operators of ONNX at the newest opset's meaning.
#ifndef TILICHO_DIALECTS_ONNX_IR_ONNXDIALECT_H
#define TILICHO_DIALECTS_ONNX_IR_ONNXDIALECT_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"

#include "dialects/Onnx/IR/OnnxDialect.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/Onnx/IR/OnnxTypes.h.inc"

#endif // TILICHO_DIALECTS_ONNX_IR_ONNXDIALECT_H
