// SPDX-License-Identifier: Apache-2.0
// Attributes of ONNX nodes as attributes of operations.
#ifndef TILICHO_LIB_IMPORT_IMPORTATTRIBUTES_H
#define TILICHO_LIB_IMPORT_IMPORTATTRIBUTES_H

#include "mlir/IR/BuiltinAttributes.h"
#include "onnx/onnx_pb.h"

#include <string>

namespace tilicho::compiler {

/// Null and `error` for a kind of attribute that the dialect does not have.
mlir::Attribute attributeFromProto(mlir::MLIRContext *context,
                                   const ::onnx::AttributeProto &proto,
                                   std::string &error);

/// The value of a Constant node that is stated by `proto`, whichever of its
/// attributes that is.
mlir::ElementsAttr constantFromProto(mlir::MLIRContext *context,
                                     const ::onnx::AttributeProto &proto,
                                     std::string &error);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_IMPORT_IMPORTATTRIBUTES_H
