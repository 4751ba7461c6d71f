// SPDX-License-Identifier: Apache-2.0
// From the outermost loops and branches inwards, so that a place is handed on.
#include "lib/Conversion/StructuredToTile/PlaceAtBorders.h"

#include "dialects/Tile/IR/Loops.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

namespace {
class Placer {
public:
  Placer(Lowering &lowering, llvm::DenseSet<Value> placed)
      : lowering(lowering), placed(std::move(placed)) {}

  /// An end comes after all ends that are inside of what it ends.
  void run(func::FuncOp function) {
    for (Operation &op : llvm::reverse(function.front())) {
      lowering.tile.setLocation(op.getLoc());
      if (auto end = llvm::dyn_cast<tile::LoopEndOp>(op))
        place(end);
      else if (auto end = llvm::dyn_cast<tile::IfEndOp>(op))
        place(end);
    }
  }

private:
  void place(tile::LoopEndOp end) {
    tile::LoopBeginOp begin = tile::matchingBegin(end);
    for (auto [result, initial, carried, next] :
         llvm::zip_equal(end.getValues(), begin.getInitial(), begin.getValues(),
                         end.getNext())) {
      View view = lowering.hbmResult(result);
      lowering.setHbm(carried, view);
      placeParts(initial, view);
      if (isAddition(next, carried) && placed.insert(next).second)
        lowering.setHbm(next, view);
    }
  }

  /// What is empty at first and written in parts before the loop.
  void placeParts(Value initial, const View &view) {
    SmallVector<Value> parts = {initial};
    while (auto put = parts.back().getDefiningOp<tile::PutOp>())
      parts.push_back(put.getData());
    if (parts.back().getDefiningOp<tile::EmptyOp>() &&
        llvm::all_of(parts, [](Value part) { return part.hasOneUse(); }))
      for (Value part : parts)
        if (placed.insert(part).second)
          lowering.setHbm(part, view);
  }

  /// Whether `next` is `carried` with slices replaced and nobody sees either.
  static bool isAddition(Value next, Value carried) {
    auto put = next.getDefiningOp<tile::PutOp>();
    return put && put.getData() == carried && carried.hasOneUse() &&
           next.hasOneUse();
  }

  void place(tile::IfEndOp end) {
    tile::IfElseOp middle = tile::matchingElse(end);
    for (auto [index, result] : llvm::enumerate(end.getValues())) {
      View view = lowering.hbmResult(result);
      for (Operation *side : {middle.getOperation(), end.getOperation()})
        if (Value given = side->getOperand(index);
            isMadeFor(given, side) && placed.insert(given).second)
          lowering.setHbm(given, view);
    }
  }

  /// Whether `given` is made inside of the side that ends at `side`, by
  /// something that is executed.
  static bool isMadeFor(Value given, Operation *side) {
    Operation *maker = given.getDefiningOp();
    if (!maker || Lowering::constantOf(given))
      return false;
    int64_t depth = 0;
    for (Operation *op = side->getPrevNode(); op; op = op->getPrevNode()) {
      if (op == maker)
        return depth == 0;
      if (llvm::isa<tile::IfEndOp, tile::LoopEndOp>(op))
        ++depth;
      if (llvm::isa<tile::IfBeginOp, tile::LoopBeginOp>(op) && --depth < 0)
        return false;
      if (llvm::isa<tile::IfElseOp>(op) && depth == 0)
        return false;
    }
    return false;
  }

  Lowering &lowering;
  llvm::DenseSet<Value> placed;
};
} // namespace

void placeAtBorders(func::FuncOp function, Lowering &lowering,
                    llvm::DenseSet<Value> placed) {
  Placer(lowering, std::move(placed)).run(function);
}

} // namespace tilicho::compiler
