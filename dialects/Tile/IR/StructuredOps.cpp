// SPDX-License-Identifier: Apache-2.0
// Verifiers and folders of the structured operators that calculate.
#include "dialects/Tile/IR/StructuredChecks.h"
#include "dialects/Tile/IR/StructuredShapes.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "runtime/Isa/Isa.h"

using namespace mlir;

namespace tilicho::ir::tile {

static LogicalResult checkCompute(Operation *op, StringRef compute) {
  if (isa::parse<isa::Compute>(compute))
    return success();
  return op->emitOpError("compute type '") << compute << "' is unknown";
}

//===----------------------------------------------------------------------===//
// Constant
//===----------------------------------------------------------------------===//

/// With steps the constant's identity is both value and steps.
OpFoldResult ConstantOp::fold(FoldAdaptor) {
  if (!getSteps())
    return getValueAttr();
  return DictionaryAttr::get(getContext(),
                             {{getValueAttrName(), getValueAttr()},
                              {getStepsAttrName(), getStepsAttr()}});
}

static LogicalResult checkStep(ConstantOp op, Attribute step) {
  auto dictionary = dyn_cast<DictionaryAttr>(step);
  auto kind = dictionary ? dictionary.getAs<StringAttr>("kind") : StringAttr();
  if (!kind)
    return op.emitOpError("a step is a dictionary with a kind, not ") << step;
  if (!llvm::is_contained(
          {"cast", "reshape", "restride", "scale", "elementwise"},
          kind.getValue()))
    return op.emitOpError("step kind '") << kind.getValue() << "' is unknown";
  return success();
}

LogicalResult ConstantOp::verify() {
  if (!getSteps()) { // constant_c1
    if (getValue().getShapedType() == getResult().getType())
      return success();
    return emitOpError("result is ")
           << getResult().getType() << " but the value is "
           << getValue().getShapedType();
  }
  for (Attribute step : getStepsAttr())
    if (failed(checkStep(*this, step)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

static std::optional<unsigned> elementwiseArity(StringRef op) {
  if (op == "select")
    return 3;
  if (std::optional<isa::AluOp> found = isa::parse<isa::AluOp>(op))
    return isa::arity(*found);
  return std::nullopt;
}

LogicalResult ElementwiseOp::verify() {
  std::optional<unsigned> arity = elementwiseArity(getOp());
  if (!arity) // elementwise_c1
    return emitOpError("operation '") << getOp() << "' is unknown";
  if (*arity != getInputs().size()) // elementwise_c1
    return emitOpError("operation '")
           << getOp() << "' takes " << *arity << " operands but has "
           << getInputs().size();
  if (failed(checkCompute(*this, getCompute()))) // elementwise_c2
    return failure();
  Shape shape;
  for (Value input : getInputs()) { // elementwise_c3
    std::optional<Shape> wider = broadcastShapes(shape, shapeOf(input));
    if (!wider)
      return emitOpError("shapes ")
             << textOf(shape) << " and " << textOf(shapeOf(input))
             << " do not broadcast";
    shape = *wider;
  }
  return checkShape(*this, getResult(), shape);
}

//===----------------------------------------------------------------------===//
// Contract and convolution
//===----------------------------------------------------------------------===//

static LogicalResult checkZeros(Operation *op, Type element,
                                ArrayRef<int64_t> zeros) {
  bool none = llvm::all_of(zeros, [](int64_t zero) { return zero == 0; });
  if (none || llvm::isa<IntegerType>(element))
    return success();
  return op->emitOpError("zero points of ") << element << " must be 0";
}

LogicalResult ContractOp::verify() {
  if (rankOf(getA()) < 2 || rankOf(getB()) < 2) // contract_c1
    return emitOpError("operands have ")
           << rankOf(getA()) << " and " << rankOf(getB())
           << " dimensions but at least 2 are needed";
  Shape a(shapeOf(getA())), b(shapeOf(getB()));
  if (getTransA())
    std::swap(a[a.size() - 1], a[a.size() - 2]);
  if (getTransB())
    std::swap(b[b.size() - 1], b[b.size() - 2]);
  if (a.back() != b[b.size() - 2]) // contract_c1
    return emitOpError("operands have k = ")
           << a.back() << " and " << b[b.size() - 2];
  auto batch =
      broadcastShapes(ArrayRef(a).drop_back(2), ArrayRef(b).drop_back(2));
  if (!batch) // contract_c2
    return emitOpError("batches ")
           << textOf(ArrayRef(a).drop_back(2)) << " and "
           << textOf(ArrayRef(b).drop_back(2)) << " do not broadcast";
  batch->append({a[a.size() - 2], b.back()});
  if (failed(checkZeros(*this, elementOf(getA()),
                        {static_cast<int64_t>(getZeroA()),
                         static_cast<int64_t>(getZeroB())}))) // contract_c3
    return failure();
  return checkShape(*this, getResult(), *batch);
}

static LogicalResult checkConvolutionSizes(ConvolutionOp op, size_t spatial) {
  if (failed(checkSize(op, "strides", op.getStrides().size(), spatial)) ||
      failed(checkSize(op, "dilations", op.getDilations().size(), spatial)) ||
      failed(checkSize(op, "input_dilations", op.getInputDilations().size(),
                       spatial)) ||
      failed(checkSize(op, "pad_low", op.getPadLow().size(), spatial)))
    return failure();
  return checkSize(op, "pad_high", op.getPadHigh().size(), spatial);
}

LogicalResult ConvolutionOp::verify() {
  ArrayRef<int64_t> input = shapeOf(getInput()), kernel = shapeOf(getKernel());
  if (input.size() < 2 || input.size() != kernel.size()) // convolution_c1
    return emitOpError("input has ")
           << input.size() << " dimensions and the kernel " << kernel.size();
  size_t spatial = input.size() - 2;
  if (failed(checkConvolutionSizes(*this, spatial))) // convolution_c1
    return failure();
  int64_t group = getGroup(), channels = input[1];
  int64_t outChannels = kernel[spatial + 1];
  if (group < 1 || channels % group || outChannels % group ||
      kernel[spatial] != channels / group) // convolution_c2
    return emitOpError("group ") << group << " does not fit " << channels
                                 << " channels and a kernel " << textOf(kernel);
  Shape result = {input[0], outChannels};
  for (size_t dim = 0; dim < spatial; ++dim)
    result.push_back(windowPositions(
        {input[2 + dim], kernel[dim], getStrides()[dim], getDilations()[dim],
         getInputDilations()[dim], getPadLow()[dim], getPadHigh()[dim]}));
  return checkShape(*this, getResult(), result); // convolution_c3
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

LogicalResult ReductionOp::verify() {
  bool argument = getOp() == "arg_max" || getOp() == "arg_min";
  if (!argument && !isa::parse<isa::ReduceOp>(getOp())) // reduction_c1
    return emitOpError("operation '") << getOp() << "' is unknown";
  if (!llvm::is_contained({"copy", "square", "abs"},
                          getElementOp())) // reduction_c1
    return emitOpError("element operation '")
           << getElementOp() << "' is unknown";
  if (failed(checkCompute(*this, getCompute())))
    return failure();
  if (argument && getAxes().size() != 1) // reduction_c1
    return emitOpError("'")
           << getOp() << "' takes one axis but has " << getAxes().size();
  Shape result(shapeOf(getInput()));
  int64_t previous = -1;
  for (int64_t axis : getAxes()) { // reduction_c2
    if (failed(checkAxis(*this, axis, rankOf(getInput()))))
      return failure();
    if (axis <= previous)
      return emitOpError("axes ")
             << textOf(getAxes()) << " are not sorted and unique";
    previous = axis;
    result[axis] = 1;
  }
  return checkShape(*this, getResult(), result);
}

LogicalResult WindowReductionOp::verify() {
  if (getOp() != "add" && getOp() != "max")
    return emitOpError("operation '") << getOp() << "' is unknown";
  size_t count = getWindow().size();
  Shape result(shapeOf(getInput()));
  if (count > result.size()) // window_reduction_c1
    return emitOpError("window has ")
           << count << " dimensions but the input " << result.size();
  if (failed(checkSize(*this, "strides", getStrides().size(), count)) ||
      failed(checkSize(*this, "dilations", getDilations().size(), count)) ||
      failed(checkSize(*this, "pad_low", getPadLow().size(), count)) ||
      failed(checkSize(*this, "pad_high", getPadHigh().size(), count)))
    return failure();
  for (size_t dim = 0; dim < count; ++dim) {
    int64_t &extent = result[result.size() - count + dim];
    extent = windowPositions({extent, getWindow()[dim], getStrides()[dim],
                              getDilations()[dim], 1, getPadLow()[dim],
                              getPadHigh()[dim]});
  }
  return checkShape(*this, getResult(), result); // window_reduction_c2
}

LogicalResult SoftmaxOp::verify() {
  return checkAxis(*this, getAxis(), rankOf(getInput())); // softmax_c1
}

LogicalResult NormalizationOp::verify() {
  return checkAxis(*this, getAxis(), rankOf(getInput())); // normalization_c1
}

LogicalResult LocalNormalizationOp::verify() {
  if (rankOf(getInput()) < 2) // local_normalization_c1
    return emitOpError("has no channels in ")
           << rankOf(getInput()) << " dimensions";
  if (getSize() < 1) // local_normalization_c2
    return emitOpError("window has ") << getSize() << " channels";
  Type element = getType().getElementType();
  if (!llvm::isa<FloatType>(element) || element.getIntOrFloatBitWidth() > 32)
    return emitOpError("has no powers of ")
           << element; // local_normalization_c3
  return success();
}

LogicalResult ScanOp::verify() {
  if (getOp() != "add" && getOp() != "multiply")
    return emitOpError("operation '") << getOp() << "' is unknown";
  if (failed(checkCompute(*this, getCompute())))
    return failure();
  return checkAxis(*this, getAxis(), rankOf(getInput())); // scan_c1
}

LogicalResult RecurrenceOp::verify() {
  for (Type type : getOperation()->getOperandTypes())
    if (Type element = cast<RankedTensorType>(type).getElementType();
        !llvm::isa<FloatType>(element) || element.getIntOrFloatBitWidth() > 32)
      return emitOpError("carries no ") << element; // recurrence_c1
  ArrayRef<int64_t> states = shapeOf(getStates());
  if (states.empty() || states.back() == 0) // recurrence_c2
    return emitOpError("has no steps");
  for (Value operand : {getDecay(), getFresh()})
    if (std::optional<Shape> wider = broadcastShapes(states, shapeOf(operand));
        !wider || ArrayRef<int64_t>(*wider) != states) // recurrence_c2
      return emitOpError("shapes ")
             << textOf(states) << " and " << textOf(shapeOf(operand))
             << " do not broadcast";
  for (Value state : {getInitial(), getLast()})
    if (failed(checkShape(*this, state, states.drop_back()))) // recurrence_c3
      return failure();
  return success();
}

LogicalResult TopKOp::verify() {
  int64_t axis = getAxis();
  if (failed(checkAxis(*this, axis, rankOf(getInput())))) // top_k_c1
    return failure();
  Shape wanted(shapeOf(getInput()));
  int64_t count = rankOf(getValues()) > axis ? shapeOf(getValues())[axis] : 0;
  if (count > wanted[axis]) // top_k_c1
    return emitOpError("takes ")
           << count << " of " << wanted[axis] << " elements";
  wanted[axis] = count;
  if (failed(checkShape(*this, getValues(), wanted)))
    return failure();
  return checkShape(*this, getIndices(), wanted);
}

} // namespace tilicho::ir::tile
