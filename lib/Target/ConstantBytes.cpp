// SPDX-License-Identifier: Apache-2.0
// Reads attributes of constants, and applies the steps they carry.
#include "lib/Target/ConstantBytes.h"

#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace tilicho::compiler {

static absl::Span<const uint8_t> bytesOf(ArrayRef<char> data) {
  return {reinterpret_cast<const uint8_t *>(data.data()), data.size()};
}

/// One element, many times.
static absl::Status writeSplat(ArrayRef<char> element, int64_t count,
                               const ByteSink &sink) {
  constexpr int64_t chunkElements = 1 << 16;
  std::vector<char> chunk;
  int64_t perChunk = std::min(count, chunkElements);
  for (int64_t index = 0; index < perChunk; ++index)
    chunk.insert(chunk.end(), element.begin(), element.end());
  for (int64_t left = count; left > 0; left -= perChunk) {
    size_t size = std::min(left, perChunk) * element.size();
    absl::Status status = sink(bytesOf(ArrayRef(chunk).take_front(size)));
    if (!status.ok())
      return status;
  }
  return absl::OkStatus();
}

static absl::Status writeBooleans(DenseElementsAttr dense,
                                  const ByteSink &sink) {
  std::vector<char> bytes;
  for (bool value : dense.getValues<bool>())
    bytes.push_back(value);
  return sink(bytesOf(bytes));
}

absl::Status writeConstant(ElementsAttr value, ArrayAttr steps,
                           const ByteSink &sink) {
  if (steps && !steps.empty())
    return absl::UnimplementedError("steps of constants");
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return absl::InvalidArgumentError("a constant's data is missing");
    return sink(bytesOf(blob->getData()));
  }
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense)
    return absl::InvalidArgumentError("a constant is neither dense nor a "
                                      "resource");
  if (dense.getElementType().isInteger(1))
    return writeBooleans(dense, sink);
  if (dense.isSplat())
    return writeSplat(dense.getRawData(), dense.getNumElements(), sink);
  return sink(bytesOf(dense.getRawData()));
}

} // namespace tilicho::compiler
