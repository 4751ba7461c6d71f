// SPDX-License-Identifier: Apache-2.0
// Emits `tile.scan`.
#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/Reduction.h"

#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"

using namespace tilicho::ir;

namespace tilicho::compiler {

namespace {

/// Scans whole rows in a partition, or rows cut into pieces from piece to
/// piece: what a piece ends with joins each element of the next.
class TensorScan {
public:
  TensorScan(Lowering &lowering, tile::ScanOp op)
      : lowering(lowering), op(op),
        alu(*isa::parse<isa::AluOp>(std::string_view(op.getOp()))),
        compute(*isa::parse<isa::Compute>(std::string_view(op.getCompute()))) {}

  void run() {
    llvm::ArrayRef<int64_t> shape = Lowering::shapeOf(op.getInput());
    View input = lowering.hbm(op.getInput());
    View result = lowering.hbmResult(op.getResult());
    unsigned axis = op.getAxis();
    int64_t extent = shape[axis];
    for (int64_t piece = extent; piece > 0; piece = (piece + 1) / 2)
      if (scanPieces(input, result, axis, extent, piece))
        return;
  }

private:
  ScalarOperand initial() const {
    bool isSum = alu == isa::AluOp::add;
    bool isFloat = isa::isFloat(dtypeOf(compute));
    return isFloat ? ScalarOperand(isSum ? 0.0f : 1.0f)
                   : ScalarOperand::ofInteger(isSum ? 0 : 1);
  }

  static View along(const View &view, unsigned axis, bool reverse) {
    int64_t last = view.dims[axis].count - 1;
    return reverse ? view.slice(axis, {last, last + 1, -1}) : view;
  }

  /// False if a piece does not fit.
  bool scanPieces(const View &input, const View &result, unsigned axis,
                  int64_t extent, int64_t piece) {
    std::optional<View> carry;
    for (int64_t done = 0; done < extent; done += piece) {
      int64_t count = std::min(piece, extent - done);
      int64_t start = op.getReverse() ? extent - done - count : done;
      Range range{start, count, 1};
      bool isLast = done + count == extent;
      View next =
          isLast ? View() : lowering.tile.hbm(dtypeOf(compute), columns(axis));
      if (!scanPiece(input.slice(axis, range), result.slice(axis, range), axis,
                     carry, isLast ? std::nullopt : std::optional<View>(next)))
        return false;
      carry = next;
    }
    return true;
  }

  llvm::SmallVector<int64_t> columns(unsigned axis) {
    auto shape = llvm::to_vector(Lowering::shapeOf(op.getInput()));
    shape[axis] = 1;
    return shape;
  }

  bool scanPiece(const View &input, const View &result, unsigned axis,
                 const std::optional<View> &carry,
                 const std::optional<View> &next) {
    WalkRequest request;
    for (const Dim &dim : input.dims)
      request.shape.push_back(dim.count);
    request.operands = {WalkOperand::read(input), WalkOperand::write(result)};
    unsigned carryAt = 0, nextAt = 0;
    if (carry) {
      carryAt = request.operands.size();
      request.operands.push_back(WalkOperand::read(*carry));
    }
    if (next) {
      nextAt = request.operands.size();
      request.operands.push_back(WalkOperand::write(*next));
    }
    isa::DType wide = dtypeOf(compute);
    request.bytesPerElement =
        2 * isa::sizeOf(input.dtype) + 3 * isa::sizeOf(wide);
    request.wholeDims = {axis};
    std::unique_ptr<Walk> walk = Walk::plan(lowering, std::move(request));
    if (!walk)
      return false;
    walk->forEachTile(
        [&](const WalkTile &tile) { scanTile(*walk, tile, carryAt, nextAt); });
    return true;
  }

  void scanTile(Walk &walk, const WalkTile &tile, unsigned carryAt,
                unsigned nextAt) {
    llvm::SmallVector<bool> whole(walk.wholeDims());
    auto ordered = [&](const View &view) {
      View rows = moveLast(view, whole);
      if (!llvm::is_contained(whole, true))
        rows.dims.push_back({1, 1});
      return along(rows, rows.dims.size() - 1, op.getReverse());
    };
    View source = walk.load(0, tile), dst = walk.dest(1, tile);
    isa::DType wide = dtypeOf(compute);
    Engine engine = engineFor(lowering.machine, compute,
                              {source.dtype, dst.dtype, wide}, false);
    if (!carryAt && !nextAt) {
      lowering.tile.scan(engine, ordered(dst), ordered(source), alu, initial(),
                         op.getExclusive(), compute);
      return walk.commit(1, tile, dst);
    }
    View sums = walk.allocate(wide, tile);
    lowering.tile.scan(engine, ordered(sums), ordered(source), alu, initial(),
                       op.getExclusive(), compute);
    if (carryAt) {
      View joined = walk.allocate(wide, tile);
      lowering.tile.tensorTensor(engine, alu, joined, sums,
                                 walk.load(carryAt, tile), compute);
      sums = joined;
    }
    lowering.tile.tensorScalar(engine, dst, sums, isa::AluOp::copy, 0.0f,
                               isa::AluOp::copy, 0.0f, false, false, compute);
    walk.commit(1, tile, dst);
    if (!nextAt)
      return;
    View last = walk.dest(nextAt, tile);
    keepLast(engine, last, ordered(sums), ordered(source), whole);
    walk.commit(nextAt, tile, last);
  }

  /// What all elements so far come to.
  void keepLast(Engine engine, const View &dst, const View &sums,
                const View &source, llvm::ArrayRef<bool> whole) {
    View to = dropDims(dst, whole);
    unsigned axis = sums.dims.size() - 1;
    int64_t last = sums.dims[axis].count - 1;
    View sum = sums.pick(axis, last);
    if (!op.getExclusive())
      return lowering.tile.tensorScalar(engine, to, sum, isa::AluOp::copy, 0.0f,
                                        isa::AluOp::copy, 0.0f, false, false,
                                        compute);
    lowering.tile.tensorTensor(engine, alu, to, sum, source.pick(axis, last),
                               compute);
  }

  Lowering &lowering;
  tile::ScanOp op;
  isa::AluOp alu;
  isa::Compute compute;
};

} // namespace

mlir::LogicalResult emitScan(mlir::Operation *op, Lowering &lowering) {
  auto scan = mlir::cast<tile::ScanOp>(op);
  TensorScan(lowering, scan).run();
  return mlir::success();
}

} // namespace tilicho::compiler
