// SPDX-License-Identifier: Apache-2.0
// Reads numbers from assembly.
#include "runtime/Isa/Number.h"

#include <charconv>
#include <cstring>

namespace tilicho::isa {

std::optional<int64_t> toInteger(std::string_view text) {
  bool isNegative = !text.empty() && text[0] == '-';
  std::string_view digits = text.substr(isNegative);
  bool isHex = digits.substr(0, 2) == "0x";
  digits.remove_prefix(isHex ? 2 : 0);
  uint64_t magnitude = 0;
  auto [end, failure] = std::from_chars(
      digits.data(), digits.data() + digits.size(), magnitude, isHex ? 16 : 10);
  uint64_t limit = uint64_t(INT64_MAX) + isNegative;
  if (failure != std::errc() || end != digits.data() + digits.size() ||
      magnitude > limit)
    return std::nullopt;
  return isNegative ? int64_t(-magnitude) : int64_t(magnitude);
}

std::optional<uint32_t> toFloatBits(std::string_view text) {
  if (text.substr(0, 2) == "0x") {
    std::optional<int64_t> bits = toInteger(text);
    if (!bits || *bits > UINT32_MAX)
      return std::nullopt;
    return uint32_t(*bits);
  }
  float value = 0;
  auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

} // namespace tilicho::isa
