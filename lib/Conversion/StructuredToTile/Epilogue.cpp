// SPDX-License-Identifier: Apache-2.0
// Operands of epilogues, and their evaluation.
#include "lib/Conversion/StructuredToTile/Epilogue.h"

#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/Contract.h"
#include "lib/Conversion/StructuredToTile/Convolution.h"
#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

/// Arithmetic in between stays in f32, as the accumulator is. What the model
/// casts itself is rounded.
static void keepUnrounded(ElementExpression &expression) {
  for (ElementNode &node : llvm::drop_end(expression.nodes))
    if (!node.isSelect && node.op != isa::AluOp::copy &&
        node.compute == isa::Compute::f32 && isa::isFloat(node.dtype) &&
        isa::sizeOf(node.dtype) < isa::sizeOf(isa::DType::f32))
      node.dtype = isa::DType::f32;
}

Epilogue::Epilogue(Operation *producer, Lowering &lowering)
    : lowering(lowering), written(producer->getResult(0)) {}

Epilogue::Epilogue(Operation *producer, Operation *root, Lowering &lowering)
    : lowering(lowering), written(root->getResult(0)),
      expression(collectExpression(root)) {
  keepUnrounded(*expression);
  for (auto [index, leaf] : llvm::enumerate(expression->leaves))
    if (leaf.value == producer->getResult(0))
      accumulator = index;
}

int64_t Epilogue::blockBytes() const {
  int64_t bytes = 0;
  if (!expression)
    return bytes;
  // What repeats along the innermost dimension takes next to nothing.
  for (auto [index, leaf] : llvm::enumerate(expression->leaves))
    if (ArrayRef<int64_t> shape = Lowering::shapeOf(leaf.value);
        index != accumulator && !shape.empty() && shape.back() != 1)
      bytes += isa::sizeOf(leaf.dtype());
  return bytes;
}

int64_t Epilogue::partBytes() const {
  int64_t bytes = 0;
  if (expression)
    for (const ElementNode &node : llvm::drop_end(expression->nodes))
      bytes += isa::sizeOf(node.dtype);
  return bytes;
}

void Epilogue::enter(const Block &next) {
  block = next;
  loaded.clear();
}

void emitWithEpilogue(Operation *producer, Epilogue &epilogue,
                      Lowering &lowering) {
  ArrayTypes types =
      *arrayTypes(lowering.machine, Lowering::dtypeOf(producer->getOperand(0)),
                  Lowering::dtypeOf(producer->getOperand(1)));
  lowering.tile.setLocation(producer->getLoc());
  if (auto op = dyn_cast<tile::ConvolutionOp>(producer))
    return emitConvolutionOnArray(Convolution(op), types, epilogue, lowering);
  if (auto chain = rowChainOf(producer, lowering.machine))
    return emitRowChain(*chain, epilogue, lowering);
  Contract contract(cast<tile::ContractOp>(producer));
  contract.locate(lowering);
  emitContractOnArray(contract, types, epilogue, lowering);
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// The extent that a tensor which broadcasts to `rank` dimensions has along
/// dimension `dim` of those.
static int64_t extentAlong(Value tensor, unsigned dim, unsigned rank) {
  ArrayRef<int64_t> shape = Lowering::shapeOf(tensor);
  unsigned missing = rank - shape.size();
  return dim < missing ? 1 : shape[dim - missing];
}

bool Epilogue::repeatsOnPartitions(unsigned leaf) const {
  unsigned rank = Lowering::shapeOf(written).size();
  for (unsigned dim = block.partBegin; dim < block.partEnd; ++dim)
    if (extentAlong(expression->leaves[leaf].value, dim, rank) != 1)
      return false;
  return true;
}

bool Epilogue::isColumn(unsigned leaf) const {
  unsigned rank = Lowering::shapeOf(written).size();
  for (unsigned dim = 0; dim < rank; ++dim)
    if ((dim < block.partBegin || dim >= block.partEnd) &&
        extentAlong(expression->leaves[leaf].value, dim, rank) != 1)
      return false;
  return true;
}

View Epilogue::load(unsigned leaf, std::optional<isa::DType> asType) {
  for (const Loaded &entry : loaded)
    if (entry.leaf == leaf && entry.asType == asType)
      return entry.view;
  Value tensor = expression->leaves[leaf].value;
  unsigned rank = block.ranges.size();
  unsigned missing = rank - Lowering::shapeOf(tensor).size();
  bool repeats = repeatsOnPartitions(leaf);
  Block wanted{0, 0, 0, block.count, {}};
  if (!repeats) {
    wanted.partBegin = block.partBegin - missing;
    wanted.partEnd = block.partEnd - missing;
    wanted.first = block.first;
  }
  for (unsigned dim = missing; dim < rank; ++dim)
    wanted.ranges.push_back(
        extentAlong(tensor, dim, rank) == 1 ? Range{} : block.ranges[dim]);
  View source = lowering.read(tensor, wanted, asType);
  View view = source;
  view.dims.clear();
  unsigned at = 0;
  for (unsigned dim = 0; dim < rank; ++dim) {
    bool onPartitions = dim >= block.partBegin && dim < block.partEnd;
    bool isThere = dim >= missing && (repeats || !onPartitions);
    Dim entry = isThere ? source.dims[at++] : Dim{1, 0};
    if (onPartitions)
      continue;
    if (extentAlong(tensor, dim, rank) == 1)
      entry = {block.ranges[dim].count, 0};
    view.dims.push_back(entry);
  }
  loaded.push_back({leaf, asType, view});
  return view;
}

void Epilogue::prefetch(const Block &widest) {
  if (!expression)
    return;
  block = widest;
  for (auto [index, leaf] : llvm::enumerate(expression->leaves))
    if (index == accumulator)
      continue;
    else if (!repeatsOnPartitions(index) && isColumn(index))
      lowering.standOnPartitions(leaf.value, block.count, isa::DType::f32);
    else if (repeatsOnPartitions(index) && !isColumn(index))
      lowering.repeatOnPartitions(leaf.value, block.count);
}

/// Operands of the expression for one accumulator.
class Epilogue::Operands : public TileOperands {
public:
  Operands(Epilogue &epilogue, const View &acc,
           llvm::function_ref<View(const View &)> partOf)
      : epilogue(epilogue), acc(acc), partOf(partOf) {}

  View load(unsigned leaf, std::optional<isa::DType> asType) override {
    return leaf == epilogue.accumulator ? acc
                                        : partOf(epilogue.load(leaf, asType));
  }
  bool isColumn(unsigned leaf) const override {
    return leaf != epilogue.accumulator && epilogue.isColumn(leaf);
  }
  bool isInPsum(unsigned leaf) const override {
    return leaf == epilogue.accumulator && acc.space == isa::Space::Psum;
  }
  View allocate(isa::DType dtype) override {
    return epilogue.lowering.tile.sbuf(dtype, acc.partitions, extents());
  }
  int64_t partitions() const override { return acc.partitions; }
  SmallVector<int64_t> extents() const override {
    SmallVector<int64_t> counts;
    for (const Dim &dim : acc.dims)
      counts.push_back(dim.count);
    return counts;
  }

private:
  Epilogue &epilogue;
  const View &acc;
  llvm::function_ref<View(const View &)> partOf;
};

void Epilogue::apply(const View &dst, const View &acc,
                     llvm::function_ref<View(const View &)> partOf) {
  if (!expression)
    return lowering.tile.move(dst, acc);
  Operands operands(*this, acc, partOf);
  ElementwiseTile(lowering, operands, *expression).evaluate(dst);
}

} // namespace tilicho::compiler
