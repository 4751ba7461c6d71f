// SPDX-License-Identifier: Apache-2.0
// Runs by bytes: every cut of the program into runs, by dynamic programming.
#include "lib/Conversion/StructuredToTile/BatchPlan.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// Independence
//===----------------------------------------------------------------------===//

static bool isAlongBatch(tile::RestrideOp op) {
  return op.getDims()[0] == 0 && op.getStarts()[0] == 0 &&
         op.getSteps()[0] == 1;
}

static bool isAlongBatch(tile::AssembleOp op) {
  size_t rank = op.getType().getRank();
  for (size_t at = 0; at < op.getOffsets().size(); at += rank)
    if (op.getOffsets()[at] != 0 || op.getSteps()[at] != 1)
      return false;
  return true;
}

static bool isAlongBatch(tile::ContractOp op) {
  // In a matrix the batch is the rows.
  bool isMatrix = op.getType().getRank() == 2;
  return Lowering::shapeOf(op.getA()).size() ==
             Lowering::shapeOf(op.getResult()).size() &&
         !(isMatrix && op.getTransA());
}

/// Whether the first dimension of the result is one that nothing is summed or
/// moved along.
static bool isAlongBatch(Operation *op) {
  size_t rank = Lowering::shapeOf(op->getResult(0)).size();
  if (auto window = dyn_cast<tile::WindowReductionOp>(op))
    return window.getWindow().size() < rank;
  if (auto reduction = dyn_cast<tile::ReductionOp>(op))
    return !llvm::is_contained(reduction.getAxes(), 0);
  if (auto softmax = dyn_cast<tile::SoftmaxOp>(op))
    return softmax.getAxis() != 0;
  if (auto normalization = dyn_cast<tile::NormalizationOp>(op))
    return normalization.getAxis() > 0;
  if (auto restride = dyn_cast<tile::RestrideOp>(op))
    return isAlongBatch(restride);
  if (auto assemble = dyn_cast<tile::AssembleOp>(op))
    return isAlongBatch(assemble);
  if (auto contract = dyn_cast<tile::ContractOp>(op))
    return isAlongBatch(contract);
  return llvm::isa<tile::ConvolutionOp, tile::ElementwiseOp,
                   tile::LocalNormalizationOp, tile::ReshapeOp>(op);
}

/// Whether an operand may be the same for all parts.
static bool isShared(OpOperand &operand) {
  Operation *op = operand.getOwner();
  size_t rank = Lowering::shapeOf(op->getResult(0)).size();
  ArrayRef<int64_t> shape = Lowering::shapeOf(operand.get());
  if (llvm::isa<tile::ElementwiseOp>(op))
    return shape.size() < rank || shape[0] == 1;
  if (llvm::isa<tile::ContractOp>(op))
    return operand.getOperandNumber() == 1 &&
           (rank == 2 || shape.size() < rank || shape[0] == 1);
  return llvm::isa<tile::ConvolutionOp>(op) && operand.getOperandNumber() == 1;
}

std::optional<SmallVector<bool>> operandsWithBatch(Operation *op) {
  if (op->getNumResults() != 1 || tile::isKept(op))
    return std::nullopt;
  ArrayRef<int64_t> result = Lowering::shapeOf(op->getResult(0));
  if (result.empty() || llvm::is_contained(result, 0) || !isAlongBatch(op))
    return std::nullopt;
  SmallVector<bool> hasBatch;
  for (OpOperand &operand : op->getOpOperands()) {
    hasBatch.push_back(!isShared(operand));
    ArrayRef<int64_t> shape = Lowering::shapeOf(operand.get());
    if (hasBatch.back() && (Lowering::constantOf(operand.get()) ||
                            shape.empty() || shape[0] != result[0]))
      return std::nullopt;
  }
  if (!llvm::is_contained(hasBatch, true))
    return std::nullopt;
  return hasBatch;
}

//===----------------------------------------------------------------------===//
// What runs are made of
//===----------------------------------------------------------------------===//

static bool isFused(Operation *op) {
  return isPartOfExpression(op) || isEmittedByEpilogue(op) ||
         isInsideRowChain(op);
}

static int64_t bytesOf(Value value) {
  int64_t bytes = isa::sizeOf(Lowering::dtypeOf(value));
  for (int64_t extent : Lowering::shapeOf(value))
    bytes *= extent;
  return bytes;
}

namespace {

/// A value that is stored, from the unit that makes it to the last that reads
/// it.
struct Stored {
  size_t first, last;
  int64_t bytes, partitionBytes;
  /// Read from outside of all units, which is what the function returns.
  bool isReturned;
};

/// Operations that are emitted together.
struct Unit {
  SmallVector<Operation *> ops;
  /// The extent of the batch, or 0 if it cannot be cut.
  int64_t batch = 0;
  int64_t weightBytes = 0;
  /// A run of parts starts here or later: all of a value that is read as a
  /// whole has been made by then.
  size_t earliest = 0;
  /// Numbers of the stored values that are made and read here.
  SmallVector<size_t> made, reads;
};

/// The cost of one run while it grows by a unit at a time.
class RunCost {
public:
  RunCost(ArrayRef<Unit> units, ArrayRef<Stored> values, int64_t budget,
          size_t first, int64_t parts)
      : units(units), values(values), budget(budget), first(first),
        parts(parts) {}

  void add(size_t at) {
    live.push_back(0);
    weights += units[at].weightBytes;
    for (size_t value : units[at].made)
      spilled[value] = values[value].bytes;
    for (size_t value : units[at].reads)
      moved(value) += values[value].bytes;
    // What nobody reads after this may have stayed on chip.
    for (size_t value : units[at].reads)
      if (values[value].last == at && !values[value].isReturned &&
          values[value].first >= first && place(values[value]))
        spilled.erase(value);
  }

  /// In bytes. Each part of an operator also costs a transfer's latency.
  double total(double latencyBytes) const {
    double sum = static_cast<double>(outside);
    for (auto &[value, bytes] : spilled)
      sum += static_cast<double>(bytes);
    double more = static_cast<double>(parts - 1);
    return sum + more * (static_cast<double>(weights) +
                         latencyBytes * static_cast<double>(live.size()));
  }

private:
  int64_t &moved(size_t value) {
    auto known = spilled.find(value);
    return known == spilled.end() ? outside : known->second;
  }

  bool place(const Stored &value) {
    auto range = MutableArrayRef<int64_t>(live).slice(
        value.first - first, value.last - value.first + 1);
    int64_t bytes = llvm::divideCeil(value.partitionBytes, parts);
    if (llvm::any_of(range, [&](int64_t b) { return b + bytes > budget; }))
      return false;
    for (int64_t &taken : range)
      taken += bytes;
    return true;
  }

  ArrayRef<Unit> units;
  ArrayRef<Stored> values;
  int64_t budget;
  size_t first;
  int64_t parts;
  int64_t weights = 0, outside = 0;
  SmallVector<int64_t> live;
  /// Bytes moved for values of the run that are not on chip.
  llvm::DenseMap<size_t, int64_t> spilled;
};

class BatchPlanner {
public:
  BatchPlanner(func::FuncOp function, const Machine &machine, int64_t budget,
               const llvm::DenseSet<Operation *> &pinned)
      : machine(machine), budget(budget), pinned(pinned) {
    collectUnits(function);
    collectValues(function);
  }

  std::vector<BatchRun> run() {
    if (llvm::all_of(units, [](const Unit &unit) { return unit.batch < 2; }))
      return {};
    choices.assign(units.size() + 1, {});
    choices[0].cost = 0;
    for (size_t first = 0; first < units.size(); ++first) {
      extend(first, 1);
      for (int64_t parts = 2; parts <= units[first].batch; ++parts)
        if (units[first].batch % parts == 0)
          extend(first, parts);
    }
    return trace();
  }

private:
  /// The best way to have done the units before one.
  struct Choice {
    double cost = std::numeric_limits<double>::infinity();
    size_t first = 0;
    int64_t parts = 1;
  };

  /// Units in a run: cutting a longer one makes no difference to what lies
  /// inside.
  static constexpr size_t longest = 512;

  void collectUnits(func::FuncOp function) {
    Operation *open = nullptr; // A unit goes on up to the reader of this.
    for (Operation &op : function.front().without_terminator()) {
      if (llvm::isa<tile::ConstantOp>(op))
        continue;
      if (!open || open->isBeforeInBlock(&op))
        units.emplace_back();
      unitOf[&op] = units.size() - 1;
      units.back().ops.push_back(&op);
      if (!isFused(&op))
        continue;
      for (Operation *user : op.getUsers())
        if (!open || open->isBeforeInBlock(user))
          open = user;
    }
    for (Unit &unit : units)
      unit.batch = batchOf(unit);
  }

  int64_t batchOf(const Unit &unit) const {
    int64_t batch = 0;
    for (Operation *op : unit.ops) {
      if (pinned.contains(op) || isInsideRowChain(op) ||
          op->hasAttr(rowChainEndName) || !operandsWithBatch(op))
        return 0;
      int64_t extent = Lowering::shapeOf(op->getResult(0))[0];
      if (batch != 0 && batch != extent)
        return 0;
      batch = extent;
    }
    return batch;
  }

  void collectValues(func::FuncOp function) {
    for (auto [index, unit] : llvm::enumerate(units))
      for (Operation *op : unit.ops) {
        limitRuns(unit, op);
        for (Value operand : op->getOperands())
          if (Lowering::constantOf(operand))
            unit.weightBytes += bytesOf(operand);
        if (!isFused(op))
          for (Value result : op->getResults())
            collectValue(index, result);
      }
  }

  void limitRuns(Unit &unit, Operation *op) const {
    std::optional<SmallVector<bool>> hasBatch = operandsWithBatch(op);
    if (!hasBatch)
      return;
    for (auto [operand, isCut] : llvm::zip_equal(op->getOperands(), *hasBatch))
      if (auto maker = unitOf.find(operand.getDefiningOp());
          !isCut && maker != unitOf.end())
        unit.earliest = std::max(unit.earliest, maker->second + 1);
  }

  void collectValue(size_t unit, Value value) {
    Stored stored{unit, unit, bytesOf(value), partitionBytesOf(value), false};
    size_t number = values.size();
    for (Operation *user : value.getUsers()) {
      auto reader = unitOf.find(user);
      stored.isReturned |= reader == unitOf.end();
      if (reader == unitOf.end())
        continue;
      stored.last = std::max(stored.last, reader->second);
      units[reader->second].reads.push_back(number);
    }
    units[unit].made.push_back(number);
    values.push_back(stored);
  }

  /// With channels, or the rows of a matrix, on the partitions.
  int64_t partitionBytesOf(Value value) const {
    ArrayRef<int64_t> shape = Lowering::shapeOf(value);
    if (shape.empty())
      return bytesOf(value);
    int64_t extent = shape[shape.size() > 2 ? 1 : 0];
    int64_t used = std::max<int64_t>(extent, 1);
    return bytesOf(value) / used * llvm::divideCeil(used, arrayLanes(machine));
  }

  void extend(size_t first, int64_t parts) {
    RunCost cost(units, values, budget, first, parts);
    double latencyBytes =
        machine.dma.descriptorNs * machine.dma.bytesPerNs * machine.dma.engines;
    size_t end = std::min(units.size(), first + longest);
    for (size_t at = first; at < end; ++at) {
      if (parts > 1 &&
          (units[at].batch != units[first].batch || units[at].earliest > first))
        return;
      cost.add(at);
      double total = choices[first].cost + cost.total(latencyBytes);
      if (total < choices[at + 1].cost)
        choices[at + 1] = {total, first, parts};
    }
  }

  std::vector<BatchRun> trace() const {
    std::vector<BatchRun> runs;
    for (size_t end = units.size(); end > 0; end = choices[end].first) {
      const Choice &choice = choices[end];
      if (choice.parts == 1)
        continue;
      BatchRun &run = runs.emplace_back();
      run.parts = choice.parts;
      for (size_t at = choice.first; at < end; ++at)
        run.ops.append(units[at].ops);
    }
    return runs;
  }

  const Machine &machine;
  int64_t budget;
  const llvm::DenseSet<Operation *> &pinned;
  std::vector<Unit> units;
  std::vector<Stored> values;
  llvm::DenseMap<Operation *, size_t> unitOf;
  std::vector<Choice> choices;
};

} // namespace

std::vector<BatchRun> planBatch(func::FuncOp function, const Machine &machine,
                                int64_t budget,
                                const llvm::DenseSet<Operation *> &pinned) {
  return BatchPlanner(function, machine, budget, pinned).run();
}

} // namespace tilicho::compiler
