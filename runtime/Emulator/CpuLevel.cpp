// SPDX-License-Identifier: Apache-2.0
// Asks the CPU what it has.
#include "runtime/Emulator/CpuLevel.h"

namespace tilicho {

static CpuLevel detect() {
  __builtin_cpu_init();
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
              __builtin_cpu_supports("bmi2");
  bool avx512 =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (!avx2)
    return CpuLevel::Baseline;
  return avx512 ? CpuLevel::Avx512 : CpuLevel::Avx2;
}

CpuLevel hostCpuLevel() {
  static const CpuLevel level = detect();
  return level;
}

} // namespace tilicho
