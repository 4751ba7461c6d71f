// SPDX-License-Identifier: Apache-2.0
// What ONNX's schemas know of an operator: its signature and its shapes.
// Free of MLIR; every exception of ONNX's library ends here.
#ifndef TILICHO_DIALECTS_ONNX_SCHEMA_SCHEMA_H
#define TILICHO_DIALECTS_ONNX_SCHEMA_SCHEMA_H

#include "onnx/onnx_pb.h"

#include <optional>
#include <string>
#include <vector>

namespace tilicho::ir::onnx {

/// The newest opset of the ai.onnx domain.
int64_t newestOpset();

/// How many operands and results an operator has: the fixed ones, and whether
/// any number of the last one follows.
struct Signature {
  int inputs = 0;
  bool variadicInputs = false;
  int outputs = 0;
  bool variadicOutputs = false;
};

/// The signature at the newest opset; none when ai.onnx has no such operator.
std::optional<Signature> findSignature(const std::string &opType);

/// The operators of ai.onnx at the newest opset, sorted.
std::vector<std::string> listOperators();

/// What an operator's schema gives as its meaning.
struct Body {
  /// Whether the body depends on the node: then `operators` is empty.
  bool dependsOnNode = false;
  /// The operators of ai.onnx in the body, once each, sorted.
  std::vector<std::string> operators;
};

/// The function body of an operator; none when its schema has none.
std::optional<Body> findBody(const std::string &opType);

/// Whether operand or result `index` of an operator may have elements of a
/// TensorProto::DataType.
bool takesElement(const std::string &opType, bool input, unsigned index,
                  int32_t dataType);

/// What is known of one input of a node.
struct KnownInput {
  /// Null when the input is absent.
  const ::onnx::TypeProto *type = nullptr;
  /// Null unless the value is a constant.
  const ::onnx::TensorProto *value = nullptr;
};

/// The types of a node's outputs by ONNX's own inference, at the newest opset;
/// none and `error` when the inputs do not fit the operator. The node names its
/// inputs "0", "1", ... in the order of `inputs`.
std::optional<std::vector<::onnx::TypeProto>>
inferOutputs(::onnx::NodeProto &node, const std::vector<KnownInput> &inputs,
             std::string &error);

} // namespace tilicho::ir::onnx

#endif // TILICHO_DIALECTS_ONNX_SCHEMA_SCHEMA_H
