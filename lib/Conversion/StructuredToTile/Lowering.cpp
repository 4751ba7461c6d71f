// SPDX-License-Identifier: Apache-2.0
// Where tensors live while a function is lowered.
#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/ConstantPool.h"
#include "lib/Conversion/StructuredToTile/RepeatRows.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

#include "dialects/Tile/IR/TileDialect.h"
#include "dialects/Tile/Transforms/ConstantOrder.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

Lowering::Lowering(OpBuilder &builder, const Machine &machine)
    : tile(builder, machine), machine(machine) {}

ArrayRef<int64_t> Lowering::shapeOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getShape();
}

isa::DType Lowering::dtypeOf(Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  return *tile::toDType(type.getElementType());
}

Operation *Lowering::constantOf(Value tensor) {
  return tensor.getDefiningOp<tile::ConstantOp>();
}

//===----------------------------------------------------------------------===//
// HBM
//===----------------------------------------------------------------------===//

View Lowering::constantSegment(Value tensor, ArrayRef<int64_t> shape,
                               ArrayAttr steps) {
  auto constant = cast<tile::ConstantOp>(constantOf(tensor));
  auto location = dyn_cast<NameLoc>(constant.getLoc());
  std::string name = location ? location.getName().str() : "";
  if (name.empty())
    name = ("constant" + Twine(numConstants++)).str();
  return tile.segment("constant", name, dtypeOf(tensor), shape,
                      constant.getValue(), steps);
}

View Lowering::permutedConstant(Value constant, ArrayRef<int64_t> shape,
                                ArrayRef<unsigned> order) {
  auto permuted = tile::permutationStep(
      cast<tile::ConstantOp>(constantOf(constant)), shape, order);
  SmallVector<unsigned> inverse(order.size());
  for (auto [to, from] : llvm::enumerate(order))
    inverse[from] = to;
  return constantSegment(constant, permuted.shape, permuted.steps)
      .permute(inverse);
}

View Lowering::hbmInOrder(Value tensor, ArrayRef<unsigned> order) {
  if (!constantOf(tensor))
    return hbm(tensor);
  auto [known, isNew] = ordered.try_emplace({tensor, 0});
  if (isNew)
    known->second = permutedConstant(tensor, shapeOf(tensor), order);
  return known->second;
}

View Lowering::hbmByPartition(Value constant, unsigned dim, int64_t inner) {
  auto [known, isNew] = ordered.try_emplace({constant, inner});
  if (!isNew)
    return known->second;
  SmallVector<int64_t> shape(shapeOf(constant));
  shape[dim] /= inner;
  shape.insert(shape.begin() + dim + 1, inner);
  SmallVector<unsigned> order = {dim + 1, dim};
  for (unsigned other = 0; other < shape.size(); ++other)
    if (other != dim && other != dim + 1)
      order.push_back(other);
  return known->second = permutedConstant(constant, shape, order);
}

View Lowering::hbmByBlocks(Value constant, int64_t inner, int64_t block) {
  auto [known, isNew] =
      blocked.try_emplace({constant, std::pair(inner, block)});
  if (!isNew)
    return known->second;
  ArrayRef<int64_t> shape = shapeOf(constant).take_back(2);
  return known->second = permutedConstant(
             constant, {shape[0] / inner, inner, shape[1] / block, block},
             {2, 1, 0, 3});
}

View Lowering::hbm(Value tensor) {
  Home &home = homes[tensor];
  if (!home.hbm && constantOf(tensor))
    home.hbm = constantSegment(
        tensor, shapeOf(tensor),
        cast<tile::ConstantOp>(constantOf(tensor)).getStepsAttr());
  if (!home.hbm && inPieces.count(tensor))
    joinPieces(tensor);
  if (!homes[tensor].hbm)
    spill(tensor);
  return *homes[tensor].hbm;
}

View Lowering::hbmResult(Value tensor) {
  Home &home = homes[tensor];
  if (!home.hbm)
    home.hbm = tile.hbm(dtypeOf(tensor), shapeOf(tensor), valueName(tensor));
  return *home.hbm;
}

void Lowering::alias(Value result, Value source) {
  View view = hbm(source);
  View named = view;
  named.dims.clear();
  named.dtype = dtypeOf(result);
  int64_t step = 1;
  for (int64_t extent : llvm::reverse(shapeOf(result))) {
    named.dims.push_back({extent, step});
    step *= extent;
  }
  std::reverse(named.dims.begin(), named.dims.end());
  if (homes[result].hbm) // The result has a place of its own, an output.
    return tile.copy(*homes[result].hbm, named);
  homes[result].hbm = named;
}

View blockOf(const View &whole, const Block &block) {
  View view = whole;
  for (unsigned dim = 0; dim < view.dims.size(); ++dim)
    if (dim < block.partBegin || dim >= block.partEnd)
      view = view.slice(dim, block.ranges[dim]);
  if (block.partBegin == block.partEnd) {
    view.partitions = block.count;
    view.partitionStep = 0;
    return view;
  }
  view = view.merge(block.partBegin, block.partEnd - 1)
             .slice(block.partBegin, {block.first, block.count, 1});
  return view.toPartitions(block.partBegin);
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

std::optional<View> Lowering::pooled(Value constant, isa::DType dtype,
                                     int64_t first, int64_t count) const {
  return pool ? pool->find(constant, dtype, first, count) : std::nullopt;
}

std::optional<View> Lowering::pooledBlock(Value tensor, const Block &block,
                                          isa::DType dtype) const {
  ArrayRef<int64_t> shape = shapeOf(tensor);
  if (!pool || block.partEnd != block.partBegin + 1)
    return std::nullopt;
  for (auto [dim, extent] : llvm::enumerate(shape))
    if (dim != block.partBegin && extent != 1)
      return std::nullopt;
  std::optional<View> view = pooled(tensor, dtype, block.first, block.count);
  if (view)
    view->dims.assign(shape.size() - 1, Dim{1, 1});
  return view;
}

/// A small tensor as one row in HBM, if it lies densely.
std::optional<View> Lowering::rowOf(Value tensor) {
  int64_t elements = product(shapeOf(tensor));
  constexpr int64_t shareOfMemory = 16;
  if (elements == 0 || elements * isa::sizeOf(dtypeOf(tensor)) >
                           machine.sbufUsableBytes / shareOfMemory)
    return std::nullopt;
  View row = hbm(tensor);
  int64_t step = 1;
  for (const Dim &dim : llvm::reverse(row.dims)) {
    if (dim.count != 1 && dim.step != step)
      return std::nullopt;
    step *= dim.count;
  }
  row.dims.assign(1, Dim{elements, 1});
  return row;
}

void Lowering::repeatOnPartitions(Value tensor, int64_t partitions,
                                  bool isForVec) {
  isa::DType dtype = dtypeOf(tensor);
  int64_t elements = product(shapeOf(tensor));
  auto known = repeated.find(tensor);
  if ((known != repeated.end() && known->second.partitions >= partitions) ||
      !canRepeatOnArray(machine, dtype, elements, partitions))
    return;
  // An operand in PSUM does not share the ports of one in SBUF.
  int64_t banks = machine.psumBanks / 4;
  bool staysInPsum = isForVec &&
                     elements * isa::sizeOf(dtype) <= machine.psumBankBytes &&
                     numInPsum < banks;
  int64_t lanes = arrayLanes(machine);
  SmallVector<View> columns = pooledColumns(tensor, dtype, lanes);
  if (columns.empty())
    if (std::optional<View> row = rowOf(tensor))
      columns = columnsOf(standOnArray(tile, *row, lanes, dtype), elements);
  if (columns.empty())
    return;
  repeated[tensor] = repeatOnArray(tile, columns, partitions, staysInPsum);
  numInPsum += staysInPsum;
}

/// All elements of a constant that is on chip, `height` to a column.
SmallVector<View> Lowering::pooledColumns(Value tensor, isa::DType dtype,
                                          int64_t height) const {
  SmallVector<View> columns;
  int64_t elements = product(shapeOf(tensor));
  for (int64_t first = 0; first < elements; first += height) {
    std::optional<View> column =
        pooled(tensor, dtype, first, std::min(height, elements - first));
    if (!column || column->dims[0].count != 1)
      return {};
    columns.push_back(*column);
  }
  return columns;
}

void Lowering::standOnPartitions(Value tensor, int64_t height,
                                 isa::DType dtype) {
  int64_t elements = product(shapeOf(tensor));
  bool isWidened =
      isa::isFloat(dtype) && isa::sizeOf(dtype) >= isa::sizeOf(dtypeOf(tensor));
  if (stood.count(tensor) || layoutOf(tensor) ||
      elements <= machine.dma.engines || !isWidened ||
      pooled(tensor, dtype, 0, std::min(height, elements)) ||
      !canStandOnArray(machine, dtypeOf(tensor), elements, height))
    return;
  SmallVector<View> columns = pooledColumns(tensor, dtypeOf(tensor), height);
  int64_t lanes = arrayLanes(machine);
  if (!columns.empty() && height == lanes && elements % height == 0) {
    View all = columns[0], wide = tile.sbuf(dtype, height, {elements / height});
    all.dims.assign(1, Dim{elements / height, 1});
    tile.move(wide, all);
    stood[tensor] = {wide, height};
  } else if (std::optional<View> row = rowOf(tensor)) {
    stood[tensor] = {standOnArray(tile, *row, height, dtype), height};
  }
}

std::optional<View> Lowering::stoodBlock(Value tensor, const Block &block,
                                         isa::DType dtype) const {
  auto known = stood.find(tensor);
  ArrayRef<int64_t> shape = shapeOf(tensor);
  if (known == stood.end() || block.partEnd != block.partBegin + 1 ||
      shape[block.partBegin] != product(shape))
    return std::nullopt;
  auto [view, height] = known->second;
  if (view.dtype != dtype || block.first % height != 0 || block.count > height)
    return std::nullopt;
  View column = view.slice(0, {block.first / height, 1, 1})
                    .slicePartitions(0, block.count);
  column.dims.assign(shape.size() - 1, Dim{1, 1});
  return column;
}

/// Operations that a turned part waits for its next reader.
static constexpr int64_t turnedOperations = 8;

std::optional<View> Lowering::turnedBefore(Value tensor,
                                           ArrayRef<int64_t> place) const {
  for (const TurnedPart &part : turnedParts)
    if (part.tensor == tensor && ArrayRef(part.place) == place &&
        numOperations - part.operation <= turnedOperations)
      return part.view;
  return std::nullopt;
}

void Lowering::rememberTurned(Value tensor, ArrayRef<int64_t> place,
                              const View &turned) {
  if (tensor.hasOneUse())
    return;
  constexpr int64_t shareOfMemory = 12;
  auto bytesOf = [](const View &view) {
    return view.elements() * isa::sizeOf(view.dtype);
  };
  turnedParts.push_back(
      {tensor, SmallVector<int64_t, 8>(place), turned, numOperations});
  int64_t bytes = 0;
  for (const TurnedPart &part : turnedParts)
    bytes += bytesOf(part.view);
  auto isTooMuch = [&] {
    return bytes > machine.sbufUsableBytes / shareOfMemory ||
           numOperations - turnedParts.front().operation > turnedOperations;
  };
  while (!turnedParts.empty() && isTooMuch()) {
    bytes -= bytesOf(turnedParts.front().view);
    turnedParts.pop_front();
  }
}

std::optional<View> Lowering::repeatedBlock(Value tensor, const Block &block,
                                            isa::DType dtype) const {
  auto known = repeated.find(tensor);
  if (block.partBegin != block.partEnd || known == repeated.end() ||
      known->second.partitions < block.count || dtype != dtypeOf(tensor))
    return std::nullopt;
  View view = known->second.slicePartitions(0, block.count);
  ArrayRef<int64_t> shape = shapeOf(tensor);
  view.dims.clear();
  for (auto [dim, extent] : llvm::enumerate(shape))
    view.dims.push_back({extent, product(shape.drop_front(dim + 1))});
  for (auto [dim, range] : llvm::enumerate(block.ranges))
    view = view.slice(dim, range);
  return view;
}

/// New memory on chip for a block.
View Lowering::memoryFor(const Block &block, isa::DType dtype) {
  SmallVector<int64_t> shape;
  for (auto [dim, range] : llvm::enumerate(block.ranges))
    if (dim < block.partBegin || dim >= block.partEnd)
      shape.push_back(range.count);
  return tile.sbuf(dtype, block.count, shape);
}

/// An emitter reads and writes all blocks of a tensor along the same
/// dimensions, so that the first one shows whether it keeps to the chosen
/// layout.
static bool isAlong(const Layout &layout, const Block &block) {
  return layout.partBegin == block.partBegin && layout.partEnd == block.partEnd;
}

/// A block that lies across blocks of the layout, or where no operand may
/// start, at the first partition.
std::optional<View> Lowering::copyOfResident(Value tensor, const Block &block,
                                             isa::DType dtype) {
  Home home = homes[tensor];
  if (!home.resident || !isAlong(*home.layout, block))
    return std::nullopt;
  View copy = memoryFor(block, dtype);
  for (int64_t done = 0; done < block.count;) {
    Block part = block;
    part.first += done;
    part.count =
        std::min(block.count - done, home.layout->leftInBlock(part.first));
    tile.copy(copy.slicePartitions(done, part.count),
              *residentBlock(home, tensor, part, /*quantum=*/1));
    done += part.count;
  }
  return copy;
}

View Lowering::read(Value tensor, const Block &block,
                    std::optional<isa::DType> asType) {
  isa::DType type = asType.value_or(dtypeOf(tensor));
  if (std::optional<View> view = pooledBlock(tensor, block, type))
    return *view;
  if (Home home = homes[tensor]; home.resident && type == dtypeOf(tensor))
    if (std::optional<View> view =
            residentBlock(home, tensor, block, machine.partitionQuantum))
      return *view;
  if (std::optional<View> view = repeatedBlock(tensor, block, type))
    return *view;
  if (std::optional<View> view = stoodBlock(tensor, block, type))
    return *view;
  if (inPieces.count(tensor))
    return readPieces(tensor, block, type);
  if (std::optional<View> copy = copyOfResident(tensor, block, type))
    return *copy;
  View source = blockOf(hbm(tensor), block);
  SmallVector<int64_t> shape;
  for (const Dim &dim : source.dims)
    shape.push_back(dim.count);
  View copy = tile.sbuf(type, source.partitions, shape);
  tile.copy(copy, source);
  return copy;
}

View Lowering::dest(Value tensor, const Block &block) {
  Home &home = homes[tensor];
  if (home.layout && !home.resident && !isAlong(*home.layout, block))
    home.layout.reset();
  if (home.layout)
    makeResident(tensor);
  if (home.resident)
    if (std::optional<View> view =
            residentBlock(home, tensor, block, machine.partitionQuantum))
      return *view;
  return memoryFor(block, dtypeOf(tensor));
}

void Lowering::copyToResident(const Home &home, Value tensor,
                              const Block &block, const View &written) {
  const Layout &layout = *home.layout;
  assert(isAlong(layout, block) && "blocks along different dimensions");
  // DMA reaches any partition, but a copy stays in one block of the layout.
  for (int64_t done = 0; done < block.count;) {
    Block part = block;
    part.first += done;
    part.count = std::min(block.count - done, layout.leftInBlock(part.first));
    tile.copy(*residentBlock(home, tensor, part, /*quantum=*/1),
              written.slicePartitions(done, part.count));
    done += part.count;
  }
}

void Lowering::commit(Value tensor, const Block &block, const View &written) {
  const Home &home = homes[tensor];
  if (home.resident && home.resident->buffer == written.buffer)
    return rowOrder.mark(tensor, block, tile);
  if (home.resident)
    return copyToResident(home, tensor, block, written);
  tile.copy(blockOf(hbmResult(tensor), block), written);
}

void Lowering::store(Value tensor, const Block &block, const View &source) {
  assert(layoutOf(tensor) && "only for what has a layout");
  makeResident(tensor);
  copyToResident(homes[tensor], tensor, block, source);
}

int64_t Lowering::blockBytes() const {
  return static_cast<int64_t>((machine.sbufUsableBytes - residentBytes) *
                              blockShare);
}

} // namespace tilicho::compiler
