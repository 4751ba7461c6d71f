// SPDX-License-Identifier: Apache-2.0
// The activations that recurrent operators name in their attributes.
#include "lib/Conversion/OnnxToTile/RecurrentActivations.h"

using namespace mlir;

namespace tilicho::compiler {

namespace {
using Build = Value (*)(Arithmetic &, Value, double alpha, double beta);

/// A function by its name in lower case; what it does not take is empty.
struct Entry {
  StringLiteral name;
  std::optional<double> alpha, beta;
  Build build;
};
} // namespace

static Value unary(Arithmetic &math, StringRef op, Value x) {
  return math(op, x);
}

/// alpha * x + beta.
static Value affine(Arithmetic &math, Value x, double alpha, double beta) {
  Value scaled = math("multiply", {x, math.number(alpha)});
  return math("add", {scaled, math.number(beta)});
}

static Value leakyRelu(Arithmetic &math, Value x, double alpha, double) {
  Value scaled = math("multiply", {x, math.number(alpha)});
  return math(alpha <= 1 ? "max" : "min", {scaled, x});
}

static Value thresholdedRelu(Arithmetic &math, Value x, double alpha, double) {
  Value above = math.into(math.build.boolean(), "gt", {x, math.number(alpha)});
  return math("select", {above, x, math.number(0)});
}

/// alpha * tanh(beta * x).
static Value scaledTanh(Arithmetic &math, Value x, double alpha, double beta) {
  Value inner = math("tanh", math("multiply", {x, math.number(beta)}));
  return math("multiply", {inner, math.number(alpha)});
}

static Value hardSigmoid(Arithmetic &math, Value x, double alpha, double beta) {
  Value below = math("min", {affine(math, x, alpha, beta), math.number(1)});
  return math("max", {below, math.number(0)});
}

static Value elu(Arithmetic &math, Value x, double alpha, double) {
  Value power = math("exp", math("min", {x, math.number(0)}));
  Value shifted = math("subtract", {power, math.number(1)});
  Value low = math("multiply", {shifted, math.number(alpha)});
  return math("add", {low, math("max", {x, math.number(0)})});
}

static Value softsign(Arithmetic &math, Value x, double, double) {
  Value divisor = math("add", {math("abs", x), math.number(1)});
  return math("divide", {x, divisor});
}

/// Defaults are those of the operators of the same names.
static ArrayRef<Entry> entries() {
  static const Entry all[] = {
      {"affine", 1, 0, affine},
      {"elu", 1, std::nullopt, elu},
      {"hardsigmoid", 0.2, 0.5, hardSigmoid},
      {"leakyrelu", 0.01, std::nullopt, leakyRelu},
      {"relu",
       {},
       {},
       [](Arithmetic &math, Value x, double, double) {
         return unary(math, "relu", x);
       }},
      {"scaledtanh", 1, 1, scaledTanh},
      {"sigmoid",
       {},
       {},
       [](Arithmetic &math, Value x, double, double) {
         return unary(math, "sigmoid", x);
       }},
      {"softplus",
       {},
       {},
       [](Arithmetic &math, Value x, double, double) {
         return unary(math, "softplus", x);
       }},
      {"softsign", {}, {}, softsign},
      {"tanh",
       {},
       {},
       [](Arithmetic &math, Value x, double, double) {
         return unary(math, "tanh", x);
       }},
      {"thresholdedrelu", 1, std::nullopt, thresholdedRelu},
  };
  return all;
}

static const Entry *findEntry(StringRef name) {
  for (const Entry &entry : entries())
    if (entry.name == name)
      return &entry;
  return nullptr;
}

Value RecurrentActivation::apply(Arithmetic &math, Value x) const {
  return findEntry(name)->build(math, x, alpha, beta);
}

static SmallVector<std::string> namesOf(const OnnxNode &node,
                                        ArrayRef<StringRef> defaults,
                                        int64_t directions) {
  SmallVector<std::string> names;
  if (auto given = node.operation()->getAttrOfType<ArrayAttr>("activations"))
    for (Attribute name : given)
      names.push_back(cast<StringAttr>(name).getValue().lower());
  if (!names.empty())
    return names;
  for (int64_t direction = 0; direction < directions; ++direction)
    for (StringRef name : defaults)
      names.push_back(name.str());
  return names;
}

static ArrayRef<float> floatsOf(const OnnxNode &node, StringRef attribute) {
  auto value = node.operation()->getAttrOfType<DenseF32ArrayAttr>(attribute);
  return value ? value.asArrayRef() : ArrayRef<float>();
}

/// The next of `given` if the function takes one, else its default.
static double consume(ArrayRef<float> &given, std::optional<double> fallback) {
  if (!fallback || given.empty())
    return fallback.value_or(0);
  double value = given.front();
  given = given.drop_front();
  return value;
}

std::optional<SmallVector<RecurrentActivation>>
recurrentActivations(const OnnxNode &node, ArrayRef<StringRef> defaults,
                     int64_t directions) {
  SmallVector<std::string> names = namesOf(node, defaults, directions);
  if (static_cast<int64_t>(names.size()) !=
      static_cast<int64_t>(defaults.size()) * directions)
    return std::nullopt;
  ArrayRef<float> alphas = floatsOf(node, "activation_alpha");
  ArrayRef<float> betas = floatsOf(node, "activation_beta");
  SmallVector<RecurrentActivation> all;
  for (const std::string &name : names) {
    const Entry *entry = findEntry(name);
    if (!entry)
      return std::nullopt;
    double alpha = consume(alphas, entry->alpha);
    all.push_back({name, alpha, consume(betas, entry->beta)});
  }
  return all;
}

} // namespace tilicho::compiler
