// SPDX-License-Identifier: Apache-2.0
// Emits a softmax over the rows of a product of matrices. Scores are made chunk
// by chunk, and chunks pass the stages at fixed distances, so that the array
// makes one block's scores while the lanes normalise those before.
#include "lib/Conversion/StructuredToTile/SoftmaxOfProduct.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/Loops.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/ContractOperand.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"
#include "lib/Conversion/StructuredToTile/Rows.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <deque>

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

using isa::AluOp;
using isa::DType;

/// On the softmax.
static constexpr StringLiteral ofProductName = "tile.softmax_of_product";

//===----------------------------------------------------------------------===//
// Matching
//===----------------------------------------------------------------------===//

/// Whether a value takes more than half of the chip's memory.
static bool isTooLarge(Value value, const Machine &machine) {
  double bytes = isa::sizeOf(Lowering::dtypeOf(value));
  for (int64_t extent : Lowering::shapeOf(value))
    bytes *= extent;
  return bytes > 0.5 * machine.sbufPartitions * machine.sbufUsableBytes;
}

static tile::ContractOp productOf(tile::SoftmaxOp softmax,
                                  const Machine &machine) {
  Value scores = softmax.getInput();
  auto product = scores.getDefiningOp<tile::ContractOp>();
  bool isAlone = product && scores.hasOneUse() && !tile::isKept(product) &&
                 product->getBlock() == softmax->getBlock() &&
                 !tile::hasBorderBetween(product, softmax) &&
                 !product->hasAttr(rowChainEndName) &&
                 !product->hasAttr(epilogueName) && !isInsideRowChain(product);
  if (!isAlone || softmax.getLogarithm() || isInsideRowChain(softmax) ||
      softmax.getAxis() + 1 != Lowering::shapeOf(scores).size() ||
      !isTooLarge(scores, machine))
    return {};
  std::optional<ArrayTypes> types =
      arrayTypes(machine, Lowering::dtypeOf(product.getA()),
                 Lowering::dtypeOf(product.getB()));
  DType dtype = Lowering::dtypeOf(scores);
  bool onLanes = machine.vec.dtypes.has(dtype) &&
                 machine.act.dtypes.has(dtype) && machine.act.reachesPsum &&
                 machine.vec.reachesPsum;
  return types && types->sum == DType::f32 && onLanes ? product
                                                      : tile::ContractOp();
}

void fuseSoftmaxOfProducts(func::FuncOp function, const Machine &machine) {
  SmallVector<tile::SoftmaxOp> all(function.front().getOps<tile::SoftmaxOp>());
  for (tile::SoftmaxOp softmax : all) {
    tile::ContractOp product = productOf(softmax, machine);
    if (!product)
      continue;
    auto mark = UnitAttr::get(softmax->getContext());
    product->moveBefore(softmax);
    product->setAttr(insideRowChainName, mark);
    softmax->setAttr(ofProductName, mark);
  }
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

namespace {

/// One block of rows on its way.
struct RowBlock {
  SmallVector<int64_t, 6> batch;
  Range rows;
  Block place;
  View result, logits, powers;
  View most, negative, sum, scale;
  /// By chunk: operands, by tile of k, and the accumulator.
  std::vector<SmallVector<std::pair<View, View>, 2>> operands;
  SmallVector<View> scores;
};

class SoftmaxRows {
public:
  SoftmaxRows(tile::SoftmaxOp softmax, tile::ContractOp product,
              ArrayTypes types, Lowering &lowering)
      : softmax(softmax), product(product), lowering(lowering),
        tile(lowering.tile), types(types),
        contract(product, /*collapses=*/false),
        logitType(Lowering::dtypeOf(product.getResult())) {
    contract.locate(lowering);
    contract.result = softmax.getResult();
    const Machine &machine = lowering.machine;
    int64_t lanes = arrayLanes(machine);
    blockRows = evenPart(contract.a.free, lanes);
    chunk = std::min(bankElements(machine), contract.b.free);
    chunks = llvm::divideCeil(contract.b.free, chunk);
    kTile = std::min(usableRows(machine), contract.a.k);
    queriesPlan = keepBlocks(contract.a, types.a, blockRows, machine);
    keysPlan = keepBlocks(contract.b, types.b, chunk, machine);
  }

  bool fits() const;
  void emit();

private:
  Range keysOf(int64_t index) const {
    return {index * chunk, std::min(chunk, contract.b.free - index * chunk), 1};
  }
  View part(const View &rows, int64_t index) const {
    return rows.slice(0, keysOf(index));
  }
  View column(const RowBlock &block) {
    return tile.sbuf(DType::f32, block.rows.count, {});
  }

  void add(ArrayRef<int64_t> batch, Range rows);
  void advance();
  void at(int64_t position, void (SoftmaxRows::*stage)(RowBlock &, int64_t));
  void fetch(RowBlock &block, int64_t index);
  void score(RowBlock &block, int64_t index);
  void evacuate(RowBlock &block, int64_t index);
  void findMaximum(RowBlock &block, int64_t index);
  void raise(RowBlock &block, int64_t index);
  void scale(RowBlock &block, int64_t index);

  tile::SoftmaxOp softmax;
  tile::ContractOp product;
  Lowering &lowering;
  TileBuilder &tile;
  ArrayTypes types;
  Contract contract;
  DType logitType;
  int64_t blockRows, chunk, chunks, kTile;
  FactorPlan queriesPlan, keysPlan;
  std::optional<ContractOperand> queries, keys;

  std::deque<RowBlock> blocks;
  /// The number of the first of `blocks`, of slots and of the next one.
  int64_t firstBlock = 0, numSlots = 0, slot = 0;
};

} // namespace

/// Keys of two batches, and rows of four blocks.
bool SoftmaxRows::fits() const {
  int64_t kTiles = llvm::divideCeil(contract.a.k, kTile);
  int64_t key = isa::sizeOf(types.b), query = isa::sizeOf(types.a);
  int64_t keyBytes = 2 * kTiles * contract.b.free * key;
  int64_t turning = 4 * contract.a.k * (key + query);
  int64_t row = logitType == DType::f32 ? 4 : 4 + 2 * isa::sizeOf(logitType);
  return keyBytes + turning + 4 * kTiles * blockRows * query +
             4 * row * contract.b.free + 64 * 64 <=
         lowering.blockBytes();
}

void SoftmaxRows::emit() {
  queries.emplace(contract.a, queriesPlan, types.a, kTile, lowering);
  keys.emplace(contract.b, keysPlan, types.b, kTile, lowering);
  forEachIndex(contract.batch, [&](ArrayRef<int64_t> batch) {
    for (int64_t row = 0; row < contract.a.free; row += blockRows)
      add(batch, {row, std::min(blockRows, contract.a.free - row), 1});
  });
  while (!blocks.empty())
    advance();
}

void SoftmaxRows::add(ArrayRef<int64_t> batch, Range rows) {
  RowBlock block;
  block.batch.assign(batch.begin(), batch.end());
  block.rows = rows;
  block.place =
      resultBlock(contract, batch, rows, {0, contract.b.free, 1}, false);
  block.operands.resize(chunks);
  block.scores.resize(chunks);
  blocks.push_back(std::move(block));
  numSlots += chunks;
  while (slot < numSlots)
    advance();
}

/// What one engine leaves in a slot another one takes in a later one.
void SoftmaxRows::advance() {
  int64_t raised = chunks + 4, scaled = raised + chunks + 1;
  tile.setLocation(product->getLoc());
  at(slot - 1, &SoftmaxRows::score);
  at(slot, &SoftmaxRows::fetch);
  tile.setLocation(softmax->getLoc());
  at(slot - scaled, &SoftmaxRows::scale);
  at(slot - raised, &SoftmaxRows::raise);
  at(slot - 3, &SoftmaxRows::findMaximum);
  tile.setLocation(product->getLoc());
  at(slot - 2, &SoftmaxRows::evacuate);
  int64_t done = slot - scaled;
  if (done >= 0 && done % chunks == chunks - 1) {
    blocks.pop_front();
    ++firstBlock;
  }
  ++slot;
}

void SoftmaxRows::at(int64_t position,
                     void (SoftmaxRows::*stage)(RowBlock &, int64_t)) {
  if (position >= 0 && position < numSlots)
    (this->*stage)(blocks[position / chunks - firstBlock], position % chunks);
}

void SoftmaxRows::fetch(RowBlock &block, int64_t index) {
  queries->enterBatch(block.batch);
  keys->enterBatch(block.batch);
  if (index == 0)
    queries->forget();
  queries->enter(block.rows);
  keys->enter(keysOf(index));
  for (int64_t k = 0; k * kTile < contract.a.k; ++k) {
    View held = queries->tile(k), moved = keys->tile(k);
    block.operands[index].push_back({held, onRowsOf(held, moved, tile)});
  }
}

void SoftmaxRows::score(RowBlock &block, int64_t index) {
  if (index == 0) // Each block is shared out among engines alike.
    tile.restartWork();
  View acc = tile.psum(DType::f32, block.rows.count, {keysOf(index).count});
  bool accumulates = false;
  for (auto &[held, moved] : block.operands[index]) {
    tile.loadStationary(held, 0);
    tile.matmul(acc, moved, accumulates);
    accumulates = true;
  }
  block.scores[index] = acc;
}

/// In f32 everything happens in the memory of the result.
void SoftmaxRows::evacuate(RowBlock &block, int64_t index) {
  if (index == 0) {
    block.result = lowering.dest(softmax.getResult(), block.place);
    View rows = lastDimOf(block.result);
    int64_t count = block.rows.count;
    bool isWide = logitType == DType::f32;
    block.logits =
        isWide ? rows : tile.sbuf(logitType, count, {contract.b.free});
    block.powers =
        isWide ? rows : tile.sbuf(DType::f32, count, {contract.b.free});
    block.most = tile.sbuf(logitType, count, {});
    block.sum = column(block);
  }
  tile.move(part(block.logits, index), block.scores[index]);
}

void SoftmaxRows::findMaximum(RowBlock &block, int64_t index) {
  tile.reduce(Engine::Vec, block.most, part(block.logits, index),
              isa::ReduceOp::max, 1, AluOp::copy, index > 0);
  if (index + 1 != chunks)
    return;
  block.negative = column(block);
  tile.tensorScalar(Engine::Vec, block.negative, block.most, AluOp::neg);
}

void SoftmaxRows::raise(RowBlock &block, int64_t index) {
  tile.activate(part(block.powers, index), AluOp::exp,
                part(block.logits, index), 1.0f, block.negative, block.sum,
                index > 0);
  if (index + 1 != chunks)
    return;
  block.scale = column(block);
  tile.tensorScalar(Engine::Vec, block.scale, block.sum, AluOp::reciprocal);
}

void SoftmaxRows::scale(RowBlock &block, int64_t index) {
  View rows = lastDimOf(block.result);
  scaleRow(lowering, part(rows, index), part(block.powers, index), block.scale);
  if (index + 1 == chunks)
    lowering.commit(softmax.getResult(), block.place, block.result);
}

bool emitSoftmaxOfProduct(Operation *op, Lowering &lowering) {
  if (!op->hasAttr(ofProductName))
    return false;
  auto softmax = cast<tile::SoftmaxOp>(op);
  auto product = softmax.getInput().getDefiningOp<tile::ContractOp>();
  ArrayTypes types =
      *arrayTypes(lowering.machine, Lowering::dtypeOf(product.getA()),
                  Lowering::dtypeOf(product.getB()));
  SoftmaxRows rows(softmax, product, types, lowering);
  if (rows.fits()) {
    rows.emit();
    return true;
  }
  lowering.tile.setLocation(product->getLoc());
  Contract contract(product);
  contract.locate(lowering);
  Epilogue epilogue(product, lowering);
  emitContractOnArray(contract, types, epilogue, lowering);
  lowering.tile.setLocation(op->getLoc());
  return false;
}

} // namespace tilicho::compiler
