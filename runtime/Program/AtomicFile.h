// SPDX-License-Identifier: Apache-2.0
// Files that are there whole or not at all.
#ifndef TILICHO_RUNTIME_PROGRAM_ATOMICFILE_H
#define TILICHO_RUNTIME_PROGRAM_ATOMICFILE_H

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

#include <cstdint>
#include <memory>
#include <string>

namespace tilicho {

/// Writes to a temporary file beside the one that is meant, which takes its
/// name in `commit`. Destroyed before that, it leaves nothing. What is no
/// regular file, as /dev/stdout, is written directly.
class AtomicFile {
public:
  static absl::StatusOr<std::unique_ptr<AtomicFile>>
  create(const std::string &path);
  ~AtomicFile();
  AtomicFile(const AtomicFile &) = delete;
  AtomicFile &operator=(const AtomicFile &) = delete;

  absl::Status append(absl::Span<const uint8_t> bytes);
  absl::Status append(absl::string_view text);
  /// Replaces bytes that were appended.
  absl::Status patch(uint64_t offset, absl::Span<const uint8_t> bytes);
  absl::Status commit();

  /// From here on SIGINT, SIGTERM and SIGHUP remove what is not committed
  /// before they end the process. For tools.
  static void removeOnSignals();

private:
  AtomicFile(std::string path, std::string temporary, int descriptor);
  absl::Status failure(int error) const;

  std::string path;
  /// Empty when the file is written directly.
  std::string temporary;
  int descriptor;
  int slot;
};

/// Fails where a file cannot be written, and leaves no trace. What is no
/// regular file is not looked at, since who reads from a pipe would notice.
absl::Status checkWritable(const std::string &path);

/// Writes a whole file at once.
absl::Status writeFileAtomically(const std::string &path,
                                 absl::string_view text);

} // namespace tilicho

#endif // TILICHO_RUNTIME_PROGRAM_ATOMICFILE_H
