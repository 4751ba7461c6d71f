// SPDX-License-Identifier: Apache-2.0
// The steps of the import that ONNX's own library does. Free of MLIR; every
// exception of that library ends here as a problem.
#ifndef TILICHO_LIB_IMPORT_ONNXLIBRARY_H
#define TILICHO_LIB_IMPORT_ONNXLIBRARY_H

#include "onnx/onnx_pb.h"

#include <functional>
#include <string>
#include <vector>

namespace tilicho::compiler {

using Problems = std::vector<std::string>;

/// What messages call a node: its name and operator.
std::string describeNode(const ::onnx::NodeProto &node);

/// Calls `visit` for every graph of the model: the main one and those in
/// attributes.
void forEachGraph(::onnx::GraphProto &graph,
                  const std::function<void(::onnx::GraphProto &)> &visit);

/// Writes the ai.onnx domain as "", and gives nodes without a name one.
void normaliseNames(::onnx::ModelProto &model);

/// Opsets that this library knows, values defined once and before their use,
/// no cycles. Nodes of the main graph are put in order where they are not.
void checkStructure(::onnx::ModelProto &model, Problems &problems);

/// Operators that exist, with attributes and operands that they take.
void checkNodes(const ::onnx::ModelProto &model, Problems &problems);

/// Inlines the functions that the model defines, when that ends and stays of
/// a reasonable size.
void inlineFunctions(::onnx::ModelProto &model, Problems &problems);

/// The version of the ai.onnx domain that the model imports, or 0.
int64_t opsetOf(const ::onnx::ModelProto &model);

/// Rewrites operators whose meaning in the model's opset lifting would lose.
void rewriteOldOperators(::onnx::ModelProto &model);

/// Writes out, in a lifted model, what was implied in `opset`.
void restoreOldModes(::onnx::ModelProto &model, int64_t opset);

/// Lifts the model to the newest opset.
void liftToNewestOpset(::onnx::ModelProto &model, Problems &problems);

/// Writes out the default attributes of operators with a function body, whose
/// inference reads them in the body, and of others whose inference needs them.
void addDefaultAttributes(::onnx::ModelProto &model);

/// The body of an optimiser of ai.onnx.preview.training; whether it is one with
/// as many inputs as its variables need.
bool buildOptimizerBody(const ::onnx::NodeProto &node,
                        ::onnx::FunctionProto &body);

/// Replaces the operators that `expand` names by their schema's body.
void expandFunctions(::onnx::ModelProto &model,
                     const std::function<bool(const std::string &)> &expand,
                     Problems &problems);

/// Gives a seed to each node that draws random numbers without one.
void seedRandomNodes(::onnx::ModelProto &model);

/// Infers types and shapes; a strict inference reports what does not fit.
void inferShapes(::onnx::ModelProto &model, bool strict, Problems &problems);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_IMPORT_ONNXLIBRARY_H
