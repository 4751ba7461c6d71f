// SPDX-License-Identifier: Apache-2.0
// The data of constants in assembly.
#ifndef TILICHO_LIB_ASSEMBLY_LITERALS_H
#define TILICHO_LIB_ASSEMBLY_LITERALS_H

#include "lib/Assembly/Cursor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tilicho::compiler {

/// Reads `[1, 2.5, ...]`: numbers, converted as the ISA writes them.
std::vector<uint8_t> readNumbers(Cursor &cursor, isa::DType dtype);

/// Reads `hex "00ff..."`: bytes in order.
std::vector<uint8_t> readHex(Cursor &cursor);

/// Digits that readHex reads back.
std::string hexDigits(const uint8_t *bytes, size_t count);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_ASSEMBLY_LITERALS_H
