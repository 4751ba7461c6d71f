// SPDX-License-Identifier: Apache-2.0
// Instructions from views: each entry collects its operands and fields.
#include "lib/Conversion/StructuredToTile/TileBuilder.h"

#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/IterationSpace.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// Fields
//===----------------------------------------------------------------------===//

namespace {

/// Collects an instruction's fields; zeros are left out.
class Fields {
public:
  explicit Fields(OpBuilder &builder) : builder(builder) {}

  Fields &integer(StringRef name, int64_t value) {
    if (value)
      list.emplace_back(builder.getStringAttr(name),
                        builder.getI64IntegerAttr(value));
    return *this;
  }
  Fields &op(StringRef name, isa::AluOp value) {
    return text(name, isa::nameOf(value));
  }
  Fields &op(StringRef name, isa::ReduceOp value) {
    return text(name, isa::nameOf(value));
  }
  Fields &op(StringRef name, isa::ScatterMode value) {
    return text(name, isa::nameOf(value));
  }
  Fields &compute(isa::Compute value) {
    return text("compute", isa::nameOf(value));
  }
  /// A scalar operand; a column becomes one more of `operands`.
  Fields &scalar(StringRef name, const ScalarOperand &value,
                 SmallVectorImpl<View> &operands) {
    Attribute attr;
    if (value.column) {
      // One element a partition, for the whole iteration.
      View column = *value.column;
      column.dims.clear();
      for (const Dim &dim : operands.front().dims)
        column.dims.push_back({dim.count, 0});
      operands.push_back(column);
      attr = builder.getDictionaryAttr(builder.getNamedAttr(
          "column", builder.getI64IntegerAttr(operands.size() - 1)));
    } else if (value.integer) {
      attr = builder.getI32IntegerAttr(*value.integer);
    } else {
      attr = builder.getF32FloatAttr(value.immediate);
    }
    list.emplace_back(builder.getStringAttr(name), attr);
    return *this;
  }
  operator ArrayRef<NamedAttribute>() const { return list; }

private:
  Fields &text(StringRef name, StringRef value) {
    list.emplace_back(builder.getStringAttr(name),
                      builder.getStringAttr(value));
    return *this;
  }
  OpBuilder &builder;
  SmallVector<NamedAttribute> list;
};

StringRef queueOf(Engine engine) {
  switch (engine) {
  case Engine::Act:
    return "act";
  case Engine::Vec:
    return "vec";
  case Engine::Pool:
    return "pool";
  }
  llvm_unreachable("no such engine");
}

} // namespace

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static View denseView(Value buffer, isa::Space space, isa::DType dtype,
                      ArrayRef<int64_t> shape) {
  View view;
  view.buffer = buffer;
  view.space = space;
  view.dtype = dtype;
  int64_t step = 1;
  for (int64_t extent : llvm::reverse(shape)) {
    view.dims.push_back({extent, step});
    step *= extent;
  }
  std::reverse(view.dims.begin(), view.dims.end());
  return view;
}

static int64_t bytesOf(isa::DType dtype, ArrayRef<int64_t> shape) {
  int64_t bytes = isa::sizeOf(dtype);
  for (int64_t extent : shape)
    bytes *= extent;
  return bytes;
}

View TileBuilder::onChip(isa::Space space, isa::DType dtype, int64_t partitions,
                         ArrayRef<int64_t> shape, int64_t partition) {
  auto type = tile::BufferType::get(builder.getContext(), space, partitions,
                                    bytesOf(dtype, shape));
  Value buffer = tile::AllocOp::create(builder, loc, type, partition);
  View view = denseView(buffer, space, dtype, shape);
  view.partition = partition;
  view.partitions = partitions;
  return view;
}

View TileBuilder::sbuf(isa::DType dtype, int64_t partitions,
                       ArrayRef<int64_t> shape, int64_t partition) {
  return onChip(isa::Space::Sbuf, dtype, partitions, shape, partition);
}

View TileBuilder::psum(isa::DType dtype, int64_t partitions,
                       ArrayRef<int64_t> shape, int64_t partition) {
  return onChip(isa::Space::Psum, dtype, partitions, shape, partition);
}

View TileBuilder::segment(StringRef kind, StringRef name, isa::DType dtype,
                          ArrayRef<int64_t> shape, ElementsAttr value,
                          ArrayAttr steps) {
  auto type = tile::BufferType::get(builder.getContext(), isa::Space::Hbm, 1,
                                    bytesOf(dtype, shape));
  auto tensor = RankedTensorType::get(
      shape, tile::toElementType(dtype, builder.getContext()));
  Value buffer = tile::SegmentOp::create(builder, loc, type, kind, name, tensor,
                                         value, steps);
  return denseView(buffer, isa::Space::Hbm, dtype, shape);
}

View TileBuilder::hbm(isa::DType dtype, ArrayRef<int64_t> shape,
                      StringRef name) {
  std::string number = ("scratch" + Twine(numScratch++)).str();
  return segment("scratch", name.empty() ? StringRef(number) : name, dtype,
                 shape);
}

//===----------------------------------------------------------------------===//
// Control
//===----------------------------------------------------------------------===//

void TileBuilder::beginWhile(const View &condition) {
  ir::tile::BeginWhileOp::create(builder, loc, condition.buffer);
}

void TileBuilder::endWhile() { ir::tile::EndWhileOp::create(builder, loc); }

void TileBuilder::beginIf(const View &condition) {
  ir::tile::BeginIfOp::create(builder, loc, condition.buffer);
}

void TileBuilder::otherwise() { ir::tile::ElseOp::create(builder, loc); }

void TileBuilder::endIf() { ir::tile::EndIfOp::create(builder, loc); }

//===----------------------------------------------------------------------===//
// Array
//===----------------------------------------------------------------------===//

void TileBuilder::loadStationary(const View &weights, int64_t column,
                                 Blocks blocks, int64_t zero) {
  Fields fields(builder);
  fields.integer("colStart", column)
      .integer("blockRows", blocks.rows)
      .integer("blockCols", blocks.cols)
      .integer("zero", zero);
  issue("load_stationary", "pe", {weights}, fields);
}

void TileBuilder::matmul(const View &acc, const View &moving, bool accumulate,
                         int64_t zero) {
  Fields fields(builder);
  fields.integer("cols", acc.partitions)
      .integer("flags", accumulate)
      .integer("zero", zero);
  // The iteration is over the rows; the accumulator's partitions are `cols`.
  issue("matmul", "pe", {acc, moving}, fields, moving.partitions);
}

void TileBuilder::transpose(const View &dst, const View &src) {
  View target = dst;
  View source = mergeDims(src);
  if (source.dims.empty())
    source.dims.push_back({1, 1});
  assert(dst.dims.size() == 1 && dst.partitions == src.elements() &&
         dst.dims[0].count == src.partitions && "not a transposed shape");
  // dst's one dimension runs over the partitions of src; the instruction's
  // counts are those of src.
  target.dims.assign(source.dims.size(), Dim{1, 0});
  for (auto [dim, from] : llvm::zip(target.dims, source.dims))
    dim.count = from.count;
  target.dims[0].step = dst.dims[0].step;
  issueOne("transpose", "pe", {target, source}, {}, src.partitions);
}

//===----------------------------------------------------------------------===//
// Scalar, vector and general engine
//===----------------------------------------------------------------------===//

static bool isInPsum(const View &view) {
  return view.space == isa::Space::Psum;
}

void TileBuilder::activate(const View &dst, isa::AluOp func, const View &src,
                           ScalarOperand scale, ScalarOperand bias,
                           std::optional<View> sum, bool accumulate) {
  SmallVector<View> operands = {dst, src};
  if (sum) {
    // One element for the whole iteration.
    View column = *sum;
    column.dims.clear();
    for (const Dim &dim : dst.dims)
      column.dims.push_back({dim.count, 0});
    operands.push_back(column);
  }
  Fields fields(builder);
  fields.integer("flags", (sum ? 1 : 0) | (accumulate ? 2 : 0))
      .op("op0", func)
      .scalar("s0", scale, operands)
      .scalar("s1", bias, operands);
  double sumCycles = sum ? machine.accumulateCycles / dst.elements() : 0;
  load(Engine::Act, dst, 1 + sumCycles, isInPsum(dst) || isInPsum(src));
  issue("activate", "act", operands, fields);
}

void TileBuilder::move(Engine engine, const View &dst, const View &src) {
  if (engine == Engine::Act)
    return activate(dst, isa::AluOp::copy, src);
  tensorScalar(engine, dst, src, isa::AluOp::copy);
}

void TileBuilder::move(const View &dst, const View &src) {
  bool isAny = isMovable(src.dtype) && isMovable(dst.dtype);
  move(isAny ? lighter(dst, src.dtype, isInPsum(src)) : Engine::Vec, dst, src);
}

void TileBuilder::tensorTensor(Engine engine, isa::AluOp op, const View &dst,
                               const View &a, const View &b,
                               isa::Compute compute) {
  Fields fields(builder);
  fields.op("op0", op).compute(compute);
  bool usesPsum = isInPsum(a) || isInPsum(b);
  load(engine, dst, usesPsum ? 1 : 2, usesPsum);
  issue("tensor_tensor", queueOf(engine), {dst, a, b}, fields);
}

void TileBuilder::tensorScalar(Engine engine, const View &dst, const View &a,
                               isa::AluOp op0, ScalarOperand s0, isa::AluOp op1,
                               ScalarOperand s1, bool reverse0, bool reverse1,
                               isa::Compute compute) {
  SmallVector<View> operands = {dst, a};
  Fields fields(builder);
  fields.integer("flags", (reverse0 ? 1 : 0) | (reverse1 ? 2 : 0))
      .op("op0", op0)
      .op("op1", op1)
      .compute(compute)
      .scalar("s0", s0, operands)
      .scalar("s1", s1, operands);
  double speedup =
      narrowSpeedup(dst.dtype, a.dtype, machine.vecNarrowStridedSpeedup);
  load(engine, dst, 1 / speedup, isInPsum(dst) || isInPsum(a));
  issue("tensor_scalar", queueOf(engine), operands, fields);
}

void TileBuilder::scalarTensorTensor(Engine engine, const View &dst,
                                     const View &a, isa::AluOp op0,
                                     ScalarOperand s0, isa::AluOp op1,
                                     const View &b, bool reverse0,
                                     bool reverse1, isa::Compute compute) {
  SmallVector<View> operands = {dst, a, b};
  Fields fields(builder);
  fields.integer("flags", (reverse0 ? 1 : 0) | (reverse1 ? 2 : 0))
      .op("op0", op0)
      .op("op1", op1)
      .compute(compute)
      .scalar("s0", s0, operands);
  bool usesPsum = isInPsum(a) || isInPsum(b);
  load(engine, dst, usesPsum ? 1 : 2, usesPsum);
  issue("scalar_tensor_tensor", queueOf(engine), operands, fields);
}

void TileBuilder::select(Engine engine, const View &dst, const View &mask,
                         const View &src, bool invert) {
  Fields fields(builder);
  fields.integer("flags", invert);
  load(engine, dst, 2);
  issue("select", queueOf(engine), {dst, mask, src}, fields);
}

/// `dst` with a still dimension for each reduced one of `src`.
static View overReduced(const View &dst, const View &src) {
  View view = dst;
  for (const Dim &dim : llvm::drop_begin(src.dims, dst.dims.size()))
    view.dims.push_back({dim.count, 0});
  return view;
}

void TileBuilder::reduce(Engine engine, const View &dst, const View &src,
                         isa::ReduceOp op, unsigned axes, isa::AluOp elementOp,
                         bool accumulate, isa::Compute compute) {
  assert(dst.dims.size() + axes == src.dims.size() && "wrong outer rank");
  Fields fields(builder);
  fields.integer("flags", accumulate)
      .op("op0", op)
      .op("op1", elementOp)
      .compute(compute);
  double speedup =
      narrowSpeedup(dst.dtype, src.dtype, machine.vecNarrowReduceSpeedup);
  double again = accumulate ? machine.accumulateCycles / src.elements() : 0;
  load(engine, src, 1 / speedup + again, isInPsum(src));
  issueReduction("tensor_reduce", queueOf(engine), {overReduced(dst, src), src},
                 fields, axes);
}

void TileBuilder::argReduce(Engine engine, const View &dst, const View &src,
                            bool largest, unsigned axes, bool last,
                            std::optional<View> value, isa::Compute compute) {
  SmallVector<View> operands = {overReduced(dst, src), src};
  if (value)
    operands.push_back(overReduced(*value, src));
  Fields fields(builder);
  fields.integer("flags", (last ? 1 : 0) | (value ? 2 : 0))
      .op("op0", largest ? isa::ReduceOp::max : isa::ReduceOp::min)
      .compute(compute);
  load(engine, src);
  issueReduction("arg_reduce", queueOf(engine), operands, fields, axes);
}

void TileBuilder::scan(Engine engine, const View &dst, const View &src,
                       isa::AluOp op, ScalarOperand initial, bool exclusive,
                       isa::Compute compute) {
  SmallVector<View> operands = {dst, src};
  Fields fields(builder);
  fields.integer("flags", exclusive ? 2 : 0)
      .op("op0", op)
      .compute(compute)
      .scalar("s0", initial, operands);
  load(engine, dst, 2);
  issueAlongLast("scan", queueOf(engine), operands, fields);
}

void TileBuilder::recur(Engine engine, const View &dst, const View &a,
                        const View &b, ScalarOperand initial) {
  SmallVector<View> operands = {dst, a, b};
  Fields fields(builder);
  fields.integer("flags", 1)
      .op("op0", isa::AluOp::multiply)
      .op("op1", isa::AluOp::add)
      .compute(isa::Compute::f32)
      .scalar("s0", initial, operands);
  load(engine, dst, machine.vecScanFactor, isInPsum(a) || isInPsum(b));
  issueAlongLast("scan", queueOf(engine), operands, fields);
}

void TileBuilder::memset(Engine engine, const View &dst, ScalarOperand value) {
  // A cast to this type saturates, so that an infinity has to come as its bits.
  if (dst.dtype == isa::DType::f8e5m2 && std::isinf(value.immediate))
    return memset(engine, dst.bitcast(isa::DType::u8),
                  ScalarOperand::ofInteger(value.immediate > 0 ? 0x7c : 0xfc));
  SmallVector<View> operands = {dst};
  Fields fields(builder);
  fields.compute(value.integer ? isa::Compute::i32 : isa::Compute::f32)
      .scalar("s0", value, operands);
  load(engine, dst);
  issue("memset", queueOf(engine), operands, fields);
}

void TileBuilder::iota(const View &dst, int32_t base, int32_t partitionStep,
                       ArrayRef<int64_t> steps, isa::Compute compute) {
  assert(dst.dims.size() == steps.size() && dst.dims.size() <= 4 &&
         "one step for each dimension");
  Fields fields(builder);
  SmallVector<View> operands = {dst};
  fields.compute(compute)
      .scalar("s0", ScalarOperand::ofInteger(base), operands)
      .scalar("s1", ScalarOperand::ofInteger(partitionStep), operands);
  SmallVector<NamedAttribute> list(ArrayRef<NamedAttribute>{fields});
  list.push_back(
      builder.getNamedAttr("steps", builder.getDenseI64ArrayAttr(steps)));
  issueOne("iota", "pool", operands, list, dst.partitions);
}

void TileBuilder::partitionReduce(const View &dst, const View &src,
                                  isa::ReduceOp op, isa::Compute compute) {
  Fields fields(builder);
  fields.op("op0", op).compute(compute);
  issue("partition_reduce", "pool", {dst, src}, fields, src.partitions);
}

void TileBuilder::sort(const View &values, const View &indices, const View &src,
                       bool descending) {
  Fields fields(builder);
  fields.integer("flags", descending);
  issueAlongLast("sort", "pool", {values, src, indices}, fields);
}

void TileBuilder::localGather(const View &dst, const View &src,
                              const View &indices, int64_t limit) {
  View table = src;
  table.dims = dst.dims;
  for (Dim &dim : table.dims)
    dim.step = 0;
  SmallVector<View> operands = {dst, table, indices};
  table.dims.back().step = src.dims.back().step;
  operands[1] = table;
  Fields fields(builder);
  fields.scalar("s1", ScalarOperand::ofInteger(limit), operands);
  issueAlongLast("local_gather", "pool", operands, fields);
}

//===----------------------------------------------------------------------===//
// DMA
//===----------------------------------------------------------------------===//

void TileBuilder::copy(const View &dst, const View &src) {
  issue("dma", "dma", {dst, src}, {});
}

void TileBuilder::gather(const View &dst, const View &src, const View &index,
                         int64_t indexStep, int64_t limit) {
  Fields fields(builder);
  fields.integer("indexStep", indexStep).integer("limit", limit);
  issue("dma_gather", "dma", {dst, src, index}, fields);
}

void TileBuilder::scatter(const View &dst, const View &src, const View &index,
                          int64_t indexStep, int64_t limit,
                          std::optional<isa::ReduceOp> reduction) {
  Fields fields(builder);
  fields.integer("indexStep", indexStep)
      .integer("limit", limit)
      .op("mode", reduction ? isa::ScatterMode(unsigned(*reduction) + 1)
                            : isa::ScatterMode::write);
  issue("dma_scatter", "dma", {dst, src, index}, fields);
}

} // namespace tilicho::compiler
