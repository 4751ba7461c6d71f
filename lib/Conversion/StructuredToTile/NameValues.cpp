// SPDX-License-Identifier: Apache-2.0
// Says where the values of the ONNX graph lie.
#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/TileBatch.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

StringRef valueName(Value tensor) {
  auto result = dyn_cast<OpResult>(tensor);
  auto names = result
                   ? result.getOwner()->getAttrOfType<ArrayAttr>("onnx.values")
                   : ArrayAttr();
  if (!names || names.size() <= result.getResultNumber())
    return "";
  return cast<StringAttr>(names[result.getResultNumber()]).getValue();
}

namespace {

/// The digits of a box of elements, those that move nothing left out.
struct Box {
  int64_t first = 0;
  SmallVector<int64_t> counts, valueSteps, partitionSteps, byteSteps;

  void add(int64_t count, int64_t valueStep, int64_t partitionStep,
           int64_t byteStep) {
    if (count == 1)
      return;
    bool isRun = !counts.empty() && partitionStep == 0 &&
                 partitionSteps.back() == 0 &&
                 valueSteps.back() == count * valueStep &&
                 byteSteps.back() == count * byteStep;
    if (isRun) { // Goes on where the digit before has its next element.
      counts.back() *= count;
      valueSteps.back() = valueStep;
      byteSteps.back() = byteStep;
      return;
    }
    counts.push_back(count);
    valueSteps.push_back(valueStep);
    partitionSteps.push_back(partitionStep);
    byteSteps.push_back(byteStep);
  }
};

} // namespace

void TileBuilder::nameValue(StringRef name, Type tensor, const View &view,
                            int64_t partitionValueStep,
                            ArrayRef<int64_t> valueSteps, int64_t first) {
  int64_t size = isa::sizeOf(view.dtype);
  Box box;
  if (view.isOnChip())
    box.add(view.partitions, partitionValueStep, 1, 0);
  else
    box.add(view.partitions, partitionValueStep, 0, view.partitionStep * size);
  for (auto [dim, step] : llvm::zip_equal(view.dims, valueSteps))
    box.add(dim.count, step, 0, dim.step * size);
  tile::ValueOp::create(builder, loc, name, tensor, view.buffer, view.partition,
                        view.offset, first, box.counts, box.valueSteps,
                        box.partitionSteps, box.byteSteps);
}

/// The whole that a tensor is a part of, and the index of its first row there.
static std::pair<Type, int64_t> wholeOf(Value tensor) {
  Operation *op = tensor.getDefiningOp();
  auto part = op ? op->getAttrOfType<DenseI64ArrayAttr>(batchPartName)
                 : DenseI64ArrayAttr();
  if (!part)
    return {tensor.getType(), 0};
  SmallVector<int64_t> shape(Lowering::shapeOf(tensor));
  shape[0] = part[1];
  return {cast<RankedTensorType>(tensor.getType()).clone(shape), part[0]};
}

/// Elements from one index of each dimension to the next, row-major.
static SmallVector<int64_t> elementSteps(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> steps(shape.size(), 1);
  for (size_t dim = shape.size(); dim-- > 1;)
    steps[dim - 1] = steps[dim] * shape[dim];
  return steps;
}

void Lowering::nameBlock(Value tensor, const Block &block, const View &view) {
  StringRef name = valueName(tensor);
  if (name.empty())
    return;
  SmallVector<int64_t> steps = elementSteps(shapeOf(tensor)), free;
  bool isSpread = block.partBegin != block.partEnd;
  int64_t along = isSpread ? steps[block.partEnd - 1] : 0;
  auto [whole, firstRow] = wholeOf(tensor);
  int64_t first = firstRow * steps[0] + (isSpread ? block.first * along : 0);
  for (auto [dim, range] : llvm::enumerate(block.ranges)) {
    if (dim >= block.partBegin && dim < block.partEnd)
      continue;
    first += range.start * steps[dim];
    free.push_back(range.step * steps[dim]);
  }
  View seen = view;
  if (!isSpread) // Every partition holds the same.
    seen.partitions = 1;
  tile.nameValue(name, whole, seen, along, free, first);
}

void Lowering::nameValue(Value tensor) {
  StringRef name = valueName(tensor);
  ArrayRef<int64_t> shape = shapeOf(tensor);
  auto found = homes.find(tensor);
  if (name.empty() || found == homes.end())
    return;
  Home home = found->second;
  if (!home.resident) {
    SmallVector<int64_t> steps = elementSteps(shape);
    auto [whole, firstRow] = wholeOf(tensor);
    if (home.hbm)
      tile.nameValue(name, whole, *home.hbm, 0, steps,
                     shape.empty() ? 0 : firstRow * steps[0]);
    return;
  }
  for (int64_t index = 0, n = numBlocks(*home.layout, shape); index < n;
       ++index) {
    Block block = wholeBlock(*home.layout, shape, index);
    nameBlock(tensor, block,
              *residentBlock(home, tensor, block, /*quantum=*/1));
  }
}

} // namespace tilicho::compiler
