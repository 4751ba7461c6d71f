// SPDX-License-Identifier: Apache-2.0
// Finds matrices that reshapes take apart between the rows.
#include "lib/Conversion/StructuredToTile/RowPeriods.h"

#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/Lowering.h"
#include "lib/Conversion/StructuredToTile/WindowGeometry.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

/// Rows of all matrices and of one, if one side has the former and the other
/// side the latter.
static std::optional<std::pair<int64_t, int64_t>>
rowsOf(ArrayRef<int64_t> joined, ArrayRef<int64_t> split) {
  if (joined.size() != 2 || split.size() < 3 || split[0] <= 1 ||
      split[1] <= 1 || split[0] * split[1] != joined[0])
    return std::nullopt;
  return std::pair(joined[0], split[1]);
}

/// Whether the array may have blocks of each matrix by itself: these are not
/// many more, or so few that weights take longer to come.
static bool mayBreak(int64_t rows, int64_t period, const Machine &machine) {
  int64_t lanes = arrayLanes(machine);
  double together = llvm::divideCeil(rows, lanes);
  double apart =
      static_cast<double>(rows / period) * llvm::divideCeil(period, lanes);
  constexpr double mostOverhead = 1.25;
  double tileBytes =
      static_cast<double>(lanes) * lanes * isa::sizeOf(isa::DType::bf16);
  double weightNs = tileBytes / (machine.dma.bytesPerNs * machine.dma.engines);
  double multiplyNs = apart * lanes / machine.arrayClockGhz;
  return apart <= mostOverhead * together || multiplyNs <= weightNs;
}

llvm::DenseMap<int64_t, int64_t> findRowPeriods(func::FuncOp function,
                                                const Machine &machine) {
  llvm::DenseMap<int64_t, int64_t> periods;
  llvm::DenseSet<int64_t> ambiguous;
  int64_t lanes = arrayLanes(machine);
  for (auto reshape : function.getOps<tile::ReshapeOp>()) {
    ArrayRef<int64_t> from = Lowering::shapeOf(reshape.getInput());
    ArrayRef<int64_t> to = Lowering::shapeOf(reshape.getResult());
    auto found = rowsOf(from, to);
    if (!found)
      found = rowsOf(to, from);
    if (!found)
      continue;
    auto [rows, period] = *found;
    if (period % evenPart(rows, lanes) == 0 || !mayBreak(rows, period, machine))
      continue;
    auto [known, isNew] = periods.try_emplace(rows, period);
    if (!isNew && known->second != period)
      ambiguous.insert(rows);
  }
  for (int64_t rows : ambiguous)
    periods.erase(rows);
  return periods;
}

} // namespace tilicho::compiler
