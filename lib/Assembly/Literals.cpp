// SPDX-License-Identifier: Apache-2.0
// The data of constants in assembly.
#include "lib/Assembly/Literals.h"

#include "runtime/Emulator/Numerics.h"
#include "runtime/Isa/Concat.h"

#include <cstring>
#include <limits>

namespace tilicho::compiler {

using isa::DType;
using namespace numerics;

/// The bits of an element of a float type, in the low bytes.
static uint64_t floatBits(double value, DType dtype) {
  float single = float(value);
  switch (dtype) {
  case DType::f64:
    return bitsOf(value);
  case DType::tf32:
    return bitsOf(roundTf32(single));
  case DType::bf16:
    return narrowBf16(single);
  case DType::f16:
    return narrow<Half>(single);
  case DType::f8e4m3fn:
    return narrow<Float8E4M3Fn>(single);
  case DType::f8e5m2:
    return narrow<Float8E5M2>(single);
  default:
    return bitsOf(single);
  }
}

static uint64_t integerBits(Cursor &cursor, DType dtype) {
  unsigned bits = 8 * isa::sizeOf(dtype);
  int64_t most = std::numeric_limits<int64_t>::max() >> (64 - bits);
  if (dtype == DType::boolean)
    return uint64_t(cursor.integer("element", 0, 1));
  if (isa::isSigned(dtype))
    return uint64_t(cursor.integer("element", -most - 1, most));
  int64_t largest = bits == 64 ? most : 2 * most + 1;
  return uint64_t(cursor.integer("element", 0, largest));
}

std::vector<uint8_t> readNumbers(Cursor &cursor, DType dtype) {
  std::vector<uint8_t> bytes;
  cursor.expect("[");
  if (cursor.consume("]"))
    return bytes;
  do {
    uint64_t bits = isa::isFloat(dtype)
                        ? floatBits(cursor.real("element"), dtype)
                        : integerBits(cursor, dtype);
    const auto *first = reinterpret_cast<const uint8_t *>(&bits);
    bytes.insert(bytes.end(), first, first + isa::sizeOf(dtype));
  } while (cursor.consume(","));
  cursor.expect("]");
  return bytes;
}

static int hexValue(char digit) {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  if (digit >= 'a' && digit <= 'f')
    return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F')
    return digit - 'A' + 10;
  return -1;
}

std::vector<uint8_t> readHex(Cursor &cursor) {
  size_t offset = cursor.offset();
  if (cursor.lexer.peek().kind != isa::TokenKind::String)
    cursor.failExpecting("hexadecimal digits in quotes");
  std::string digits = isa::unquote(cursor.lexer.next().text);
  std::vector<uint8_t> bytes;
  for (size_t at = 0; at < digits.size(); at += 2) {
    int high = hexValue(digits[at]);
    int low = at + 1 < digits.size() ? hexValue(digits[at + 1]) : -1;
    if (high < 0 || low < 0)
      throw isa::AssemblyError{offset, "expected pairs of hexadecimal digits"};
    bytes.push_back(uint8_t(high << 4 | low));
  }
  return bytes;
}

std::string hexDigits(const uint8_t *bytes, size_t count) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * count);
  for (size_t at = 0; at < count; ++at) {
    text += digits[bytes[at] >> 4];
    text += digits[bytes[at] & 15];
  }
  return text;
}

} // namespace tilicho::compiler
