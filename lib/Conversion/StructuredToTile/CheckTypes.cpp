// SPDX-License-Identifier: Apache-2.0
// Refuses values that no memory of the machine can hold.
#include "lib/Conversion/StructuredToTile/CheckTypes.h"

#include "dialects/Tile/IR/TileDialect.h"

using namespace mlir;

namespace tilicho::compiler {

/// No memory has more bytes, and sums of a few sizes do not overflow.
static constexpr int64_t mostBytes = int64_t(1) << 56;

static bool hasSize(RankedTensorType tensor, isa::DType dtype) {
  int64_t bytes = isa::sizeOf(dtype);
  for (int64_t extent : tensor.getShape())
    if (__builtin_mul_overflow(bytes, std::max<int64_t>(extent, 1), &bytes) ||
        bytes > mostBytes)
      return false;
  return true;
}

static bool isHeld(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return false;
  std::optional<isa::DType> dtype = ir::tile::toDType(tensor.getElementType());
  return dtype && hasSize(tensor, *dtype);
}

static LogicalResult complain(Location location, const Twine &what, Type type) {
  return emitError(location)
         << what << " is " << type
         << ", but only tensors of known shape and of types that the machine "
            "has are taken";
}

LogicalResult checkTypes(func::FuncOp function) {
  if (!llvm::hasSingleElement(function.getBody()))
    return function.emitOpError("has ") << function.getBody().getBlocks().size()
                                        << " blocks, but 1 is wanted";
  LogicalResult status = success();
  for (BlockArgument argument : function.getArguments())
    if (!isHeld(argument.getType()))
      status = complain(function.getLoc(),
                        "argument " + Twine(argument.getArgNumber()),
                        argument.getType());
  for (Operation &op : function.front())
    for (OpResult result : op.getResults())
      if (!isHeld(result.getType()))
        status = complain(op.getLoc(),
                          "result " + Twine(result.getResultNumber()) + " of " +
                              op.getName().getStringRef(),
                          result.getType());
  return status;
}

} // namespace tilicho::compiler
