// SPDX-License-Identifier: Apache-2.0
// Types, tensors and attributes between ONNX's messages and MLIR.
#ifndef TILICHO_DIALECTS_ONNX_SCHEMA_PROTOS_H
#define TILICHO_DIALECTS_ONNX_SCHEMA_PROTOS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "onnx/onnx_pb.h"

namespace tilicho::ir::onnx {

/// Constants up to this size are dense attributes, larger ones resources.
constexpr uint64_t maxDenseBytes = 1024;

/// The element type for a TensorProto::DataType, null for an unknown one.
mlir::Type elementFromProto(mlir::MLIRContext *context, int32_t dataType);
/// The TensorProto::DataType of an element type, UNDEFINED when none fits.
int32_t elementToProto(mlir::Type type);

/// Bytes of `count` elements as ONNX's raw_data stores them: a bool is one
/// byte, types under 8 bits are packed. None when the product overflows or the
/// type has no fixed size.
std::optional<uint64_t> rawSizeInBytes(mlir::Type element, int64_t count);

/// Null when the message describes no type that the dialect has.
mlir::Type typeFromProto(mlir::MLIRContext *context,
                         const ::onnx::TypeProto &proto);
/// A message without a value when `type` has none in ONNX.
::onnx::TypeProto typeToProto(mlir::Type type);

/// The attribute for raw little-endian bytes in the layout of raw_data. Copies
/// up to maxDenseBytes and splats into a dense attribute, all else into a
/// resource that owns its copy.
mlir::ElementsAttr elementsFromRaw(mlir::RankedTensorType type,
                                   llvm::ArrayRef<char> raw);

/// Moves the data of a message's typed fields into raw_data.
void moveFieldsToRaw(::onnx::TensorProto &proto);

/// The attribute of a tensor message whose data lies in the message; null and
/// `error` when its length does not fit its shape.
mlir::ElementsAttr tensorFromProto(mlir::MLIRContext *context,
                                   const ::onnx::TensorProto &proto,
                                   std::string &error);

/// The elements of a numeric constant in byte storage: little endian, one byte
/// for each boolean and each element of less than 8 bits. Splats are expanded.
/// False when the constant has no such data.
bool storageBytes(mlir::ElementsAttr value, llvm::SmallVectorImpl<char> &bytes);

/// The attribute for byte storage.
mlir::ElementsAttr elementsFromStorage(mlir::RankedTensorType type,
                                       llvm::ArrayRef<char> bytes);

/// The message of a constant; false when it has no data.
bool tensorToProto(mlir::ElementsAttr value, ::onnx::TensorProto &proto);

/// Bytes of a numeric constant in the layout of raw_data; false when it has
/// none.
bool rawBytes(mlir::ElementsAttr value, std::string &bytes);

/// Adds `value` to `node` under `name`; false when ONNX has no such attribute.
bool attributeToProto(llvm::StringRef name, mlir::Attribute value,
                      ::onnx::NodeProto &node);

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_SCHEMA_PROTOS_H
