// SPDX-License-Identifier: Apache-2.0
// Rewrites concatenations of a cache and what is new.
#include "lib/Conversion/StructuredToTile/GrowCaches.h"

#include "dialects/Tile/IR/TensorShapes.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/Concatenation.h"

#include "llvm/ADT/SmallVectorExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

using Shape = SmallVector<int64_t>;

static RankedTensorType withShape(Value like, ArrayRef<int64_t> shape) {
  return RankedTensorType::get(
      shape, cast<RankedTensorType>(like.getType()).getElementType());
}

/// The rows from `start` on, of the dimension, as a value of their own.
static Value rowsOf(OpBuilder &builder, Location loc, Value value, unsigned dim,
                    int64_t start, int64_t count) {
  Shape shape(shapeOf(value)), starts(shape.size(), 0), steps(shape.size(), 1);
  Shape dims = llvm::to_vector(llvm::seq<int64_t>(0, shape.size()));
  shape[dim] = count;
  starts[dim] = start;
  return tile::RestrideOp::create(builder, loc, withShape(value, shape), value,
                                  starts, dims, steps);
}

namespace {
/// One cache.
class Grower {
public:
  Grower(func::FuncOp function, unsigned index, int64_t capacity)
      : function(function), index(index), capacity(capacity) {}

  /// The argument that the result continues, or null.
  BlockArgument find() {
    OpOperand &returned = function.front().getTerminator()->getOpOperand(index);
    assemble = returned.get().getDefiningOp<tile::AssembleOp>();
    if (!assemble || assemble.getPieces().empty())
      return {};
    argument = dyn_cast<BlockArgument>(assemble.getPieces()[0]);
    std::optional<unsigned> along = concatenatedDim(assemble);
    if (!argument || !argument.hasOneUse() || !along)
      return {};
    dim = *along;
    return argument;
  }

  LogicalResult grow() {
    int64_t before = shapeOf(argument)[dim];
    int64_t after = shapeOf(assemble.getResult())[dim];
    if (after > capacity)
      return function.emitError()
             << "--state-capacity=" << capacity << ": the state has " << after
             << " rows after the run";
    OpBuilder builder(assemble);
    Location loc = assemble.getLoc();
    Shape room(shapeOf(argument));
    room[dim] = capacity;
    argument.setType(withShape(argument, room));
    SmallVector<Value> pieces(assemble.getPieces());
    pieces[0] = rowsOf(builder, loc, argument, dim, 0, before);
    Shape offsets(assemble.getOffsets()), steps(assemble.getSteps());
    if (after < capacity) {
      pieces.push_back(
          rowsOf(builder, loc, argument, dim, after, capacity - after));
      Shape place(room.size(), 0);
      place[dim] = after;
      offsets.append(place);
      steps.append(room.size(), 1);
    }
    auto grown = tile::AssembleOp::create(
        builder, loc, withShape(argument, room), pieces, offsets, steps,
        /*fill=*/TypedAttr());
    replaceUses(builder, grown.getResult(), after);
    if (Attribute names = assemble->getAttr("onnx.values"))
      grown->setAttr("onnx.values", names);
    assemble.erase();
    return success();
  }

private:
  /// The whole is returned; everything else reads the model's rows.
  void replaceUses(OpBuilder &builder, Value grown, int64_t rows) {
    Operation *end = function.front().getTerminator();
    end->setOperand(index, grown);
    if (assemble.getResult().use_empty())
      return;
    assemble.getResult().replaceAllUsesWith(
        rowsOf(builder, assemble.getLoc(), grown, dim, 0, rows));
  }

  func::FuncOp function;
  unsigned index;
  int64_t capacity;
  tile::AssembleOp assemble;
  BlockArgument argument;
  unsigned dim = 0;
};
} // namespace

static StringRef textOf(Attribute attr) {
  auto text = dyn_cast_or_null<StringAttr>(attr);
  return text ? text.getValue() : StringRef();
}

static bool isAskedFor(func::FuncOp function, BlockArgument argument,
                       unsigned result,
                       const StructuredToTileOptions &options) {
  StringRef input =
      textOf(function.getArgAttr(argument.getArgNumber(), "onnx.name"));
  StringRef output = textOf(function.getResultAttr(result, "onnx.name"));
  return options.updatesAll ||
         llvm::any_of(options.updates, [&](const auto &pair) {
           return pair.first == input && pair.second == output;
         });
}

LogicalResult growCaches(func::FuncOp function,
                         const StructuredToTileOptions &options) {
  if (options.capacity == 0)
    return success();
  for (unsigned index = 0; index < function.getNumResults(); ++index) {
    Grower grower(function, index, options.capacity);
    BlockArgument argument = grower.find();
    if (argument && isAskedFor(function, argument, index, options) &&
        failed(grower.grow()))
      return failure();
  }
  function.setType(FunctionType::get(
      function.getContext(), function.front().getArgumentTypes(),
      function.front().getTerminator()->getOperandTypes()));
  return success();
}

} // namespace tilicho::compiler
