// SPDX-License-Identifier: Apache-2.0
// Emits a chain of two products with a softmax of rows between them. Scores are
// made chunk by chunk and stay on chip; the stages of successive chunks
// overlap: while one block's powers are turned and multiplied, the next block's
// scores are made. Where a row is longer than a block, its maximum and sum are
// carried from block to block.
#include "lib/Conversion/StructuredToTile/ContractOperand.h"
#include "lib/Conversion/StructuredToTile/ElementwiseTile.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/RowChainPlan.h"
#include "lib/Conversion/StructuredToTile/Rows.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <deque>
#include <limits>
#include <memory>
#include <vector>

using namespace mlir;

namespace tilicho::compiler {

using isa::AluOp;
using isa::DType;

namespace {

/// What rows carry from one block of keys to the next.
struct Carried {
  /// The negated maximum, the sum of powers, and the sum of products.
  View negative, sum;
  SmallVector<View, 2> total;
};

/// One block of rows that meets one block of keys.
struct Step {
  SmallVector<int64_t, 6> batch;
  Range rows, keys;
  bool isFirst, isLast, startsRows, startsKeys;
  std::shared_ptr<Carried> carried;

  View most, negative, sum, decay, scale;
  /// Whether a row has a softmax; nothing where nobody asks.
  View isNumber;
  /// By chunk: tiles of queries and keys.
  std::vector<SmallVector<std::pair<View, View>, 2>> operands;
  /// By chunk: scores, what the softmax reads, powers, and powers turned.
  SmallVector<View> scores, logits, powers, turned;
  /// By chunk: powers turned as they are in PSUM.
  std::vector<SmallVector<View, 2>> banks;
  SmallVector<View, 2> accs;

  bool isWhole() const { return isFirst && isLast; }
};

class ChainOnArray {
public:
  ChainOnArray(const RowChain &chain, RowChainParts &parts,
               const RowChainPlan &plan, Lowering &lowering)
      : chain(chain), parts(parts), plan(plan), lowering(lowering),
        tile(lowering.tile), powerType(parts.productTypes.a),
        queries(parts.scores.a, plan.queries, parts.scoreTypes.a, kTile(),
                lowering),
        keys(parts.scores.b, plan.keysPlan, parts.scoreTypes.b, kTile(),
             lowering),
        values(parts.product.b, plan.values, parts.productTypes.b, plan.keyTile,
               lowering) {}

  void emit() {
    prefetch();
    forEachIndex(parts.scores.batch,
                 [&](ArrayRef<int64_t> batch) { addBatch(batch); });
    while (!steps.empty())
      advance();
  }

private:
  /// What expressions have in all rows alike.
  void prefetch() {
    SmallVector<int64_t> first(parts.scores.batch.size(), 0);
    Range rows{0, std::min(plan.rows, parts.rows()), 1};
    Block scores =
        resultBlock(parts.scores, first, rows, {0, parts.keys(), 1}, false);
    parts.before.prefetch(scores);
    parts.after.prefetch(scores);
    parts.epilogue.prefetch(resultBlock(parts.product, first, rows,
                                        {0, parts.columns(), 1}, false));
  }

  int64_t kTile() const {
    return std::min(usableRows(lowering.machine), parts.scores.a.k);
  }

  //===--------------------------------------------------------------------===//
  // Order: each chunk passes the stages at fixed distances.
  //===--------------------------------------------------------------------===//

  void addBatch(ArrayRef<int64_t> batch) {
    int64_t groupRows = plan.rows * plan.rowBlocks;
    int64_t block = plan.chunk * plan.chunks;
    for (int64_t group = 0; group < parts.rows(); group += groupRows) {
      int64_t end = std::min(group + groupRows, parts.rows());
      SmallVector<std::shared_ptr<Carried>> carried;
      for (int64_t key = 0; key < parts.keys(); key += block)
        for (int64_t row = group; row < end; row += plan.rows) {
          Step step;
          step.batch.assign(batch.begin(), batch.end());
          step.rows = {row, std::min(plan.rows, end - row), 1};
          step.keys = {key, std::min(block, parts.keys() - key), 1};
          step.isFirst = key == 0;
          step.isLast = key + block >= parts.keys();
          step.startsRows = step.isFirst && row == group;
          step.startsKeys = row == group;
          if (step.isFirst)
            carried.push_back(std::make_shared<Carried>());
          step.carried = carried[(row - group) / plan.rows];
          addStep(std::move(step));
        }
    }
  }

  void addStep(Step step) {
    for (SmallVector<View> *views :
         {&step.scores, &step.logits, &step.powers, &step.turned})
      views->resize(plan.chunks);
    step.banks.resize(plan.chunks);
    step.operands.resize(plan.chunks);
    steps.push_back(std::move(step));
    numSlots += plan.chunks;
    while (slot < numSlots)
      advance();
  }

  /// Runs one slot: the oldest chunk first.
  void advance() {
    // What one engine leaves in a slot another one takes in a later slot, so
    // that none of them waits for what comes behind its own work.
    int64_t raised = plan.chunks + 4;
    int64_t whole = parts.hasAfter ? raised + plan.chunks + 1 : raised;
    int64_t turned = whole + 2, multiplied = turned + 3;
    // The array's stages come first: what it makes then has other memory than
    // what it made in the slot before, which the lanes are still to take. They
    // take first what the array's next slot is to overwrite.
    tile.setLocation(chain.product->getLoc());
    at(slot - multiplied, &ChainOnArray::multiply);
    at(slot - turned, &ChainOnArray::turn);
    tile.setLocation(chain.scores->getLoc());
    at(slot - 1, &ChainOnArray::score);
    at(slot - 2, &ChainOnArray::evacuate);
    tile.setLocation(chain.softmax->getLoc());
    at(slot - 3, &ChainOnArray::findMaximum);
    at(slot - raised, &ChainOnArray::raise);
    if (parts.hasAfter)
      at(slot - whole, &ChainOnArray::applyAfter);
    tile.setLocation(chain.product->getLoc());
    at(slot - multiplied - 1, &ChainOnArray::finish);
    at(slot - turned - 1, &ChainOnArray::collect);
    tile.setLocation(chain.scores->getLoc());
    at(slot, &ChainOnArray::fetch);
    // A step ends a slot after its last chunk's multiplication.
    int64_t done = slot - multiplied - 1;
    if (done >= 0 && done % plan.chunks == plan.chunks - 1) {
      steps.pop_front();
      ++firstStep;
    }
    ++slot;
  }

  void at(int64_t position, void (ChainOnArray::*stage)(Step &, int64_t)) {
    if (position < 0 || position >= numSlots)
      return;
    Step &step = steps[position / plan.chunks - firstStep];
    int64_t chunk = position % plan.chunks;
    if (chunk < numChunks(step))
      (this->*stage)(step, chunk);
  }

  int64_t numChunks(const Step &step) const {
    return llvm::divideCeil(step.keys.count, plan.chunk);
  }
  bool isLastChunk(const Step &step, int64_t chunk) const {
    return chunk + 1 == numChunks(step);
  }
  Range keysOf(const Step &step, int64_t chunk) const {
    int64_t first = chunk * plan.chunk;
    return {step.keys.start + first,
            std::min(plan.chunk, step.keys.count - first), 1};
  }

  //===--------------------------------------------------------------------===//
  // Stages
  //===--------------------------------------------------------------------===//

  View column(const Step &step) {
    return tile.sbuf(DType::f32, step.rows.count, {});
  }
  static View same(const View &view) { return lastDimOf(view); }

  Block scoreBlock(const Step &step, Range keys) const {
    return resultBlock(parts.scores, step.batch, step.rows, keys, false);
  }

  /// Operands of a chunk's scores.
  void fetch(Step &step, int64_t chunk) {
    Range range = keysOf(step, chunk);
    queries.enterBatch(step.batch);
    keys.enterBatch(step.batch);
    if (chunk == 0 && step.startsRows)
      queries.forget();
    if (chunk == 0 && step.startsKeys && !plan.keepsKeys)
      keys.forget();
    queries.enter(step.rows);
    // Keys may come for several chunks at one time.
    int64_t before = (range.start - step.keys.start) % plan.keysPlan.block;
    int64_t first = range.start - before;
    int64_t end = step.keys.start + step.keys.count;
    keys.enter({first, std::min(plan.keysPlan.block, end - first), 1});
    for (int64_t k = 0, n = llvm::divideCeil(parts.scores.a.k, kTile()); k < n;
         ++k) {
      View held = queries.tile(k);
      View moved = keys.tile(k).slice(0, {before, range.count, 1});
      step.operands[chunk].push_back({held, onRowsOf(held, moved, tile)});
    }
  }

  /// Scores of a chunk.
  void score(Step &step, int64_t chunk) {
    if (chunk == 0) // Each block is shared out among engines alike.
      tile.restartWork();
    View acc =
        tile.psum(DType::f32, step.rows.count, {keysOf(step, chunk).count});
    bool accumulates = false;
    for (auto &[held, moved] : step.operands[chunk]) {
      tile.loadStationary(held, 0);
      tile.matmul(acc, moved, accumulates);
      accumulates = true;
    }
    step.scores[chunk] = acc;
  }

  /// What comes before the softmax.
  void evacuate(Step &step, int64_t chunk) {
    Range range = keysOf(step, chunk);
    View logits = tile.sbuf(parts.logitType, step.rows.count, {range.count});
    parts.before.enter(scoreBlock(step, range));
    parts.before.apply(logits, step.scores[chunk], same);
    step.logits[chunk] = logits;
  }

  void findMaximum(Step &step, int64_t chunk) {
    // A maximum is exact in the type of what it is of.
    if (chunk == 0)
      step.most = tile.sbuf(parts.logitType, step.rows.count, {});
    tile.reduce(Engine::Vec, step.most, step.logits[chunk], isa::ReduceOp::max,
                1, AluOp::copy, chunk > 0);
    if (isLastChunk(step, chunk))
      settleMaximum(step);
  }

  /// -max, finite where all of a row is -inf so far: its powers are then 0, and
  /// if all of the row is, 0 / 0.
  void settleMaximum(Step &step) {
    step.negative = column(step);
    tile.tensorScalar(Engine::Vec, step.negative, step.most, AluOp::max,
                      std::numeric_limits<float>::lowest(), AluOp::multiply,
                      -1.0f);
    if (!step.isFirst) {
      View least = column(step);
      tile.tensorTensor(Engine::Vec, AluOp::min, least, step.negative,
                        step.carried->negative);
      step.negative = least;
      step.decay = column(step);
      tile.activate(step.decay, AluOp::exp, step.carried->negative, -1.0f,
                    step.negative);
    }
    step.carried->negative = step.negative;
  }

  /// exp(x - max), and the sum of that.
  void raise(Step &step, int64_t chunk) {
    if (chunk == 0)
      step.sum = column(step);
    View logits = step.logits[chunk];
    View powers = tile.sbuf(parts.hasAfter ? DType::f32 : powerType,
                            step.rows.count, {logits.dims[0].count});
    tile.activate(powers, AluOp::exp, logits, 1.0f, step.negative, step.sum,
                  chunk > 0);
    step.powers[chunk] = powers;
    if (isLastChunk(step, chunk))
      settleSum(step);
  }

  void settleSum(Step &step) {
    if (!step.isFirst) {
      View sum = column(step);
      tile.scalarTensorTensor(Engine::Vec, sum, step.carried->sum,
                              AluOp::multiply, step.decay, AluOp::add,
                              step.sum);
      step.sum = sum;
    }
    step.carried->sum = step.sum;
    if (!step.isLast)
      return;
    step.scale = column(step);
    tile.tensorScalar(Engine::Vec, step.scale, step.sum, AluOp::reciprocal);
    if (!chain.clearsNan)
      return;
    step.isNumber = tile.sbuf(DType::boolean, step.rows.count, {});
    tile.tensorScalar(Engine::Vec, step.isNumber, step.sum, AluOp::gt, 0.0f);
  }

  void applyAfter(Step &step, int64_t chunk) {
    View powers = step.powers[chunk];
    int64_t count = powers.dims[0].count;
    View softmax = tile.sbuf(parts.logitType, step.rows.count, {count});
    scaleRow(lowering, softmax, powers, step.scale);
    View result = tile.sbuf(powerType, step.rows.count, {count});
    parts.after.enter(scoreBlock(step, keysOf(step, chunk)));
    parts.after.apply(result, softmax, same);
    step.powers[chunk] = result;
  }

  /// Keys come onto the partitions.
  void turn(Step &step, int64_t chunk) {
    View powers = step.powers[chunk];
    int64_t count = powers.dims[0].count, rows = step.rows.count;
    int64_t tiles = llvm::divideCeil(count, plan.keyTile);
    int64_t inBank = std::max<int64_t>(1, lowering.machine.psumBankBytes /
                                              (rows * isa::sizeOf(powerType)));
    View turned =
        tile.sbuf(powerType, std::min(plan.keyTile, count), {tiles, rows});
    for (int64_t first = 0; first < tiles; first += inBank) {
      Range group{first, std::min(inBank, tiles - first), 1};
      step.banks[chunk].push_back(
          turnGroup(turned.slice(0, group), powers, group,
                    values.stepOf(keysOf(step, chunk).start / plan.keyTile)));
    }
    step.turned[chunk] = turned;
  }

  /// With `step` > 1, tiles take turns at the keys.
  View turnGroup(const View &dst, const View &powers, Range group,
                 int64_t step) {
    int64_t rows = dst.dims[1].count;
    View bank = tile.psum(powerType, dst.partitions, {group.count, rows});
    for (int64_t index = 0; index < group.count; ++index) {
      int64_t number = group.start + index, first = number * plan.keyTile;
      int64_t count = std::min(plan.keyTile, powers.dims[0].count - first);
      tile.transpose(bank.pick(0, index).slicePartitions(0, count),
                     powers.slice(0, {step > 1 ? number : first, count, step}));
    }
    return bank;
  }

  /// Turned powers leave PSUM.
  void collect(Step &step, int64_t chunk) {
    int64_t count = step.powers[chunk].dims[0].count, first = 0;
    for (const View &bank : step.banks[chunk]) {
      int64_t tiles = bank.dims[0].count;
      View dst = step.turned[chunk].slice(0, {first, tiles, 1});
      // The last one may have fewer keys than the others.
      int64_t left = count - first * plan.keyTile;
      int64_t full = std::min(tiles, left / dst.partitions);
      Range whole{0, full, 1};
      if (full > 0)
        moveTurned(dst.slice(0, whole), bank.slice(0, whole));
      int64_t last = left - full * plan.keyTile;
      if (full < tiles)
        moveTurned(dst.pick(0, full).slicePartitions(0, last),
                   bank.pick(0, full).slicePartitions(0, last));
      first += tiles;
    }
  }

  /// Where vec is faster at it than act, the other moves are for act.
  void moveTurned(const View &dst, const View &src) {
    const Machine &machine = lowering.machine;
    double speedup =
        isa::sizeOf(powerType) == 2 ? machine.vecNarrowStridedSpeedup : 1;
    if (machine.vec.clockGhz * speedup > machine.act.clockGhz)
      return tile.move(Engine::Vec, dst, src);
    tile.move(dst, src);
  }

  void forEachColumns(function_ref<void(Range)> body) const {
    for (int64_t first = 0; first < parts.columns(); first += plan.columns)
      body({first, std::min(plan.columns, parts.columns() - first), 1});
  }

  void multiply(Step &step, int64_t chunk) {
    values.enterBatch(step.batch);
    if (chunk == 0 && step.startsKeys && !plan.keepsKeys)
      values.forget();
    values.enter({0, parts.columns(), 1});
    if (chunk == 0)
      forEachColumns([&](Range range) {
        step.accs.push_back(
            tile.psum(DType::f32, step.rows.count, {range.count}));
      });
    Range range = keysOf(step, chunk);
    for (int64_t first = 0; first < range.count; first += plan.keyTile) {
      int64_t count = std::min(plan.keyTile, range.count - first);
      View held = step.turned[chunk].pick(0, first / plan.keyTile);
      View moved = onRowsOf(
          held, values.tile((range.start + first) / plan.keyTile), tile);
      tile.loadStationary(held.slicePartitions(0, count), 0);
      const View *acc = step.accs.begin();
      forEachColumns([&](Range columns) {
        tile.matmul(*acc++, moved.slice(0, columns), chunk > 0 || first > 0);
      });
    }
  }

  //===--------------------------------------------------------------------===//
  // Results
  //===--------------------------------------------------------------------===//

  void finish(Step &step, int64_t chunk) {
    if (!isLastChunk(step, chunk))
      return;
    SmallVector<View, 2> sums = step.accs;
    if (!step.isWhole())
      for (auto [index, acc] : llvm::enumerate(step.accs))
        sums[index] = addToTotal(step, index, acc);
    if (!step.isLast)
      return;
    Contract written = parts.product;
    written.result = parts.epilogue.result();
    Block block = resultBlock(written, step.batch, step.rows,
                              {0, parts.columns(), 1}, false);
    View dest = lowering.dest(written.result, block);
    parts.epilogue.enter(block);
    const View *sum = sums.begin();
    forEachColumns([&](Range columns) {
      auto partOf = [&](const View &view) {
        return lastDimOf(view).slice(0, columns);
      };
      store(step, partOf(dest), *sum++, partOf);
    });
    lowering.commit(written.result, block, dest);
  }

  View addToTotal(Step &step, size_t index, const View &acc) {
    SmallVectorImpl<View> &total = step.carried->total;
    View sum = tile.sbuf(DType::f32, step.rows.count, {acc.dims[0].count});
    if (step.isFirst) {
      tile.move(sum, acc);
      total.push_back(sum);
      return sum;
    }
    tile.scalarTensorTensor(Engine::Vec, sum, total[index], AluOp::multiply,
                            step.decay, AluOp::add, acc);
    return total[index] = sum;
  }

  void store(Step &step, const View &dst, const View &sum,
             function_ref<View(const View &)> partOf) {
    if (parts.hasAfter) // Powers were scaled already.
      return parts.epilogue.apply(dst, sum, partOf);
    bool isCast = parts.epilogue.isCast();
    View scaled =
        isCast ? dst
               : tile.sbuf(DType::f32, step.rows.count, {sum.dims[0].count});
    scaleRow(lowering, scaled, sum, step.scale);
    if (chain.clearsNan)
      clearNan(step, scaled);
    if (!isCast)
      parts.epilogue.apply(dst, scaled, partOf);
  }

  void clearNan(const Step &step, const View &rows) {
    View zero = zeroOf(rows.dtype).slicePartitions(0, rows.partitions);
    View isNumber = step.isNumber;
    zero.dims.assign(1, Dim{rows.dims[0].count, 0});
    isNumber.dims = zero.dims;
    tile.select(Engine::Vec, rows, isNumber, zero, /*invert=*/true);
  }

  View zeroOf(DType dtype) {
    if (!zero) {
      zero = tile.sbuf(dtype, plan.rows, {1});
      fill(lowering, *zero, 0);
    }
    return *zero;
  }

  const RowChain &chain;
  RowChainParts &parts;
  const RowChainPlan &plan;
  Lowering &lowering;
  TileBuilder &tile;
  DType powerType;
  ContractOperand queries, keys, values;
  /// A zero in each partition, once one is needed.
  std::optional<View> zero;

  std::deque<Step> steps;
  /// The number of `steps.front()`, and of chunks that were added and begun.
  int64_t firstStep = 0, numSlots = 0, slot = 0;
};

} // namespace

/// Emits each operation by itself.
static void emitApart(const RowChain &chain, Epilogue &epilogue,
                      Lowering &lowering) {
  for (Operation *op : chain.inner)
    op->removeAttr(insideRowChainName);
  chain.product->removeAttr(rowChainEndName);
  for (Operation *op : chain.inner) {
    lowering.tile.setLocation(op->getLoc());
    if (Emitter emit = findEmitter(op->getName().getStringRef()))
      if (failed(emit(op, lowering)))
        llvm_unreachable("operations of a chain have a lowering");
  }
  emitWithEpilogue(chain.product, epilogue, lowering);
}

void emitRowChain(const RowChain &chain, Epilogue &epilogue,
                  Lowering &lowering) {
  RowChainParts parts(chain, epilogue, lowering);
  std::optional<RowChainPlan> plan = planRowChain(parts, lowering);
  if (!plan)
    return emitApart(chain, epilogue, lowering);
  ChainOnArray(chain, parts, *plan, lowering).emit();
}

} // namespace tilicho::compiler
