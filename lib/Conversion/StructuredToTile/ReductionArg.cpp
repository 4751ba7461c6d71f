// SPDX-License-Identifier: Apache-2.0
// Emits `tile.reduction` with arg_max and arg_min.
#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/Reduction.h"
#include "lib/Conversion/StructuredToTile/WalkImpl.h"

#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"

using namespace tilicho::ir;

namespace tilicho::compiler {

using isa::DType;

/// Up to this many elements one partition finds a maximum faster than
/// candidates of many can be brought together again.
static constexpr int64_t longAxis = 8192;

namespace {

struct ArgKind {
  bool largest = true;
  bool last = false;
  isa::Compute compute = isa::Compute::f32;
};

/// The place of the extreme along one dimension. Where that dimension does not
/// fit a partition, every tile leaves one candidate in each of its partitions
/// or for itself, in order of the dimension, and the best candidate is found
/// in a second walk.
class ArgReduction {
public:
  ArgReduction(Lowering &lowering, ArgKind kind)
      : lowering(lowering), kind(kind) {}

  void run(WalkOperand result, WalkOperand input, unsigned axis);

private:
  static constexpr unsigned read = 0, written = 1, places = 2;

  void runWhole(Walk &walk, bool hasPlaces);
  void runInParts(WalkOperand result, WalkOperand input);
  void chooseBest(WalkOperand result, const View &values, const View &indices,
                  unsigned axis);
  void find(const View &dst, const View &src, llvm::ArrayRef<bool> isReduced,
            std::optional<View> value);
  void store(Walk &walk, const WalkTile &tile, const View &found);

  Lowering &lowering;
  ArgKind kind;
};

} // namespace

static llvm::SmallVector<bool> reducedDims(const Walk &walk, unsigned written) {
  llvm::SmallVector<bool> isReduced;
  for (unsigned dim = 0; dim < walk.rank(); ++dim)
    isReduced.push_back(walk.repeats(written, dim));
  return isReduced;
}

void ArgReduction::find(const View &dst, const View &src,
                        llvm::ArrayRef<bool> isReduced,
                        std::optional<View> value) {
  Engine engine = engineFor(lowering.machine, kind.compute, {src.dtype}, true);
  if (value)
    value = dropDims(*value, isReduced);
  unsigned axes = llvm::count(isReduced, true);
  lowering.tile.argReduce(engine, dropDims(dst, isReduced),
                          moveLast(src, isReduced), kind.largest, axes,
                          kind.last, value, kind.compute);
}

void ArgReduction::store(Walk &walk, const WalkTile &tile, const View &found) {
  View dst = walk.dest(written, tile);
  Engine engine = engineFor(lowering.machine, isa::Compute::i32,
                            {dst.dtype, found.dtype}, true);
  lowering.tile.tensorScalar(engine, dst, found, isa::AluOp::copy, 0.0f,
                             isa::AluOp::copy, 0.0f, false, false,
                             isa::Compute::i32);
  walk.commit(written, tile, dst);
}

/// dst = table[found] for each row.
static void gatherRows(TileBuilder &tile, const View &dst, const View &table,
                       const View &found) {
  if (dst.dims.empty())
    return tile.localGather(dst.repeat(0, 1), table, found.repeat(0, 1),
                            table.dims.back().count);
  for (int64_t row = 0; row < dst.dims[0].count; ++row)
    gatherRows(tile, dst.pick(0, row), table.pick(0, row), found.pick(0, row));
}

void ArgReduction::runWhole(Walk &walk, bool hasPlaces) {
  llvm::SmallVector<bool> isReduced = reducedDims(walk, written);
  walk.forEachTile([&](const WalkTile &tile) {
    View found = walk.allocate(DType::i32, tile, written);
    find(found, walk.load(read, tile), isReduced, {});
    if (hasPlaces) {
      View place = walk.allocate(DType::i32, tile, written);
      gatherRows(lowering.tile, dropDims(place, isReduced),
                 moveLast(walk.load(places, tile), isReduced),
                 dropDims(found, isReduced));
      found = place;
    }
    store(walk, tile, found);
  });
}

/// Memory in HBM for the candidates: the walk's dimensions, `slots` of the
/// reduced one.
static View candidates(Lowering &lowering, const Walk &walk, unsigned axis,
                       int64_t slots, DType dtype) {
  llvm::SmallVector<int64_t> shape;
  for (unsigned dim = 0; dim < walk.rank(); ++dim)
    shape.push_back(dim == axis ? slots : walk.extent(dim));
  return lowering.tile.hbm(dtype, shape);
}

namespace {

/// A first walk in which every tile leaves its candidates.
struct CandidateWalk {
  HbmWalk walk;
  unsigned axis;

  bool onPartitions() const { return walk.partitionDim() == axis; }
  /// The first index of a tile along the axis.
  int64_t begin(const WalkTile &tile) const {
    return onPartitions() ? tile.start : tile.ranges[axis].start;
  }
  int64_t slotsOf(const WalkTile &tile) const {
    return onPartitions() ? tile.partitions : 1;
  }
  /// The candidates of one result.
  int64_t countSlots() const {
    int64_t most = 0, slots = 0;
    walk.forEachTile([&](const WalkTile &tile) {
      slots = (begin(tile) == 0 ? 0 : slots) + slotsOf(tile);
      most = std::max(most, slots);
    });
    return most;
  }
  /// The tile in memory that has slots along the axis.
  WalkTile slotTile(const WalkTile &tile, int64_t slot) const {
    WalkTile to = tile;
    if (onPartitions()) {
      to.start = slot;
      to.inner = 1;
    } else {
      to.ranges[axis] = {slot, 1, 1};
    }
    return to;
  }
};

} // namespace

/// dst = found, counted from the start of the axis.
static void addBase(Lowering &lowering, const CandidateWalk &first,
                    const WalkTile &tile, const View &dst, const View &found) {
  View base = lowering.tile.sbuf(DType::i32, tile.partitions, {1});
  lowering.tile.iota(base, first.begin(tile),
                     first.onPartitions() ? tile.inner : 0, {0});
  base.dims.assign(dst.dims.size(), Dim{1, 0});
  for (auto [dim, like] : llvm::zip(base.dims, dst.dims))
    dim.count = like.count;
  lowering.tile.tensorTensor(Engine::Pool, isa::AluOp::add, dst, found, base,
                             isa::Compute::i32);
}

void ArgReduction::runInParts(WalkOperand result, WalkOperand input) {
  DType dtype = input.dtype();
  WalkRequest request;
  request.shape = input.shape();
  request.bytesPerElement = isa::sizeOf(dtype);
  request.operands = {std::move(input), std::move(result)};
  CandidateWalk first{HbmWalk(lowering, request), 0};
  HbmWalk &walk = first.walk;
  walk.choose();
  llvm::SmallVector<bool> isReduced = reducedDims(walk, written);
  first.axis = llvm::find(isReduced, true) - isReduced.begin();
  int64_t slots = first.countSlots(), slot = 0;
  View values = candidates(lowering, walk, first.axis, slots, dtype);
  View indices = candidates(lowering, walk, first.axis, slots, DType::i32);
  walk.forEachTile([&](const WalkTile &tile) {
    slot = first.begin(tile) == 0 ? 0 : slot;
    View found = walk.allocate(DType::i32, tile, written);
    View value = walk.allocate(dtype, tile, written);
    View place = walk.allocate(DType::i32, tile, written);
    find(found, walk.load(read, tile), isReduced, value);
    addBase(lowering, first, tile, place, found);
    WalkTile to = first.slotTile(tile, slot);
    lowering.tile.copy(walk.sliceView(values, to), value);
    lowering.tile.copy(walk.sliceView(indices, to), place);
    slot += first.slotsOf(tile);
  });
  chooseBest(walk.mergedOperand(written), values, indices, first.axis);
}

void ArgReduction::chooseBest(WalkOperand result, const View &values,
                              const View &indices, unsigned axis) {
  WalkRequest request;
  request.shape = WalkOperand::read(values).shape();
  request.operands = {WalkOperand::read(values), std::move(result),
                      WalkOperand::read(indices)};
  request.bytesPerElement =
      isa::sizeOf(values.dtype) + 2 * isa::sizeOf(DType::i32);
  request.wholeDims = {axis};
  HbmWalk walk(lowering, request);
  walk.choose();
  runWhole(walk, true);
}

void ArgReduction::run(WalkOperand result, WalkOperand input, unsigned axis) {
  WalkRequest request;
  request.shape = input.shape();
  request.operands = {input, result};
  request.bytesPerElement =
      isa::sizeOf(input.dtype()) + isa::sizeOf(DType::i32);
  request.wholeDims = {axis};
  std::unique_ptr<Walk> walk = Walk::plan(lowering, request);
  if (!walk)
    return runInParts(result, input);
  int64_t rows = 1, length = 1;
  for (unsigned dim = 0; dim < walk->rank(); ++dim)
    (walk->isWhole(dim) ? length : rows) *= walk->extent(dim);
  if (length > longAxis && rows * 4 < lowering.machine.sbufPartitions)
    return runInParts(result, input);
  runWhole(*walk, false);
}

mlir::LogicalResult emitArgReduction(mlir::Operation *op, Lowering &lowering) {
  auto reduction = mlir::cast<tile::ReductionOp>(op);
  mlir::Value input = reduction.getInput(), result = reduction.getResult();
  ArgKind kind;
  kind.largest = reduction.getOp() == "arg_max";
  kind.last = reduction.getSelectLast();
  kind.compute =
      *isa::parse<isa::Compute>(std::string_view(reduction.getCompute()));
  if (Lowering::shapeOf(input)[reduction.getAxes()[0]] == 1) {
    fillInHbm(lowering, lowering.hbmResult(result), 0);
    return mlir::success();
  }
  ArgReduction(lowering, kind)
      .run(WalkOperand::write(result), WalkOperand::read(input),
           reduction.getAxes()[0]);
  return mlir::success();
}

} // namespace tilicho::compiler
