// SPDX-License-Identifier: Apache-2.0
// Collects what belongs to channels, and writes its recipe.
#include "lib/Conversion/StructuredToTile/ConstantPool.h"

#include "dialects/Tile/IR/Loops.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/Lowering.h"
#include "lib/Conversion/StructuredToTile/RepeatRows.h"

#include "mlir/IR/Builders.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

/// Of SBUF, at most one part in so many.
static constexpr int64_t shareOfMemory = 16;

//===----------------------------------------------------------------------===//
// What belongs to channels
//===----------------------------------------------------------------------===//

ConstantPool::ConstantPool(func::FuncOp function, const Machine &machine)
    : machine(machine), lanes(arrayLanes(machine)) {
  for (Operation &op : function.front()) {
    if (!tile::isBorder(&op))
      continue;
    parts.clear();
    return;
  }
  for (Operation &op : function.front()) {
    if (llvm::isa<tile::ElementwiseOp>(op))
      for (OpOperand &use : op.getOpOperands()) {
        addColumn(use);
        addRow(use);
      }
    if (llvm::isa<tile::ConvolutionOp>(op))
      addDepthwise(&op);
  }
}

/// One element for each channel of what an element operation makes.
void ConstantPool::addColumn(OpOperand &use) {
  Value constant = use.get();
  ArrayRef<int64_t> result = Lowering::shapeOf(use.getOwner()->getResult(0));
  ArrayRef<int64_t> shape = Lowering::shapeOf(constant);
  size_t missing = result.size() - shape.size();
  if (!Lowering::constantOf(constant) || result.size() < 3 || missing > 1)
    return;
  int64_t channels = shape[1 - missing];
  for (auto [dim, extent] : llvm::enumerate(shape))
    if (dim + missing != size_t(1) && extent != 1)
      return;
  isa::DType dtype = Lowering::dtypeOf(constant);
  if (channels == result[1] && isa::isFloat(dtype) &&
      isa::sizeOf(dtype) <= isa::sizeOf(isa::DType::f32))
    add(constant, isa::DType::f32, channels, 1); // A column is f32.
}

/// One element for each column of a matrix.
void ConstantPool::addRow(OpOperand &use) {
  Value constant = use.get();
  ArrayRef<int64_t> result = Lowering::shapeOf(use.getOwner()->getResult(0));
  ArrayRef<int64_t> shape = Lowering::shapeOf(constant);
  if (!Lowering::constantOf(constant) || result.size() < 2 || shape.empty() ||
      shape.back() != result.back() ||
      llvm::any_of(shape.drop_back(),
                   [](int64_t extent) { return extent != 1; }))
    return;
  isa::DType dtype = Lowering::dtypeOf(constant);
  if (canRepeatOnArray(machine, dtype, shape.back(), lanes))
    add(constant, dtype, shape.back(), 1);
}

void ConstantPool::addDepthwise(Operation *op) {
  auto conv = cast<tile::ConvolutionOp>(op);
  Value kernel = conv.getKernel();
  int64_t channels = Lowering::shapeOf(conv.getInput())[1];
  if (!Lowering::constantOf(kernel) || int64_t(conv.getGroup()) != channels ||
      Lowering::shapeOf(conv.getResult())[1] != channels)
    return;
  int64_t taps = 1;
  for (int64_t extent : Lowering::shapeOf(kernel).drop_back(2))
    taps *= extent;
  isa::DType dtype = Lowering::dtypeOf(kernel);
  if (!isa::isFloat(dtype))
    return;
  add(kernel, dtype, channels, taps);
  add(kernel, isa::DType::f32, channels, taps);
}

ConstantPool::Part &ConstantPool::partOf(isa::DType dtype) {
  for (Part &part : parts)
    if (part.dtype == dtype)
      return part;
  parts.emplace_back();
  parts.back().dtype = dtype;
  return parts.back();
}

void ConstantPool::add(Value constant, isa::DType dtype, int64_t channels,
                       int64_t perChannel) {
  const DmaModel &dma = machine.dma;
  int64_t columns = llvm::divideCeil(channels, lanes) * perChannel;
  // Longer rows may as well come by themselves, when they are needed.
  bool isShort =
      perChannel * isa::sizeOf(dtype) * 4 < dma.descriptorNs * dma.bytesPerNs;
  Part &part = partOf(dtype);
  if (channels < 2 || !isShort || part.numberOf.contains(constant) ||
      bytes() + columns * isa::sizeOf(dtype) >
          machine.sbufUsableBytes / shareOfMemory)
    return;
  part.numberOf[constant] = part.pieces.size();
  part.pieces.push_back({constant, channels, perChannel, part.columns});
  part.columns += columns;
}

int64_t ConstantPool::bytes() const {
  int64_t bytes = 0;
  for (const Part &part : parts)
    bytes += part.columns * isa::sizeOf(part.dtype);
  return bytes;
}

//===----------------------------------------------------------------------===//
// Recipe
//===----------------------------------------------------------------------===//

namespace {

/// Writes steps of a constant.
class Steps {
public:
  explicit Steps(MLIRContext *context) : builder(context) {}

  void take(ArrayAttr steps) {
    if (steps)
      llvm::append_range(list, steps);
  }
  void cast(isa::DType dtype) {
    add("cast", {named("type", TypeAttr::get(tile::toElementType(
                                   dtype, builder.getContext())))});
  }
  void reshape(ArrayRef<int64_t> shape) {
    add("reshape", {sizes("shape", shape)});
  }
  void permute(ArrayRef<int64_t> shape, ArrayRef<int64_t> order) {
    SmallVector<int64_t> zeros(shape.size(), 0), ones(shape.size(), 1), to;
    for (int64_t dim : order)
      to.push_back(shape[dim]);
    add("restride", {sizes("starts", zeros), sizes("dims", order),
                     sizes("steps", ones), sizes("shape", to)});
  }
  void append(int64_t dim, ElementsAttr operand, ArrayAttr steps) {
    SmallVector<NamedAttribute> attrs = {
        named("dim", builder.getI64IntegerAttr(dim)),
        named("operand", operand)};
    if (steps)
      attrs.push_back(named("steps", steps));
    add("append", attrs);
  }
  ArrayAttr attr() { return builder.getArrayAttr(list); }

private:
  NamedAttribute named(StringRef name, Attribute value) {
    return builder.getNamedAttr(name, value);
  }
  NamedAttribute sizes(StringRef name, ArrayRef<int64_t> values) {
    return named(name, builder.getDenseI64ArrayAttr(values));
  }
  void add(StringRef kind, ArrayRef<NamedAttribute> attrs) {
    SmallVector<NamedAttribute> all(attrs);
    all.push_back(named("kind", builder.getStringAttr(kind)));
    list.push_back(builder.getDictionaryAttr(all));
  }

  Builder builder;
  SmallVector<Attribute> list;
};

} // namespace

/// [lanes, blocks * perChannel] from [channels, perChannel], or from a kernel
/// [window..., 1, channels].
ArrayAttr ConstantPool::stepsOf(const Piece &piece, const Part &part) const {
  auto constant = cast<tile::ConstantOp>(Lowering::constantOf(piece.constant));
  MLIRContext *context = constant.getContext();
  Steps steps(context);
  steps.take(constant.getStepsAttr());
  if (Lowering::dtypeOf(piece.constant) != part.dtype)
    steps.cast(part.dtype);
  int64_t channels = piece.channels, each = piece.perChannel;
  steps.reshape({each, channels});
  steps.permute({each, channels}, {1, 0});
  int64_t blocks = llvm::divideCeil(channels, lanes);
  if (int64_t missing = blocks * lanes - channels) {
    auto type = RankedTensorType::get({missing, each},
                                      tile::toElementType(part.dtype, context));
    Builder builder(context);
    steps.append(0,
                 DenseElementsAttr::get(
                     type, builder.getZeroAttr(type.getElementType())),
                 {});
  }
  steps.reshape({blocks, lanes, each});
  steps.permute({blocks, lanes, each}, {1, 0, 2});
  steps.reshape({lanes, blocks * each});
  return steps.attr();
}

void ConstantPool::emit(TileBuilder &tile) {
  for (Part &part : parts) {
    if (part.pieces.empty())
      continue;
    auto constantOf = [](const Piece &piece) {
      return cast<tile::ConstantOp>(Lowering::constantOf(piece.constant));
    };
    Steps steps(constantOf(part.pieces[0]).getContext());
    steps.take(stepsOf(part.pieces[0], part));
    for (const Piece &piece : llvm::drop_begin(part.pieces))
      steps.append(1, constantOf(piece).getValue(), stepsOf(piece, part));
    View memory = tile.segment(
        "constant", ("channels." + StringRef(isa::nameOf(part.dtype))).str(),
        part.dtype, {lanes, part.columns},
        constantOf(part.pieces[0]).getValue(), steps.attr());
    part.view = tile.sbuf(part.dtype, lanes, {part.columns});
    tile.copy(part.view, memory.toPartitions(0));
  }
}

std::optional<View> ConstantPool::find(Value constant, isa::DType dtype,
                                       int64_t first, int64_t count) const {
  for (const Part &part : parts) {
    auto known = part.numberOf.find(constant);
    if (part.dtype != dtype || known == part.numberOf.end())
      continue;
    const Piece &piece = part.pieces[known->second];
    int64_t lane = first % lanes;
    if (lane + count > lanes || lane % machine.partitionQuantum != 0 ||
        first + count > piece.channels)
      return std::nullopt;
    int64_t column = piece.column + first / lanes * piece.perChannel;
    return part.view.slice(0, {column, piece.perChannel, 1})
        .slicePartitions(lane, count);
  }
  return std::nullopt;
}

} // namespace tilicho::compiler
