// SPDX-License-Identifier: Apache-2.0
// Activations that take several operations of the ISA.
#include "lib/Conversion/OnnxToTile/Lowering.h"

using namespace mlir;

namespace tilicho::compiler {

namespace {
/// What every activation starts from.
struct Activation {
  Activation(const OnnxNode &node, StructuredBuilder &build)
      : math(build, node.element(0)), x(node.input(0)),
        element(node.resultElement()) {}

  Value number(double value) { return math.number(value); }
  Value positive() { return math("max", {x, number(0)}); }
  Value negative() { return math("min", {x, number(0)}); }
  Values finish(StringRef op, ValueRange inputs) {
    return {math.into(element, op, inputs)};
  }

  Arithmetic math;
  Value x;
  Type element;
};
} // namespace

/// max(x, 0) + alpha * (exp(min(x, 0) / scale) - 1): one part is always zero.
static Value exponentialUnit(Activation &act, double alpha, double scale) {
  Value argument = act.negative();
  if (scale != 1)
    argument = act.math("divide", {argument, act.number(scale)});
  Value power = act.math("exp", argument);
  Value shifted = act.math("subtract", {power, act.number(1)});
  return act.math("multiply", {shifted, act.number(alpha)});
}

static Values lowerElu(const OnnxNode &node, StructuredBuilder &build) {
  Activation act(node, build);
  Value low = exponentialUnit(act, node.real("alpha", 1), 1);
  return act.finish("add", {low, act.positive()});
}

static Values lowerCelu(const OnnxNode &node, StructuredBuilder &build) {
  Activation act(node, build);
  double alpha = node.real("alpha", 1);
  Value low = exponentialUnit(act, alpha, alpha);
  return act.finish("add", {low, act.positive()});
}

static Values lowerSelu(const OnnxNode &node, StructuredBuilder &build) {
  Activation act(node, build);
  Value low =
      exponentialUnit(act, node.real("alpha", 1.67326319217681884765625), 1);
  Value sum = act.math("add", {low, act.positive()});
  double gamma = node.real("gamma", 1.05070102214813232421875);
  return act.finish("multiply", {sum, act.number(gamma)});
}

/// The larger of x and alpha * x while alpha is at most 1, else the smaller.
static Values lowerLeakyRelu(const OnnxNode &node, StructuredBuilder &build) {
  Activation act(node, build);
  double alpha = node.real("alpha", 0.01);
  if (alpha == 0)
    return act.finish("relu", act.x);
  Value scaled = act.math("multiply", {act.x, act.number(alpha)});
  return act.finish(alpha <= 1 ? "max" : "min", {scaled, act.x});
}

static Values lowerPRelu(const OnnxNode &node, StructuredBuilder &build) {
  Activation act(node, build);
  Value low = act.math("multiply", {act.negative(), node.input(1)});
  return act.finish("add", {low, act.positive()});
}

static Values lowerThresholdedRelu(const OnnxNode &node,
                                   StructuredBuilder &build) {
  Activation act(node, build);
  Value above = act.math.into(build.boolean(), "gt",
                              {act.x, act.number(node.real("alpha", 1))});
  return act.finish("select", {above, act.x, act.number(0)});
}

static Value hardSigmoid(Activation &act, double alpha, double beta) {
  Value scaled = act.math("multiply", {act.x, act.number(alpha)});
  Value shifted = act.math("add", {scaled, act.number(beta)});
  Value below = act.math("min", {shifted, act.number(1)});
  return act.math("max", {below, act.number(0)});
}

static Values lowerHardSigmoid(const OnnxNode &node, StructuredBuilder &build) {
  Activation act(node, build);
  return {act.math.as(act.element, hardSigmoid(act, node.real("alpha", 0.2),
                                               node.real("beta", 0.5)))};
}

static Values lowerHardSwish(const OnnxNode &node, StructuredBuilder &build) {
  Activation act(node, build);
  return act.finish("multiply", {hardSigmoid(act, 1.0 / 6, 0.5), act.x});
}

static Values lowerSoftsign(const OnnxNode &node, StructuredBuilder &build) {
  Activation act(node, build);
  Value size = act.math("abs", act.x);
  Value divisor = act.math("add", {size, act.number(1)});
  return act.finish("divide", {act.x, divisor});
}

static Values lowerGelu(const OnnxNode &node, StructuredBuilder &build) {
  Activation act(node, build);
  bool tanh = node.text("approximate", "none") == "tanh";
  return act.finish(tanh ? "gelu_tanh" : "gelu", act.x);
}

static Values lowerSwish(const OnnxNode &node, StructuredBuilder &build) {
  Activation act(node, build);
  double alpha = node.real("alpha", 1);
  if (alpha == 1)
    return act.finish("silu", act.x);
  Value scaled = act.math("multiply", {act.x, act.number(alpha)});
  return act.finish("multiply", {act.math("sigmoid", scaled), act.x});
}

/// Integers are shrunk in f32 and truncated.
static Values lowerShrink(const OnnxNode &node, StructuredBuilder &build) {
  Type element = node.element(0);
  Arithmetic math(build, llvm::isa<FloatType>(element) ? computeFor(element)
                                                       : StringRef("f32"));
  double lambd = node.real("lambd", 0.5), bias = node.real("bias", 0);
  Value x = node.input(0);
  Value low = math.into(build.boolean(), "lt", {x, math.number(-lambd)});
  Value high = math.into(build.boolean(), "gt", {x, math.number(lambd)});
  Value raised = math("add", {x, math.number(bias)});
  Value lowered = math("subtract", {x, math.number(bias)});
  Value above = math("select", {high, lowered, math.number(0)});
  Value result = math("select", {low, raised, above});
  return {build.cast(result, node.resultElement())};
}

void addActivations(LoweringRegistry &registry) {
  registry.add("Elu", lowerElu);
  registry.add("Celu", lowerCelu);
  registry.add("Selu", lowerSelu);
  registry.add("LeakyRelu", lowerLeakyRelu);
  registry.add("PRelu", lowerPRelu);
  registry.add("ThresholdedRelu", lowerThresholdedRelu);
  registry.add("HardSigmoid", lowerHardSigmoid);
  registry.add("HardSwish", lowerHardSwish);
  registry.add("Softsign", lowerSoftsign);
  registry.add("Gelu", lowerGelu);
  registry.add("Swish", lowerSwish);
  registry.add("Shrink", lowerShrink);
}

} // namespace tilicho::compiler
