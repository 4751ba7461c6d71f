// SPDX-License-Identifier: Apache-2.0
// Emits `tile.top_k`.
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/Reduction.h"

#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"

using namespace tilicho::ir;

namespace tilicho::compiler {

using isa::DType;

namespace {

/// The first elements of each sorted row. A row that does not fit a partition
/// is cut into pieces; the candidates of all of them, in the order of the
/// pieces so that equal values keep theirs, are sorted again.
class TopK {
public:
  TopK(Lowering &lowering, bool largest)
      : lowering(lowering), largest(largest) {}

  /// values, indices = the first of `input` along `axis`; `places`, if given,
  /// says what index each element has. False if a row does not fit.
  bool select(WalkOperand values, WalkOperand indices, WalkOperand input,
              std::optional<WalkOperand> places, unsigned axis, int64_t k,
              int64_t base);
  /// The same for longer rows; false if twice k elements do not fit.
  bool selectLong(WalkOperand values, WalkOperand indices, const View &input,
                  std::optional<View> places, unsigned axis, int64_t k);
  /// The same for any number of elements; false if a row is too long.
  bool selectMost(const View &values, const View &indices, const View &input,
                  unsigned axis);

private:
  /// Of a row that is sorted by pieces: the work is as their square.
  static constexpr int64_t maxPieces = 128;
  bool sortPieces(const View &values, const View &indices, const View &input,
                  unsigned axis, int64_t length);

  static constexpr unsigned read = 0, valuesAt = 1, indicesAt = 2, placesAt = 3;
  void sortTile(Walk &walk, const WalkTile &tile, bool hasPlaces, int64_t k,
                int64_t base);

  Lowering &lowering;
  bool largest;
};

} // namespace

/// One row at a time: a partition has one table.
static void gatherRows(TileBuilder &tile, const View &dst, const View &table,
                       const View &found) {
  if (dst.dims.size() == 1)
    return tile.localGather(dst, table, found, table.dims[0].count);
  for (int64_t row = 0; row < dst.dims[0].count; ++row)
    gatherRows(tile, dst.pick(0, row), table.pick(0, row), found.pick(0, row));
}

void TopK::sortTile(Walk &walk, const WalkTile &tile, bool hasPlaces, int64_t k,
                    int64_t base) {
  llvm::SmallVector<bool> whole(walk.wholeDims());
  bool isUnit = !llvm::is_contained(whole, true);
  unsigned axis = llvm::find(whole, true) - whole.begin();
  auto ordered = [&](const View &view) {
    View rows = moveLast(view, whole);
    if (isUnit)
      rows.dims.push_back({1, 1});
    return rows;
  };
  auto first = [&](const View &view) {
    return isUnit ? view : view.slice(axis, {0, k, 1});
  };
  View source = walk.load(read, tile);
  View values = walk.allocate(source.dtype, tile);
  View found = walk.allocate(DType::i32, tile);
  lowering.tile.sort(ordered(values), ordered(found), ordered(source), largest);
  found = first(found);
  if (hasPlaces) {
    View places = walk.allocate(DType::i32, tile);
    gatherRows(lowering.tile, ordered(first(places)),
               ordered(walk.load(placesAt, tile)), ordered(found));
    found = first(places);
  }
  View indices = first(walk.allocate(DType::i64, tile));
  lowering.tile.tensorScalar(Engine::Pool, indices, found, isa::AluOp::add,
                             ScalarOperand::ofInteger(base), isa::AluOp::copy,
                             0.0f, false, false, isa::Compute::i64);
  walk.commit(valuesAt, tile, first(values));
  walk.commit(indicesAt, tile, indices);
}

bool TopK::select(WalkOperand values, WalkOperand indices, WalkOperand input,
                  std::optional<WalkOperand> places, unsigned axis, int64_t k,
                  int64_t base) {
  WalkRequest request;
  request.shape = input.shape();
  request.bytesPerElement = 2 * isa::sizeOf(input.dtype()) +
                            3 * isa::sizeOf(DType::i32) +
                            isa::sizeOf(DType::i64);
  request.operands = {std::move(input), std::move(values), std::move(indices)};
  if (places)
    request.operands.push_back(std::move(*places));
  request.wholeDims = {axis};
  std::unique_ptr<Walk> walk = Walk::plan(lowering, std::move(request));
  if (!walk)
    return false;
  walk->forEachTile([&](const WalkTile &tile) {
    sortTile(*walk, tile, places.has_value(), k, base);
  });
  return true;
}

bool TopK::selectLong(WalkOperand values, WalkOperand indices,
                      const View &input, std::optional<View> places,
                      unsigned axis, int64_t k) {
  int64_t extent = input.dims[axis].count;
  llvm::SmallVector<int64_t> shape = WalkOperand::read(input).shape();
  for (int64_t length = extent / 2; length >= 2 * k; length /= 2) {
    int64_t pieces = extent / length;
    shape[axis] = pieces * k;
    View bestValues = lowering.tile.hbm(input.dtype, shape);
    View bestIndices = lowering.tile.hbm(DType::i32, shape);
    bool fits = true;
    for (int64_t piece = 0; piece < pieces && fits; ++piece) {
      int64_t start = piece * length;
      int64_t count = piece + 1 == pieces ? extent - start : length;
      auto part = [&](const View &view) {
        return WalkOperand::read(view.slice(axis, {start, count, 1}));
      };
      Range slot{piece * k, k, 1};
      std::optional<WalkOperand> partPlaces;
      if (places)
        partPlaces = part(*places);
      fits = select(WalkOperand::write(bestValues.slice(axis, slot)),
                    WalkOperand::write(bestIndices.slice(axis, slot)),
                    part(input), partPlaces, axis, k, places ? 0 : start);
    }
    if (fits)
      return select(values, indices, WalkOperand::read(bestValues),
                    WalkOperand::read(bestIndices), axis, k, 0) ||
             selectLong(values, indices, bestValues, bestIndices, axis, k);
  }
  return false;
}

/// Pairs of neighbouring pieces are sorted together, each piece with the one
/// before and the one behind in turn: after as many rounds as there are pieces
/// every element is at its place. Equal elements never pass each other.
bool TopK::sortPieces(const View &values, const View &indices,
                      const View &input, unsigned axis, int64_t length) {
  int64_t extent = input.dims[axis].count;
  int64_t pieces = (extent + length - 1) / length;
  for (int64_t round = 0; round < std::max<int64_t>(pieces, 2); ++round)
    for (int64_t first = round % 2 * length; first < extent;
         first += 2 * length) {
      Range pair{first, std::min(2 * length, extent - first), 1};
      View source = round ? values : input;
      std::optional<WalkOperand> places;
      if (round)
        places = WalkOperand::read(indices.slice(axis, pair));
      if (!select(WalkOperand::write(values.slice(axis, pair)),
                  WalkOperand::write(indices.slice(axis, pair)),
                  WalkOperand::read(source.slice(axis, pair)), places, axis,
                  pair.count, round ? 0 : first))
        return false;
    }
  return true;
}

bool TopK::selectMost(const View &values, const View &indices,
                      const View &input, unsigned axis) {
  auto shape = WalkOperand::read(input).shape();
  View sorted = lowering.tile.hbm(input.dtype, shape);
  View found = lowering.tile.hbm(DType::i32, shape);
  int64_t length = shape[axis] / 2;
  while (!sortPieces(sorted, found, input, axis, length)) {
    length /= 2;
    if (length == 0 || shape[axis] / length > maxPieces)
      return false;
  }
  Range first{0, values.dims[axis].count, 1};
  copyInHbm(lowering, values, sorted.slice(axis, first));
  copyInHbm(lowering, indices, found.slice(axis, first));
  return true;
}

mlir::LogicalResult emitTopK(mlir::Operation *op, Lowering &lowering) {
  auto topK = mlir::cast<tile::TopKOp>(op);
  mlir::Value values = topK.getValues(), indices = topK.getIndices();
  unsigned axis = topK.getAxis();
  int64_t k = Lowering::shapeOf(values)[axis];
  TopK select(lowering, topK.getLargest());
  auto write = [](mlir::Value value) { return WalkOperand::write(value); };
  if (select.select(write(values), write(indices),
                    WalkOperand::read(topK.getInput()), {}, axis, k, 0) ||
      select.selectLong(write(values), write(indices),
                        lowering.hbm(topK.getInput()), {}, axis, k) ||
      select.selectMost(lowering.hbmResult(values), lowering.hbmResult(indices),
                        lowering.hbm(topK.getInput()), axis))
    return mlir::success();
  return op->emitOpError() << "sorts rows of "
                           << Lowering::shapeOf(topK.getInput())[axis]
                           << " elements, which do not fit the "
                           << lowering.machine.sbufUsableBytes
                           << " bytes of a partition";
}

} // namespace tilicho::compiler
