// SPDX-License-Identifier: Apache-2.0
// Copies of a run's operators, one for each part of the batch.
#include "lib/Conversion/StructuredToTile/TileBatch.h"

#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

namespace {

class RunTiler {
public:
  RunTiler(const BatchRun &run, int64_t numEpilogues)
      : run(run), numEpilogues(numEpilogues),
        builder(run.ops.back()->getContext()),
        inRun(run.ops.begin(), run.ops.end()),
        batch(Lowering::shapeOf(run.ops.front()->getResult(0))[0]) {
    builder.setInsertionPointAfter(run.ops.back());
    for (Operation *op : run.ops)
      if (llvm::any_of(op->getUsers(),
                       [&](Operation *user) { return !inRun.contains(user); }))
        pieces[op->getResult(0)];
  }

  void tile() {
    for (int64_t part = 0; part < run.parts; ++part)
      tilePart(part);
    for (auto &[value, parts] : pieces)
      join(value, parts);
    for (Operation *op : llvm::reverse(run.ops))
      op->erase();
  }

private:
  int64_t extent() const { return batch / run.parts; }

  RankedTensorType partType(Value value) const {
    SmallVector<int64_t> shape(Lowering::shapeOf(value));
    shape[0] = extent();
    return cast<RankedTensorType>(value.getType()).clone(shape);
  }

  void tilePart(int64_t part) {
    IRMapping parts;
    for (Operation *op : run.ops) {
      // What has no batch is the same for all parts, whole.
      auto hasBatch = *operandsWithBatch(op);
      SmallVector<Value> operands(op->getOperands());
      for (auto [operand, isCut] : llvm::zip_equal(operands, hasBatch)) {
        if (isCut && !parts.contains(operand))
          parts.map(operand, cut(operand, part));
        if (isCut)
          operand = parts.lookup(operand);
      }
      Operation *copy = builder.clone(*op);
      copy->setOperands(operands);
      parts.map(op->getResult(0), copy->getResult(0));
      copy->getResult(0).setType(partType(op->getResult(0)));
      mark(copy, part);
      if (auto known = pieces.find(op->getResult(0)); known != pieces.end()) {
        copy->removeAttr("onnx.values"); // The whole has the name.
        known->second.push_back(copy->getResult(0));
      }
    }
  }

  void mark(Operation *copy, int64_t part) {
    copy->setAttr(batchPartName,
                  builder.getDenseI64ArrayAttr({part * extent(), batch}));
    if (auto number = copy->getAttrOfType<IntegerAttr>(epilogueName))
      copy->setAttr(epilogueName, builder.getI64IntegerAttr(
                                      number.getInt() + part * numEpilogues));
  }

  /// A part of a value from outside.
  Value cut(Value whole, int64_t part) {
    size_t rank = Lowering::shapeOf(whole).size();
    SmallVector<int64_t> starts(rank, 0), dims, steps(rank, 1);
    starts[0] = part * extent();
    for (size_t dim = 0; dim < rank; ++dim)
      dims.push_back(static_cast<int64_t>(dim));
    auto move =
        tile::RestrideOp::create(builder, run.ops.front()->getLoc(),
                                 partType(whole), whole, starts, dims, steps);
    move->setAttr(inPlaceName, builder.getUnitAttr());
    return move;
  }

  /// Readers outside of the run read the parts together.
  void join(Value value, ArrayRef<Value> parts) {
    size_t rank = Lowering::shapeOf(value).size();
    SmallVector<int64_t> offsets(rank * parts.size(), 0);
    for (size_t part = 0; part < parts.size(); ++part)
      offsets[part * rank] = static_cast<int64_t>(part) * extent();
    SmallVector<int64_t> steps(offsets.size(), 1);
    auto whole =
        tile::AssembleOp::create(builder, value.getLoc(), value.getType(),
                                 parts, offsets, steps, TypedAttr());
    whole->setAttr(inPlaceName, builder.getUnitAttr());
    if (Attribute names = value.getDefiningOp()->getAttr("onnx.values"))
      whole->setAttr("onnx.values", names);
    value.replaceUsesWithIf(whole.getResult(), [&](OpOperand &use) {
      return !inRun.contains(use.getOwner());
    });
  }

  const BatchRun &run;
  int64_t numEpilogues;
  OpBuilder builder;
  llvm::DenseSet<Operation *> inRun;
  int64_t batch;
  /// The parts of values that are read outside.
  llvm::MapVector<Value, SmallVector<Value>> pieces;
};

} // namespace

void tileBatch(func::FuncOp function, const Machine &machine, int64_t budget,
               const llvm::DenseSet<Operation *> &pinned) {
  int64_t numEpilogues = 0;
  for (Operation &op : function.front())
    if (auto number = op.getAttrOfType<IntegerAttr>(epilogueName))
      numEpilogues = std::max(numEpilogues, number.getInt() + 1);
  for (const BatchRun &run : planBatch(function, machine, budget, pinned))
    RunTiler(run, numEpilogues).tile();
}

} // namespace tilicho::compiler
