// SPDX-License-Identifier: Apache-2.0
// Scans that are recurrences as structured operators.
#include "lib/Conversion/OnnxToTile/FlattenScans.h"

#include "dialects/Onnx/Transforms/VectorizeScan.h"
#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

void flattenScans(func::FuncOp function) {
  for (Operation &op : llvm::make_early_inc_range(function.front())) {
    auto scan = dyn_cast<onnx::ScanOp>(op);
    if (!scan || !onnx::isRecurrence(scan))
      continue;
    OpBuilder builder(scan);
    auto recurrence = tile::RecurrenceOp::create(
        builder, scan.getLoc(), scan->getResult(1).getType(),
        scan->getResult(0).getType(), scan->getOperand(1), scan->getOperand(2),
        scan->getOperand(0));
    scan->getResult(0).replaceAllUsesWith(recurrence.getLast());
    scan->getResult(1).replaceAllUsesWith(recurrence.getStates());
    scan.erase();
  }
}

} // namespace tilicho::compiler
