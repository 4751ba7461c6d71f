// SPDX-License-Identifier: Apache-2.0
// Emits `tile.reduction` with add, mul, max and min.
#include "lib/Conversion/StructuredToTile/Reduction.h"
#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/IterationSpace.h"
#include "lib/Conversion/StructuredToTile/RecurrenceGroup.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"

#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace tilicho::ir;

namespace tilicho::compiler {

using isa::Compute;
using isa::DType;
using isa::ReduceOp;

DType dtypeOf(Compute compute) {
  switch (compute) {
  case Compute::f32:
    return DType::f32;
  case Compute::i32:
    return DType::i32;
  case Compute::u32:
    return DType::u32;
  case Compute::i64:
    return DType::i64;
  case Compute::u64:
    return DType::u64;
  case Compute::f64:
    return DType::f64;
  }
  llvm_unreachable("no such type of arithmetic");
}

View moveLast(const View &view, llvm::ArrayRef<bool> moved) {
  View result = view;
  result.dims.clear();
  for (bool last : {false, true})
    for (auto [dim, isMoved] : llvm::zip(view.dims, moved))
      if (isMoved == last)
        result.dims.push_back(dim);
  return result;
}

View dropDims(const View &view, llvm::ArrayRef<bool> dropped) {
  View result = view;
  result.dims.clear();
  for (auto [dim, isDropped] : llvm::zip(view.dims, dropped))
    if (!isDropped)
      result.dims.push_back(dim);
  return result;
}

//===----------------------------------------------------------------------===//
// One tile
//===----------------------------------------------------------------------===//

/// Reduces over the last `axes` dimensions, however many they are.
static void reduceLast(Lowering &lowering, Engine engine, const View &dst,
                       const View &src, unsigned axes, ReductionKind kind,
                       bool accumulate) {
  if (axes <= maxDims)
    return lowering.tile.reduce(engine, dst, src, kind.op, axes, kind.elementOp,
                                accumulate, kind.compute);
  unsigned outermost = dst.dims.size();
  for (int64_t index = 0; index < src.dims[outermost].count; ++index)
    reduceLast(lowering, engine, dst, src.pick(outermost, index), axes - 1,
               kind, accumulate || index > 0);
}

void reduceTile(Lowering &lowering, const View &dst, const View &src,
                llvm::ArrayRef<bool> isReduced, ReductionKind kind,
                bool accumulate) {
  View source = moveLast(src, isReduced);
  View target = dropDims(dst, isReduced);
  View inner = source;
  inner.dims.erase(inner.dims.begin(), inner.dims.begin() + target.dims.size());
  inner = mergeDims(inner);
  source.dims.truncate(target.dims.size());
  source.dims.append(inner.dims);
  Engine engine =
      engineFor(lowering.machine, kind.compute, {dst.dtype, src.dtype}, false);
  reduceLast(lowering, engine, target, source, inner.dims.size(), kind,
             accumulate);
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

namespace {

/// Reduces tile by tile. Tiles that differ only along reduced dimensions come
/// one after the other and meet in one accumulator.
class TensorReduction {
public:
  TensorReduction(Lowering &lowering, Walk &walk, ReductionKind kind)
      : lowering(lowering), walk(walk), kind(kind) {
    for (unsigned dim = 0; dim < walk.rank(); ++dim)
      isReduced.push_back(walk.repeats(written, dim));
  }

  void run() {
    walk.forEachTile([&](const WalkTile &tile) { add(tile); });
    finish();
  }

private:
  static constexpr unsigned read = 0, written = 1;

  bool crossesPartitions() const {
    return walk.partitionDim() < walk.rank() && isReduced[walk.partitionDim()];
  }

  bool sameResult(const WalkTile &one, const WalkTile &other) const {
    for (unsigned dim = 0; dim < walk.rank(); ++dim) {
      if (isReduced[dim])
        continue;
      bool same = dim == walk.partitionDim()
                      ? one.start == other.start
                      : one.ranges[dim].start == other.ranges[dim].start;
      if (!same)
        return false;
    }
    return true;
  }

  /// Whether the elements of a result all lie in one partition of a tile.
  bool isComplete(const WalkTile &tile) const {
    for (unsigned dim = 0; dim < walk.rank(); ++dim)
      if (isReduced[dim] && (dim == walk.partitionDim() ||
                             tile.ranges[dim].count < walk.extent(dim)))
        return false;
    return true;
  }

  void reduceWhole(const WalkTile &tile) {
    View dst = walk.dest(written, tile);
    reduceTile(lowering, dst, walk.load(read, tile), isReduced, kind, false);
    walk.commit(written, tile, dst);
  }

  void add(const WalkTile &tile) {
    if (isComplete(tile))
      return reduceWhole(tile);
    View source = walk.load(read, tile);
    if (acc && !sameResult(first, tile))
      finish();
    bool accumulate = acc.has_value();
    if (!accumulate) {
      first = tile;
      acc = walk.allocate(dtypeOf(kind.compute), tile, written);
    }
    reduceTile(lowering, acc->slicePartitions(0, tile.partitions), source,
               isReduced, kind, accumulate);
  }

  /// Stores what the accumulator holds.
  void finish() {
    if (!acc)
      return;
    WalkTile tile = first;
    View total = *acc;
    if (crossesPartitions()) {
      tile.partitions = tile.inner = 1;
      if (acc->partitions > 1) {
        total = walk.allocate(acc->dtype, tile, written);
        lowering.tile.partitionReduce(total, *acc, kind.op, kind.compute);
      }
    }
    View dst = walk.dest(written, tile);
    Engine engine = engineFor(lowering.machine, kind.compute,
                              {dst.dtype, total.dtype}, true);
    if (dst.dtype == total.dtype)
      moveBits(lowering, dst, total);
    else
      lowering.tile.tensorScalar(engine, dst, total, isa::AluOp::copy, 0.0f,
                                 isa::AluOp::copy, 0.0f, false, false,
                                 kind.compute);
    walk.commit(written, tile, dst);
    acc.reset();
  }

  Lowering &lowering;
  Walk &walk;
  ReductionKind kind;
  llvm::SmallVector<bool> isReduced;
  WalkTile first;
  std::optional<View> acc;
};

} // namespace

void emitReduction(Lowering &lowering, WalkOperand result, WalkOperand input,
                   ReductionKind kind) {
  WalkRequest request;
  request.shape = input.shape();
  // Where few elements meet, the results take as much as the operand.
  int64_t results = 1, elements = 1;
  for (auto [extent, kept] : llvm::zip(request.shape, result.shape())) {
    results *= kept;
    elements *= extent;
  }
  int64_t each =
      isa::sizeOf(dtypeOf(kind.compute)) + isa::sizeOf(result.dtype());
  request.bytesPerElement =
      isa::sizeOf(input.dtype()) + llvm::divideCeil(results * each, elements);
  request.operands = {std::move(input), std::move(result)};
  std::unique_ptr<Walk> walk = Walk::plan(lowering, std::move(request));
  TensorReduction(lowering, *walk, kind).run();
}

//===----------------------------------------------------------------------===//
// The op
//===----------------------------------------------------------------------===//

/// What a reduction of no elements gives.
static double neutral(ReduceOp op) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  switch (op) {
  case ReduceOp::add:
    return 0;
  case ReduceOp::mul:
    return 1;
  case ReduceOp::max:
    return -infinity;
  case ReduceOp::min:
    return infinity;
  }
  llvm_unreachable("no such reduction");
}

mlir::LogicalResult emitReductionOp(mlir::Operation *op, Lowering &lowering) {
  if (isInsideRowChain(op))
    return mlir::success();
  if (auto group = recurrenceGroupOf(op, lowering.machine)) {
    emitRecurrenceGroup(*group, lowering);
    return mlir::success();
  }
  auto reduction = mlir::cast<tile::ReductionOp>(op);
  mlir::Value result = reduction.getResult(), input = reduction.getInput();
  if (reduction.getOp().starts_with("arg_"))
    return emitArgReduction(op, lowering);
  ReductionKind kind;
  kind.op = *isa::parse<ReduceOp>(std::string_view(reduction.getOp()));
  kind.elementOp =
      *isa::parse<isa::AluOp>(std::string_view(reduction.getElementOp()));
  kind.compute = *isa::parse<Compute>(std::string_view(reduction.getCompute()));
  if (llvm::is_contained(Lowering::shapeOf(input), 0)) {
    fillInHbm(lowering, lowering.hbmResult(result), neutral(kind.op));
    return mlir::success();
  }
  emitReduction(lowering, WalkOperand::write(result), WalkOperand::read(input),
                kind);
  return mlir::success();
}

} // namespace tilicho::compiler
