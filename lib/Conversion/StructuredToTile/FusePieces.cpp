// SPDX-License-Identifier: Apache-2.0
// Element operations on slices of rows whose results lie side by side in rows.
#include "lib/Conversion/StructuredToTile/FusePieces.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/Loops.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"
#include "lib/Conversion/StructuredToTile/TileBatch.h"
#include "lib/Conversion/StructuredToTile/WalkImpl.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

/// On what puts the pieces together.
static constexpr StringLiteral pieceGroupName = "tile.piece_group";

namespace {

/// A part of the rows of a tensor.
struct RowSlice {
  Value tensor;
  Range range;
};

/// The pieces of one tensor. They and what they read have the same rows.
class PieceGroup {
public:
  explicit PieceGroup(tile::AssembleOp assemble) : assemble(assemble) {}

  /// Whether at least one tensor is cut for all pieces.
  bool match(const Machine &machine);
  void mark();
  void emit(Lowering &lowering);

private:
  bool areRows();
  bool addExpression(Operation *root);
  int64_t bytesPerElement();
  static RowSlice sliceOf(Value leaf);
  static int64_t rowOf(Value tensor) {
    return Lowering::shapeOf(tensor).back();
  }

  tile::AssembleOp assemble;
  /// Element operations and the slices that only they read.
  llvm::SetVector<Operation *> inner;
  llvm::SetVector<Value> tensors;
  bool cuts = false;
};

/// Operands of one piece on a tile of whole rows.
class PieceOperands : public TileOperands {
public:
  PieceOperands(Lowering &lowering, Walk &walk, const WalkTile &tile,
                int64_t columns)
      : lowering(lowering), walk(walk), tile(tile), columns(columns) {}

  /// Leaf `leaf` is a slice of operand `operand` of the walk.
  void add(unsigned operand, Range range) {
    leaves.push_back({operand, range});
  }

  View load(unsigned leaf, std::optional<isa::DType> asType) override {
    auto [operand, range] = leaves[leaf];
    View rows = walk.load(operand, tile, asType);
    return rows.slice(rows.dims.size() - 1, range);
  }
  bool isColumn(unsigned leaf) const override {
    return walk.isColumn(leaves[leaf].first, tile);
  }
  View allocate(isa::DType dtype) override {
    return lowering.tile.sbuf(dtype, tile.partitions, extents());
  }
  int64_t partitions() const override { return tile.partitions; }
  llvm::SmallVector<int64_t> extents() const override {
    llvm::SmallVector<int64_t> shape = walk.tileShape(tile);
    shape.back() = columns;
    return shape;
  }

private:
  Lowering &lowering;
  Walk &walk;
  const WalkTile &tile;
  int64_t columns;
  llvm::SmallVector<std::pair<unsigned, Range>> leaves;
};

} // namespace

//===----------------------------------------------------------------------===//
// Matching
//===----------------------------------------------------------------------===//

/// A slice that only the last dimension is cut by, without gaps.
static bool cutsRows(tile::RestrideOp op) {
  ArrayRef<int64_t> before = Lowering::shapeOf(op.getInput());
  ArrayRef<int64_t> after = Lowering::shapeOf(op.getResult());
  if (before.size() != after.size() || before.empty() ||
      before.drop_back() != after.drop_back())
    return false;
  for (auto [dim, from] : llvm::enumerate(op.getDims()))
    if (from != int64_t(dim) || op.getSteps()[dim] != 1)
      return false;
  return true;
}

RowSlice PieceGroup::sliceOf(Value leaf) {
  auto slice = leaf.getDefiningOp<tile::RestrideOp>();
  if (slice && cutsRows(slice) && !tile::isKept(slice))
    return {slice.getInput(), {slice.getStarts().back(), rowOf(leaf), 1}};
  return {leaf, {0, rowOf(leaf), 1}};
}

/// Whether the pieces cover rows, side by side in their order.
bool PieceGroup::areRows() {
  size_t rank = Lowering::shapeOf(assemble.getResult()).size();
  if (assemble.getFill() || isInPlace(assemble) || tile::isKept(assemble) ||
      rank == 0 || assemble.getPieces().size() < 2 ||
      llvm::any_of(assemble.getSteps(), [](int64_t step) { return step != 1; }))
    return false;
  for (auto [at, offset] : llvm::enumerate(assemble.getOffsets()))
    if (at % rank + 1 != rank && offset != 0)
      return false;
  return !llvm::is_contained(Lowering::shapeOf(assemble.getResult()), 0);
}

bool PieceGroup::addExpression(Operation *root) {
  auto element = dyn_cast_or_null<tile::ElementwiseOp>(root);
  if (!element || tile::isKept(root) || !root->hasOneUse() ||
      root->hasAttr(epilogueName) || isInsideRowChain(root) ||
      root->getBlock() != assemble->getBlock() ||
      tile::hasBorderBetween(root, assemble))
    return false;
  ArrayRef<int64_t> rows = Lowering::shapeOf(assemble.getResult()).drop_back();
  for (const WalkOperand &leaf : collectExpression(root).leaves) {
    RowSlice slice = sliceOf(leaf.value);
    // Same rows, so that what repeats is not read for each.
    ArrayRef<int64_t> shape = Lowering::shapeOf(slice.tensor);
    if (shape.empty() || shape.drop_back() != rows ||
        rowOf(leaf.value) != rowOf(root->getResult(0)))
      return false;
    cuts |= slice.tensor != leaf.value;
    tensors.insert(slice.tensor);
    if (Operation *cut = leaf.value.getDefiningOp(); slice.tensor != leaf.value)
      inner.insert(cut);
  }
  SmallVector<Operation *> expression = {root};
  while (!expression.empty()) {
    Operation *op = expression.pop_back_val();
    inner.insert(op);
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp();
          isa_and_nonnull<tile::ElementwiseOp>(producer) &&
          isPartOfExpression(producer))
        expression.push_back(producer);
  }
  return true;
}

/// Of what is read, and of what is made on the way as if each piece were as
/// long as the rows.
int64_t PieceGroup::bytesPerElement() {
  int64_t bytes = 0;
  for (Value piece : assemble.getPieces())
    bytes += collectExpression(piece.getDefiningOp()).nodes.size() *
             isa::sizeOf(isa::DType::f32);
  for (Value tensor : tensors)
    bytes += isa::sizeOf(Lowering::dtypeOf(tensor));
  return bytes;
}

bool PieceGroup::match(const Machine &machine) {
  if (!areRows() || !llvm::all_of(assemble.getPieces(), [&](Value piece) {
        return addExpression(piece.getDefiningOp());
      }))
    return false;
  inner.remove_if([&](Operation *op) {
    return llvm::isa<tile::RestrideOp>(op) &&
           !llvm::all_of(op->getUsers(),
                         [&](Operation *user) { return inner.contains(user); });
  });
  // Some rows of all tensors and of what is made on the way have to fit.
  int64_t bytes = 0;
  for (Value tensor : tensors)
    bytes += rowOf(tensor) * isa::sizeOf(Lowering::dtypeOf(tensor));
  bytes += 2 * rowOf(assemble.getResult()) *
           isa::sizeOf(Lowering::dtypeOf(assemble.getResult()));
  return cuts && bytes <= machine.sbufUsableBytes / 8 &&
         rowOf(assemble.getResult()) * bytesPerElement() <=
             machine.sbufUsableBytes / 4;
}

void PieceGroup::mark() {
  auto unit = UnitAttr::get(assemble->getContext());
  SmallVector<Operation *> ordered(inner.begin(), inner.end());
  // Slices first, so that nothing stands between the element operations.
  llvm::sort(ordered, [](Operation *a, Operation *b) {
    bool isCut = llvm::isa<tile::RestrideOp>(a);
    return isCut == llvm::isa<tile::RestrideOp>(b) ? a->isBeforeInBlock(b)
                                                   : isCut;
  });
  for (Operation *op : ordered) {
    op->moveBefore(assemble);
    op->setAttr(insideRowChainName, unit);
  }
  assemble->setAttr(pieceGroupName, unit);
}

void fusePieces(func::FuncOp function, const Machine &machine) {
  SmallVector<tile::AssembleOp> all(
      function.front().getOps<tile::AssembleOp>());
  for (tile::AssembleOp assemble : all) {
    PieceGroup group(assemble);
    if (group.match(machine))
      group.mark();
  }
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

void PieceGroup::emit(Lowering &lowering) {
  WalkRequest request;
  request.shape = llvm::to_vector(Lowering::shapeOf(assemble.getResult()));
  request.wholeDims = {unsigned(request.shape.size() - 1)};
  std::vector<ElementExpression> expressions;
  for (Value piece : assemble.getPieces()) {
    expressions.push_back(collectExpression(piece.getDefiningOp()));
    for (const WalkOperand &leaf : expressions.back().leaves)
      tensors.insert(sliceOf(leaf.value).tensor);
    request.instructions += expressions.back().nodes.size();
  }
  for (Value tensor : tensors)
    request.operands.push_back(WalkOperand::read(tensor));
  request.bytesPerElement += bytesPerElement();
  unsigned written = request.operands.size();
  request.operands.push_back(WalkOperand::write(assemble.getResult()));
  HbmWalk walk(lowering, request);
  bool fits = walk.choose();
  assert(fits && "rows were found to be short");
  (void)fits;
  size_t rank = request.shape.size();
  walk.forEachTile([&](const WalkTile &tile) {
    View dst = walk.dest(written, tile);
    for (auto [index, piece] : llvm::enumerate(assemble.getPieces())) {
      PieceOperands operands(lowering, walk, tile, rowOf(piece));
      for (const WalkOperand &leaf : expressions[index].leaves) {
        RowSlice slice = sliceOf(leaf.value);
        auto at = llvm::find(tensors, slice.tensor) - tensors.begin();
        operands.add(at, slice.range);
      }
      Range range{assemble.getOffsets()[index * rank + rank - 1], rowOf(piece),
                  1};
      ElementwiseTile(lowering, operands, expressions[index])
          .evaluate(dst.slice(dst.dims.size() - 1, range));
    }
    walk.commit(written, tile, dst);
  });
}

bool emitPieces(Operation *assemble, Lowering &lowering) {
  if (!assemble->hasAttr(pieceGroupName))
    return false;
  PieceGroup(cast<tile::AssembleOp>(assemble)).emit(lowering);
  return true;
}

} // namespace tilicho::compiler
