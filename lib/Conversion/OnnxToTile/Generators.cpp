// SPDX-License-Identifier: Apache-2.0
// Operators whose result is known when compiling.
#include "lib/Conversion/OnnxToTile/Lowering.h"

using namespace mlir;

namespace tilicho::compiler {

static Values lowerConstantOfShape(const OnnxNode &node,
                                   StructuredBuilder &build) {
  auto type = node.resultType();
  auto value = node.operation()->getAttrOfType<DenseElementsAttr>("value");
  auto fill = value ? cast<DenseElementsAttr>(value).getSplatValue<Attribute>()
                    : build.builder.getZeroAttr(type.getElementType());
  return {build.constant(DenseElementsAttr::get(type, fill))};
}

static Values lowerRange(const OnnxNode &node, StructuredBuilder &build) {
  int64_t count = node.resultShape()[0];
  if (llvm::isa<IntegerType>(node.resultElement())) {
    int64_t start = node.constantIntegers(0)->front();
    int64_t delta = node.constantIntegers(2)->front();
    SmallVector<int64_t> values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(start + i * delta);
    return {build.integers(node.resultElement(), {count}, values)};
  }
  double start = node.constantReals(0)->front();
  double delta = node.constantReals(2)->front();
  SmallVector<double> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(start + static_cast<double>(i) * delta);
  return {build.reals(node.resultElement(), {count}, values)};
}

static Values lowerEyeLike(const OnnxNode &node, StructuredBuilder &build) {
  int64_t rows = node.resultShape()[0], cols = node.resultShape()[1];
  int64_t diagonal = node.integer("k", 0);
  SmallVector<double> values;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t col = 0; col < cols; ++col)
      values.push_back(col - row == diagonal);
  return {build.reals(node.resultElement(), {rows, cols}, values)};
}

void addGenerators(LoweringRegistry &registry) {
  registry.add("ConstantOfShape", lowerConstantOfShape);
  registry.add("Range", lowerRange,
               {{"the start must be known when compiling", isKnown<0>},
                {"the step must be known when compiling", isKnown<2>}});
  registry.add("EyeLike", lowerEyeLike);
}

} // namespace tilicho::compiler
