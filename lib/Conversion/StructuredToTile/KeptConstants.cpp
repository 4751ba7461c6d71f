// SPDX-License-Identifier: Apache-2.0
// By the bytes that are read again otherwise, the most first.
#include "lib/Conversion/StructuredToTile/KeptConstants.h"

#include "dialects/Tile/IR/Loops.h"
#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

/// Of SBUF, what residents and kept constants take together.
static constexpr double keptShare = 0.75;
/// Fewer products than this do not make up for memory that others lack.
static constexpr int64_t leastReaders = 3;

namespace {
struct Candidate {
  Value constant;
  size_t first = 0, last = 0;
  int64_t readers = 0;
  int64_t partitionBytes = 0, bytes = 0;

  int64_t savedBytes() const { return (readers - 1) * bytes; }
};
} // namespace

/// With the index that products sum over on the partitions.
static int64_t partitionBytesOf(Value constant, unsigned kDim,
                                const Machine &machine) {
  ArrayRef<int64_t> shape = Lowering::shapeOf(constant);
  return llvm::divideCeil(shape[kDim], usableRows(machine)) * shape[1 - kDim] *
         isa::sizeOf(Lowering::dtypeOf(constant));
}

static unsigned kDimOf(tile::ContractOp op, unsigned operand) {
  return operand == 0 ? (op.getTransA() ? 0 : 1) : (op.getTransB() ? 1 : 0);
}

static std::vector<Candidate> findCandidates(func::FuncOp function,
                                             const Machine &machine) {
  llvm::DenseMap<Value, size_t> places;
  std::vector<Candidate> found;
  for (auto [index, op] :
       llvm::enumerate(function.front().without_terminator())) {
    auto contract = llvm::dyn_cast<tile::ContractOp>(op);
    if (!contract)
      continue;
    for (OpOperand &use : op.getOpOperands()) {
      Value value = use.get();
      if (!Lowering::constantOf(value) || Lowering::shapeOf(value).size() != 2)
        continue;
      auto [place, isNew] = places.try_emplace(value, found.size());
      if (isNew)
        found.push_back({value, index});
      Candidate &one = found[place->second];
      one.last = index;
      ++one.readers;
      one.partitionBytes = std::max(
          one.partitionBytes,
          partitionBytesOf(value, kDimOf(contract, use.getOperandNumber()),
                           machine));
      one.bytes = Lowering::shapeOf(value)[0] * Lowering::shapeOf(value)[1] *
                  isa::sizeOf(Lowering::dtypeOf(value));
    }
  }
  llvm::erase_if(found, [](const Candidate &one) {
    return one.readers < leastReaders || one.bytes == 0;
  });
  return found;
}

llvm::DenseSet<Value> keepConstants(func::FuncOp function,
                                    const Machine &machine,
                                    std::vector<int64_t> &residentBytes) {
  llvm::DenseSet<Value> kept;
  if (llvm::any_of(function.front(),
                   [](Operation &op) { return tile::isBorder(&op); }))
    return kept;
  std::vector<Candidate> candidates = findCandidates(function, machine);
  llvm::sort(candidates, [](const Candidate &a, const Candidate &b) {
    return std::make_pair(b.savedBytes(), a.first) <
           std::make_pair(a.savedBytes(), b.first);
  });
  auto budget = static_cast<int64_t>(machine.sbufUsableBytes * keptShare);
  for (const Candidate &one : candidates) {
    auto range = MutableArrayRef<int64_t>(residentBytes)
                     .slice(one.first, one.last - one.first + 1);
    if (llvm::any_of(range, [&](int64_t bytes) {
          return bytes + one.partitionBytes > budget;
        }))
      continue;
    for (int64_t &bytes : range)
      bytes += one.partitionBytes;
    kept.insert(one.constant);
  }
  return kept;
}

} // namespace tilicho::compiler
