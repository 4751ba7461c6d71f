// SPDX-License-Identifier: Apache-2.0
// MatMul and Gemm.
#include "lib/Conversion/OnnxToTile/MatMuls.h"

#include "lib/Conversion/OnnxToTile/Lowering.h"

using namespace mlir;

namespace tilicho::compiler {

/// Products broadcast and summed: for types that the array does not multiply.
static Value multiplyAndSum(StructuredBuilder &build, Value a, Value b,
                            Type element) {
  Arithmetic math(build, element);
  Value left = build.insertDim(a, rankOf(a));
  Value right = build.insertDim(b, rankOf(b) - 2);
  Value products = math("multiply", {left, right});
  int64_t axis = rankOf(products) - 2;
  Value sums = math.as(element, math.sum(products, axis));
  Shape shape(shapeOf(sums));
  shape.erase(shape.begin() + axis);
  return build.reshape(sums, shape);
}

Value matrixProduct(StructuredBuilder &build, Value a, Value b, Type element) {
  if (isArrayElement(elementOf(a)) && isArrayElement(elementOf(b)))
    return build.contract(a, b, element);
  return multiplyAndSum(build, a, b, element);
}

Value asMatrix(StructuredBuilder &build, Value value, bool left) {
  return rankOf(value) == 1 ? build.insertDim(value, left ? 0 : 1) : value;
}

static Values lowerMatMul(const OnnxNode &node, StructuredBuilder &build) {
  Value product = matrixProduct(build, asMatrix(build, node.input(0), true),
                                asMatrix(build, node.input(1), false),
                                node.resultElement());
  return {build.reshape(product, node.resultShape())};
}

/// The product alone, in `element`.
static Value gemmProduct(const OnnxNode &node, StructuredBuilder &build,
                         Type element) {
  bool transA = node.integer("transA", 0), transB = node.integer("transB", 0);
  Value a = node.input(0), b = node.input(1);
  if (isArrayElement(elementOf(a)))
    return build.contract(a, b, element, transA, transB);
  if (transA)
    a = build.transpose(a, {1, 0});
  if (transB)
    b = build.transpose(b, {1, 0});
  return multiplyAndSum(build, a, b, element);
}

/// alpha * A * B + beta * C, rounded to the element type at the end.
static Values lowerGemm(const OnnxNode &node, StructuredBuilder &build) {
  double alpha = node.real("alpha", 1), beta = node.real("beta", 1);
  bool adds = node.has(2) && beta != 0;
  Type element = node.resultElement();
  if (!adds && alpha == 1)
    return {gemmProduct(node, build, element)};
  bool scales = alpha != 1 || (adds && beta != 1);
  Arithmetic math(build, scales && llvm::isa<IntegerType>(element)
                             ? StringRef("f64")
                             : computeFor(element));
  Value value = gemmProduct(
      node, build, llvm::isa<IntegerType>(element) ? element : math.type);
  if (alpha != 1)
    value = math(StringRef("multiply"), {value, math.number(alpha)});
  if (adds) {
    Value addend = node.input(2);
    if (beta != 1)
      addend = math(StringRef("multiply"), {addend, math.number(beta)});
    value = math("add", {value, addend});
  }
  return {build.cast(value, element)};
}

void addMatMuls(LoweringRegistry &registry) {
  registry.add("MatMul", lowerMatMul);
  registry.add("Gemm", lowerGemm);
}

} // namespace tilicho::compiler
