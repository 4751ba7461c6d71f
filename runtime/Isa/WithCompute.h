// SPDX-License-Identifier: Apache-2.0
// From the ISA's types of arithmetic to those of C++.
#ifndef TILICHO_RUNTIME_ISA_WITHCOMPUTE_H
#define TILICHO_RUNTIME_ISA_WITHCOMPUTE_H

#include "runtime/Isa/Isa.h"

namespace tilicho {

/// Calls `f` with a value of the C++ type of `compute`.
template <class F> decltype(auto) withCompute(isa::Compute compute, F &&f) {
  switch (compute) {
  case isa::Compute::f32:
    return f(float());
  case isa::Compute::i32:
    return f(int32_t());
  case isa::Compute::u32:
    return f(uint32_t());
  case isa::Compute::i64:
    return f(int64_t());
  case isa::Compute::u64:
    return f(uint64_t());
  case isa::Compute::f64:
    return f(double());
  }
  __builtin_unreachable();
}

} // namespace tilicho

#endif // TILICHO_RUNTIME_ISA_WITHCOMPUTE_H
