// SPDX-License-Identifier: Apache-2.0
// Folds of elementwise operators, casts and reductions. A result is computed in
// double and rounded once, which for + - * / and sqrt of f32 and narrower types
// is what computing in the type gives.
#include "dialects/Onnx/Transforms/Fold.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace tilicho::ir::onnx;

using Operands = ArrayRef<ElementsAttr>;

static bool isReal(Type element) { return isa<FloatType>(element); }

/// Types whose arithmetic this file has: f8 and narrower saturate in ways of
/// their own, complex numbers are none of its business.
static bool isKnown(Type element) {
  return isReal(element) ? element.getIntOrFloatBitWidth() > 8
                         : isa<IntegerType>(element);
}

//===----------------------------------------------------------------------===//
// Splats
//===----------------------------------------------------------------------===//

/// The operands as scalars when all are splats, which keeps a large constant
/// of equal elements small; empty otherwise.
static Elements asScalars(Operands operands) {
  Elements scalars;
  for (ElementsAttr operand : operands) {
    Attribute value = splatOf(operand);
    if (!value)
      return {};
    scalars.push_back(DenseElementsAttr::get(
        RankedTensorType::get({}, operand.getElementType()), value));
  }
  return scalars;
}

/// Runs `fold` on operands and a result type; on scalars where that is enough.
template <class Fold>
static Elements elementwise(Operation *op, Operands operands, Fold fold) {
  RankedTensorType type = staticResultType(op);
  if (!type || !isKnown(type.getElementType()))
    return {};
  for (ElementsAttr operand : operands)
    if (!operand || !isKnown(operand.getElementType()))
      return {};
  Elements scalars = asScalars(operands);
  if (scalars.empty() || type.getNumElements() == 0)
    return fold(operands, type);
  Elements result =
      fold(scalars, RankedTensorType::get({}, type.getElementType()));
  if (result.empty())
    return {};
  return {DenseElementsAttr::get(type, splatOf(result.front()))};
}

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

template <double (*function)(double)>
static Elements foldUnary(Operation *op, Operands operands) {
  return elementwise(op, operands, [](Operands values, RankedTensorType type) {
    auto from = ConstantTensor::load(values[0]);
    // Large integers are no doubles.
    if (!from || !isReal(from->type.getElementType()))
      return Elements();
    ConstantTensor to(type);
    for (int64_t index = 0; index < to.numElements(); ++index)
      to.setReal(index, function(from->real(index)));
    return Elements{to.store()};
  });
}

template <int64_t (*function)(int64_t), double (*realFunction)(double)>
static Elements foldExactUnary(Operation *op, Operands operands) {
  if (isReal(operands[0].getElementType()))
    return foldUnary<realFunction>(op, operands);
  return elementwise(op, operands, [](Operands values, RankedTensorType type) {
    auto from = ConstantTensor::load(values[0]);
    if (!from)
      return Elements();
    ConstantTensor to(type);
    for (int64_t index = 0; index < to.numElements(); ++index)
      to.setInteger(index, function(from->integer(index)));
    return Elements{to.store()};
  });
}

/// As setReal rounds, for weights by the million: to nearest even, a NaN made
/// quiet.
static void roundToBf16(const ConstantTensor &from, ConstantTensor &to) {
  const char *source = from.bytes.data();
  char *target = to.bytes.data();
  for (int64_t index = 0, count = to.numElements(); index < count; ++index) {
    uint32_t bits;
    memcpy(&bits, source + index * sizeof bits, sizeof bits);
    bool isNaN = (bits & 0x7fffffff) > 0x7f800000;
    uint32_t rounded =
        isNaN ? bits | 0x400000 : bits + 0x7fff + (bits >> 16 & 1);
    uint16_t half = static_cast<uint16_t>(rounded >> 16);
    memcpy(target + index * sizeof half, &half, sizeof half);
  }
}

static Elements foldCast(Operation *op, Operands operands) {
  return elementwise(op, operands, [](Operands values, RankedTensorType type) {
    auto from = ConstantTensor::load(values[0]);
    if (!from)
      return Elements();
    ConstantTensor to(type);
    if (from->type.getElementType().isF32() && type.getElementType().isBF16()) {
      roundToBf16(*from, to);
      return Elements{to.store()};
    }
    bool real =
        isReal(from->type.getElementType()) || isReal(type.getElementType());
    for (int64_t index = 0; index < to.numElements(); ++index)
      if (real)
        to.setReal(index, from->real(index));
      else
        to.setInteger(index, from->integer(index));
    return Elements{to.store()};
  });
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

namespace {
/// An operator on numbers; integers of 64 bits are told by sign.
struct Binary {
  double (*real)(double, double);
  int64_t (*integer)(int64_t, int64_t);
  uint64_t (*natural)(uint64_t, uint64_t);
  bool divides = false;
};
} // namespace

static std::optional<ConstantTensor> apply(const Binary &binary,
                                           const ConstantTensor &left,
                                           const ConstantTensor &right,
                                           RankedTensorType type) {
  SmallVector<int64_t> leftOffsets, rightOffsets;
  auto gather = [&](const ConstantTensor &from, SmallVector<int64_t> &offsets) {
    forEachElement(type.getShape(), 0,
                   broadcastSteps(from.type, type.getShape()),
                   [&](int64_t, int64_t offset) { offsets.push_back(offset); });
  };
  gather(left, leftOffsets);
  gather(right, rightOffsets);
  Type element = left.type.getElementType();
  ConstantTensor to(type);
  for (int64_t index = 0; index < to.numElements(); ++index) {
    int64_t l = leftOffsets[index], r = rightOffsets[index];
    if (isReal(element))
      to.setReal(index, binary.real(left.real(l), right.real(r)));
    else if (binary.divides && right.integer(r) == 0)
      return std::nullopt;
    else if (element.isUnsignedInteger())
      to.setInteger(index, binary.natural(left.integer(l), right.integer(r)));
    else
      to.setInteger(index, binary.integer(left.integer(l), right.integer(r)));
  }
  return to;
}

/// Folds any number of operands from left to right, rounding at each step.
template <const Binary &binary>
static Elements foldBinary(Operation *op, Operands operands) {
  return elementwise(op, operands, [](Operands values, RankedTensorType type) {
    auto result = ConstantTensor::load(values[0]);
    if (values.size() == 1)
      return result ? Elements{result->store()} : Elements();
    for (ElementsAttr value : values.drop_front()) {
      auto right = ConstantTensor::load(value);
      if (!result || !right ||
          right->type.getElementType() != result->type.getElementType())
        return Elements();
      result = apply(binary, *result, *right, type);
    }
    return result ? Elements{result->store()} : Elements();
  });
}

template <class Number> static Number power(Number base, Number exponent) {
  Number result = 1;
  for (; exponent > 0; exponent /= 2, base *= base)
    if (exponent % 2)
      result *= base;
  return result;
}

static int64_t divide(int64_t left, int64_t right) {
  return right == -1 ? int64_t(-uint64_t(left)) : left / right;
}

static double larger(double left, double right) {
  return std::isnan(left) || left > right ? left : right;
}

static double smaller(double left, double right) {
  return std::isnan(left) || left < right ? left : right;
}

/// The same expression for every kind of number.
#define TILICHO_BINARY(name, expression)                                       \
  static constexpr Binary name = {                                             \
      [](double a, double b) { return double(expression); },                   \
      [](int64_t a, int64_t b) { return int64_t(expression); },                \
      [](uint64_t a, uint64_t b) { return uint64_t(expression); }};
TILICHO_BINARY(equal, a == b)
TILICHO_BINARY(less, a < b)
TILICHO_BINARY(greater, a > b)
TILICHO_BINARY(lessOrEqual, a <= b)
TILICHO_BINARY(greaterOrEqual, a >= b)
TILICHO_BINARY(logicalAnd, a != 0 && b != 0)
TILICHO_BINARY(logicalOr, a != 0 || b != 0)
TILICHO_BINARY(logicalXor, (a != 0) != (b != 0))
#undef TILICHO_BINARY

/// Integers wrap: the signed forms compute without sign.
#define TILICHO_WRAPPING(name, sign)                                           \
  static constexpr Binary name = {                                             \
      [](double a, double b) { return a sign b; },                             \
      [](int64_t a, int64_t b) {                                               \
        return int64_t(uint64_t(a) sign uint64_t(b));                          \
      },                                                                       \
      [](uint64_t a, uint64_t b) { return a sign b; }};
TILICHO_WRAPPING(add, +)
TILICHO_WRAPPING(subtract, -)
TILICHO_WRAPPING(multiply, *)
#undef TILICHO_WRAPPING

static constexpr Binary division = {
    [](double a, double b) { return a / b; }, divide,
    [](uint64_t a, uint64_t b) { return a / b; }, /*divides=*/true};
static constexpr Binary maximum = {
    larger, [](int64_t a, int64_t b) { return std::max(a, b); },
    [](uint64_t a, uint64_t b) { return std::max(a, b); }};
static constexpr Binary minimum = {
    smaller, [](int64_t a, int64_t b) { return std::min(a, b); },
    [](uint64_t a, uint64_t b) { return std::min(a, b); }};
static constexpr Binary powers = {
    [](double a, double b) { return std::pow(a, b); },
    [](int64_t a, int64_t b) {
      return b < 0 ? int64_t(std::pow(double(a), double(b)))
                   : int64_t(power(uint64_t(a), uint64_t(b)));
    },
    power<uint64_t>};
/// The sign of the divisor, or with fmod=1 that of the dividend.
static constexpr Binary modulo = {
    nullptr,
    [](int64_t a, int64_t b) {
      int64_t rest = b == -1 ? 0 : a % b;
      return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    },
    [](uint64_t a, uint64_t b) { return a % b; }, /*divides=*/true};
static constexpr Binary remainder_ = {
    [](double a, double b) { return std::fmod(a, b); },
    [](int64_t a, int64_t b) { return b == -1 ? int64_t(0) : a % b; },
    [](uint64_t a, uint64_t b) { return a % b; }, /*divides=*/true};

static Elements foldMod(Operation *op, Operands operands) {
  if (cast<ModOp>(op).getFmod())
    return foldBinary<remainder_>(op, operands);
  if (isReal(operands[0].getElementType()))
    return {};
  return foldBinary<modulo>(op, operands);
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

/// For each dimension whether it is reduced; none when the axes are not known.
static std::optional<SmallVector<bool>>
reducedAxes(Operation *op, Operands operands, int64_t rank) {
  std::optional<Shape> axes;
  if (operands.size() > 1 && operands[1])
    axes = toIntegers(operands[1]);
  auto noop = op->getAttrOfType<IntegerAttr>("noop_with_empty_axes");
  bool empty = !axes || axes->empty();
  SmallVector<bool> reduced(rank, empty && !(noop && noop.getInt()));
  if (axes)
    for (int64_t axis : *axes)
      reduced[axis < 0 ? axis + rank : axis] = true;
  return reduced;
}

/// Reduces real numbers in double, integers in their type.
template <const Binary &binary>
static Elements foldReduce(Operation *op, Operands operands) {
  RankedTensorType type = staticResultType(op);
  auto from = ConstantTensor::load(operands[0]);
  if (!type || !from || !isKnown(type.getElementType()))
    return {};
  auto reduced = reducedAxes(op, operands, from->type.getRank());
  if (!reduced || type.getNumElements() == 0 || from->numElements() == 0)
    return {};
  Shape kept;
  for (auto [dim, size] : llvm::enumerate(from->type.getShape()))
    kept.push_back((*reduced)[dim] ? 1 : size);
  auto keptType = RankedTensorType::get(kept, type.getElementType());
  Shape steps = broadcastSteps(keptType, from->type.getShape());
  std::vector<double> reals(type.getNumElements());
  std::vector<int64_t> integers(type.getNumElements());
  std::vector<bool> started(type.getNumElements());
  bool real = isReal(type.getElementType());
  forEachElement(
      from->type.getShape(), 0, steps, [&](int64_t index, int64_t place) {
        double number = real ? from->real(index) : 0;
        int64_t integer = real ? 0 : from->integer(index);
        reals[place] =
            started[place] ? binary.real(reals[place], number) : number;
        integers[place] =
            started[place] ? binary.integer(integers[place], integer) : integer;
        started[place] = true;
      });
  ConstantTensor to(type);
  for (int64_t index = 0; index < to.numElements(); ++index)
    if (real)
      to.setReal(index, reals[index]);
    else
      to.setInteger(index, integers[index]);
  return {to.store()};
}

//===----------------------------------------------------------------------===//
// Places of elements
//===----------------------------------------------------------------------===//

static Elements foldNonZero(Operation *op, Operands operands) {
  auto from = ConstantTensor::load(operands[0]);
  if (!from)
    return {};
  int64_t rank = from->type.getRank();
  std::vector<Shape> positions;
  Shape steps = rowMajorSteps(from->type.getShape());
  bool real = isReal(from->type.getElementType());
  for (int64_t index = 0; index < from->numElements(); ++index) {
    if (real ? from->real(index) == 0 : from->integer(index) == 0)
      continue;
    Shape position;
    for (int64_t dim = 0; dim < rank; ++dim)
      position.push_back(index / steps[dim] % from->type.getDimSize(dim));
    positions.push_back(position);
  }
  int64_t count = positions.size();
  ConstantTensor to(RankedTensorType::get(
      {rank, count}, IntegerType::get(op->getContext(), 64)));
  for (int64_t dim = 0; dim < rank; ++dim)
    for (int64_t index = 0; index < count; ++index)
      to.setInteger(dim * count + index, positions[index][dim]);
  return {to.store()};
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static double reciprocal(double x) { return 1 / x; }
static double negateReal(double x) { return -x; }
static int64_t negate(int64_t x) { return int64_t(-uint64_t(x)); }
static int64_t magnitude(int64_t x) { return x < 0 ? negate(x) : x; }
static int64_t invert(int64_t x) { return x == 0; }
static double invertReal(double x) { return x == 0; }
static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
static double relu(double x) { return std::isnan(x) || x > 0 ? x : 0; }

static void addBinaryFolds(FoldTable &table) {
  table["Add"] = table["Sum"] = foldBinary<add>;
  table["Sub"] = foldBinary<subtract>;
  table["Mul"] = foldBinary<multiply>;
  table["Div"] = foldBinary<division>;
  table["Pow"] = foldBinary<powers>;
  table["Max"] = foldBinary<maximum>;
  table["Min"] = foldBinary<minimum>;
  table["Mod"] = foldMod;
  table["Equal"] = foldBinary<equal>;
  table["Less"] = foldBinary<less>;
  table["Greater"] = foldBinary<greater>;
  table["LessOrEqual"] = foldBinary<lessOrEqual>;
  table["GreaterOrEqual"] = foldBinary<greaterOrEqual>;
  table["And"] = foldBinary<logicalAnd>;
  table["Or"] = foldBinary<logicalOr>;
  table["Xor"] = foldBinary<logicalXor>;
}

void tilicho::ir::onnx::addArithmeticFolds(FoldTable &table) {
  addBinaryFolds(table);
  table["Cast"] = foldCast;
  table["Neg"] = foldExactUnary<negate, negateReal>;
  table["Abs"] = foldExactUnary<magnitude, std::fabs>;
  table["Not"] = foldExactUnary<invert, invertReal>;
  table["Floor"] = foldUnary<std::floor>;
  table["Ceil"] = foldUnary<std::ceil>;
  table["Round"] = foldUnary<std::nearbyint>;
  table["Sqrt"] = foldUnary<std::sqrt>;
  table["Reciprocal"] = foldUnary<reciprocal>;
  table["Exp"] = foldUnary<std::exp>;
  table["Log"] = foldUnary<std::log>;
  table["Sin"] = foldUnary<std::sin>;
  table["Cos"] = foldUnary<std::cos>;
  table["Tanh"] = foldUnary<std::tanh>;
  table["Sigmoid"] = foldUnary<sigmoid>;
  table["Relu"] = foldUnary<relu>;
  table["ReduceSum"] = foldReduce<add>;
  table["ReduceProd"] = foldReduce<multiply>;
  table["ReduceMax"] = foldReduce<maximum>;
  table["ReduceMin"] = foldReduce<minimum>;
  table["NonZero"] = foldNonZero;
}
