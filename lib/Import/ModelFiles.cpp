// SPDX-License-Identifier: Apache-2.0
// Maps external data, and refuses what lies outside the model's folder.
#include "lib/Import/ModelFiles.h"

#include "lib/Import/SlimModel.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace tilicho::compiler;

/// Where `location` leads once links are followed; empty when that is not a
/// place inside `folder`.
static std::string resolve(StringRef folder, StringRef location) {
  SmallString<256> path(folder), realFolder, realPath;
  sys::path::append(path, location);
  if (sys::path::is_absolute(location) ||
      sys::fs::real_path(folder, realFolder))
    return {};
  // A file that does not exist is reported as missing, unless it is named to
  // lie elsewhere.
  if (sys::fs::real_path(path, realPath)) {
    bool climbs = is_contained(
        make_range(sys::path::begin(location), sys::path::end(location)), "..");
    return climbs ? "" : std::string(path);
  }
  StringRef rest = realPath;
  bool inside = rest.consume_front(realFolder) &&
                (realFolder.ends_with("/") || rest.starts_with("/"));
  return inside ? std::string(realPath) : "";
}

std::shared_ptr<MemoryBuffer> ModelFiles::open(StringRef location,
                                               std::string &problem) {
  auto [entry, isNew] = external.try_emplace(location);
  if (!isNew && entry->second)
    return entry->second;
  if (folder.empty()) {
    problem = "the model was given without a folder, but has external data in "
              "'" +
              location.str() + "'";
    return nullptr;
  }
  std::string path = resolve(folder, location);
  if (path.empty()) {
    problem = "external data '" + location.str() +
              "' lies outside the model's folder '" + folder + "'";
    return nullptr;
  }
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer) {
    problem = "external data file '" + path +
              "' cannot be read: " + buffer.getError().message();
    return nullptr;
  }
  entry->second = std::move(*buffer);
  return entry->second;
}

namespace {
struct Range {
  StringRef location;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
};
} // namespace

static bool parseRange(const ::onnx::TensorProto &tensor, Range &range,
                       std::string &problem) {
  for (const auto &entry : tensor.external_data()) {
    StringRef value = entry.value();
    uint64_t number = 0;
    bool isNumber = entry.key() == "offset" || entry.key() == "length";
    if (isNumber && value.getAsInteger(10, number)) {
      problem = "external data has the " + entry.key() + " '" + value.str() +
                "', which is no number of bytes";
      return false;
    }
    if (entry.key() == "location")
      range.location = value;
    if (entry.key() == "offset")
      range.offset = number;
    if (entry.key() == "length")
      range.length = number;
  }
  if (range.location.empty())
    problem = "external data has no location";
  return !range.location.empty();
}

std::optional<SharedBytes> ModelFiles::find(const ::onnx::TensorProto &tensor,
                                            uint64_t wanted,
                                            std::string &problem) {
  Range range;
  if (!parseRange(tensor, range, problem))
    return std::nullopt;
  bool itself = range.location == modelItself;
  std::shared_ptr<MemoryBuffer> buffer =
      itself ? model : open(range.location, problem);
  if (!buffer)
    return std::nullopt;
  std::string place =
      itself ? "its data"
             : "its external data in '" + range.location.str() + "'";
  if (range.length && *range.length != wanted) {
    problem = place + " has " + std::to_string(*range.length) +
              " bytes, but its shape and type need " + std::to_string(wanted);
    return std::nullopt;
  }
  uint64_t size = buffer->getBufferSize();
  if (range.offset > size || wanted > size - range.offset) {
    problem = place + " is short: it needs " + std::to_string(wanted) +
              " bytes at offset " + std::to_string(range.offset) +
              ", but the file has " + std::to_string(size);
    return std::nullopt;
  }
  return SharedBytes{
      buffer, ArrayRef<char>(buffer->getBufferStart() + range.offset, wanted)};
}
