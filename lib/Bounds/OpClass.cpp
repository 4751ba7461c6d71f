// SPDX-License-Identifier: Apache-2.0
// Operators by what they ask of the engines.
#include "lib/Bounds/OpClass.h"

#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace tilicho::compiler::bounds {

using Names = std::unordered_set<std::string_view>;

static const Names viewNames = {"Identity",  "Reshape", "Squeeze",
                                "Unsqueeze", "Flatten", "Dropout"};

static const Names moveNames = {"Cast",
                                "CastLike",
                                "Concat",
                                "ConstantOfShape",
                                "DepthToSpace",
                                "Expand",
                                "Gather",
                                "GatherElements",
                                "GatherND",
                                "If",
                                "Loop",
                                "Optional",
                                "Pad",
                                "Range",
                                "ReverseSequence",
                                "Scan",
                                "Scatter",
                                "ScatterElements",
                                "ScatterND",
                                "SequenceAt",
                                "Shape",
                                "Size",
                                "Slice",
                                "SpaceToDepth",
                                "Split",
                                "TensorScatter",
                                "Tile",
                                "Transpose"};

static const Names functionNames = {
    "Acos",     "Acosh", "Asin",  "Asinh",   "Atan", "Atanh", "Celu",
    "Cos",      "Cosh",  "Elu",   "Erf",     "Exp",  "Gelu",  "Log",
    "Mish",     "Pow",   "Selu",  "Sigmoid", "Sin",  "Sinh",  "Softplus",
    "Softsign", "Sqrt",  "Swish", "Tan",     "Tanh"};

static const Names reduceNames = {
    "ArgMax",       "ArgMin",        "AveragePool",
    "CumSum",       "CumProd",       "GlobalAveragePool",
    "GlobalLpPool", "GlobalMaxPool", "LpPool",
    "MaxPool",      "TopK"};

static const Names normaliseNames = {
    "GroupNormalization", "InstanceNormalization", "LRN",
    "LayerNormalization", "LpNormalization",       "MeanVarianceNormalization",
    "RMSNormalization"};

static const Names softmaxNames = {"Hardmax", "LogSoftmax", "Softmax"};

bool isView(const Node &node) { return viewNames.count(node.opType()); }

bool isRecurrent(const Node &node) {
  return node.is("LSTM") || node.is("GRU") || node.is("RNN");
}

bool isRowGather(const Node &node) {
  if (node.is("GatherND"))
    return true;
  return node.is("Gather") && node.attribute("axis", 0) == 0;
}

bool isScatter(const Node &node) {
  return node.is("ScatterND") || node.is("ScatterElements") ||
         node.is("Scatter") || node.is("TensorScatter");
}

OpClass classOf(const Node &node) {
  std::string_view type = node.opType();
  if (viewNames.count(type) || moveNames.count(type))
    return OpClass::Free;
  if (functionNames.count(type))
    return OpClass::Function;
  if (reduceNames.count(type) || type.substr(0, 6) == "Reduce")
    return OpClass::Reduce;
  if (softmaxNames.count(type))
    return OpClass::Softmax;
  if (normaliseNames.count(type))
    return OpClass::Normalise;
  return OpClass::Elementwise;
}

} // namespace tilicho::compiler::bounds
