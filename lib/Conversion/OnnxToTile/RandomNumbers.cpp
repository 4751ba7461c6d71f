// SPDX-License-Identifier: Apache-2.0
// Random numbers: Threefry-2x32 with 20 rounds, whose input is each element's
// own number, so that every machine and order of work gives the same bits.
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/OnnxToTile/DrawnValues.h"
#include "lib/Conversion/OnnxToTile/Lowering.h"

#include <cmath>

using namespace mlir;
using tilicho::ir::tile::numElements;

namespace tilicho::compiler {

namespace {
/// What the numbers are drawn for: with one seed each has its own.
enum class Stream : uint32_t {
  Uniform = 1,
  Normal,
  Bernoulli,
  Multinomial,
  Dropout
};

/// Two words of 32 bits for each of a number of pairs.
struct Words {
  Value first, second;
};

class RandomSource {
public:
  RandomSource(const OnnxNode &node, StructuredBuilder &build, Stream stream);

  /// f32 in [0, 1), in steps of 2^-24.
  Value uniform(ArrayRef<int64_t> shape);
  /// f32 of mean 0 and variance 1.
  Value normal(ArrayRef<int64_t> shape);

private:
  Value word(uint32_t value) { return bits.number(value); }
  Value rotate(Value x, unsigned count);
  Words draw(int64_t pairs);
  Value toUnit(Value word);
  Value gather(Value first, Value second, ArrayRef<int64_t> shape);

  StructuredBuilder &build;
  Arithmetic bits, math;
  uint32_t key[2];
};
} // namespace

/// The key is the attribute's bits; the import gives a seed to a node that has
/// none.
RandomSource::RandomSource(const OnnxNode &node, StructuredBuilder &build,
                           Stream stream)
    : build(build), bits(build, "u32"), math(build, "f32") {
  uint64_t seed = 0;
  Attribute attribute = node.operation()->getAttr("seed");
  if (auto real = dyn_cast_or_null<FloatAttr>(attribute))
    seed = real.getValue().bitcastToAPInt().getZExtValue();
  if (auto integer = dyn_cast_or_null<IntegerAttr>(attribute))
    seed = integer.getValue().getZExtValue();
  key[0] = static_cast<uint32_t>(seed);
  key[1] = static_cast<uint32_t>(seed >> 32) ^ static_cast<uint32_t>(stream);
}

Value RandomSource::rotate(Value x, unsigned count) {
  return bits("bit_or", {bits("shift_left", {x, word(count)}),
                         bits("shift_right", {x, word(32 - count)})});
}

Words RandomSource::draw(int64_t pairs) {
  static constexpr unsigned rotations[2][4] = {{13, 15, 26, 6},
                                               {17, 29, 16, 24}};
  constexpr int64_t longest = 1024;
  constexpr uint32_t parity = 0x1BD11BDA;
  const uint32_t keys[3] = {key[0], key[1], parity ^ key[0] ^ key[1]};
  int64_t cols = std::min(pairs, longest), rows = (pairs + cols - 1) / cols;
  Value start = bits("multiply", {build.iota(bits.type, 2, 0, rows),
                                  word(static_cast<uint32_t>(cols))});
  Value number = bits("add", {build.iota(bits.type, 2, 1, cols), start});
  number.getDefiningOp()->setAttr(drawnName, build.builder.getUnitAttr());
  Value x = bits("add", {number, word(keys[0])});
  Value y = build.splat(bits.type, {1, 1}, keys[1]);
  for (uint32_t group = 1; group <= 5; ++group) {
    for (unsigned rotation : rotations[(group - 1) % 2]) {
      x = bits("add", {x, y});
      y = bits("bit_xor", {rotate(y, rotation), x});
    }
    x = bits("add", {x, word(keys[group % 3])});
    y = bits("add", {y, word(keys[(group + 1) % 3] + group)});
  }
  auto flat = [&](Value value) {
    return build.slice(build.reshape(value, {rows * cols}), 0, 0, pairs);
  };
  return {flat(x), flat(y)};
}

Value RandomSource::toUnit(Value bitsOf) {
  Value high = bits("shift_right", {bitsOf, word(8)});
  return math("multiply", {high, math.number(std::ldexp(1, -24))});
}

/// All first ones before all second ones.
Value RandomSource::gather(Value first, Value second, ArrayRef<int64_t> shape) {
  Value both = build.concat({first, second}, 0);
  return build.reshape(build.slice(both, 0, 0, numElements(shape)), shape);
}

Value RandomSource::uniform(ArrayRef<int64_t> shape) {
  int64_t count = numElements(shape);
  if (count == 0)
    return build.splat(math.type, shape, 0);
  Words words = draw((count + 1) / 2);
  return gather(toUnit(words.first), toUnit(words.second), shape);
}

/// Box and Muller's: a radius and an angle.
Value RandomSource::normal(ArrayRef<int64_t> shape) {
  int64_t count = numElements(shape);
  if (count == 0)
    return build.splat(math.type, shape, 0);
  Words words = draw((count + 1) / 2);
  // In (0, 1], of which there is a logarithm.
  Value chance =
      math("add", {toUnit(words.first), math.number(std::ldexp(1, -24))});
  Value log = math("log", chance);
  Value radius = math("sqrt", math("multiply", {log, math.number(-2)}));
  Value angle = math("multiply", {toUnit(words.second), math.number(2 * M_PI)});
  return gather(math("multiply", {radius, math("cos", angle)}),
                math("multiply", {radius, math("sin", angle)}), shape);
}

//===----------------------------------------------------------------------===//
// RandomUniform, RandomNormal and those like a tensor
//===----------------------------------------------------------------------===//

static Values lowerUniform(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, "f32");
  double low = node.real("low", 0), high = node.real("high", 1);
  Value unit =
      RandomSource(node, build, Stream::Uniform).uniform(node.resultShape());
  Value scaled = math("multiply", {unit, math.number(high - low)});
  return {math.into(node.resultElement(), "add", {scaled, math.number(low)})};
}

static Values lowerNormal(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, "f32");
  Value unit =
      RandomSource(node, build, Stream::Normal).normal(node.resultShape());
  Value scaled = math("multiply", {unit, math.number(node.real("scale", 1))});
  return {math.into(node.resultElement(), "add",
                    {scaled, math.number(node.real("mean", 0))})};
}

//===----------------------------------------------------------------------===//
// Bernoulli
//===----------------------------------------------------------------------===//

/// The body in ONNX's schema draws a 1 with the probability of a 0.
static Values lowerBernoulli(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, "f32");
  Value unit =
      RandomSource(node, build, Stream::Bernoulli).uniform(node.resultShape());
  return {math.into(node.resultElement(), "lt", {unit, node.input(0)})};
}

//===----------------------------------------------------------------------===//
// Multinomial
//===----------------------------------------------------------------------===//

/// The first class up to which the chances add up to more than a part of all.
static Values lowerMultinomial(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, "f32");
  int64_t batch = node.shape(0)[0], classes = node.shape(0)[1];
  int64_t samples = node.resultShape()[1];
  Value logits = build.cast(node.input(0), math.type);
  Value most = build.reduce("max", logits, {1}, math.compute, math.type);
  Value chances = math("exp", math("subtract", {logits, most}));
  Value upTo = ir::tile::ScanOp::create(
      build.builder, build.loc, chances.getType(), chances, "add", math.compute,
      1, /*exclusive=*/false, /*reverse=*/false);
  Value all = build.slice(upTo, 1, classes - 1, 1);
  Value unit =
      RandomSource(node, build, Stream::Multinomial).uniform({batch, samples});
  Value part = math("multiply", {unit, all});
  Value isBelow =
      math("le", {build.insertDim(upTo, 1), build.insertDim(part, 2)});
  Value count = build.reshape(math.sum(isBelow, {2}), {batch, samples});
  Value last = math.number(static_cast<double>(classes - 1));
  return {math.into(node.resultElement(), "min", {count, last})};
}

static bool hasClasses(const OnnxNode &node) {
  return node.rank(0) == 2 && node.shape(0)[1] > 0;
}

//===----------------------------------------------------------------------===//
// Dropout
//===----------------------------------------------------------------------===//

/// Whether it is known that everything is kept.
static bool keepsAll(const OnnxNode &node) {
  if (!node.has(2))
    return true;
  std::optional<Shape> training = node.constantIntegers(2);
  if (training && training->front() == 0)
    return true;
  auto ratio = node.constantReals(1);
  return ratio && ratio->front() == 0;
}

static Values dropSome(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, "f32");
  Value one = math.number(1), zero = math.number(0);
  Value training = build.reshape(node.input(2), {});
  Value ratio = node.has(1)
                    ? build.reshape(build.cast(node.input(1), math.type), {})
                    : math.number(0.5);
  ratio = math("select", {training, ratio, zero});
  Value unit =
      RandomSource(node, build, Stream::Dropout).uniform(node.resultShape());
  Value mask = math.into(build.boolean(), "ge", {unit, ratio});
  Value scale = math("divide", {one, math("subtract", {one, ratio})});
  Arithmetic own(build, node.element(0));
  Value scaled = own("multiply", {node.input(0), scale});
  return {
      own.into(node.resultElement(), "select", {mask, scaled, own.number(0)}),
      mask};
}

static Values lowerDropout(const OnnxNode &node, StructuredBuilder &build) {
  Values results = {node.input(0)};
  if (!keepsAll(node))
    results = dropSome(node, build);
  else if (node.uses(1))
    results.push_back(build.splat(build.boolean(), node.resultShape(1), 1));
  results.resize(node.numResults());
  return results;
}

void addRandomNumbers(LoweringRegistry &registry) {
  registry.add("Bernoulli", lowerBernoulli);
  registry.add("Dropout", lowerDropout);
  registry.add("Multinomial", lowerMultinomial,
               Limit{"there must be at least one class", hasClasses});
  registry.add("RandomNormal", lowerNormal);
  registry.add("RandomNormalLike", lowerNormal);
  registry.add("RandomUniform", lowerUniform);
  registry.add("RandomUniformLike", lowerUniform);
}

} // namespace tilicho::compiler
