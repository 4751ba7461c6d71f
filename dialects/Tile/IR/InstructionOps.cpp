// SPDX-License-Identifier: Apache-2.0
// Verifiers of buffers and of instructions on them.
#include "dialects/Tile/IR/TileDialect.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace tilicho::ir::tile;
using namespace tilicho;

//===----------------------------------------------------------------------===//
// SegmentOp, AllocOp, ValueOp
//===----------------------------------------------------------------------===//

LogicalResult SegmentOp::verify() {
  StringRef kind = getKind();
  if (kind != "input" && kind != "output" && kind != "constant" &&
      kind != "scratch") // C1
    return emitOpError() << "kind is \"" << kind
                         << "\" but must be input, output, constant or scratch";
  if ((kind == "constant") != static_cast<bool>(getValueAttr())) // C1
    return emitOpError("exactly a constant has a value");
  auto tensor = dyn_cast<RankedTensorType>(getTensor());
  std::optional<isa::DType> dtype =
      tensor ? toDType(tensor.getElementType()) : std::nullopt;
  if (!dtype || !tensor.hasStaticShape())
    return emitOpError() << "cannot hold " << getTensor();
  BufferType buffer = getBuffer().getType();
  int64_t bytes = tensor.getNumElements() * isa::sizeOf(*dtype);
  if (buffer.getSpace() != isa::Space::Hbm || buffer.getBytes() != bytes) // C2
    return emitOpError() << "buffer is " << buffer << " but " << tensor
                         << " needs " << bytes << " bytes in hbm";
  return success();
}

LogicalResult AllocOp::verify() {
  isa::Space space = getBuffer().getType().getSpace();
  if (space != isa::Space::Sbuf && space != isa::Space::Psum) // C1
    return emitOpError() << "buffer is " << getBuffer().getType()
                         << " but must be on chip";
  return success();
}

LogicalResult ValueOp::verify() {
  size_t digits = getCounts().size();
  if (getValueSteps().size() != digits || // C1
      getPartitionSteps().size() != digits || getByteSteps().size() != digits)
    return emitOpError() << digits << " counts but " << getValueSteps().size()
                         << ", " << getPartitionSteps().size() << " and "
                         << getByteSteps().size() << " steps";
  return success();
}

//===----------------------------------------------------------------------===//
// IssueOp
//===----------------------------------------------------------------------===//

LogicalResult IssueOp::verify() {
  if (!isa::findInstruction(std::string_view(getMnemonic()))) // C1
    return emitOpError() << "unknown instruction \"" << getMnemonic() << '"';
  if (getQueue() != "dma" &&
      !isa::queueKindOf(std::string_view(getQueue()))) // C1
    return emitOpError() << "unknown queue \"" << getQueue() << '"';
  if (getAccesses().size() != getBuffers().size()) // C2
    return emitOpError() << getBuffers().size() << " buffers but "
                         << getAccesses().size() << " accesses";
  if (getCounts().size() > 4) // C3
    return emitOpError() << getCounts().size() << " counts but at most 4";
  size_t numSteps = getCounts().size() + (getQueue() == "dma");
  for (Attribute attr : getAccesses()) {
    auto access = dyn_cast<AccessAttr>(attr);
    if (!access || access.getSteps().size() != numSteps) // C3
      return emitOpError() << "access " << attr << " but " << numSteps
                           << " steps are needed";
  }
  return success();
}
