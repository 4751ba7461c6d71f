// SPDX-License-Identifier: Apache-2.0
// Numbers as assembly writes them.
#ifndef TILICHO_RUNTIME_ISA_NUMBER_H
#define TILICHO_RUNTIME_ISA_NUMBER_H

#include <cstdint>
#include <optional>
#include <string_view>

namespace tilicho::isa {

/// A whole number, decimal or after 0x hexadecimal, with a sign.
std::optional<int64_t> toInteger(std::string_view text);

/// The bits of the f32 next to a decimal number; `inf` and `nan` are known, and
/// after 0x the bits themselves are given.
std::optional<uint32_t> toFloatBits(std::string_view text);

} // namespace tilicho::isa

#endif
