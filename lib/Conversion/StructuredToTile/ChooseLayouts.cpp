// SPDX-License-Identifier: Apache-2.0
// Layouts by the operators around a value, residency by what fits.
#include "lib/Conversion/StructuredToTile/ChooseLayouts.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/ResidentWalk.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"
#include "lib/Conversion/StructuredToTile/TileBatch.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// What operators leave and take
//===----------------------------------------------------------------------===//

/// The dimension of its result that an operator can leave on the partitions;
/// elementwise operators and moves follow their operands and are left out.
static std::optional<unsigned> partDimOf(Operation *op) {
  if (llvm::isa<tile::ConvolutionOp, tile::WindowReductionOp>(op))
    return 1; // The channels.
  if (llvm::isa<tile::ContractOp, tile::SoftmaxOp, tile::NormalizationOp>(op)) {
    unsigned rank = Lowering::shapeOf(op->getResult(0)).size();
    return rank < 2 ? std::nullopt : std::optional(rank - 2); // The rows.
  }
  return std::nullopt;
}

static bool isMove(Operation *op) {
  return llvm::isa<tile::ReshapeOp, tile::RestrideOp>(op) && !tile::isKept(op);
}

/// Whether the pieces lie side by side without gaps, so that each can be copied
/// on chip.
static bool isConcatenation(Operation *op) {
  auto assemble = dyn_cast<tile::AssembleOp>(op);
  return assemble && !assemble.getFill() && !isInPlace(op) &&
         llvm::all_of(assemble.getSteps(), [](int64_t s) { return s == 1; });
}

/// Whether the reader at `use` takes a value with this dimension on the
/// partitions as it lies.
static bool takes(OpOperand &use, unsigned partDim) {
  Operation *op = use.getOwner();
  unsigned rank = Lowering::shapeOf(use.get()).size();
  if (isConcatenation(op))
    return true;
  if (llvm::isa<tile::ElementwiseOp>(op))
    return Lowering::shapeOf(op->getResult(0)) == Lowering::shapeOf(use.get());
  if (llvm::isa<tile::ConvolutionOp>(op))
    return partDim == 1 && use.getOperandNumber() == 0;
  if (auto window = dyn_cast<tile::WindowReductionOp>(op))
    return partDim == 1 && window.getWindow().size() + 2 <= rank;
  if (auto reduction = dyn_cast<tile::ReductionOp>(op))
    return !llvm::is_contained(reduction.getAxes(), partDim);
  if (llvm::isa<tile::ContractOp>(op))
    return partDim == rank - 2; // Turned on the array where it has to be.
  if (auto softmax = dyn_cast<tile::SoftmaxOp>(op))
    return softmax.getAxis() != partDim;
  if (auto normalization = dyn_cast<tile::NormalizationOp>(op))
    return normalization.getAxis() > partDim;
  return false;
}

namespace {

class Chooser {
public:
  Chooser(func::FuncOp function, const Machine &machine, double share)
      : machine(machine),
        budget(static_cast<int64_t>(machine.sbufUsableBytes * share)) {
    for (Operation &op : function.front().without_terminator()) {
      order[&op] = ops.size();
      ops.push_back(&op);
    }
    residency.residentBytes.assign(ops.size(), 0);
  }

  Residency run() {
    for (Operation *op : ops)
      for (Value result : op->getResults())
        consider(op, result);
    return std::move(residency);
  }

private:
  /// The dimension on the partitions that the value has by its producer: what
  /// the producer makes, or what the operands of an elementwise one or of a
  /// concatenation have.
  std::optional<unsigned> inherit(Operation *op, Value result) {
    bool isElementwise = llvm::isa<tile::ElementwiseOp>(op);
    if (!isElementwise && !isConcatenation(op))
      return partDimOf(op);
    for (Value operand : op->getOperands())
      if (auto known = partDims.find(operand);
          known != partDims.end() &&
          (!isElementwise ||
           Lowering::shapeOf(operand) == Lowering::shapeOf(result)))
        return known->second;
    return std::nullopt;
  }

  void consider(Operation *op, Value result) {
    if (isMove(op))
      return considerMove(op, result);
    std::optional<unsigned> partDim = inherit(op, result);
    ArrayRef<int64_t> shape = Lowering::shapeOf(result);
    if (!partDim || *partDim >= shape.size() || shape.size() < 2)
      return;
    partDims[result] = *partDim;
    if (isEmittedByEpilogue(op) || isPartOfExpression(op) ||
        isInsideRowChain(op) || tile::isKept(op))
      return; // The value itself is never stored, or has to be in HBM.
    if (llvm::is_contained(shape, 0))
      return;
    Layout layout = makeLayout(result, *partDim);
    ResidentWalk walk = denseWalk(layout, shape);
    if (isReturned(result) || !isTaken(result, walk) ||
        !place(op, result, layout))
      return;
    walks[result] = std::move(walk);
  }

  /// The result of a move stays in the memory of its operand where it can.
  void considerMove(Operation *op, Value result) {
    auto source = walks.find(op->getOperand(0));
    if (source == walks.end() || isReturned(result))
      return;
    std::optional<ResidentWalk> walk = walkThrough(op, source->second);
    if (!walk || !isTaken(result, *walk))
      return;
    partDims[result] = walk->layout.partBegin;
    residency.layouts[result] = walk->layout;
    walks[result] = std::move(*walk);
  }

  /// Also as a part of what lies in HBM.
  bool isReturned(Value value) const {
    return llvm::any_of(value.getUsers(), [&](Operation *user) {
      return !order.count(user) ||
             (llvm::isa<tile::AssembleOp>(user) && isInPlace(user));
    });
  }

  /// Whether some reader takes the value as it lies, through moves or not.
  static bool isTaken(Value value, const ResidentWalk &walk) {
    return llvm::any_of(value.getUses(), [&](OpOperand &use) {
      Operation *op = use.getOwner();
      if (!isMove(op))
        return takes(use, walk.layout.partBegin);
      std::optional<ResidentWalk> after = walkThrough(op, walk);
      return after && isTaken(op->getResult(0), *after);
    });
  }

  Layout makeLayout(Value value, unsigned partDim) {
    Layout layout;
    layout.partBegin = partDim;
    layout.partEnd = partDim + 1;
    layout.blockSize =
        std::min<int64_t>(Lowering::shapeOf(value)[partDim], lanes());
    return layout;
  }

  /// Partitions that the array and the engines all reach.
  int64_t lanes() const {
    return std::min({machine.sbufPartitions, machine.psumPartitions,
                     machine.arrayRows, machine.arrayCols});
  }

  static int64_t bytesOf(Value value, const Layout &layout) {
    int64_t bytes = isa::sizeOf(Lowering::dtypeOf(value));
    for (auto [dim, extent] : llvm::enumerate(Lowering::shapeOf(value)))
      bytes *= dim == layout.partBegin
                   ? llvm::divideCeil(extent, layout.blockSize)
                   : extent;
    return bytes;
  }

  /// The last operation that reads the value, through moves or not.
  size_t lastUse(Value value) {
    size_t last = 0;
    for (Operation *user : value.getUsers()) {
      if (auto known = order.find(user); known != order.end())
        last = std::max(last, known->second);
      if (isMove(user))
        last = std::max(last, lastUse(user->getResult(0)));
    }
    return last;
  }

  bool place(Operation *op, Value value, const Layout &layout) {
    int64_t bytes = bytesOf(value, layout);
    size_t first = order[op], last = std::max(first, lastUse(value));
    for (size_t at = first; at <= last; ++at)
      if (residency.residentBytes[at] + bytes > budget)
        return false;
    for (size_t at = first; at <= last; ++at)
      residency.residentBytes[at] += bytes;
    residency.layouts[value] = layout;
    return true;
  }

  const Machine &machine;
  int64_t budget;
  std::vector<Operation *> ops;
  llvm::DenseMap<Operation *, size_t> order;
  llvm::DenseMap<Value, unsigned> partDims;
  /// How the values that stay on chip are walked.
  llvm::DenseMap<Value, ResidentWalk> walks;
  Residency residency;
};

} // namespace

Residency chooseLayouts(func::FuncOp function, const Machine &machine,
                        double share) {
  return Chooser(function, machine, share).run();
}

} // namespace tilicho::compiler
