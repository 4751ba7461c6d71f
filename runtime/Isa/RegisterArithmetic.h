// SPDX-License-Identifier: Apache-2.0
// The arithmetic of sequencers, for whoever follows the control of a queue.
#ifndef TILICHO_RUNTIME_ISA_REGISTERARITHMETIC_H
#define TILICHO_RUNTIME_ISA_REGISTERARITHMETIC_H

#include "runtime/Isa/Isa.h"

#include <algorithm>

namespace tilicho::isa {

/// 64-bit two's complement that wraps.
constexpr int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }

constexpr int64_t wrappingSum(int64_t a, int64_t b) {
  return wrap(uint64_t(a) + uint64_t(b));
}

/// The remainder with the sign of the divisor, which is not 0.
constexpr int64_t floorMod(int64_t a, int64_t b) {
  // The quotient of the least number and -1 has no place in 64 bits.
  int64_t remainder = b == -1 ? 0 : a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b
                                                      : remainder;
}

/// `op` of two registers. The divisor of div and mod is not 0.
constexpr int64_t calculate(RegisterOp op, int64_t a, int64_t b) {
  uint64_t x = uint64_t(a), y = uint64_t(b);
  switch (op) {
  case RegisterOp::add:
    return wrap(x + y);
  case RegisterOp::sub:
    return wrap(x - y);
  case RegisterOp::mul:
    return wrap(x * y);
  case RegisterOp::div:
    return b == -1 ? wrap(0 - x) : a / b;
  case RegisterOp::mod:
    return floorMod(a, b);
  case RegisterOp::min:
    return std::min(a, b);
  case RegisterOp::max:
    return std::max(a, b);
  case RegisterOp::shl:
    return wrap(x << (y % 64));
  case RegisterOp::shr:
    return a >> (y % 64);
  case RegisterOp::bit_and:
    return a & b;
  case RegisterOp::bit_or:
    return a | b;
  case RegisterOp::bit_xor:
    return a ^ b;
  case RegisterOp::eq:
    return a == b;
  case RegisterOp::ne:
    return a != b;
  case RegisterOp::lt:
    return a < b;
  case RegisterOp::le:
    return a <= b;
  }
  return 0;
}

/// Whether `op` has no result for the divisor `b`.
constexpr bool dividesByZero(RegisterOp op, int64_t b) {
  return b == 0 && (op == RegisterOp::div || op == RegisterOp::mod);
}

} // namespace tilicho::isa

#endif // TILICHO_RUNTIME_ISA_REGISTERARITHMETIC_H
