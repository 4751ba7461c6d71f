// SPDX-License-Identifier: Apache-2.0
// Arithmetic, comparisons, logic, selection and casts.
#include "lib/Conversion/OnnxToTile/Lowering.h"

#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace mlir;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// One operation of the ISA for one operator
//===----------------------------------------------------------------------===//

static StringRef aluName(StringRef onnx) {
  return llvm::StringSwitch<StringRef>(onnx)
      .Case("Abs", "abs")
      .Case("Acos", "acos")
      .Case("Acosh", "acosh")
      .Case("Add", "add")
      .Case("And", "logical_and")
      .Case("Asin", "asin")
      .Case("Asinh", "asinh")
      .Case("Atan", "atan")
      .Case("Atanh", "atanh")
      .Case("BitwiseAnd", "bit_and")
      .Case("BitwiseNot", "bit_not")
      .Case("BitwiseOr", "bit_or")
      .Case("BitwiseXor", "bit_xor")
      .Case("Ceil", "ceil")
      .Case("Cos", "cos")
      .Case("Cosh", "cosh")
      .Case("Div", "divide")
      .Case("Equal", "eq")
      .Case("Erf", "erf")
      .Case("Exp", "exp")
      .Case("Floor", "floor")
      .Case("Greater", "gt")
      .Case("GreaterOrEqual", "ge")
      .Case("IsNaN", "is_nan")
      .Case("Less", "lt")
      .Case("LessOrEqual", "le")
      .Case("Log", "log")
      .Case("Max", "max")
      .Case("Min", "min")
      .Case("Mish", "mish")
      .Case("Mul", "multiply")
      .Case("Neg", "neg")
      .Case("Not", "logical_not")
      .Case("Or", "logical_or")
      .Case("Reciprocal", "reciprocal")
      .Case("Relu", "relu")
      .Case("Round", "round")
      .Case("Sigmoid", "sigmoid")
      .Case("Sign", "sign")
      .Case("Sin", "sin")
      .Case("Sinh", "sinh")
      .Case("Softplus", "softplus")
      .Case("Sqrt", "sqrt")
      .Case("Sub", "subtract")
      .Case("Sum", "add")
      .Case("Tan", "tan")
      .Case("Tanh", "tanh")
      .Case("Xor", "logical_xor")
      .Default("");
}

static Values lowerArithmetic(const OnnxNode &node, StructuredBuilder &build) {
  return {build.elementwise(aluName(node.name()),
                            node.operation()->getOperands(),
                            computeFor(node.element(0)), node.resultElement())};
}

/// Comparisons, logic and what keeps every value inside its type.
static Values lowerOrder(const OnnxNode &node, StructuredBuilder &build) {
  return {build.elementwise(
      aluName(node.name()), node.operation()->getOperands(),
      orderComputeFor(node.element(0)), node.resultElement())};
}

/// Max, Min and Sum of any number of operands, from the left.
static Value combineAll(const OnnxNode &node, StructuredBuilder &build,
                        StringRef compute) {
  Arithmetic math(build, compute);
  Type element = node.resultElement();
  Value value = node.input(0);
  unsigned count = node.numInputs();
  for (unsigned index = 1; index < count; ++index) {
    Type written = index + 1 == count ? element : math.type;
    value =
        math.into(written, aluName(node.name()), {value, node.input(index)});
  }
  return value;
}

static Values lowerExtremes(const OnnxNode &node, StructuredBuilder &build) {
  return {combineAll(node, build, orderComputeFor(node.element(0)))};
}

static Values lowerSum(const OnnxNode &node, StructuredBuilder &build) {
  return {combineAll(node, build, computeFor(node.element(0)))};
}

static Values lowerMean(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, node.element(0));
  Value value = node.input(0);
  for (unsigned index = 1; index < node.numInputs(); ++index)
    value = math("add", {value, node.input(index)});
  return {math.into(node.resultElement(), "divide",
                    {value, math.number(node.numInputs())})};
}

//===----------------------------------------------------------------------===//
// Operators with attributes or mixed types
//===----------------------------------------------------------------------===//

static Values lowerMod(const OnnxNode &node, StructuredBuilder &build) {
  bool truncated =
      node.integer("fmod", 0) != 0 || llvm::isa<FloatType>(node.element(0));
  return {build.elementwise(truncated ? "fmod" : "mod",
                            {node.input(0), node.input(1)},
                            computeFor(node.element(0)), node.resultElement())};
}

/// An integer raised to a float goes through f64, which holds the result
/// exactly wherever the integer type does, and is rounded to its integer.
static Values lowerPow(const OnnxNode &node, StructuredBuilder &build) {
  Type base = node.element(0), exponent = node.element(1);
  bool mixed = llvm::isa<IntegerType>(base) && llvm::isa<FloatType>(exponent);
  if (!mixed) {
    bool wide =
        base.isF64() || (llvm::isa<FloatType>(base) && exponent.isF64());
    return {build.elementwise("pow", {node.input(0), node.input(1)},
                              wide ? "f64" : computeFor(base),
                              node.resultElement())};
  }
  Arithmetic math(build, "f64");
  Value power = math("pow", {node.input(0), node.input(1)});
  return {math.into(node.resultElement(), "trunc", power)};
}

static Values lowerBitShift(const OnnxNode &node, StructuredBuilder &build) {
  bool left = node.text("direction", "") == "LEFT";
  return {build.elementwise(left ? "shift_left" : "shift_right",
                            {node.input(0), node.input(1)},
                            computeFor(node.element(0)), node.resultElement())};
}

static Values lowerIsInf(const OnnxNode &node, StructuredBuilder &build) {
  bool negative = node.integer("detect_negative", 1) != 0;
  bool positive = node.integer("detect_positive", 1) != 0;
  if (!negative && !positive)
    return {build.splat(build.boolean(), node.resultShape(), 0)};
  StringRef op = negative && positive ? "is_inf"
                 : positive           ? "is_pos_inf"
                                      : "is_neg_inf";
  return {build.elementwise(op, node.input(0), computeFor(node.element(0)),
                            node.resultElement())};
}

static Values lowerWhere(const OnnxNode &node, StructuredBuilder &build) {
  return {build.select(node.input(0), node.input(1), node.input(2))};
}

static Values lowerClip(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, orderComputeFor(node.element(0)));
  Type element = node.resultElement();
  Value value = node.input(0);
  if (node.has(1))
    value = math.into(element, "max", {value, node.input(1)});
  if (node.has(2))
    value = math.into(element, "min", {value, node.input(2)});
  return {value};
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

static bool isFloat8(Type element) {
  return llvm::isa<FloatType>(element) && element.getIntOrFloatBitWidth() == 8;
}

/// A cast that does not saturate: from this magnitude on there is no number.
static double overflowBound(Type element) {
  return llvm::isa<Float8E4M3FNType>(element) ? 464 : 61440;
}

/// What overflows becomes an infinity, or NaN where there is none. The bits are
/// chosen after the cast, since that saturates.
static Value castWithOverflow(StructuredBuilder &build, Value value,
                              Type element) {
  Arithmetic math(build, elementOf(value));
  bool hasInfinity = llvm::isa<Float8E5M2Type>(element);
  Value bound = math.number(overflowBound(element));
  Value size = math("abs", value);
  Value over =
      math.into(build.boolean(), hasInfinity ? "ge" : "gt", {size, bound});
  Value isNegative = math.into(build.boolean(), "lt", {value, math.number(0)});
  double beyond = hasInfinity ? INFINITY : NAN;
  Value high = build.select(isNegative, build.scalar(element, -beyond),
                            build.scalar(element, beyond));
  return build.select(over, high, build.cast(value, element));
}

static Values lowerCast(const OnnxNode &node, StructuredBuilder &build) {
  Type element = node.resultElement();
  Value value = node.input(0);
  bool overflows = isFloat8(element) && llvm::isa<FloatType>(node.element(0)) &&
                   node.integer("saturate", 1) == 0;
  return {overflows ? castWithOverflow(build, value, element)
                    : build.cast(value, element)};
}

static Values lowerBitCast(const OnnxNode &node, StructuredBuilder &build) {
  if (node.element(0) == node.resultElement())
    return {node.input(0)};
  return {ir::tile::BitcastOp::create(build.builder, build.loc,
                                      node.resultType(), node.input(0))};
}

static bool keepsWidth(const OnnxNode &node) {
  auto bytes = [](Type element) {
    return isa::sizeOf(*ir::tile::toDType(element));
  };
  return bytes(node.element(0)) == bytes(node.resultElement());
}

void addElementwise(LoweringRegistry &registry) {
  for (StringRef name :
       {"Abs",       "Acos",       "Acosh", "Add",        "Asin",
        "Asinh",     "Atan",       "Atanh", "BitwiseAnd", "BitwiseNot",
        "BitwiseOr", "BitwiseXor", "Ceil",  "Cos",        "Cosh",
        "Div",       "Erf",        "Exp",   "Floor",      "IsNaN",
        "Log",       "Mish",       "Mul",   "Neg",        "Reciprocal",
        "Round",     "Sigmoid",    "Sin",   "Sinh",       "Softplus",
        "Sqrt",      "Sub",        "Tan",   "Tanh"})
    registry.add(name, lowerArithmetic);
  for (StringRef name : {"And", "Equal", "Greater", "GreaterOrEqual", "Less",
                         "LessOrEqual", "Not", "Or", "Relu", "Sign", "Xor"})
    registry.add(name, lowerOrder);
  registry.add("Max", lowerExtremes);
  registry.add("Min", lowerExtremes);
  registry.add("Sum", lowerSum);
  registry.add("Mean", lowerMean);
  registry.add("Mod", lowerMod);
  registry.add("Pow", lowerPow);
  registry.add("BitShift", lowerBitShift);
  registry.add("IsInf", lowerIsInf);
  registry.add("Where", lowerWhere);
  registry.add("Clip", lowerClip);
  registry.add("Cast", lowerCast);
  registry.add("CastLike", lowerCast);
  registry.add(
      "BitCast", lowerBitCast,
      Limit{"elements of both types must take as many bytes", keepsWidth});
}

} // namespace tilicho::compiler
