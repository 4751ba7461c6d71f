// SPDX-License-Identifier: Apache-2.0
// Each operation of isa::AluOp on one element, as the ISA's table states it.
#ifndef TILICHO_RUNTIME_EMULATOR_ELEMENTOPS_H
#define TILICHO_RUNTIME_EMULATOR_ELEMENTOPS_H

#include "runtime/Emulator/Functions.h"
#include "runtime/Emulator/Numerics.h"
#include "runtime/Isa/Isa.h"

namespace tilicho::ops {

using isa::AluOp;

template <class T> inline constexpr bool isReal = std::is_floating_point_v<T>;
/// Integers wrap, which is defined for unsigned ones only.
template <class T>
using Wrapping = typename std::conditional_t<isReal<T>, std::common_type<T>,
                                             std::make_unsigned<T>>::type;

/// The range of operations defined on reals only: functions and roundings.
constexpr bool isRealOnly(AluOp op) {
  return (op >= AluOp::sqrt && op <= AluOp::trunc) || op == AluOp::exp2 ||
         op == AluOp::log2 || op == AluOp::atan2;
}
constexpr bool isIntegerOnly(AluOp op) {
  return op == AluOp::bit_not ||
         (op >= AluOp::bit_and && op <= AluOp::shift_right);
}
constexpr bool isUnary(AluOp op) { return op <= AluOp::log2; }
constexpr bool isBinary(AluOp op) {
  return op >= AluOp::add && op <= AluOp::atan2;
}
/// Whether arithmetic in T has `op` at all.
template <class T> constexpr bool isDefined(AluOp op) {
  return (isUnary(op) || isBinary(op)) &&
         !(isReal<T> ? isIntegerOnly(op) : isRealOnly(op));
}

//===-- Unary -------------------------------------------------------------===//

/// The elementary functions, before the result is rounded to T.
template <AluOp op, class T> TILICHO_INLINE double function(T a) {
  namespace f = functions;
  if constexpr (op == AluOp::exp)
    return f::exp(a);
  if constexpr (op == AluOp::log)
    return f::log(a);
  if constexpr (op == AluOp::sin)
    return f::sin(a);
  if constexpr (op == AluOp::cos)
    return f::cos(a);
  if constexpr (op == AluOp::tan)
    return f::tan(a);
  if constexpr (op == AluOp::asin)
    return f::asin(a);
  if constexpr (op == AluOp::acos)
    return f::acos(a);
  if constexpr (op == AluOp::atan)
    return f::atan(a);
  if constexpr (op == AluOp::sinh)
    return f::sinh(a);
  if constexpr (op == AluOp::cosh)
    return f::cosh(a);
  if constexpr (op == AluOp::tanh)
    return f::tanh(a);
  if constexpr (op == AluOp::asinh)
    return f::asinh(a);
  if constexpr (op == AluOp::acosh)
    return f::acosh(a);
  if constexpr (op == AluOp::atanh)
    return f::atanh(a);
  if constexpr (op == AluOp::erf)
    return f::erf(a);
  if constexpr (op == AluOp::sigmoid)
    return f::sigmoid(a);
  if constexpr (op == AluOp::silu)
    return f::silu(a);
  if constexpr (op == AluOp::gelu)
    return f::gelu(a);
  if constexpr (op == AluOp::gelu_tanh)
    return f::geluTanh(a);
  if constexpr (op == AluOp::softplus)
    return f::softplus(a);
  if constexpr (op == AluOp::mish)
    return f::mish(a);
  if constexpr (op == AluOp::exp2)
    return f::exp2(a);
  if constexpr (op == AluOp::log2)
    return f::log2(a);
}

template <class T> TILICHO_INLINE T squareRoot(T a) {
  return __builtin_elementwise_sqrt(a);
}

template <class T> TILICHO_INLINE bool isInfinite(T a) {
  if constexpr (isReal<T>)
    return a == std::numeric_limits<T>::infinity() ||
           a == -std::numeric_limits<T>::infinity();
  return false;
}

/// The operations on reals that are exact or rounded once.
template <AluOp op, class T> TILICHO_INLINE T rounding(T a) {
  if constexpr (op == AluOp::sqrt)
    return squareRoot(a);
  if constexpr (op == AluOp::rsqrt)
    return T(1) / squareRoot(a);
  if constexpr (op == AluOp::reciprocal)
    return T(1) / a;
  if constexpr (op == AluOp::floor)
    return std::floor(a);
  if constexpr (op == AluOp::ceil)
    return std::ceil(a);
  if constexpr (op == AluOp::round)
    return std::rint(a);
  if constexpr (op == AluOp::trunc)
    return std::trunc(a);
}

constexpr bool isRounding(AluOp op) {
  return (op >= AluOp::sqrt && op <= AluOp::reciprocal) ||
         (op >= AluOp::floor && op <= AluOp::trunc);
}

template <AluOp op, class T> TILICHO_INLINE T unary(T a) {
  using W = Wrapping<T>;
  if constexpr (op == AluOp::copy)
    return a;
  if constexpr (op == AluOp::abs) {
    if constexpr (isReal<T>)
      return std::fabs(a);
    else
      return a < 0 ? T(W(0) - W(a)) : a;
  }
  if constexpr (op == AluOp::neg) {
    if constexpr (isReal<T>)
      return -a;
    else
      return T(W(0) - W(a));
  }
  if constexpr (op == AluOp::sign)
    return a > 0 ? T(1) : a < 0 ? T(-1) : a == 0 ? T(0) : a;
  if constexpr (op == AluOp::square)
    return T(W(a) * W(a));
  if constexpr (op == AluOp::relu)
    return a > 0 || a != a ? a : T(0);
  if constexpr (op == AluOp::logical_not)
    return T(a == 0);
  if constexpr (op == AluOp::bit_not)
    return T(~a);
  if constexpr (op == AluOp::is_nan)
    return T(a != a);
  if constexpr (op == AluOp::is_inf)
    return T(isInfinite(a));
  if constexpr (op == AluOp::is_pos_inf)
    return T(isInfinite(a) && a > 0);
  if constexpr (op == AluOp::is_neg_inf)
    return T(isInfinite(a) && a < 0);
  if constexpr (isRounding(op))
    return rounding<op>(a);
  else if constexpr (isRealOnly(op))
    return T(function<op>(a));
}

//===-- Binary ------------------------------------------------------------===//

/// Towards zero; a divisor of 0 gives 0, and the one overflow wraps.
template <class T> TILICHO_INLINE T divide(T a, T b) {
  if constexpr (isReal<T>)
    return a / b;
  else if (b == 0)
    return 0;
  else if (std::is_signed_v<T> && b == T(-1))
    return unary<AluOp::neg>(a);
  else
    return T(a / b);
}

/// The remainder with the sign of the dividend.
template <class T> TILICHO_INLINE T fmod(T a, T b) {
  if constexpr (isReal<T>)
    return std::fmod(a, b);
  else if (b == 0 || (std::is_signed_v<T> && b == T(-1)))
    return 0;
  else
    return T(a % b);
}

/// The remainder with the sign of the divisor.
template <class T> TILICHO_INLINE T mod(T a, T b) {
  T r = fmod(a, b);
  if constexpr (isReal<T>) {
    if (r == 0)
      return std::copysign(r, b);
  }
  return r != 0 && (r < 0) != (b < 0) ? T(r + b) : r;
}

template <class T> TILICHO_INLINE T power(T a, T b) {
  if constexpr (isReal<T>)
    return T(functions::pow(a, b));
  else {
    using W = Wrapping<T>;
    if (b < 0)
      return a == 1 ? T(1) : a == T(-1) ? (b & 1 ? a : T(1)) : T(0);
    W result = 1, base = W(a);
    for (W exponent = W(b); exponent; exponent >>= 1, base *= base)
      result *= exponent & 1 ? base : W(1);
    return T(result);
  }
}

template <class T> TILICHO_INLINE T shiftLeft(T a, T b) {
  using W = Wrapping<T>;
  return W(b) >= sizeof(T) * 8 ? T(0) : T(W(a) << W(b));
}

template <class T> TILICHO_INLINE T shiftRight(T a, T b) {
  using W = Wrapping<T>;
  constexpr W last = sizeof(T) * 8 - 1;
  if constexpr (std::is_signed_v<T>)
    return T(a >> (W(b) > last ? last : W(b)));
  else
    return W(b) > last ? T(0) : T(a >> b);
}

template <class T> TILICHO_INLINE T larger(T a, T b) {
  return a > b || a != a ? a : b;
}
template <class T> TILICHO_INLINE T smaller(T a, T b) {
  return a < b || a != a ? a : b;
}

template <AluOp op, class T> TILICHO_INLINE T bitwise(T a, T b) {
  if constexpr (op == AluOp::bit_and)
    return T(a & b);
  if constexpr (op == AluOp::bit_or)
    return T(a | b);
  if constexpr (op == AluOp::bit_xor)
    return T(a ^ b);
  if constexpr (op == AluOp::shift_left)
    return shiftLeft(a, b);
  if constexpr (op == AluOp::shift_right)
    return shiftRight(a, b);
}

template <AluOp op, class T> TILICHO_INLINE bool predicate(T a, T b) {
  if constexpr (op == AluOp::eq)
    return a == b;
  if constexpr (op == AluOp::ne)
    return a != b;
  if constexpr (op == AluOp::lt)
    return a < b;
  if constexpr (op == AluOp::le)
    return a <= b;
  if constexpr (op == AluOp::gt)
    return a > b;
  if constexpr (op == AluOp::ge)
    return a >= b;
  if constexpr (op == AluOp::logical_and)
    return (a != 0) & (b != 0);
  if constexpr (op == AluOp::logical_or)
    return (a != 0) | (b != 0);
  if constexpr (op == AluOp::logical_xor)
    return (a != 0) != (b != 0);
}

template <AluOp op, class T> TILICHO_INLINE T binary(T a, T b) {
  using W = Wrapping<T>;
  if constexpr (op == AluOp::add)
    return T(W(a) + W(b));
  if constexpr (op == AluOp::subtract)
    return T(W(a) - W(b));
  if constexpr (op == AluOp::multiply)
    return T(W(a) * W(b));
  if constexpr (op == AluOp::divide)
    return divide(a, b);
  if constexpr (op == AluOp::max)
    return larger(a, b);
  if constexpr (op == AluOp::min)
    return smaller(a, b);
  if constexpr (op == AluOp::pow)
    return power(a, b);
  if constexpr (op == AluOp::mod)
    return mod(a, b);
  if constexpr (op == AluOp::fmod)
    return fmod(a, b);
  if constexpr (op >= AluOp::eq && op <= AluOp::logical_xor)
    return T(predicate<op>(a, b));
  if constexpr (isIntegerOnly(op))
    return bitwise<op>(a, b);
  if constexpr (op == AluOp::abs_max)
    return larger(unary<AluOp::abs>(a), unary<AluOp::abs>(b));
  if constexpr (op == AluOp::abs_min)
    return smaller(unary<AluOp::abs>(a), unary<AluOp::abs>(b));
  if constexpr (op == AluOp::first)
    return a;
  if constexpr (op == AluOp::second)
    return b;
  if constexpr (op == AluOp::atan2)
    return T(functions::atan2(a, b));
}

//===-- Reductions --------------------------------------------------------===//

/// The operation that joins two values of a reduction.
constexpr AluOp joining(isa::ReduceOp op) {
  constexpr AluOp table[] = {AluOp::add, AluOp::multiply, AluOp::max,
                             AluOp::min};
  return table[static_cast<int>(op)];
}

/// The value that changes nothing when joined.
template <class T> TILICHO_INLINE T neutral(isa::ReduceOp op) {
  using Limits = std::numeric_limits<T>;
  switch (op) {
  case isa::ReduceOp::add:
    return T(0);
  case isa::ReduceOp::mul:
    return T(1);
  case isa::ReduceOp::max:
    return isReal<T> ? -Limits::infinity() : Limits::lowest();
  case isa::ReduceOp::min:
    return isReal<T> ? Limits::infinity() : Limits::max();
  }
  return T(0);
}

} // namespace tilicho::ops

#endif // TILICHO_RUNTIME_EMULATOR_ELEMENTOPS_H
