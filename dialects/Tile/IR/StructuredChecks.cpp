// SPDX-License-Identifier: Apache-2.0
// Checks of shapes, axes, sizes and types, with their messages.
#include "dialects/Tile/IR/StructuredChecks.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace tilicho::ir::tile {

std::string textOf(ArrayRef<int64_t> shape) {
  std::string out = "[";
  llvm::raw_string_ostream stream(out);
  llvm::interleaveComma(shape, stream);
  return out + "]";
}

LogicalResult checkShape(Operation *op, Value result,
                         ArrayRef<int64_t> wanted) {
  if (shapeOf(result) == wanted)
    return success();
  return op->emitOpError("result has shape ")
         << textOf(shapeOf(result)) << " but the operands give "
         << textOf(wanted);
}

LogicalResult checkAxis(Operation *op, int64_t axis, int64_t rank) {
  if (axis >= 0 && axis < rank)
    return success();
  return op->emitOpError("axis ")
         << axis << " is outside the " << rank << " dimensions";
}

LogicalResult checkSize(Operation *op, StringRef what, size_t size,
                        size_t wanted) {
  if (size == wanted)
    return success();
  return op->emitOpError(what)
         << " has " << size << " entries but " << wanted << " are needed";
}

LogicalResult checkSameElement(Operation *op, Value a, Value b) {
  if (elementOf(a) == elementOf(b))
    return success();
  return op->emitOpError("element types ")
         << elementOf(a) << " and " << elementOf(b) << " differ";
}

LogicalResult checkIndices(Operation *op, Value indices) {
  Type type = elementOf(indices);
  if (type.isSignlessInteger(32) || type.isSignlessInteger(64))
    return success();
  return op->emitOpError("indices are ") << type << ", not i32 or i64";
}

} // namespace tilicho::ir::tile
