// SPDX-License-Identifier: Apache-2.0
// Recognises permutations of one dimension, and does them by DMA on chip.
#include "lib/Conversion/StructuredToTile/PermutePartitions.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/TileBatch.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// Recognition
//===----------------------------------------------------------------------===//

namespace {

/// A digit of an index of the source's dimension `dim`.
struct Digit {
  unsigned dim;
  int64_t count, step;
};

/// The digits of each dimension of a tensor, the outermost first.
using Digits = SmallVector<SmallVector<Digit, 2>, 6>;

} // namespace

static Digits digitsOf(ArrayRef<int64_t> shape) {
  Digits digits;
  for (auto [dim, extent] : llvm::enumerate(shape)) {
    digits.emplace_back();
    if (extent != 1)
      digits.back().push_back({static_cast<unsigned>(dim), extent, 1});
  }
  return digits;
}

/// The same digits in their order as dimensions of other extents.
static std::optional<Digits> regroup(const Digits &from,
                                     ArrayRef<int64_t> shape) {
  SmallVector<Digit> rest;
  for (const auto &digits : from)
    llvm::append_range(rest, digits);
  Digits result(shape.size());
  for (size_t dim = shape.size(); dim-- > 0;)
    for (int64_t left = shape[dim]; left > 1;) {
      if (rest.empty())
        return std::nullopt;
      Digit &last = rest.back();
      int64_t count = std::min(last.count, left);
      if (last.count % count != 0 || left % count != 0)
        return std::nullopt;
      result[dim].insert(result[dim].begin(), {last.dim, count, last.step});
      left /= count;
      last = {last.dim, last.count / count, last.step * count};
      if (last.count == 1)
        rest.pop_back();
    }
  return rest.empty() ? std::optional(std::move(result)) : std::nullopt;
}

static std::optional<Digits> transposed(const Digits &from,
                                        tile::RestrideOp op) {
  Digits result;
  for (auto [dim, step] : llvm::zip_equal(op.getDims(), op.getSteps())) {
    if (dim < 0 || step != 1)
      return std::nullopt;
    result.push_back(from[dim]);
  }
  bool isWhole =
      op.getType().getNumElements() == op.getInput().getType().getNumElements();
  return isWhole ? std::optional(std::move(result)) : std::nullopt;
}

static std::optional<Digits> digitsAfter(Operation *move, const Digits &from) {
  if (auto restride = llvm::dyn_cast<tile::RestrideOp>(move))
    return transposed(from, restride);
  return regroup(from, Lowering::shapeOf(move->getResult(0)));
}

static bool isMove(Operation *op) {
  return llvm::isa_and_nonnull<tile::ReshapeOp, tile::RestrideOp>(op) &&
         !tile::isKept(op) && !isInPlace(op) &&
         !llvm::is_contained(Lowering::shapeOf(op->getResult(0)), 0);
}

/// Whether all but `dim` is as it was; its digits are those of a permutation.
static bool permutesAlone(const Digits &digits, ArrayRef<int64_t> shape,
                          unsigned dim) {
  Digits before = digitsOf(shape);
  if (digits.size() != before.size())
    return false;
  auto isSame = [](const Digit &a, const Digit &b) {
    return a.dim == b.dim && a.count == b.count && a.step == b.step;
  };
  for (unsigned other = 0; other < digits.size(); ++other)
    if (other != dim && !llvm::equal(digits[other], before[other], isSame))
      return false;
  return digits[dim].size() > 1 &&
         llvm::all_of(digits[dim],
                      [&](const Digit &digit) { return digit.dim == dim; });
}

std::optional<Permutation> permutationTo(Value result, unsigned dim) {
  Permutation found{result, {}, dim, {}};
  while (isMove(found.source.getDefiningOp()) &&
         (found.moves.empty() || found.source.hasOneUse())) {
    found.moves.push_back(found.source.getDefiningOp());
    found.source = found.moves.back()->getOperand(0);
  }
  ArrayRef<int64_t> shape = Lowering::shapeOf(found.source);
  if (found.moves.empty() || dim >= shape.size())
    return std::nullopt;
  std::optional<Digits> digits = digitsOf(shape);
  for (Operation *move : llvm::reverse(found.moves)) {
    digits = digitsAfter(move, *digits);
    if (!digits)
      return std::nullopt;
  }
  if (!permutesAlone(*digits, shape, dim))
    return std::nullopt;
  for (const Digit &digit : (*digits)[dim])
    found.digits.push_back({digit.count, digit.step});
  return found;
}

Value permutationFrom(Operation *move, unsigned dim) {
  while (isMove(move)) {
    Value result = move->getResult(0);
    if (permutationTo(result, dim))
      return result;
    if (!result.hasOneUse())
      return Value();
    move = *result.user_begin();
  }
  return Value();
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

/// The permutation that ends in `result`, if it is done on chip.
static std::optional<Permutation> permutationOnChip(Value result,
                                                    Lowering &lowering) {
  const Layout *layout = lowering.layoutOf(result);
  if (!layout || layout->period || layout->partEnd != layout->partBegin + 1)
    return std::nullopt;
  std::optional<Permutation> found = permutationTo(result, layout->partBegin);
  if (!found)
    return std::nullopt;
  const Layout *source = lowering.layoutOf(found->source);
  bool isAlike = source && !source->period && source->partBegin == found->dim &&
                 source->partEnd == found->dim + 1;
  return isAlike && lowering.residentOf(found->source) ? found : std::nullopt;
}

bool isInsidePermutation(Operation *move, Lowering &lowering) {
  while (isMove(move)) {
    Value result = move->getResult(0);
    if (!result.hasOneUse())
      return false;
    move = *result.user_begin();
    if (isMove(move) && permutationOnChip(move->getResult(0), lowering))
      return true;
  }
  return false;
}

namespace {

/// Copies runs of partitions, each along the longest digit.
class PartitionCopy {
public:
  PartitionCopy(Lowering &lowering, const Permutation &permutation,
                Value result)
      : lowering(lowering), digits(permutation.digits),
        sourceBlock(lowering.layoutOf(permutation.source)->blockSize),
        resultBlock(lowering.layoutOf(result)->blockSize),
        source(*lowering.residentOf(permutation.source)),
        target(lowering.makeResident(result)) {
    auto isShorter = [](const Dim &a, const Dim &b) {
      return a.count < b.count;
    };
    along = llvm::max_element(digits, isShorter) - digits.begin();
    int64_t step = 1;
    steps.resize(digits.size());
    for (size_t digit = digits.size(); digit-- > 0;) {
      steps[digit] = step;
      step *= digits[digit].count;
    }
  }

  void emit(size_t digit = 0, int64_t from = 0, int64_t to = 0) {
    if (digit == digits.size())
      return copyRun(from, to);
    int64_t count = digit == along ? 1 : digits[digit].count;
    for (int64_t index = 0; index < count; ++index)
      emit(digit + 1, from + index * digits[digit].step,
           to + index * steps[digit]);
  }

private:
  /// How many steps from `index` on stay in its block.
  static int64_t stepsIn(int64_t block, int64_t index, int64_t step) {
    return (block - 1 - index % block) / step + 1;
  }

  void copyRun(int64_t from, int64_t to) {
    int64_t fromStep = digits[along].step, toStep = steps[along];
    for (int64_t left = digits[along].count; left > 0;) {
      int64_t count = std::min({left, stepsIn(sourceBlock, from, fromStep),
                                stepsIn(resultBlock, to, toStep)});
      lowering.tile.copy(partOf(target, resultBlock, to, count, toStep),
                         partOf(source, sourceBlock, from, count, fromStep));
      from += count * fromStep;
      to += count * toStep;
      left -= count;
    }
  }

  static View partOf(const View &whole, int64_t block, int64_t first,
                     int64_t count, int64_t step) {
    View view = whole.pick(0, first / block);
    view.partition += first % block;
    view.partitions = count;
    view.partitionStep = step;
    return view;
  }

  Lowering &lowering;
  ArrayRef<Dim> digits;
  int64_t sourceBlock, resultBlock;
  View source, target;
  size_t along = 0;
  /// Of the result's index.
  SmallVector<int64_t, 4> steps;
};

} // namespace

bool emitPermutation(Operation *move, Lowering &lowering) {
  Value result = move->getResult(0);
  std::optional<Permutation> permutation = permutationOnChip(result, lowering);
  if (!permutation)
    return false;
  PartitionCopy(lowering, *permutation, result).emit();
  return true;
}

} // namespace tilicho::compiler
