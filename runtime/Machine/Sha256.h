// SPDX-License-Identifier: Apache-2.0
// SHA-256, by which machines are told apart.
#ifndef TILICHO_RUNTIME_MACHINE_SHA256_H
#define TILICHO_RUNTIME_MACHINE_SHA256_H

#include "absl/strings/string_view.h"

#include <array>
#include <cstdint>
#include <string>

namespace tilicho {

using Sha256 = std::array<uint8_t, 32>;

/// The digest of FIPS 180-4.
Sha256 sha256(absl::string_view bytes);

/// 64 hexadecimal digits.
std::string toHex(const Sha256 &digest);

} // namespace tilicho

#endif // TILICHO_RUNTIME_MACHINE_SHA256_H
