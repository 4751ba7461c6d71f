// SPDX-License-Identifier: Apache-2.0
// Emits reads and writes at indices: take, put and their element forms.
#include "lib/Conversion/StructuredToTile/EmitterList.h"

#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"

using namespace tilicho::ir;

namespace tilicho::compiler {

static bool isEmpty(mlir::Value tensor) {
  return llvm::is_contained(Lowering::shapeOf(tensor), 0);
}

static std::optional<isa::ReduceOp>
reductionOf(std::optional<llvm::StringRef> name) {
  if (!name)
    return std::nullopt;
  return isa::parse<isa::ReduceOp>(std::string_view(*name));
}

/// `view` with new dimensions of step 0 before dimension `at`.
static View repeated(const View &view, unsigned at, llvm::ArrayRef<Dim> over) {
  View result = view;
  for (const Dim &dim : llvm::reverse(over))
    result = result.repeat(at, dim.count);
  return result;
}

/// `data` with dimension `axis` replaced by the still dimensions of `indices`.
static View sliceTable(const View &data, unsigned axis, const View &indices) {
  return repeated(data.pick(axis, 0), axis, indices.dims);
}

/// `indices` with still dimensions for those of `data` around `axis`.
static View sliceIndices(const View &data, unsigned axis, const View &indices) {
  llvm::ArrayRef<Dim> dims(data.dims);
  View result =
      repeated(indices, indices.dims.size(), dims.drop_front(axis + 1));
  return repeated(result, 0, dims.take_front(axis));
}

/// `data` along the dimensions of `indices`, still along `axis`.
static View elementTable(const View &data, unsigned axis, const View &indices) {
  View table = data;
  for (auto [dim, like] : llvm::zip(table.dims, indices.dims))
    dim.count = like.count;
  table.dims[axis].step = 0;
  return table;
}

mlir::LogicalResult emitTake(mlir::Operation *op, Lowering &lowering) {
  auto take = mlir::cast<tile::TakeOp>(op);
  View dst = lowering.hbmResult(take.getResult());
  View data = lowering.hbm(take.getData());
  View indices = lowering.hbm(take.getIndices());
  unsigned axis = take.getAxis();
  lowering.tile.gather(dst, sliceTable(data, axis, indices),
                       sliceIndices(data, axis, indices), data.dims[axis].step,
                       data.dims[axis].count);
  return mlir::success();
}

mlir::LogicalResult emitTakeElements(mlir::Operation *op, Lowering &lowering) {
  auto take = mlir::cast<tile::TakeElementsOp>(op);
  View dst = lowering.hbmResult(take.getResult());
  View data = lowering.hbm(take.getData());
  View indices = lowering.hbm(take.getIndices());
  unsigned axis = take.getAxis();
  lowering.tile.gather(dst, elementTable(data, axis, indices), indices,
                       data.dims[axis].step, data.dims[axis].count);
  return mlir::success();
}

mlir::LogicalResult emitPut(mlir::Operation *op, Lowering &lowering) {
  auto put = mlir::cast<tile::PutOp>(op);
  View dst = lowering.hbmResult(put.getResult());
  copyInHbm(lowering, dst, lowering.hbm(put.getData()));
  if (isEmpty(put.getUpdates()))
    return mlir::success();
  View indices = lowering.hbm(put.getIndices());
  lowering.tile.scatter(sliceTable(dst, 0, indices),
                        lowering.hbm(put.getUpdates()),
                        sliceIndices(dst, 0, indices), dst.dims[0].step,
                        dst.dims[0].count, reductionOf(put.getReduction()));
  return mlir::success();
}

mlir::LogicalResult emitPutElements(mlir::Operation *op, Lowering &lowering) {
  auto put = mlir::cast<tile::PutElementsOp>(op);
  View dst = lowering.hbmResult(put.getResult());
  copyInHbm(lowering, dst, lowering.hbm(put.getData()));
  if (isEmpty(put.getUpdates()))
    return mlir::success();
  View indices = lowering.hbm(put.getIndices());
  unsigned axis = put.getAxis();
  lowering.tile.scatter(elementTable(dst, axis, indices),
                        lowering.hbm(put.getUpdates()), indices,
                        dst.dims[axis].step, dst.dims[axis].count,
                        reductionOf(put.getReduction()));
  return mlir::success();
}

} // namespace tilicho::compiler
