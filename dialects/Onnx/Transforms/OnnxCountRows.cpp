// SPDX-License-Identifier: Apache-2.0
// Gives room to results whose length a run decides, and counts their rows.
#include "dialects/Onnx/Transforms/Passes.h"
#include "dialects/Onnx/Transforms/RowRules.h"
#include "dialects/Onnx/Transforms/RowSources.h"
#include "dialects/Tile/IR/CountedRows.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/MapVector.h"

namespace tilicho::ir::onnx {
#define GEN_PASS_DEF_ONNXCOUNTROWS
#include "dialects/Onnx/Transforms/Passes.h.inc"
} // namespace tilicho::ir::onnx

using namespace mlir;
using namespace tilicho::ir;
using namespace tilicho::ir::onnx;

namespace {
class RowCounter {
public:
  explicit RowCounter(func::FuncOp function)
      : function(function), body(function.getBody().front()) {}

  void run() {
    for (Operation &op : body.without_terminator())
      follow(&op);
    for (auto &[value, own] : rows)
      bound(value, own);
    for (auto &[op, source] : sources)
      if (!source.problem.empty())
        op->setAttr(whyOpenAttr,
                    StringAttr::get(op->getContext(), source.problem));
    for (Operation &op : llvm::make_early_inc_range(body.without_terminator()))
      build(&op);
    returnCounts();
    if (!counts.empty())
      eraseUnread();
  }

private:
  void follow(Operation *op);
  void bound(Value value, const RunRows &own);
  void refuse(Operation *source, const Twine &problem) {
    std::string &known = sources[source].problem;
    if (known.empty() || known == operandIsOpen)
      known = problem.str();
  }
  void refuseReader(Value value, Operation *reader) {
    refuse(rows.lookup(value).source, reader->getName().stripDialect() + " '" +
                                          getNodeName(reader) + "' reads it");
  }
  bool isCounted(const RunRows &own) {
    return own.source && sources[own.source].problem.empty();
  }

  void build(Operation *op);
  void replaceSource(Operation *op);
  void fixTypes(Operation *op);
  void returnCounts();
  void eraseUnread();

  func::FuncOp function;
  Block &body;
  llvm::MapVector<Operation *, RowSource> sources;
  RunRowsByValue rows;
  DenseMap<Operation *, Value> counts;
};
} // namespace

void RowCounter::follow(Operation *op) {
  SmallVector<Value> read;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (rows.contains(operand))
        read.push_back(operand);
  });
  if (auto source = findRowSource(op)) {
    for (auto [result, dim] : llvm::zip_equal(op->getResults(), source->dims))
      if (dim >= 0)
        rows[result] = {op, dim, source->isPadded};
    sources[op] = *std::move(source);
  } else if (read.empty()) {
    return;
  } else if (auto own =
                 op->getNumRegions() ? std::nullopt : followRows(op, rows)) {
    for (Value result : op->getResults())
      rows[result] = *own;
    return;
  }
  for (Value value : read)
    refuseReader(value, op);
}

/// What the model or --dim states is a bound too.
void RowCounter::bound(Value value, const RunRows &own) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!sources[own.source].problem.empty())
    return;
  if (!type || own.dim >= type.getRank())
    return refuse(own.source, "the rank of what is made of it is not known");
  RowSource &source = sources[own.source];
  if (!type.isDynamicDim(own.dim))
    source.most = std::min(source.most, type.getDimSize(own.dim));
}

void RowCounter::build(Operation *op) {
  if (sources.contains(op)) {
    if (sources[op].problem.empty())
      replaceSource(op);
    return;
  }
  if (op->getNumResults() && isCounted(rows.lookup(op->getResult(0))))
    fixTypes(op);
}

void RowCounter::replaceSource(Operation *op) {
  SmallVector<Value> made = makeRows(op, sources[op].most);
  counts[op] = made.back();
  for (auto [result, value] : llvm::zip(op->getResults(), made)) {
    if (isAbsent(result))
      continue;
    if (auto own = rows.find(result); own != rows.end())
      rows[value] = RunRows(own->second);
    result.replaceAllUsesWith(value);
  }
}

void RowCounter::fixTypes(Operation *op) {
  RunRows own = rows.lookup(op->getResult(0));
  if (isa<GatherOp, GatherNDOp>(op))
    if (RunRows of = rows.lookup(op->getOperand(1)); of.source && !of.isMoved)
      op->setOperand(
          1, maskRows(op, op->getOperand(1), of.dim, counts.lookup(of.source)));
  for (Value result : op->getResults()) {
    auto type = cast<RankedTensorType>(result.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape[own.dim] = sources[own.source].most;
    result.setType(RankedTensorType::get(shape, type.getElementType()));
  }
  // No run hands out a value of another shape than its own.
  op->removeAttr(OnnxDialect::valuesAttr);
  (void)inferResultTypes(op);
}

/// The function returns the number of rows too, behind the model's results.
void RowCounter::returnCounts() {
  Operation *terminator = body.getTerminator();
  Builder builder(function.getContext());
  llvm::MapVector<Operation *, SmallVector<int32_t>> counted;
  for (OpOperand &operand : terminator->getOpOperands()) {
    RunRows own = rows.lookup(operand.get());
    if (!isCounted(own))
      continue;
    unsigned number = operand.getOperandNumber();
    counted[own.source].push_back(number);
    if (own.dim > 0)
      function.setResultAttr(number, tile::rowsDimensionName,
                             builder.getI64IntegerAttr(own.dim));
  }
  updateFunctionType(function);
  for (auto &[source, results] : counted) {
    unsigned number = terminator->getNumOperands();
    Value count = counts.lookup(source);
    terminator->insertOperands(number, count);
    (void)function.insertResult(
        number, count.getType(),
        builder.getDictionaryAttr(builder.getNamedAttr(
            tile::rowsOfName, builder.getDenseI32ArrayAttr(results))));
  }
}

/// The operators that were replaced, and what was built for results that nobody
/// reads.
void RowCounter::eraseUnread() {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

namespace {
struct CountRows : ::tilicho::ir::onnx::impl::OnnxCountRowsBase<CountRows> {
  void runOnOperation() override { RowCounter(getOperation()).run(); }
};
} // namespace
