// SPDX-License-Identifier: Apache-2.0
// What softmax and normalisation do to rows.
#include "lib/Conversion/StructuredToTile/Rows.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

namespace tilicho::compiler {

using isa::AluOp;
using isa::DType;

/// Rows from this length on outweigh an instruction's least cycles.
static constexpr int64_t longRow = 128;
/// Columns that softmax and normalisation hold beside their rows.
static constexpr int64_t maxColumns = 4;
/// Up to this length, a row alone is faster in one partition than spread over
/// all with a detour over HBM.
static constexpr int64_t soloRow = 8192;

int64_t Rows::length() const {
  int64_t product = 1;
  for (const Dim &dim : llvm::ArrayRef(view.dims).take_back(axes))
    product *= dim.count;
  return product;
}

int64_t Rows::count() const { return view.elements() / length(); }

bool Rows::areLong() const { return count() == 1 || length() >= longRow; }

View Rows::row(llvm::ArrayRef<int64_t> at) const {
  View result = view;
  for (int64_t index : at)
    result = result.pick(0, index);
  return result;
}

void Rows::forEach(llvm::function_ref<void(const RowIndex &)> body) const {
  unsigned outer = view.dims.size() - axes;
  RowIndex at(outer, 0);
  for (int64_t left = count(); left > 0; --left) {
    body(at);
    for (unsigned dim = outer; dim-- > 0;) {
      if (++at[dim] < view.dims[dim].count)
        break;
      at[dim] = 0;
    }
  }
}

static llvm::SmallVector<int64_t> countsOf(llvm::ArrayRef<Dim> dims) {
  return llvm::to_vector(
      llvm::map_range(dims, [](const Dim &dim) { return dim.count; }));
}

Rows Rows::like(Lowering &lowering, DType dtype) const {
  return {lowering.tile.sbuf(dtype, view.partitions, countsOf(view.dims)),
          axes};
}

View Rows::column(Lowering &lowering) const {
  return lowering.tile.sbuf(
      DType::f32, view.partitions,
      countsOf(llvm::ArrayRef(view.dims).drop_back(axes)));
}

View Rows::stretch(const View &column) const {
  View result = column;
  for (const Dim &dim : llvm::ArrayRef(view.dims).take_back(axes))
    result.dims.push_back({dim.count, 0});
  return result;
}

View pickColumn(const View &column, llvm::ArrayRef<int64_t> at) {
  View result = column;
  for (int64_t index : at)
    result = result.pick(0, index);
  result.dims.push_back({1, 1});
  return result;
}

void reduceRows(Lowering &lowering, const View &column, const Rows &rows,
                ReductionKind kind) {
  llvm::SmallVector<bool> isReduced(rows.view.dims.size() - rows.axes, false);
  isReduced.append(rows.axes, true);
  View target = column;
  target.dims.append(rows.axes, Dim{1, 1});
  reduceTile(lowering, target, rows.view, isReduced, kind, false);
}

void scaleRow(Lowering &lowering, const View &dst, const View &src,
              const View &scale) {
  if (lowering.tile.lighter(dst, src.dtype, src.space == isa::Space::Psum) ==
      Engine::Act)
    return lowering.tile.activate(dst, AluOp::copy, src, scale);
  lowering.tile.tensorScalar(Engine::Vec, dst, src, AluOp::multiply, scale);
}

bool walkRows(Lowering &lowering, mlir::Value result, mlir::Value input,
              llvm::ArrayRef<unsigned> axes,
              llvm::function_ref<void(const Rows &, const Rows &)> body) {
  return walkRowsInTurn(lowering, result, input, axes,
                        [&](const Rows &dst, const Rows &src) {
                          body(dst, src);
                          return std::function<void()>();
                        });
}

bool walkRowsInTurn(
    Lowering &lowering, mlir::Value result, mlir::Value input,
    llvm::ArrayRef<unsigned> axes,
    llvm::function_ref<std::function<void()>(const Rows &, const Rows &)>
        begin) {
  DType dtype = Lowering::dtypeOf(input);
  const Machine &machine = lowering.machine;
  if (!machine.vec.dtypes.has(dtype) || !machine.act.dtypes.has(dtype))
    return false;
  WalkRequest request;
  request.shape = llvm::to_vector(Lowering::shapeOf(input));
  request.operands = {WalkOperand::read(input), WalkOperand::write(result)};
  int64_t rowLength = 1;
  for (unsigned axis : axes)
    rowLength *= request.shape[axis];
  int64_t wide = isa::sizeOf(DType::f32);
  request.bytesPerElement = 2 * isa::sizeOf(dtype) + 2 * wide +
                            llvm::divideCeil(maxColumns * wide, rowLength);
  request.instructions = 3;
  request.wholeDims = llvm::to_vector(axes);
  std::unique_ptr<Walk> walk = Walk::plan(lowering, std::move(request));
  if (!walk)
    return false;
  int64_t rows = 1;
  for (unsigned dim = 0; dim < walk->rank(); ++dim)
    rows *= walk->isWhole(dim) ? 1 : walk->extent(dim);
  if (rowLength > soloRow && rows * 4 < machine.sbufPartitions)
    return false;
  llvm::SmallVector<bool> along(walk->wholeDims());
  unsigned count = llvm::count(along, true);
  // What is left to do for the tile before.
  std::function<void()> finish;
  walk->forEachTile([&](const WalkTile &tile) {
    walk->enter(tile);
    View src = moveLast(walk->load(0, tile), along);
    View dst = walk->dest(1, tile), ordered = moveLast(dst, along);
    unsigned last = count;
    if (!count) { // Rows of one element.
      src.dims.push_back({1, 1});
      ordered.dims.push_back({1, 1});
      last = 1;
    }
    std::function<void()> rest = begin({ordered, last}, {src, last});
    auto end = [&walk, rest, tile, dst] {
      if (rest)
        rest();
      walk->commit(1, tile, dst);
    };
    if (finish)
      finish();
    finish = nullptr;
    if (rest)
      finish = end;
    else
      end();
  });
  if (finish)
    finish();
  return true;
}

} // namespace tilicho::compiler
