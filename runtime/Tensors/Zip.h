// SPDX-License-Identifier: Apache-2.0
// Zip archives, as far as NumPy's .npz files are ones.
#ifndef TILICHO_RUNTIME_TENSORS_ZIP_H
#define TILICHO_RUNTIME_TENSORS_ZIP_H

#include "absl/status/statusor.h"
#include "absl/types/span.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tilicho {

/// A member of an archive, unpacked.
struct ZipMember {
  std::string name;
  absl::Span<const uint8_t> bytes;
  std::shared_ptr<const void> owner;
};

/// All members, in the order of the directory. Stored ones refer to `archive`
/// (kept by `owner`). Checksums are verified.
absl::StatusOr<std::vector<ZipMember>>
readZip(absl::Span<const uint8_t> archive, std::shared_ptr<const void> owner);

/// Writes an archive of stored members of any size, without dates: equal
/// members give equal bytes.
class ZipWriter {
public:
  using Sink = std::function<absl::Status(absl::Span<const uint8_t>)>;
  explicit ZipWriter(Sink sink) : sink(std::move(sink)) {}

  /// A member is the concatenation of `parts`.
  absl::Status add(const std::string &name,
                   absl::Span<const absl::Span<const uint8_t>> parts);
  absl::Status finish();

private:
  struct Entry {
    std::string name;
    uint32_t crc;
    uint64_t size, offset;
  };
  absl::Status write(const std::string &record);

  Sink sink;
  uint64_t position = 0;
  std::vector<Entry> entries;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_TENSORS_ZIP_H
