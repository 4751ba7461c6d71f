// SPDX-License-Identifier: Apache-2.0
// Pools: the leading dimensions on the partitions, then one reduction for each
// windowed dimension. Windows that reach into the padding are cut short, so
// that no border is needed.
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/LaneArithmetic.h"
#include "lib/Conversion/StructuredToTile/TileCutter.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

namespace {

/// The smallest integer that a type holds, as far as a scalar operand can.
int32_t leastInteger(isa::DType dtype) {
  if (!isa::isSigned(dtype))
    return 0;
  unsigned bits = 8 * std::min<unsigned>(isa::sizeOf(dtype), 4);
  return static_cast<int32_t>(-(int64_t(1) << (bits - 1)));
}

class WindowReduction {
public:
  WindowReduction(tile::WindowReductionOp op, Lowering &lowering)
      : lowering(lowering), tile(lowering.tile), input(op.getInput()),
        result(op.getResult()),
        reduceOp(op.getOp() == "max" ? isa::ReduceOp::max
                                     : isa::ReduceOp::add) {
    ArrayRef<int64_t> from = Lowering::shapeOf(input);
    ArrayRef<int64_t> to = Lowering::shapeOf(result);
    partEnd = from.size() - op.getWindow().size();
    partBegin = choosePartBegin(from.take_front(partEnd));
    for (unsigned i = 0; i < partEnd; ++i) {
      if (i < partBegin)
        dims.push_back({from[i], from[i]});
      else
        rows *= from[i];
    }
    for (unsigned i = 0; i < op.getWindow().size(); ++i)
      dims.push_back({from[partEnd + i], to[partEnd + i], op.getWindow()[i],
                      op.getStrides()[i], op.getDilations()[i], 1,
                      op.getPadLow()[i]});
    chooseArithmetic();
  }

  void emit() {
    SmallVector<int64_t, 6> size = chooseTile();
    SmallVector<int64_t, 6> extents;
    for (const WindowDim &dim : dims)
      extents.push_back(dim.output);
    int64_t lanes = lowering.machine.sbufPartitions;
    for (int64_t first = 0; first < rows; first += lanes) {
      partitions = {first, std::min(lanes, rows - first), 1};
      forEachTile(extents, size,
                  [&](ArrayRef<Range> ranges) { emitTile(ranges); });
    }
  }

private:
  /// The first of the leading dimensions that go onto the partitions: as where
  /// the tensors are resident, or just the last where it fills them.
  unsigned choosePartBegin(ArrayRef<int64_t> leading) const {
    for (Value value : {input, result})
      if (const Layout *layout = lowering.layoutOf(value))
        if (layout->partEnd == partEnd)
          return layout->partBegin;
    if (leading.empty())
      return 0;
    bool isFull = 2 * leading.back() >= lowering.machine.sbufPartitions ||
                  product(leading) == leading.back();
    return isFull ? leading.size() - 1 : 0;
  }

  /// Largest values are exact in f32 for all but wide types; sums of integers
  /// are not.
  void chooseArithmetic() {
    isa::DType dtype = Lowering::dtypeOf(input);
    bool isMax = reduceOp == isa::ReduceOp::max;
    bool isNarrow = isa::sizeOf(dtype) < 4;
    if (isMax && isNarrow) {
      arithmetic.sumType = dtype;
      return;
    }
    arithmetic = laneArithmetic(dtype);
    if (isMax)
      arithmetic.sumType = dtype;
  }

  ScalarOperand neutral() const {
    if (reduceOp == isa::ReduceOp::add)
      return arithmetic.scalar(0);
    isa::DType dtype = arithmetic.sumType;
    if (isa::isFloat(dtype))
      return -std::numeric_limits<float>::infinity();
    return ScalarOperand::ofInteger(leastInteger(dtype));
  }

  /// What a window without elements gives.
  void fillNeutral(const View &to) {
    tile.memset(arithmetic.engine, to, neutral());
    if (reduceOp != isa::ReduceOp::max || arithmetic.sumType != isa::DType::i64)
      return;
    // A scalar has 32 bits: -2^31 * -2^31 * -2.
    tile.tensorScalar(arithmetic.engine, to, to, isa::AluOp::multiply,
                      neutral(), isa::AluOp::multiply, arithmetic.scalar(-2),
                      false, false, arithmetic.compute);
  }

  /// Inputs along a dimension that a range of outputs reads.
  static Range inputsOf(const WindowDim &dim, Range outputs) {
    int64_t low = outputs.start * dim.stride - dim.padLow;
    int64_t high = (outputs.start + outputs.count - 1) * dim.stride -
                   dim.padLow + (dim.window - 1) * dim.dilation + 1;
    low = std::clamp<int64_t>(low, 0, dim.input);
    high = std::clamp<int64_t>(high, low, dim.input);
    // Whole lines make longer runs in memory.
    if (outputs.count == dim.output && 2 * (high - low) > dim.input)
      return {0, dim.input, 1};
    return {low, high - low, 1};
  }

  SmallVector<int64_t, 6> chooseTile() const {
    SmallVector<int64_t, 6> extents, units(dims.size(), 1);
    for (const WindowDim &dim : dims)
      extents.push_back(dim.output);
    TileCutter cutter(extents, units);
    auto bytes = [&] {
      int64_t inputs = 1, outputs = product(cutter.tile), between = 1;
      for (auto [dim, count] : llvm::zip(dims, cutter.tile)) {
        int64_t most = std::min(dim.input, (count - 1) * dim.stride + 1 +
                                               (dim.window - 1) * dim.dilation);
        inputs *= most;
        between *= std::max(most, count);
      }
      return 2 * inputs * isa::sizeOf(Lowering::dtypeOf(input)) +
             (2 * between + outputs) * isa::sizeOf(arithmetic.sumType) +
             2 * outputs * isa::sizeOf(Lowering::dtypeOf(result));
    };
    while (bytes() > lowering.blockBytes() && cutter.cut())
      continue;
    cutForOverlap(cutter);
    return cutter.tile;
  }

  /// A part of what stays on chip can follow what makes it, and its reader can
  /// follow the part.
  void cutForOverlap(TileCutter &cutter) const {
    constexpr int64_t parts = 8, leastInstructions = 3;
    if (!lowering.layoutOf(input) && !lowering.layoutOf(result))
      return;
    const EngineModel &vec = lowering.machine.vec;
    int64_t whole = product(cutter.tile);
    int64_t least = leastInstructions * (vec.minCycles + vec.fixedCycles);
    while (product(cutter.tile) * parts > whole &&
           product(cutter.tile) > least && cutter.tile.back() > 1) {
      SmallVector<int64_t, 6> before = cutter.tile;
      if (!cutter.cut() || cutter.tile.back() != before.back()) {
        cutter.tile = before; // Lines stay whole.
        return;
      }
    }
  }

  Block blockOfRanges(ArrayRef<Range> ranges) const {
    Block block{partBegin, partEnd, partitions.start, partitions.count, {}};
    block.ranges.assign(ranges.begin(), ranges.end());
    block.ranges.insert(block.ranges.begin() + partBegin, partEnd - partBegin,
                        Range{});
    return block;
  }

  void emitTile(ArrayRef<Range> outputs) {
    SmallVector<Range, 6> inputs;
    for (auto [dim, range] : llvm::zip(dims, outputs))
      inputs.push_back(inputsOf(dim, range));
    Block from = blockOfRanges(inputs), to = blockOfRanges(outputs);
    View current = lowering.read(input, from);
    View dest = lowering.dest(result, to);
    // Innermost first: that pass shortens the lines of all others.
    for (unsigned i = dims.size(); i-- > 0;) {
      if (isIdentity(i, inputs[i], outputs[i]))
        continue;
      unsigned last = i, first = mergeWhole(last);
      current = emitPass(current, first, last, inputs, outputs,
                         isLastPass(first, inputs, outputs) ? &dest : nullptr);
      i = first;
    }
    if (current.buffer != dest.buffer)
      arithmetic.move(tile, dest, current);
    lowering.commit(result, to, dest);
  }

  bool isIdentity(unsigned i, Range inputs, Range outputs) const {
    const WindowDim &dim = dims[i];
    return dim.window == 1 && dim.stride == 1 && dim.padLow == 0 &&
           inputs.start == outputs.start && inputs.count == outputs.count;
  }

  bool isLastPass(unsigned first, ArrayRef<Range> inputs,
                  ArrayRef<Range> outputs) const {
    for (unsigned i = 0; i < first; ++i)
      if (!isIdentity(i, inputs[i], outputs[i]))
        return false;
    return true;
  }

  /// Dimensions from the returned one to `last` that are each reduced whole,
  /// and so together.
  unsigned mergeWhole(unsigned last) const {
    unsigned first = last;
    auto isWhole = [&](unsigned i) {
      const WindowDim &dim = dims[i];
      return dim.output == 1 && dim.dilation == 1 && dim.padLow <= 0 &&
             dim.window - dim.padLow <= dim.input;
    };
    while (isWhole(last) && first > 0 && isWhole(first - 1) &&
           last - first + 1 < 3)
      --first;
    return first;
  }

  /// Reduces dimensions [first, last], of which all but one have one output.
  View emitPass(const View &from, unsigned first, unsigned last,
                ArrayRef<Range> inputs, ArrayRef<Range> outputs,
                const View *dest) {
    SmallVector<int64_t, 6> shape;
    for (auto [i, dim] : llvm::enumerate(from.dims))
      shape.push_back(i < first || i > last ? dim.count : outputs[i].count);
    View to =
        dest ? *dest : tile.sbuf(arithmetic.sumType, from.partitions, shape);
    if (first != last) {
      reduceWhole(to, from, first, last, inputs);
      return to;
    }
    reduceDim(to, from, first, inputs[first], outputs[first]);
    return to;
  }

  /// `view` with dimension `dim` taken out and put last.
  static View moveToEnd(const View &view, unsigned dim) {
    View moved = view;
    Dim entry = moved.dims[dim];
    moved.dims.erase(moved.dims.begin() + dim);
    moved.dims.push_back(entry);
    return moved;
  }

  void reduceWhole(View to, View from, unsigned first, unsigned last,
                   ArrayRef<Range> inputs) {
    for (unsigned i = first; i <= last; ++i) {
      from = from.slice(first,
                        {-dims[i].padLow - inputs[i].start, dims[i].window, 1});
      from = moveToEnd(from, first);
      to = to.pick(first, 0);
    }
    reduce(to, from, last - first + 1);
  }

  /// Outputs whose window is inside in one instruction, the others one by one.
  void reduceDim(const View &to, const View &from, unsigned d, Range inputs,
                 Range outputs) {
    const WindowDim &dim = dims[d];
    int64_t reach = (dim.window - 1) * dim.dilation;
    Range inner = clip(outputs, -dim.padLow, dim.stride, dim.input - reach);
    if (inner.count)
      reduceRun(to, from, d, inputs, outputs, inner, {0, dim.window, 1});
    for (int64_t at = outputs.start; at < outputs.start + outputs.count; ++at) {
      if (inner.count && at == inner.start) {
        at += inner.count - 1;
        continue;
      }
      Range taps = clip({0, dim.window, 1}, at * dim.stride - dim.padLow,
                        dim.dilation, dim.input);
      reduceRun(to, from, d, inputs, outputs, {at, 1, 1}, taps);
    }
  }

  /// Outputs `run` from the taps `taps` of each.
  void reduceRun(View to, View from, unsigned d, Range inputs, Range outputs,
                 Range run, Range taps) {
    const WindowDim &dim = dims[d];
    to = to.slice(d, {run.start - outputs.start, run.count, 1});
    if (!taps.count)
      return fillNeutral(to);
    int64_t first = run.start * dim.stride - dim.padLow +
                    taps.start * dim.dilation - inputs.start;
    int64_t step = from.dims[d].step;
    View window = from.slice(d, {first, run.count, dim.stride});
    window.dims.push_back({taps.count, step * dim.dilation});
    reduce(to, window, 1);
  }

  void reduce(const View &to, const View &from, unsigned axes) {
    tile.reduce(arithmetic.engine, to, from, reduceOp, axes, isa::AluOp::copy,
                false, arithmetic.compute);
  }

  Lowering &lowering;
  TileBuilder &tile;
  Value input, result;
  isa::ReduceOp reduceOp;
  SmallVector<WindowDim, 4> dims;
  /// Dimensions on the partitions; `dims` are the others.
  unsigned partBegin = 0, partEnd = 0;
  int64_t rows = 1;
  LaneArithmetic arithmetic;
  Range partitions;
};

} // namespace

LogicalResult emitWindowReduction(Operation *op, Lowering &lowering) {
  WindowReduction(cast<tile::WindowReductionOp>(op), lowering).emit();
  return success();
}

} // namespace tilicho::compiler
