// SPDX-License-Identifier: Apache-2.0
// CRC-32C by table and, where there is one, by the processor's instruction.
#include "runtime/Program/Crc32c.h"

#include <array>
#include <cstring>
#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace tilicho {

static std::array<uint32_t, 256> makeTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0u); // reflected 0x1edc6f41
    table[byte] = crc;
  }
  return table;
}

uint32_t crc32cPortable(absl::Span<const uint8_t> bytes, uint32_t crc) {
  static const std::array<uint32_t, 256> table = makeTable();
  crc = ~crc;
  for (uint8_t byte : bytes)
    crc = crc >> 8 ^ table[(crc ^ byte) & 255];
  return ~crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t
crc32cSse(absl::Span<const uint8_t> bytes, uint32_t crc) {
  uint64_t state = ~crc;
  size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + at, 8);
    state = _mm_crc32_u64(state, word);
  }
  for (; at < bytes.size(); ++at)
    state = _mm_crc32_u8(static_cast<uint32_t>(state), bytes[at]);
  return ~static_cast<uint32_t>(state);
}
#endif

uint32_t crc32c(absl::Span<const uint8_t> bytes, uint32_t crc) {
#if defined(__x86_64__)
  static const bool hasInstruction = __builtin_cpu_supports("sse4.2");
  if (hasInstruction)
    return crc32cSse(bytes, crc);
#endif
  return crc32cPortable(bytes, crc);
}

} // namespace tilicho
