// SPDX-License-Identifier: Apache-2.0
// The checksum of a program file's sections.
#ifndef TILICHO_RUNTIME_PROGRAM_CRC32C_H
#define TILICHO_RUNTIME_PROGRAM_CRC32C_H

#include "absl/types/span.h"

#include <cstdint>

namespace tilicho {

/// CRC-32C (Castagnoli) of all bytes so far, of which `crc` is that of those
/// before; 0 for none.
uint32_t crc32c(absl::Span<const uint8_t> bytes, uint32_t crc = 0);

/// The same without the processor's instruction for it.
uint32_t crc32cPortable(absl::Span<const uint8_t> bytes, uint32_t crc = 0);

} // namespace tilicho

#endif // TILICHO_RUNTIME_PROGRAM_CRC32C_H
