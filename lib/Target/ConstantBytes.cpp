// SPDX-License-Identifier: Apache-2.0
// Reads attributes of constants, and applies the steps they carry.
#include "lib/Target/ConstantBytes.h"

#include "lib/Interpreter/Recipes.h"

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

absl::Status writeConstant(ElementsAttr value, ArrayAttr steps, size_t size,
                           WeightCache &cache, const ByteSink &sink) {
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (dense && dense.isSplat() && !dense.getElementType().isInteger(1) &&
      (!steps || steps.empty()))
    return writeSplat(dense.getRawData(), dense.getNumElements(), sink);
  std::string name = cache.nameOf(value, steps);
  if (!name.empty())
    if (auto kept = cache.find(name, size))
      return sink(*kept);
  std::string why = "the data of a constant is missing";
  std::optional<HostTensor> tensor = materialize(value, steps, &why);
  if (!tensor)
    return absl::InvalidArgumentError(why);
  if (static_cast<size_t>(tensor->sizeInBytes()) != size)
    return absl::InvalidArgumentError("the steps of a constant give " +
                                      std::to_string(tensor->sizeInBytes()) +
                                      " bytes, but it has " +
                                      std::to_string(size));
  absl::Span<const uint8_t> bytes(tensor->bytes(),
                                  static_cast<size_t>(tensor->sizeInBytes()));
  if (!name.empty())
    cache.store(name, bytes);
  return sink(bytes);
}

} // namespace tilicho::compiler
