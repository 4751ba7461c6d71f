// SPDX-License-Identifier: Apache-2.0
// Runs structured operators on the host's kernels.
#include "lib/Interpreter/Interpreter.h"

#include "dialects/Tile/IR/Loops.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Interpreter/Elements.h"
#include "lib/Interpreter/Recipes.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tilicho::ir::tile;
namespace isa = tilicho::isa;

namespace tilicho::compiler {

namespace {

/// The operands and attributes of one operation, as kernels take them.
class Evaluation {
public:
  Evaluation(Operation *op, HostValues &values) : op(op), values(values) {}

  LogicalResult run();

private:
  const HostTensor &in(Value value) { return values.find(value)->second; }
  static HostShape list(ArrayRef<int64_t> values) {
    return HostShape(values.begin(), values.end());
  }
  static isa::DType dtypeOf(Value value) {
    return *toDType(cast<RankedTensorType>(value.getType()).getElementType());
  }
  static HostShape shapeOf(Value value) {
    return list(cast<RankedTensorType>(value.getType()).getShape());
  }
  static std::string_view view(StringRef text) {
    return {text.data(), text.size()};
  }
  static isa::AluOp alu(StringRef name) {
    return *isa::parse<isa::AluOp>(view(name));
  }
  static isa::Compute compute(StringRef name) {
    return *isa::parse<isa::Compute>(view(name));
  }
  static isa::ReduceOp reduceOp(StringRef name) {
    return *isa::parse<isa::ReduceOp>(view(name));
  }
  static std::optional<isa::ReduceOp> reduction(std::optional<StringRef> name) {
    return name ? std::optional(reduceOp(*name)) : std::nullopt;
  }

  LogicalResult set(HostTensor value) {
    values[op->getResult(0)] = std::move(value);
    return success();
  }
  LogicalResult set(absl::StatusOr<HostTensor> value) {
    if (!value.ok())
      return op->emitError(std::string(value.status().message()));
    return set(*std::move(value));
  }

  LogicalResult visit(ConstantOp op);
  LogicalResult visit(EmptyOp op);
  LogicalResult visit(ElementwiseOp op);
  LogicalResult visit(ContractOp op);
  LogicalResult visit(ConvolutionOp op);
  LogicalResult visit(ReductionOp op);
  LogicalResult visit(WindowReductionOp op);
  LogicalResult visit(SoftmaxOp op);
  LogicalResult visit(NormalizationOp op);
  LogicalResult visit(LocalNormalizationOp op);
  LogicalResult visit(ReshapeOp op);
  LogicalResult visit(BitcastOp op);
  LogicalResult visit(RestrideOp op);
  LogicalResult visit(AssembleOp op);
  LogicalResult visit(TakeOp op);
  LogicalResult visit(TakeElementsOp op);
  LogicalResult visit(PutOp op);
  LogicalResult visit(PutElementsOp op);
  LogicalResult visit(ScanOp op);
  LogicalResult visit(RecurrenceOp op);
  LogicalResult visit(TopKOp op);

  Operation *op;
  HostValues &values;
};

LogicalResult Evaluation::visit(ConstantOp op) {
  FailureOr<HostTensor> value = materialize(op);
  return failed(value) ? failure() : set(*std::move(value));
}

LogicalResult Evaluation::visit(EmptyOp op) {
  HostTensor value = HostTensor::allocate(dtypeOf(op.getResult()),
                                          HostShape(op.getType().getShape()));
  std::fill_n(value.mutableBytes(), value.sizeInBytes(), 0);
  return set(value);
}

LogicalResult Evaluation::visit(ElementwiseOp op) {
  kernels::Tensors inputs;
  for (Value input : op.getInputs())
    inputs.push_back(in(input));
  isa::DType dtype = dtypeOf(op.getResult());
  if (op.getOp() == "select")
    return set(kernels::select(inputs[0], inputs[1], inputs[2],
                               compute(op.getCompute()), dtype));
  return set(kernels::elementwise(alu(op.getOp()), inputs,
                                  compute(op.getCompute()), dtype));
}

LogicalResult Evaluation::visit(ContractOp op) {
  kernels::ContractOptions options;
  options.transA = op.getTransA();
  options.transB = op.getTransB();
  options.zeroA = op.getZeroA();
  options.zeroB = op.getZeroB();
  return set(kernels::contract(in(op.getA()), in(op.getB()), options,
                               dtypeOf(op.getResult())));
}

LogicalResult Evaluation::visit(ConvolutionOp op) {
  kernels::ConvolutionOptions options;
  options.strides = list(op.getStrides());
  options.dilations = list(op.getDilations());
  options.inputDilations = list(op.getInputDilations());
  options.padLow = list(op.getPadLow());
  options.padHigh = list(op.getPadHigh());
  options.group = op.getGroup();
  options.zeroInput = op.getZeroInput();
  options.zeroKernel = op.getZeroKernel();
  return set(kernels::convolution(in(op.getInput()), in(op.getKernel()),
                                  options, dtypeOf(op.getResult()),
                                  shapeOf(op.getResult())));
}

LogicalResult Evaluation::visit(ReductionOp op) {
  isa::DType dtype = dtypeOf(op.getResult());
  isa::Compute type = compute(op.getCompute());
  if (op.getOp().starts_with("arg_"))
    return set(kernels::argument(op.getOp() == "arg_max", op.getSelectLast(),
                                 in(op.getInput()), op.getAxes()[0], type,
                                 dtype));
  return set(kernels::reduction(reduceOp(op.getOp()), alu(op.getElementOp()),
                                in(op.getInput()), list(op.getAxes()), type,
                                dtype));
}

LogicalResult Evaluation::visit(WindowReductionOp op) {
  kernels::WindowOptions options{list(op.getWindow()), list(op.getStrides()),
                                 list(op.getDilations()), list(op.getPadLow())};
  return set(kernels::windowReduction(reduceOp(op.getOp()), in(op.getInput()),
                                      options, dtypeOf(op.getResult()),
                                      shapeOf(op.getResult())));
}

LogicalResult Evaluation::visit(SoftmaxOp op) {
  return set(
      kernels::softmax(in(op.getInput()), op.getAxis(), op.getLogarithm()));
}

LogicalResult Evaluation::visit(NormalizationOp op) {
  return set(kernels::normalization(in(op.getInput()), op.getAxis(),
                                    op.getEpsilon().convertToFloat(),
                                    op.getSubtractMean()));
}

LogicalResult Evaluation::visit(LocalNormalizationOp op) {
  return set(kernels::localNormalization(
      in(op.getInput()), op.getSize(), op.getScale().convertToFloat(),
      op.getBias().convertToFloat(), op.getExponent().convertToFloat()));
}

LogicalResult Evaluation::visit(ReshapeOp op) {
  return set(in(op.getInput()).reshaped(shapeOf(op.getResult())));
}

LogicalResult Evaluation::visit(BitcastOp op) {
  return set(in(op.getInput()).reinterpreted(dtypeOf(op.getResult())));
}

LogicalResult Evaluation::visit(RestrideOp op) {
  return set(kernels::restride(in(op.getInput()), list(op.getStarts()),
                               list(op.getDims()), list(op.getSteps()),
                               shapeOf(op.getResult())));
}

LogicalResult Evaluation::visit(AssembleOp op) {
  kernels::Tensors pieces;
  for (Value piece : op.getPieces())
    pieces.push_back(in(piece));
  std::optional<HostTensor> fill;
  if (Attribute value = op.getFillAttr()) {
    auto type = RankedTensorType::get({}, op.getFillAttr().getType());
    fill = toHostTensor(DenseElementsAttr::get(type, value));
  }
  return set(kernels::assemble(
      pieces, list(op.getOffsets()), list(op.getSteps()), fill,
      dtypeOf(op.getResult()), shapeOf(op.getResult())));
}

LogicalResult Evaluation::visit(TakeOp op) {
  return set(
      kernels::take(in(op.getData()), in(op.getIndices()), op.getAxis()));
}

LogicalResult Evaluation::visit(TakeElementsOp op) {
  return set(kernels::takeElements(in(op.getData()), in(op.getIndices()),
                                   op.getAxis()));
}

LogicalResult Evaluation::visit(PutOp op) {
  return set(kernels::put(in(op.getData()), in(op.getIndices()),
                          in(op.getUpdates()), reduction(op.getReduction())));
}

LogicalResult Evaluation::visit(PutElementsOp op) {
  return set(kernels::putElements(in(op.getData()), in(op.getIndices()),
                                  in(op.getUpdates()), op.getAxis(),
                                  reduction(op.getReduction())));
}

LogicalResult Evaluation::visit(ScanOp op) {
  return set(kernels::scan(alu(op.getOp()), in(op.getInput()),
                           compute(op.getCompute()), op.getAxis(),
                           op.getExclusive(), op.getReverse()));
}

LogicalResult Evaluation::visit(RecurrenceOp op) {
  auto [states, last] = kernels::recurrence(
      in(op.getDecay()), in(op.getFresh()), in(op.getInitial()),
      dtypeOf(op.getStates()), shapeOf(op.getStates()));
  values[op.getStates()] = states;
  values[op.getLast()] = last;
  return success();
}

LogicalResult Evaluation::visit(TopKOp op) {
  int64_t axis = op.getAxis();
  auto [best, indices] = kernels::topK(
      in(op.getInput()), axis, shapeOf(op.getValues())[axis], op.getLargest());
  values[op.getValues()] = best;
  values[op.getIndices()] = indices;
  return success();
}

LogicalResult Evaluation::run() {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<ConstantOp, EmptyOp, ElementwiseOp, ContractOp, ConvolutionOp,
            ReductionOp, WindowReductionOp, SoftmaxOp, NormalizationOp,
            LocalNormalizationOp, ReshapeOp, BitcastOp, RestrideOp, AssembleOp,
            TakeOp, TakeElementsOp, PutOp, PutElementsOp, ScanOp, RecurrenceOp,
            TopKOp>([&](auto structured) { return visit(structured); })
      .Default([](Operation *other) {
        return other->emitError("is no structured operator: '")
               << other->getName() << "' cannot be interpreted";
      });
}

} // namespace

LogicalResult interpret(Operation *op, HostValues &values) {
  return Evaluation(op, values).run();
}

namespace {
/// Follows the loops and branches of a function.
class BorderWalk {
public:
  explicit BorderWalk(HostValues &values) : values(values) {}

  /// Runs a border; the operation that comes next.
  Operation *step(Operation *border) {
    return llvm::TypeSwitch<Operation *, Operation *>(border)
        .Case<LoopBeginOp, LoopEndOp, IfBeginOp, IfElseOp, IfEndOp>(
            [&](auto op) { return step(op); });
  }

private:
  Operation *step(LoopBeginOp begin) {
    hand(begin.getInitial(), begin.getValues());
    if (holds(begin.getCondition()))
      return begin->getNextNode();
    LoopEndOp end = ir::tile::matchingEnd(begin);
    hand(begin.getInitial(), end.getValues());
    return end->getNextNode();
  }
  Operation *step(LoopEndOp end) {
    if (!holds(end.getCondition())) {
      hand(end.getNext(), end.getValues());
      return end->getNextNode();
    }
    LoopBeginOp begin = ir::tile::matchingBegin(end);
    hand(end.getNext(), begin.getValues());
    return begin->getNextNode();
  }
  Operation *step(IfBeginOp begin) {
    return holds(begin.getCondition())
               ? begin->getNextNode()
               : ir::tile::matchingElse(begin)->getNextNode();
  }
  Operation *step(IfElseOp middle) {
    IfEndOp end = ir::tile::matchingEnd(middle);
    hand(middle.getGiven(), end.getValues());
    return end->getNextNode();
  }
  Operation *step(IfEndOp end) {
    hand(end.getGiven(), end.getValues());
    return end->getNextNode();
  }

  bool holds(Value condition) {
    return *reinterpret_cast<const uint8_t *>(values[condition].bytes()) != 0;
  }
  /// At once, since values may be exchanged.
  void hand(ValueRange from, ValueRange to) {
    kernels::Tensors given;
    for (Value value : from)
      given.push_back(values[value]);
    for (auto [value, tensor] : llvm::zip_equal(to, given))
      values[value] = tensor;
  }

  HostValues &values;
};
} // namespace

/// How often each value is still to be read; what loops and branches read is
/// kept.
static llvm::DenseMap<Value, int64_t> countUses(func::FuncOp function) {
  llvm::DenseMap<Value, int64_t> uses;
  if (llvm::any_of(function.front(),
                   [](Operation &op) { return ir::tile::isBorder(&op); }))
    return uses;
  for (Operation &op : function.front())
    for (Value operand : op.getOperands())
      ++uses[operand];
  return uses;
}

FailureOr<kernels::Tensors>
interpret(func::FuncOp function, const kernels::Tensors &inputs,
          llvm::function_ref<void(Value, const HostTensor &)> observe) {
  HostValues values;
  for (auto [argument, input] : llvm::zip(function.getArguments(), inputs))
    values[argument] = input;
  llvm::DenseMap<Value, int64_t> uses = countUses(function);
  BorderWalk borders(values);
  Operation *next = nullptr, *end = function.front().getTerminator();
  for (Operation *op = &function.front().front(); op != end; op = next) {
    next = op->getNextNode();
    if (ir::tile::isBorder(op))
      next = borders.step(op);
    else if (failed(interpret(op, values)))
      return failure();
    for (Value result : op->getResults())
      if (observe && values.contains(result))
        observe(result, values[result]);
    for (Value operand : op->getOperands())
      if (--uses[operand] == 0)
        values.erase(operand);
  }
  kernels::Tensors results;
  for (Value result : function.front().getTerminator()->getOperands())
    results.push_back(values[result]);
  return results;
}

} // namespace tilicho::compiler
