// SPDX-License-Identifier: Apache-2.0
// Bodies for the optimisers of ai.onnx.preview.training, whose schemas give
// their meaning in words only.
#include "lib/Import/OnnxLibrary.h"

#include "onnx/defs/function.h"

#include <optional>

using namespace onnx;

namespace {
struct Optimizer {
  /// Tensors of each variable, as inputs and outputs name them in the steps:
  /// ONNX gives all of one kind before all of the next.
  std::vector<std::string> inputs, outputs;
  /// What is done once, and what for each variable.
  std::vector<const char *> constants, steps;
};
} // namespace

/// `$` stands for the number of the variable, whose type is that of all sums.
static const char *const regularise = R"(
  n$ = CastLike(norm, X$)
  r$ = CastLike(R, X$)
  t$ = CastLike(T, X$)
  one$ = CastLike(one, X$)
  penalty$ = Mul(n$, X$)
  G1$ = Add(penalty$, G$))";

static const char *const adamSteps = R"(
  a$ = CastLike(alpha, X$)
  b$ = CastLike(beta, X$)
  epsilon$ = CastLike(epsilon, X$)
  post$ = CastLike(post, X$)
  restA$ = Sub(one$, a$)
  restB$ = Sub(one$, b$)
  keptV$ = Mul(a$, V$)
  freshV$ = Mul(restA$, G1$)
  VNew$ = Add(keptV$, freshV$)
  square$ = Mul(G1$, G1$)
  keptH$ = Mul(b$, H$)
  freshH$ = Mul(restB$, square$)
  HNew$ = Add(keptH$, freshH$)
  root$ = Sqrt(HNew$)
  divisor$ = Add(root$, epsilon$)
  powerB$ = Pow(b$, t$)
  powerA$ = Pow(a$, t$)
  leftB$ = Sub(one$, powerB$)
  leftA$ = Sub(one$, powerA$)
  rootB$ = Sqrt(leftB$)
  scaled$ = Mul(r$, rootB$)
  later$ = Div(scaled$, leftA$)
  rate$ = Where(isLater, later$, r$)
  moved$ = Mul(rate$, VNew$)
  step$ = Div(moved$, divisor$)
  X1$ = Sub(X$, step$)
  restPost$ = Sub(one$, post$)
  XNew$ = Mul(restPost$, X1$))";

static const char *const adagradSteps = R"(
  decay$ = CastLike(decay, X$)
  epsilon$ = CastLike(epsilon, X$)
  slowed$ = Mul(t$, decay$)
  slower$ = Add(one$, slowed$)
  rate$ = Div(r$, slower$)
  square$ = Mul(G1$, G1$)
  HNew$ = Add(H$, square$)
  root$ = Sqrt(HNew$)
  divisor$ = Add(root$, epsilon$)
  moved$ = Mul(rate$, G1$)
  step$ = Div(moved$, divisor$)
  XNew$ = Sub(X$, step$))";

static const char *const momentumSteps = R"(
  a$ = CastLike(alpha, X$)
  b$ = CastLike(beta, X$)
  share$ = Where(isLater, b$, one$)
  kept$ = Mul(a$, V$)
  fresh$ = Mul(share$, G1$)
  VNew$ = Add(kept$, fresh$))";

static const char *const standardSteps = R"(
  step$ = Mul(r$, VNew$)
  XNew$ = Sub(X$, step$))";

static const char *const nesterovSteps = R"(
  ahead$ = Mul(a$, VNew$)
  direction$ = Add(G1$, ahead$)
  step$ = Mul(r$, direction$)
  XNew$ = Sub(X$, step$))";

static const char *const common = R"(
  one = Constant <value_float = 1.0> ()
  zero = Constant <value_int = 0> ()
  isLater = Greater(T, zero)
  norm = Constant <value_float : float = @norm_coefficient> ())";

static const char *const powers = R"(
  alpha = Constant <value_float : float = @alpha> ()
  beta = Constant <value_float : float = @beta> ())";

static const char *const epsilon = R"(
  epsilon = Constant <value_float : float = @epsilon> ())";

static const char *const post = R"(
  post = Constant <value_float : float = @norm_coefficient_post> ())";

static const char *const decay = R"(
  decay = Constant <value_float : float = @decay_factor> ())";

static std::optional<Optimizer> findOptimizer(const NodeProto &node) {
  if (node.op_type() == "Adam")
    return Optimizer{{"X", "G", "V", "H"},
                     {"XNew", "VNew", "HNew"},
                     {powers, epsilon, post},
                     {adamSteps}};
  if (node.op_type() == "Adagrad")
    return Optimizer{
        {"X", "G", "H"}, {"XNew", "HNew"}, {epsilon, decay}, {adagradSteps}};
  if (node.op_type() != "Momentum")
    return std::nullopt;
  bool isNesterov = false;
  for (const AttributeProto &attribute : node.attribute())
    isNesterov |= attribute.name() == "mode" && attribute.s() == "nesterov";
  return Optimizer{{"X", "G", "V"},
                   {"XNew", "VNew"},
                   {powers},
                   {momentumSteps, isNesterov ? nesterovSteps : standardSteps}};
}

/// `text` for one variable.
static std::string numbered(std::string text, int variable) {
  for (size_t at = text.find('$'); at != std::string::npos; at = text.find('$'))
    text.replace(at, 1, std::to_string(variable));
  return text;
}

bool tilicho::compiler::buildOptimizerBody(const NodeProto &node,
                                           FunctionProto &body) {
  std::optional<Optimizer> optimizer = findOptimizer(node);
  // The rate and the count come first.
  int tensors = node.input_size() - 2;
  if (!optimizer || tensors <= 0 ||
      tensors % static_cast<int>(optimizer->inputs.size()) != 0)
    return false;
  int variables = tensors / static_cast<int>(optimizer->inputs.size());
  FunctionBuilder builder(body);
  builder.Add(common);
  for (const char *constants : optimizer->constants)
    builder.Add(constants);
  for (int variable = 0; variable < variables; ++variable) {
    builder.Add(numbered(regularise, variable).c_str());
    for (const char *steps : optimizer->steps)
      builder.Add(numbered(steps, variable).c_str());
  }
  for (const AttributeProto &attribute : node.attribute())
    body.add_attribute(attribute.name());
  body.add_input("R");
  body.add_input("T");
  for (const std::string &name : optimizer->inputs)
    for (int variable = 0; variable < variables; ++variable)
      body.add_input(name + std::to_string(variable));
  for (const std::string &name : optimizer->outputs)
    for (int variable = 0; variable < variables; ++variable)
      body.add_output(name + std::to_string(variable));
  return true;
}
