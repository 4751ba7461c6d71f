// SPDX-License-Identifier: Apache-2.0
// Verifiers of the structured operators that move elements.
#include "dialects/Tile/IR/StructuredChecks.h"
#include "dialects/Tile/IR/StructuredShapes.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "runtime/Isa/Isa.h"

using namespace mlir;

namespace tilicho::ir::tile {

static bool isAlwaysCovered(AssembleOp op) {
  int64_t covered = 0;
  for (Value piece : op.getPieces())
    covered += numElements(shapeOf(piece));
  return covered == numElements(shapeOf(op.getResult()));
}

LogicalResult ReshapeOp::verify() {
  int64_t from = numElements(shapeOf(getInput()));
  int64_t to = numElements(shapeOf(getResult()));
  if (from != to) // reshape_c1
    return emitOpError("input has ")
           << from << " elements but the result " << to;
  return checkSameElement(*this, getInput(), getResult()); // reshape_c1
}

LogicalResult BitcastOp::verify() {
  if (failed(checkShape(*this, getResult(), shapeOf(getInput()))))
    return failure(); // bitcast_c1
  Type from = elementOf(getInput()), to = elementOf(getResult());
  auto bytes = [](Type element) {
    auto dtype = toDType(element);
    return dtype ? isa::sizeOf(*dtype) : 0;
  };
  if (bytes(from) != bytes(to)) // bitcast_c2
    return emitOpError("elements of ")
           << from << " take " << bytes(from) << " bytes but those of " << to
           << " take " << bytes(to);
  return success();
}

static LogicalResult checkRestrideBounds(RestrideOp op) {
  ArrayRef<int64_t> input = shapeOf(op.getInput());
  SmallVector<int64_t> low(op.getStarts()), high(op.getStarts());
  for (auto [dim, step, extent] :
       llvm::zip(op.getDims(), op.getSteps(), shapeOf(op.getResult()))) {
    if (extent == 0)
      return success();
    if (dim >= 0)
      (step < 0 ? low : high)[dim] += step * (extent - 1);
  }
  for (auto [dim, extent] : llvm::enumerate(input))
    if (low[dim] < 0 || high[dim] >= extent)
      return op.emitOpError("reads ")
             << low[dim] << " to " << high[dim] << " of the " << extent
             << " elements along dimension " << dim;
  return success();
}

LogicalResult RestrideOp::verify() {
  size_t inRank = rankOf(getInput()), outRank = rankOf(getResult());
  if (failed(checkSize(*this, "starts", getStarts().size(), inRank)) ||
      failed(checkSize(*this, "dims", getDims().size(), outRank)) ||
      failed(checkSize(*this, "steps", getSteps().size(), outRank)))
    return failure(); // restride_c1
  SmallVector<bool> named(inRank, false);
  for (int64_t dim : getDims()) {
    if (dim < -1 || dim >= static_cast<int64_t>(inRank))
      return emitOpError("dims names ")
             << dim << " but the input has " << inRank << " dimensions";
    if (dim >= 0 && std::exchange(named[dim], true))
      return emitOpError("dims names ") << dim << " twice";
  }
  if (failed(checkRestrideBounds(*this))) // restride_c2
    return failure();
  return checkSameElement(*this, getInput(), getResult());
}

static LogicalResult checkPiece(AssembleOp op, size_t index) {
  Value piece = op.getPieces()[index];
  size_t rank = rankOf(op.getResult());
  if (static_cast<size_t>(rankOf(piece)) != rank)
    return op.emitOpError("piece ") << index << " has " << rankOf(piece)
                                    << " dimensions but the result " << rank;
  if (failed(checkSameElement(op, piece, op.getResult())))
    return failure();
  for (size_t dim = 0; dim < rank; ++dim) {
    int64_t offset = op.getOffsets()[index * rank + dim];
    int64_t step = op.getSteps()[index * rank + dim];
    int64_t extent = shapeOf(piece)[dim];
    int64_t last = offset + step * (extent - 1);
    if (step < 1 || offset < 0 ||
        (extent > 0 && last >= shapeOf(op.getResult())[dim]))
      return op.emitOpError("piece ")
             << index << " covers " << offset << " to " << last << " of the "
             << shapeOf(op.getResult())[dim] << " elements along dimension "
             << dim;
  }
  return success();
}

LogicalResult AssembleOp::verify() {
  size_t wanted = getPieces().size() * rankOf(getResult());
  if (failed(checkSize(*this, "offsets", getOffsets().size(), wanted)) ||
      failed(checkSize(*this, "steps", getSteps().size(), wanted)))
    return failure(); // assemble_c1
  for (size_t index = 0; index < getPieces().size(); ++index)
    if (failed(checkPiece(*this, index))) // assemble_c2
      return failure();
  if (!getFill() && !isAlwaysCovered(*this)) // assemble_c3
    return emitOpError("the pieces do not cover the result and there is no "
                       "fill");
  return success();
}

LogicalResult TakeOp::verify() {
  int64_t axis = getAxis();
  if (failed(checkAxis(*this, axis, rankOf(getData()))) ||
      failed(checkIndices(*this, getIndices()))) // take_c1
    return failure();
  ArrayRef<int64_t> data = shapeOf(getData());
  Shape wanted(data.take_front(axis));
  llvm::append_range(wanted, shapeOf(getIndices()));
  llvm::append_range(wanted, data.drop_front(axis + 1));
  if (failed(checkShape(*this, getResult(), wanted))) // take_c2
    return failure();
  return checkSameElement(*this, getData(), getResult());
}

static LogicalResult checkFitsOutsideAxis(Operation *op, Value data,
                                          Value indices, int64_t axis) {
  if (rankOf(data) != rankOf(indices))
    return op->emitOpError("data has ")
           << rankOf(data) << " dimensions and the indices " << rankOf(indices);
  for (int64_t dim = 0; dim < rankOf(data); ++dim)
    if (dim != axis && shapeOf(indices)[dim] > shapeOf(data)[dim])
      return op->emitOpError("indices ")
             << textOf(shapeOf(indices)) << " do not fit into data "
             << textOf(shapeOf(data)) << " along dimension " << dim;
  return success();
}

LogicalResult TakeElementsOp::verify() {
  if (failed(checkAxis(*this, getAxis(), rankOf(getData()))) ||
      failed(checkIndices(*this, getIndices())) ||
      failed(checkFitsOutsideAxis(*this, getData(), getIndices(), getAxis())))
    return failure(); // take_elements_c1
  if (failed(checkShape(*this, getResult(), shapeOf(getIndices()))))
    return failure();
  return checkSameElement(*this, getData(), getResult());
}

static LogicalResult checkPutReduction(Operation *op,
                                       std::optional<StringRef> reduction) {
  if (!reduction || isa::parse<isa::ReduceOp>(*reduction))
    return success();
  return op->emitOpError("reduction '") << *reduction << "' is unknown";
}

LogicalResult PutOp::verify() {
  if (rankOf(getIndices()) != 1 || rankOf(getData()) < 1) // put_c1
    return emitOpError("indices have ")
           << rankOf(getIndices()) << " dimensions, not 1";
  Shape wanted = {shapeOf(getIndices())[0]};
  llvm::append_range(wanted, shapeOf(getData()).drop_front());
  if (shapeOf(getUpdates()) != ArrayRef<int64_t>(wanted)) // put_c1
    return emitOpError("updates have shape ")
           << textOf(shapeOf(getUpdates())) << " but " << textOf(wanted)
           << " is needed";
  if (failed(checkIndices(*this, getIndices())) ||
      failed(checkPutReduction(*this, getReduction())) ||
      failed(checkSameElement(*this, getData(), getUpdates())) ||
      failed(checkSameElement(*this, getData(), getResult())))
    return failure();
  return checkShape(*this, getResult(), shapeOf(getData()));
}

LogicalResult PutElementsOp::verify() {
  if (failed(checkAxis(*this, getAxis(), rankOf(getData()))) ||
      failed(checkIndices(*this, getIndices())) ||
      failed(checkPutReduction(*this, getReduction())) ||
      failed(checkFitsOutsideAxis(*this, getData(), getIndices(), getAxis())))
    return failure();                                 // put_elements_c1
  if (shapeOf(getUpdates()) != shapeOf(getIndices())) // put_elements_c1
    return emitOpError("updates have shape ")
           << textOf(shapeOf(getUpdates())) << " and the indices "
           << textOf(shapeOf(getIndices()));
  if (failed(checkSameElement(*this, getData(), getUpdates())) ||
      failed(checkSameElement(*this, getData(), getResult())))
    return failure();
  return checkShape(*this, getResult(), shapeOf(getData()));
}

} // namespace tilicho::ir::tile
