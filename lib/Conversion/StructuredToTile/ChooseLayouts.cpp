// SPDX-License-Identifier: Apache-2.0
// Layouts by the operators around a value, residency by what fits.
#include "lib/Conversion/StructuredToTile/ChooseLayouts.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// What operators leave and take
//===----------------------------------------------------------------------===//

/// Which dimension of a tensor lies on the partitions.
enum class Family {
  None,
  /// Dimension 1, the channels.
  Channels,
  /// The last but one, the rows of a matrix.
  Rows
};

static unsigned partDimOf(Family family, unsigned rank) {
  return family == Family::Channels ? 1 : rank - 2;
}

/// What an operator can leave its result as; elementwise ones follow their
/// operands and are left out.
static Family familyOf(Operation *op) {
  if (llvm::isa<tile::ConvolutionOp, tile::WindowReductionOp>(op))
    return Family::Channels;
  if (llvm::isa<tile::ContractOp, tile::SoftmaxOp, tile::NormalizationOp>(op))
    return Family::Rows;
  return Family::None;
}

/// Whether the pieces lie side by side without gaps, so that each can be copied
/// on chip.
static bool isConcatenation(Operation *op) {
  auto assemble = dyn_cast<tile::AssembleOp>(op);
  return assemble && !assemble.getFill() &&
         llvm::all_of(assemble.getSteps(), [](int64_t s) { return s == 1; });
}

/// Whether the reader at `use` takes a value of the family as it lies.
static bool takes(OpOperand &use, Family family) {
  Operation *op = use.getOwner();
  unsigned rank = Lowering::shapeOf(use.get()).size();
  if (isConcatenation(op))
    return true;
  if (llvm::isa<tile::ElementwiseOp>(op))
    return Lowering::shapeOf(op->getResult(0)) == Lowering::shapeOf(use.get());
  if (llvm::isa<tile::ConvolutionOp>(op))
    return family == Family::Channels && use.getOperandNumber() == 0;
  if (auto window = dyn_cast<tile::WindowReductionOp>(op))
    return family == Family::Channels && window.getWindow().size() + 2 <= rank;
  if (auto reduction = dyn_cast<tile::ReductionOp>(op))
    return !llvm::is_contained(reduction.getAxes(), partDimOf(family, rank));
  if (auto contract = dyn_cast<tile::ContractOp>(op))
    return family == Family::Rows &&
           (use.getOperandNumber() == 0 ? !contract.getTransA()
                                        : contract.getTransB());
  if (auto softmax = dyn_cast<tile::SoftmaxOp>(op))
    return softmax.getAxis() != partDimOf(family, rank);
  if (auto normalization = dyn_cast<tile::NormalizationOp>(op))
    return normalization.getAxis() > partDimOf(family, rank);
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
  /// The family that the value has by its producer: what the producer makes,
  /// or what the operands of an elementwise one or of a concatenation have.
  Family inherit(Operation *op, Value result) {
    bool isElementwise = llvm::isa<tile::ElementwiseOp>(op);
    if (!isElementwise && !isConcatenation(op))
      return familyOf(op);
    for (Value operand : op->getOperands())
      if (auto known = families.find(operand);
          known != families.end() &&
          (!isElementwise ||
           Lowering::shapeOf(operand) == Lowering::shapeOf(result)))
        return known->second;
    return Family::None;
  }

  void consider(Operation *op, Value result) {
    Family family = inherit(op, result);
    ArrayRef<int64_t> shape = Lowering::shapeOf(result);
    if (family == Family::None || shape.size() < 2 ||
        (family == Family::Channels && shape.size() < 3))
      return;
    families[result] = family;
    if (isEmittedByEpilogue(op) || isPartOfExpression(op) ||
        isInsideRowChain(op) || tile::isKept(op))
      return; // The value itself is never stored, or has to be in HBM.
    bool isTaken = false, isReturned = false;
    for (OpOperand &use : result.getUses()) {
      isReturned |= !order.count(use.getOwner());
      isTaken |= !isReturned && takes(use, family);
    }
    if (isReturned || !isTaken || llvm::is_contained(shape, 0))
      return;
    place(op, result, makeLayout(result, family));
  }

  Layout makeLayout(Value value, Family family) {
    ArrayRef<int64_t> shape = Lowering::shapeOf(value);
    Layout layout;
    layout.partBegin = partDimOf(family, shape.size());
    layout.partEnd = layout.partBegin + 1;
    layout.blockSize = std::min<int64_t>(shape[layout.partBegin], lanes());
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

  void place(Operation *op, Value value, Layout layout) {
    int64_t bytes = bytesOf(value, layout);
    size_t first = order[op], last = first;
    for (Operation *user : value.getUsers())
      last = std::max(last, order[user]);
    for (size_t at = first; at <= last; ++at)
      if (residency.residentBytes[at] + bytes > budget)
        return;
    for (size_t at = first; at <= last; ++at)
      residency.residentBytes[at] += bytes;
    residency.layouts[value] = std::move(layout);
  }

  const Machine &machine;
  int64_t budget;
  std::vector<Operation *> ops;
  llvm::DenseMap<Operation *, size_t> order;
  llvm::DenseMap<Value, Family> families;
  Residency residency;
};

} // namespace

Residency chooseLayouts(func::FuncOp function, const Machine &machine,
                        double share) {
  return Chooser(function, machine, share).run();
}

} // namespace tilicho::compiler
