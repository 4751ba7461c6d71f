// SPDX-License-Identifier: Apache-2.0
// Verifiers and folders of the structured operators.
#include "dialects/Tile/IR/StructuredShapes.h"
#include "dialects/Tile/IR/TileDialect.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/Twine.h"

using namespace mlir;

namespace tilicho::ir::tile {

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static Type elementOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

static int64_t rankOf(Value value) {
  return static_cast<int64_t>(shapeOf(value).size());
}

static std::string text(ArrayRef<int64_t> shape) {
  std::string out = "[";
  llvm::raw_string_ostream stream(out);
  llvm::interleaveComma(shape, stream);
  return out + "]";
}

static LogicalResult checkShape(Operation *op, Value result,
                                ArrayRef<int64_t> wanted) {
  if (shapeOf(result) == wanted)
    return success();
  return op->emitOpError("result has shape ")
         << text(shapeOf(result)) << " but the operands give " << text(wanted);
}

static LogicalResult checkAxis(Operation *op, int64_t axis, int64_t rank) {
  if (axis >= 0 && axis < rank)
    return success();
  return op->emitOpError("axis ")
         << axis << " is outside the " << rank << " dimensions";
}

static LogicalResult checkSize(Operation *op, StringRef what, size_t size,
                               size_t wanted) {
  if (size == wanted)
    return success();
  return op->emitOpError(what)
         << " has " << size << " entries but " << wanted << " are needed";
}

static LogicalResult checkCompute(Operation *op, StringRef compute) {
  if (llvm::is_contained({"f32", "i32", "u32", "i64", "u64", "f64"}, compute))
    return success();
  return op->emitOpError("compute type '") << compute << "' is unknown";
}

static LogicalResult checkSameElement(Operation *op, Value a, Value b) {
  if (elementOf(a) == elementOf(b))
    return success();
  return op->emitOpError("element types ")
         << elementOf(a) << " and " << elementOf(b) << " differ";
}

static LogicalResult checkIndices(Operation *op, Value indices) {
  Type type = elementOf(indices);
  if (type.isSignlessInteger(32) || type.isSignlessInteger(64))
    return success();
  return op->emitOpError("indices are ") << type << ", not i32 or i64";
}

static bool isAlwaysCovered(AssembleOp op) {
  int64_t covered = 0;
  for (Value piece : op.getPieces())
    covered += numElements(shapeOf(piece));
  return covered == numElements(shapeOf(op.getResult()));
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
  return llvm::StringSwitch<std::optional<unsigned>>(op)
      .Cases({"copy", "abs", "neg", "sign", "square", "relu", "sqrt", "rsqrt",
              "reciprocal"},
             1)
      .Cases({"exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh",
              "cosh"},
             1)
      .Cases({"tanh", "asinh", "acosh", "atanh", "erf", "sigmoid", "silu",
              "gelu", "gelu_tanh"},
             1)
      .Cases({"softplus", "mish", "floor", "ceil", "round", "trunc",
              "logical_not", "bit_not"},
             1)
      .Cases({"is_nan", "is_inf", "is_pos_inf", "is_neg_inf", "exp2", "log2"},
             1)
      .Cases({"add", "subtract", "multiply", "divide", "max", "min", "pow",
              "mod", "fmod"},
             2)
      .Cases({"eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or",
              "logical_xor"},
             2)
      .Cases({"bit_and", "bit_or", "bit_xor", "shift_left", "shift_right",
              "abs_max", "abs_min", "first", "second", "atan2"},
             2)
      .Case("select", 3)
      .Default(std::nullopt);
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
             << text(shape) << " and " << text(shapeOf(input))
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
           << text(ArrayRef(a).drop_back(2)) << " and "
           << text(ArrayRef(b).drop_back(2)) << " do not broadcast";
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
                                 << " channels and a kernel " << text(kernel);
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
  if (!argument &&
      !llvm::is_contained({"add", "mul", "max", "min"}, getOp())) // c1
    return emitOpError("operation '") << getOp() << "' is unknown";
  if (!llvm::is_contained({"copy", "square", "abs"}, getElementOp())) // c1
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
             << text(getAxes()) << " are not sorted and unique";
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
             << text(states) << " and " << text(shapeOf(operand))
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

//===----------------------------------------------------------------------===//
// Moves
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  int64_t from = numElements(shapeOf(getInput()));
  int64_t to = numElements(shapeOf(getResult()));
  if (from != to) // reshape_c1
    return emitOpError("input has ")
           << from << " elements but the result " << to;
  return checkSameElement(*this, getInput(), getResult()); // reshape_c1
}

static LogicalResult checkRestrideBounds(RestrideOp op) {
  ArrayRef<int64_t> input = shapeOf(op.getInput());
  SmallVector<int64_t> low(op.getStarts()), high(op.getStarts());
  for (auto [dim, step, extent] :
       llvm::zip(op.getDims(), op.getSteps(), shapeOf(op.getResult()))) {
    if (extent == 0)
      return success();
    if (dim >= 0)
      (step < 0 ? low : high)[dim] += step * (extent - 1);
  }
  for (auto [dim, extent] : llvm::enumerate(input))
    if (low[dim] < 0 || high[dim] >= extent)
      return op.emitOpError("reads ")
             << low[dim] << " to " << high[dim] << " of the " << extent
             << " elements along dimension " << dim;
  return success();
}

LogicalResult RestrideOp::verify() {
  size_t inRank = rankOf(getInput()), outRank = rankOf(getResult());
  if (failed(checkSize(*this, "starts", getStarts().size(), inRank)) ||
      failed(checkSize(*this, "dims", getDims().size(), outRank)) ||
      failed(checkSize(*this, "steps", getSteps().size(), outRank)))
    return failure(); // restride_c1
  SmallVector<bool> named(inRank, false);
  for (int64_t dim : getDims()) {
    if (dim < -1 || dim >= static_cast<int64_t>(inRank))
      return emitOpError("dims names ")
             << dim << " but the input has " << inRank << " dimensions";
    if (dim >= 0 && std::exchange(named[dim], true))
      return emitOpError("dims names ") << dim << " twice";
  }
  if (failed(checkRestrideBounds(*this))) // restride_c2
    return failure();
  return checkSameElement(*this, getInput(), getResult());
}

static LogicalResult checkPiece(AssembleOp op, size_t index) {
  Value piece = op.getPieces()[index];
  size_t rank = rankOf(op.getResult());
  if (static_cast<size_t>(rankOf(piece)) != rank)
    return op.emitOpError("piece ") << index << " has " << rankOf(piece)
                                    << " dimensions but the result " << rank;
  if (failed(checkSameElement(op, piece, op.getResult())))
    return failure();
  for (size_t dim = 0; dim < rank; ++dim) {
    int64_t offset = op.getOffsets()[index * rank + dim];
    int64_t step = op.getSteps()[index * rank + dim];
    int64_t extent = shapeOf(piece)[dim];
    int64_t last = offset + step * (extent - 1);
    if (step < 1 || offset < 0 ||
        (extent > 0 && last >= shapeOf(op.getResult())[dim]))
      return op.emitOpError("piece ")
             << index << " covers " << offset << " to " << last << " of the "
             << shapeOf(op.getResult())[dim] << " elements along dimension "
             << dim;
  }
  return success();
}

LogicalResult AssembleOp::verify() {
  size_t wanted = getPieces().size() * rankOf(getResult());
  if (failed(checkSize(*this, "offsets", getOffsets().size(), wanted)) ||
      failed(checkSize(*this, "steps", getSteps().size(), wanted)))
    return failure(); // assemble_c1
  for (size_t index = 0; index < getPieces().size(); ++index)
    if (failed(checkPiece(*this, index))) // assemble_c2
      return failure();
  if (!getFill() && !isAlwaysCovered(*this)) // assemble_c3
    return emitOpError("the pieces do not cover the result and there is no "
                       "fill");
  return success();
}

LogicalResult TakeOp::verify() {
  int64_t axis = getAxis();
  if (failed(checkAxis(*this, axis, rankOf(getData()))) ||
      failed(checkIndices(*this, getIndices()))) // take_c1
    return failure();
  ArrayRef<int64_t> data = shapeOf(getData());
  Shape wanted(data.take_front(axis));
  llvm::append_range(wanted, shapeOf(getIndices()));
  llvm::append_range(wanted, data.drop_front(axis + 1));
  if (failed(checkShape(*this, getResult(), wanted))) // take_c2
    return failure();
  return checkSameElement(*this, getData(), getResult());
}

static LogicalResult checkFitsOutsideAxis(Operation *op, Value data,
                                          Value indices, int64_t axis) {
  if (rankOf(data) != rankOf(indices))
    return op->emitOpError("data has ")
           << rankOf(data) << " dimensions and the indices " << rankOf(indices);
  for (int64_t dim = 0; dim < rankOf(data); ++dim)
    if (dim != axis && shapeOf(indices)[dim] > shapeOf(data)[dim])
      return op->emitOpError("indices ")
             << text(shapeOf(indices)) << " do not fit into data "
             << text(shapeOf(data)) << " along dimension " << dim;
  return success();
}

LogicalResult TakeElementsOp::verify() {
  if (failed(checkAxis(*this, getAxis(), rankOf(getData()))) ||
      failed(checkIndices(*this, getIndices())) ||
      failed(checkFitsOutsideAxis(*this, getData(), getIndices(), getAxis())))
    return failure(); // take_elements_c1
  if (failed(checkShape(*this, getResult(), shapeOf(getIndices()))))
    return failure();
  return checkSameElement(*this, getData(), getResult());
}

static LogicalResult checkPutReduction(Operation *op,
                                       std::optional<StringRef> reduction) {
  if (!reduction ||
      llvm::is_contained({"add", "mul", "max", "min"}, *reduction))
    return success();
  return op->emitOpError("reduction '") << *reduction << "' is unknown";
}

LogicalResult PutOp::verify() {
  if (rankOf(getIndices()) != 1 || rankOf(getData()) < 1) // put_c1
    return emitOpError("indices have ")
           << rankOf(getIndices()) << " dimensions, not 1";
  Shape wanted = {shapeOf(getIndices())[0]};
  llvm::append_range(wanted, shapeOf(getData()).drop_front());
  if (shapeOf(getUpdates()) != ArrayRef<int64_t>(wanted)) // put_c1
    return emitOpError("updates have shape ")
           << text(shapeOf(getUpdates())) << " but " << text(wanted)
           << " is needed";
  if (failed(checkIndices(*this, getIndices())) ||
      failed(checkPutReduction(*this, getReduction())) ||
      failed(checkSameElement(*this, getData(), getUpdates())) ||
      failed(checkSameElement(*this, getData(), getResult())))
    return failure();
  return checkShape(*this, getResult(), shapeOf(getData()));
}

LogicalResult PutElementsOp::verify() {
  if (failed(checkAxis(*this, getAxis(), rankOf(getData()))) ||
      failed(checkIndices(*this, getIndices())) ||
      failed(checkPutReduction(*this, getReduction())) ||
      failed(checkFitsOutsideAxis(*this, getData(), getIndices(), getAxis())))
    return failure();                                 // put_elements_c1
  if (shapeOf(getUpdates()) != shapeOf(getIndices())) // put_elements_c1
    return emitOpError("updates have shape ")
           << text(shapeOf(getUpdates())) << " and the indices "
           << text(shapeOf(getIndices()));
  if (failed(checkSameElement(*this, getData(), getUpdates())) ||
      failed(checkSameElement(*this, getData(), getResult())))
    return failure();
  return checkShape(*this, getResult(), shapeOf(getData()));
}

} // namespace tilicho::ir::tile
