// SPDX-License-Identifier: Apache-2.0
// The steps that are still to be applied to a constant.
#include "lib/Interpreter/Recipes.h"

#include "lib/Interpreter/CheckSteps.h"
#include "lib/Interpreter/Elements.h"
#include "runtime/Kernels/Kernels.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace tilicho::ir::tile;
namespace isa = tilicho::isa;

namespace tilicho::compiler {

static HostShape list(DictionaryAttr step, StringRef name) {
  ArrayRef<int64_t> values = step.getAs<DenseI64ArrayAttr>(name).asArrayRef();
  return HostShape(values.begin(), values.end());
}

static std::string_view word(DictionaryAttr step, StringRef name) {
  StringRef text = step.getAs<StringAttr>(name).getValue();
  return {text.data(), text.size()};
}

static isa::DType dtypeOf(DictionaryAttr step) {
  return *toDType(step.getAs<TypeAttr>("type").getValue());
}

static std::optional<HostTensor> applyElementwise(DictionaryAttr step,
                                                  const HostTensor &value) {
  kernels::Tensors inputs = {value};
  if (auto attribute = step.getAs<ElementsAttr>("operand")) {
    std::optional<HostTensor> operand = toHostTensor(attribute);
    if (!operand)
      return std::nullopt;
    inputs.push_back(*operand);
  }
  if (step.get("reversed"))
    std::swap(inputs[0], inputs[1]);
  return kernels::elementwise(*isa::parse<isa::AluOp>(word(step, "op")), inputs,
                              *isa::parse<isa::Compute>(word(step, "compute")),
                              dtypeOf(step));
}

/// Puts another constant behind, along one dimension; nothing where its data is
/// missing or does not fit.
static std::optional<HostTensor>
applyAppend(DictionaryAttr step, const HostTensor &value, std::string &why) {
  std::optional<HostTensor> other =
      materialize(step.getAs<ElementsAttr>("operand"),
                  step.getAs<ArrayAttr>("steps"), &why);
  if (!other)
    return std::nullopt;
  int64_t dim = step.getAs<IntegerAttr>("dim").getInt();
  HostShape wanted = value.shape();
  if (other->rank() == value.rank())
    wanted[dim] = other->shape()[dim];
  if (other->shape() != wanted || other->dtype() != value.dtype()) {
    why = "a step of a constant appends what does not fit";
    return std::nullopt;
  }
  HostShape shape = value.shape(), offsets(2 * shape.size(), 0),
            ones(offsets.size(), 1);
  offsets[shape.size() + dim] = shape[dim];
  shape[dim] += other->shape()[dim];
  return kernels::assemble({value, *other}, offsets, ones, std::nullopt,
                           value.dtype(), shape);
}

static std::optional<HostTensor>
applyStep(DictionaryAttr step, const HostTensor &value, std::string &why) {
  StringRef kind = step.getAs<StringAttr>("kind").getValue();
  if (kind == "cast")
    return kernels::cast(value, dtypeOf(step));
  if (kind == "reshape")
    return value.reshaped(list(step, "shape"));
  if (kind == "restride")
    return kernels::restride(value, list(step, "starts"), list(step, "dims"),
                             list(step, "steps"), list(step, "shape"));
  if (kind == "scale") {
    ArrayRef<double> factors =
        step.getAs<DenseF64ArrayAttr>("factors").asArrayRef();
    return kernels::scaleRows(value, {factors.data(), factors.size()});
  }
  if (kind == "append")
    return applyAppend(step, value, why);
  return applyElementwise(step, value);
}

static std::optional<HostTensor>
applyChecked(Attribute attribute, const HostTensor &value, std::string &why) {
  auto step = dyn_cast<DictionaryAttr>(attribute);
  if (!step) {
    why = "a step of a constant is no dictionary";
    return std::nullopt;
  }
  if (std::optional<std::string> problem = whyNotApplicable(step, value)) {
    why = "a step of a constant " + *problem;
    return std::nullopt;
  }
  return applyStep(step, value, why);
}

std::optional<HostTensor> materialize(ElementsAttr data, ArrayAttr steps,
                                      std::string *why) {
  std::string unused;
  std::optional<HostTensor> value = toHostTensor(data);
  if (value && steps)
    for (Attribute step : steps)
      if (value)
        value = applyChecked(step, *value, why ? *why : unused);
  return value;
}

FailureOr<HostTensor> materialize(ConstantOp op) {
  std::string why = "the data of this constant is missing";
  std::optional<HostTensor> value =
      materialize(op.getValue(), op.getStepsAttr(), &why);
  if (!value)
    return op.emitError(why);
  return *value;
}

//===----------------------------------------------------------------------===//
// Steps from operations
//===----------------------------------------------------------------------===//

static NamedAttribute shapeAttr(Builder &builder, Value result) {
  auto type = cast<RankedTensorType>(result.getType());
  return builder.getNamedAttr("shape",
                              builder.getDenseI64ArrayAttr(type.getShape()));
}

static NamedAttribute typeAttr(Builder &builder, Value result) {
  auto type = cast<RankedTensorType>(result.getType());
  return builder.getNamedAttr("type", TypeAttr::get(type.getElementType()));
}

/// With one small constant beside the large one, or alone.
static DictionaryAttr elementwiseStep(Builder &builder, ElementwiseOp op,
                                      unsigned index) {
  auto input = cast<RankedTensorType>(op.getInputs()[index].getType());
  auto result = cast<RankedTensorType>(op.getResult().getType());
  if (op.getInputs().size() > 2 || input.getShape() != result.getShape())
    return {};
  SmallVector<NamedAttribute> attrs = {
      builder.getNamedAttr("kind", builder.getStringAttr("elementwise")),
      builder.getNamedAttr("op", op.getOpAttr()),
      builder.getNamedAttr("compute", op.getComputeAttr()),
      typeAttr(builder, op.getResult())};
  if (op.getInputs().size() == 2) {
    ElementsAttr other = constantOf(op.getInputs()[1 - index]);
    if (!other || !toHostTensor(other))
      return {};
    attrs.push_back(builder.getNamedAttr("operand", other));
    if (index == 1)
      attrs.push_back(builder.getNamedAttr("reversed", builder.getUnitAttr()));
  }
  return builder.getDictionaryAttr(attrs);
}

DictionaryAttr stepFor(Operation *op, unsigned index) {
  Builder builder(op->getContext());
  auto kind = [&](StringRef name) {
    return builder.getNamedAttr("kind", builder.getStringAttr(name));
  };
  if (auto reshape = dyn_cast<ReshapeOp>(op))
    return builder.getDictionaryAttr(
        {kind("reshape"), shapeAttr(builder, reshape.getResult())});
  if (auto restride = dyn_cast<RestrideOp>(op))
    return builder.getDictionaryAttr(
        {kind("restride"),
         builder.getNamedAttr("starts", restride.getStartsAttr()),
         builder.getNamedAttr("dims", restride.getDimsAttr()),
         builder.getNamedAttr("steps", restride.getStepsAttr()),
         shapeAttr(builder, restride.getResult())});
  auto elementwise = dyn_cast<ElementwiseOp>(op);
  if (!elementwise)
    return {};
  auto input = cast<RankedTensorType>(op->getOperand(index).getType());
  bool casts = elementwise.getOp() == "copy" && !input.getElementType().isF64();
  if (casts &&
      input.getShape() ==
          cast<RankedTensorType>(elementwise.getResult().getType()).getShape())
    return builder.getDictionaryAttr(
        {kind("cast"), typeAttr(builder, elementwise.getResult())});
  return elementwiseStep(builder, elementwise, index);
}

} // namespace tilicho::compiler
