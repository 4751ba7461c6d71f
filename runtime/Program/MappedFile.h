// SPDX-License-Identifier: Apache-2.0
// A file as read-only memory.
#ifndef TILICHO_RUNTIME_PROGRAM_MAPPEDFILE_H
#define TILICHO_RUNTIME_PROGRAM_MAPPEDFILE_H

#include "absl/status/statusor.h"
#include "absl/types/span.h"

#include <cstdint>
#include <memory>
#include <string>

namespace tilicho {

/// Mapped memory that goes with its last owner. What cannot be mapped, as a
/// pipe, is read.
struct MappedFile {
  absl::Span<const uint8_t> bytes;
  std::shared_ptr<const void> owner;
};

/// Fails with `cannot read PATH: REASON`.
absl::StatusOr<MappedFile> mapFile(const std::string &path);

} // namespace tilicho

#endif // TILICHO_RUNTIME_PROGRAM_MAPPEDFILE_H
