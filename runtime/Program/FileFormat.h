// SPDX-License-Identifier: Apache-2.0
// What stands where in a program file before its FlatBuffers header.
#ifndef TILICHO_RUNTIME_PROGRAM_FILEFORMAT_H
#define TILICHO_RUNTIME_PROGRAM_FILEFORMAT_H

#include <cstdint>
#include <cstring>

namespace tilicho::file {

/// The first bytes show a transfer that changed line ends or dropped high bits.
inline constexpr char magic[8] = {'\x89', 'T',  'L',    'X',
                                  '\r',   '\n', '\x1a', '\n'};
inline constexpr uint32_t formatVersion = 1;
inline constexpr uint64_t pageBytes = 4096;
/// Of each constant in the section of constants.
inline constexpr uint64_t constantAlignment = 64;

/// The first bytes of the file, little endian.
struct Preamble {
  char magic[8];
  uint32_t version;
  /// CRC-32C of the preamble with this field 0.
  uint32_t crc;
  uint64_t fileBytes;
  /// Of the FlatBuffers header, which follows the preamble.
  uint64_t headerBytes;
  /// From the header's first byte up to the first section.
  uint32_t headerCrc;
  uint8_t reserved[92];
};
static_assert(sizeof(Preamble) == 128, "the preamble's layout is fixed");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "program files are mapped as they are");

inline uint64_t roundUp(uint64_t value, uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

} // namespace tilicho::file

#endif // TILICHO_RUNTIME_PROGRAM_FILEFORMAT_H
