// SPDX-License-Identifier: Apache-2.0
// Layouts by the operators around a value, residency by what fits.
#include "lib/Conversion/StructuredToTile/ChooseLayouts.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/ElementwiseExpression.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/PermutePartitions.h"
#include "lib/Conversion/StructuredToTile/ResidentWalk.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"
#include "lib/Conversion/StructuredToTile/RowPeriods.h"
#include "lib/Conversion/StructuredToTile/TileBatch.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// What operators leave and take
//===----------------------------------------------------------------------===//

/// Whether an operator leaves channels on the partitions.
static bool hasChannels(Operation *op) {
  return llvm::isa<tile::ConvolutionOp, tile::LocalNormalizationOp,
                   tile::WindowReductionOp>(op);
}

/// The dimension of its result that an operator can leave on the partitions;
/// elementwise operators and moves follow their operands and are left out.
static std::optional<unsigned> partDimOf(Operation *op) {
  if (hasChannels(op))
    return 1;
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

/// Whether products read the value, all of them along its last dimension: it
/// need not be turned if that lies on the partitions.
static bool isReadAlongRows(Value value) {
  return !value.use_empty() &&
         llvm::all_of(value.getUses(), [](OpOperand &use) {
           auto product = dyn_cast<tile::ContractOp>(use.getOwner());
           return product && use.getOperandNumber() == 0 &&
                  !product.getTransA() && product.getB() != product.getA() &&
                  !isInsideRowChain(product) &&
                  !product->hasAttr(rowChainEndName);
         });
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
  if (llvm::isa<tile::ConvolutionOp, tile::LocalNormalizationOp>(op))
    return partDim == 1 && use.getOperandNumber() == 0;
  if (auto window = dyn_cast<tile::WindowReductionOp>(op))
    return partDim == 1 && window.getWindow().size() + 2 <= rank;
  if (auto reduction = dyn_cast<tile::ReductionOp>(op))
    return !llvm::is_contained(reduction.getAxes(), partDim);
  if (llvm::isa<tile::ContractOp>(
          op)) // Turned on the array where it has to be.
    return partDim == rank - 2 ||
           (partDim == rank - 1 && isReadAlongRows(use.get()));
  if (auto softmax = dyn_cast<tile::SoftmaxOp>(op))
    return softmax.getAxis() != partDim;
  if (auto normalization = dyn_cast<tile::NormalizationOp>(op))
    return normalization.getAxis() > partDim;
  return false;
}

/// Channels of a group, by those of all groups, for the tensors that
/// convolutions with groups of several channels read and make; 1 where they do
/// not agree.
static llvm::DenseMap<int64_t, int64_t> findGroups(func::FuncOp function) {
  llvm::DenseMap<int64_t, int64_t> groups;
  for (auto op : function.front().getOps<tile::ConvolutionOp>())
    for (Value side : {op.getInput(), op.getResult()}) {
      int64_t channels = Lowering::shapeOf(side)[1];
      int64_t group = channels / static_cast<int64_t>(op.getGroup());
      if (op.getGroup() == 1 || group <= 1)
        continue;
      auto [known, isNew] = groups.try_emplace(channels, group);
      if (!isNew && known->second != group)
        known->second = 1;
    }
  return groups;
}

/// Channels of a block, so that no group begins or ends within one.
static int64_t blockOfGroups(int64_t channels, int64_t group, int64_t lanes) {
  if (channels <= lanes || group <= 1)
    return std::min(channels, lanes);
  if (group <= lanes)
    return evenPart(channels / group, lanes / group) * group;
  int64_t part = evenPart(group, lanes);
  return group % part == 0 ? part : lanes;
}

namespace {

class Chooser {
public:
  Chooser(func::FuncOp function, const Machine &machine, double share)
      : machine(machine),
        budget(static_cast<int64_t>(machine.sbufUsableBytes * share)),
        periods(findRowPeriods(function, machine)),
        groups(findGroups(function)) {
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
  /// The layout that the value has by its producer: what the producer makes, or
  /// what the operands of an elementwise one, of a concatenation or of a
  /// reduction along other dimensions have.
  std::optional<Layout> inherit(Operation *op, Value result) {
    bool isElementwise = llvm::isa<tile::ElementwiseOp>(op);
    if (Operation *producer = isElementwise ? epilogueProducer(op) : nullptr)
      if (auto known = wanted.find(producer->getResult(0));
          known != wanted.end())
        return known->second;
    if (auto reduction = dyn_cast<tile::ReductionOp>(op))
      return inheritReduced(reduction);
    if (!isElementwise && !isConcatenation(op)) {
      std::optional<unsigned> partDim = partDimOf(op);
      return partDim ? makeLayout(op, *partDim) : std::optional<Layout>();
    }
    for (Value operand : op->getOperands())
      if (auto known = wanted.find(operand);
          known != wanted.end() &&
          (!isElementwise ||
           Lowering::shapeOf(operand) == Lowering::shapeOf(result)))
        return widened(known->second, operand, result);
    return std::nullopt;
  }

  /// Where pieces are put side by side on the partitions, blocks are full.
  Layout widened(Layout layout, Value piece, Value whole) const {
    unsigned part = layout.partBegin;
    int64_t extent = Lowering::shapeOf(whole)[part];
    if (extent != Lowering::shapeOf(piece)[part])
      layout = {part, layout.partEnd, channelBlock(extent)};
    return layout;
  }

  std::optional<Layout> inheritReduced(tile::ReductionOp op) {
    auto known = wanted.find(op.getInput());
    if (known == wanted.end() || op.getOp().starts_with("arg_") ||
        llvm::is_contained(op.getAxes(), int64_t(known->second.partBegin)))
      return std::nullopt;
    return known->second;
  }

  void consider(Operation *op, Value result) {
    if (isMove(op))
      return considerMove(op, result);
    std::optional<Layout> layout = inherit(op, result);
    ArrayRef<int64_t> shape = Lowering::shapeOf(result);
    if (!layout || layout->partBegin >= shape.size() || shape.size() < 2)
      return;
    if (leavesColumns(op, result))
      layout = makeColumns(result);
    wanted[result] = *layout;
    if (isEmittedByEpilogue(op) || isPartOfExpression(op) ||
        isInsideRowChain(op) || tile::isKept(op))
      return; // The value itself is never stored, or has to be in HBM.
    if (llvm::is_contained(shape, 0))
      return;
    ResidentWalk walk = denseWalk(*layout, shape);
    if (isReturned(result) || !isTaken(result, walk) ||
        !place(op, result, *layout))
      return;
    walks[result] = std::move(walk);
  }

  /// The result of a move stays in the memory of its operand where it can.
  void considerMove(Operation *op, Value result) {
    if (isReturned(result))
      return;
    auto source = walks.find(op->getOperand(0));
    std::optional<ResidentWalk> walk;
    if (source != walks.end())
      walk = walkThrough(op, source->second);
    if (!walk || !isTaken(result, *walk))
      return considerPermutation(op, result);
    wanted[result] = walk->layout;
    residency.layouts[result] = walk->layout;
    walks[result] = std::move(*walk);
  }

  /// The result of moves that permute the partitions lies like their source.
  void considerPermutation(Operation *op, Value result) {
    for (auto dim : llvm::seq<unsigned>(Lowering::shapeOf(result).size())) {
      std::optional<Permutation> permutation = permutationTo(result, dim);
      auto source = permutation ? walks.find(permutation->source) : walks.end();
      if (source == walks.end() || !hasPartitionsAt(source->second, dim))
        continue;
      Layout layout = source->second.layout;
      ResidentWalk walk = denseWalk(layout, Lowering::shapeOf(result));
      if (!isTaken(result, walk) || !place(op, result, layout))
        return;
      wanted[result] = layout;
      walks[result] = std::move(walk);
      return;
    }
  }

  static bool hasPartitionsAt(const ResidentWalk &walk, unsigned dim) {
    return walk.layout.partBegin == dim && !walk.layout.period;
  }

  /// The result of the permutation that starts at `value` with this move.
  static Value permutedBy(Operation *move, Value value, unsigned partDim) {
    Value end = permutationFrom(move, partDim);
    return end && permutationTo(end, partDim)->source == value ? end : Value();
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
      if (after && isTaken(op->getResult(0), *after))
        return true;
      Value end = permutedBy(op, value, walk.layout.partBegin);
      return end && hasPartitionsAt(walk, walk.layout.partBegin) &&
             isTaken(end, denseWalk(walk.layout, Lowering::shapeOf(end)));
    });
  }

  /// Whether a product, or what is done to its result, can leave columns on the
  /// partitions, as those who read it want them. Its array time is the same.
  bool leavesColumns(Operation *op, Value result) const {
    Operation *root = op;
    if (llvm::isa<tile::ElementwiseOp>(op))
      op = epilogueProducer(op);
    if (!llvm::isa_and_nonnull<tile::ContractOp>(op) ||
        op->hasAttr(rowChainEndName) || isInsideRowChain(op))
      return false;
    ArrayRef<int64_t> shape = Lowering::shapeOf(result);
    return shape == Lowering::shapeOf(op->getResult(0)) &&
           product(shape.drop_back(2)) == 1 && shape.back() % lanes() == 0 &&
           usableRows(machine) == lanes() && isReadAlongRows(result) &&
           (op == root || takesColumns(root, op));
  }

  /// Whether everything else that an expression takes belongs to columns.
  static bool takesColumns(Operation *root, Operation *producer) {
    llvm::SetVector<Operation *> ops;
    collectExpressionOps(root, ops);
    return llvm::all_of(ops, [&](Operation *op) {
      return llvm::all_of(op->getOperands(), [&](Value operand) {
        Operation *from = operand.getDefiningOp();
        ArrayRef<int64_t> shape = Lowering::shapeOf(operand);
        return from == producer || ops.contains(from) || shape.empty() ||
               product(shape.drop_back()) == 1;
      });
    });
  }

  Layout makeColumns(Value result) const {
    unsigned rank = Lowering::shapeOf(result).size();
    return {rank - 1, rank, lanes()};
  }

  /// The rows of a matrix are cut evenly, as products cut them.
  Layout makeLayout(Operation *op, unsigned partDim) const {
    Layout layout;
    layout.partBegin = partDim;
    layout.partEnd = partDim + 1;
    ArrayRef<int64_t> shape = Lowering::shapeOf(op->getResult(0));
    if (partDim >= shape.size())
      return layout;
    layout.blockSize = hasChannels(op) ? channelBlock(shape[partDim])
                                       : evenPart(shape[partDim], lanes());
    if (auto period = periods.find(shape[partDim]);
        shape.size() == 2 && period != periods.end()) {
      layout.period = period->second;
      layout.blockSize = evenPart(layout.period, lanes());
    }
    return layout;
  }

  int64_t channelBlock(int64_t channels) const {
    return blockOfGroups(channels, groups.lookup(channels), lanes());
  }

  int64_t lanes() const { return arrayLanes(machine); }

  static int64_t bytesOf(Value value, const Layout &layout) {
    int64_t bytes = isa::sizeOf(Lowering::dtypeOf(value));
    for (auto [dim, extent] : llvm::enumerate(Lowering::shapeOf(value)))
      bytes *= dim == layout.partBegin ? layout.numBlocks(extent) : extent;
    return bytes;
  }

  /// The last operation that reads the value, through moves or not. A permuted
  /// one is another value.
  size_t lastUse(Value value, unsigned partDim) {
    size_t last = 0;
    for (Operation *user : value.getUsers()) {
      if (auto known = order.find(user); known != order.end())
        last = std::max(last, known->second);
      if (!isMove(user))
        continue;
      Value end = permutedBy(user, value, partDim);
      last = std::max(last, end ? order[end.getDefiningOp()]
                                : lastUse(user->getResult(0), partDim));
    }
    return last;
  }

  bool place(Operation *op, Value value, const Layout &layout) {
    int64_t bytes = bytesOf(value, layout);
    size_t first = order[op],
           last = std::max(first, lastUse(value, layout.partBegin));
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
  /// Of rows on the partitions, by their number.
  llvm::DenseMap<int64_t, int64_t> periods;
  /// Channels of a group, by the number of channels.
  llvm::DenseMap<int64_t, int64_t> groups;
  std::vector<Operation *> ops;
  llvm::DenseMap<Operation *, size_t> order;
  /// How values would lie on chip.
  llvm::DenseMap<Value, Layout> wanted;
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
