// SPDX-License-Identifier: Apache-2.0
// MatMulInteger, ConvInteger, QLinearMatMul and QLinearConv: products of
// integers less their zero points, exact in i32.
#include "lib/Conversion/OnnxToTile/Convolutions.h"
#include "lib/Conversion/OnnxToTile/Lowering.h"
#include "lib/Conversion/OnnxToTile/MatMuls.h"
#include "lib/Conversion/OnnxToTile/Quantization.h"
#include "lib/Interpreter/Elements.h"

using namespace mlir;

namespace tilicho::compiler {

namespace {
/// A zero point: one number known when compiling, or a tensor.
struct ZeroPoint {
  int64_t number = 0;
  Value tensor;
};
} // namespace

static ZeroPoint zeroPointOf(Value value) {
  if (!value)
    return {};
  ElementsAttr constant = constantOf(value);
  auto known = constant ? integersOf(constant) : std::nullopt;
  if (known && !known->empty() && llvm::all_equal(*known))
    return {known->front(), Value()};
  return {0, value};
}

static Value operandOr(const OnnxNode &node, unsigned index) {
  return node.has(index) ? node.input(index) : Value();
}

/// What the terms of a product with zero points left out are made of.
namespace {
struct Correction {
  StructuredBuilder &build;
  Arithmetic math{build, "i32"};
  Value sum = {};

  void subtract(Value factor, Value terms) {
    Value product = math("multiply", {factor, terms});
    sum = math("subtract", {sum, product});
  }
  void add(Value product) { sum = math("add", {sum, product}); }
};
} // namespace

//===----------------------------------------------------------------------===//
// Matrices
//===----------------------------------------------------------------------===//

/// Sums of `value - zero` over one axis.
static Value sumsOver(StructuredBuilder &build, Value value, int64_t axis,
                      int64_t zero) {
  Arithmetic math(build, "i32");
  Value sum = math.sum(value, axis);
  int64_t total = zero * shapeOf(value)[axis];
  return total == 0
             ? sum
             : math("subtract", {sum, math.number(static_cast<double>(total))});
}

/// A zero point for each row as a column; one for each column broadcasts.
static Value asColumn(StructuredBuilder &build, Value zero) {
  return rankOf(zero) == 1 && shapeOf(zero)[0] != 1 ? build.insertDim(zero, 1)
                                                    : zero;
}

static Value integerMatMul(StructuredBuilder &build, Value a, Value b,
                           ZeroPoint zeroA, ZeroPoint zeroB) {
  a = asMatrix(build, a, true);
  b = asMatrix(build, b, false);
  Correction result{build};
  result.sum = build.contract(a, b, build.i32(), false, false, zeroA.number,
                              zeroB.number);
  int64_t last = rankOf(a) - 1;
  if (zeroA.tensor)
    result.subtract(asColumn(build, zeroA.tensor),
                    sumsOver(build, b, rankOf(b) - 2, zeroB.number));
  if (zeroB.tensor)
    result.subtract(zeroB.tensor, sumsOver(build, a, last, zeroA.number));
  if (zeroA.tensor && zeroB.tensor) {
    Arithmetic &math = result.math;
    Value both =
        math("multiply", {asColumn(build, zeroA.tensor), zeroB.tensor});
    double count = static_cast<double>(shapeOf(a)[last]);
    result.add(math("multiply", {both, math.number(count)}));
  }
  return result.sum;
}

static Values lowerMatMulInteger(const OnnxNode &node,
                                 StructuredBuilder &build) {
  Value product = integerMatMul(build, node.input(0), node.input(1),
                                zeroPointOf(operandOr(node, 2)),
                                zeroPointOf(operandOr(node, 3)));
  return {build.reshape(product, node.resultShape())};
}

/// round(sum * factor) + zero in the order in which ONNX Runtime rounds.
static Value requantize(StructuredBuilder &build, Value sum, Value factor,
                        Value zero, Type element) {
  Arithmetic math(build, "f32");
  if (isAllZero(zero))
    return math.into(element, "multiply", {sum, factor});
  Value scaled = math("multiply", {sum, factor});
  return quantizeRounded(build, scaled, build.reshape(zero, {}), element);
}

static Value outputFactor(StructuredBuilder &build, Value scaleA, Value scaleB,
                          Value scaleResult) {
  Arithmetic math(build, "f32");
  Value product = math("multiply", {scaleA, scaleB});
  return math("divide", {product, build.reshape(scaleResult, {})});
}

static Values lowerQLinearMatMul(const OnnxNode &node,
                                 StructuredBuilder &build) {
  Value sum =
      integerMatMul(build, node.input(0), node.input(3),
                    zeroPointOf(node.input(2)), zeroPointOf(node.input(5)));
  sum = build.reshape(sum, node.resultShape());
  Value factor = outputFactor(build, asColumn(build, node.input(1)),
                              node.input(4), node.input(6));
  if (ir::tile::numElements(shapeOf(factor)) == 1)
    factor = build.reshape(factor, {});
  return {requantize(build, sum, factor, node.input(7), node.resultElement())};
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

namespace {
struct IntegerConvolution {
  StructuredBuilder &build;
  Window window;
  int64_t group;
  Value input, kernel;
  ZeroPoint zeroInput, zeroKernel;

  Value convolve(Value x, Value w, int64_t zeroX, int64_t zeroW) {
    return build.convolution(x, w, window, build.i32(), group, zeroX, zeroW);
  }
  Value onesLike(Value value) {
    return build.splat(elementOf(value), shapeOf(value), 1);
  }
  /// One zero point, or one for each output channel.
  Value alongChannels(Value zero) {
    return ir::tile::numElements(shapeOf(zero)) == 1
               ? build.reshape(zero, {})
               : build.alongAxis(zero, rankOf(input), 1);
  }
  Value sum();
};
} // namespace

/// Zero points that are tensors are taken off by convolutions with ones, which
/// also leave the padding out.
Value IntegerConvolution::sum() {
  Correction result{build};
  result.sum = convolve(input, kernel, zeroInput.number, zeroKernel.number);
  Value zeroX, zeroW;
  if (zeroInput.tensor) {
    zeroX = build.reshape(zeroInput.tensor, {});
    result.subtract(zeroX,
                    convolve(onesLike(input), kernel, 0, zeroKernel.number));
  }
  if (zeroKernel.tensor) {
    zeroW = alongChannels(zeroKernel.tensor);
    result.subtract(zeroW,
                    convolve(input, onesLike(kernel), zeroInput.number, 0));
  }
  if (zeroX && zeroW) {
    Value counts = convolve(onesLike(input), onesLike(kernel), 0, 0);
    Value both = result.math("multiply", {zeroX, zeroW});
    result.add(result.math("multiply", {both, counts}));
  }
  return result.sum;
}

static IntegerConvolution convolutionOf(const OnnxNode &node,
                                        StructuredBuilder &build,
                                        unsigned kernel, Value zeroInput,
                                        Value zeroKernel) {
  return {build,
          windowOf(node, node.shape(kernel).drop_front(2)),
          node.integer("group", 1),
          node.input(0),
          orderKernel(build, node.input(kernel)),
          zeroPointOf(zeroInput),
          zeroPointOf(zeroKernel)};
}

static Values lowerConvInteger(const OnnxNode &node, StructuredBuilder &build) {
  return {convolutionOf(node, build, 1, operandOr(node, 2), operandOr(node, 3))
              .sum()};
}

static Values lowerQLinearConv(const OnnxNode &node, StructuredBuilder &build) {
  IntegerConvolution convolution =
      convolutionOf(node, build, 3, node.input(2), node.input(5));
  Value sum = convolution.sum();
  if (node.has(8)) {
    Value bias = build.alongAxis(node.input(8), rankOf(sum), 1);
    sum = build.elementwise("add", {sum, bias}, "i32", build.i32());
  }
  Value factor =
      outputFactor(build, build.reshape(node.input(1), {}),
                   convolution.alongChannels(node.input(4)), node.input(6));
  return {requantize(build, sum, factor, node.input(7), node.resultElement())};
}

/// Integers of 8 bits: 8-bit floats have no zero point to take off.
static bool multipliesIntegers(const OnnxNode &node) {
  return llvm::isa<IntegerType>(node.element(0));
}

void addIntegerProducts(LoweringRegistry &registry) {
  Limit integers = {"the operands must be 8-bit integers", multipliesIntegers};
  registry.add("MatMulInteger", lowerMatMulInteger, integers);
  registry.add("ConvInteger", lowerConvInteger, integers);
  registry.add("QLinearMatMul", lowerQLinearMatMul, integers);
  registry.add("QLinearConv", lowerQLinearConv, integers);
}

} // namespace tilicho::compiler
