// SPDX-License-Identifier: Apache-2.0
// The vector instructions that a host CPU has, and code for each of them from
// one source.
#ifndef TILICHO_RUNTIME_EMULATOR_CPULEVEL_H
#define TILICHO_RUNTIME_EMULATOR_CPULEVEL_H

namespace tilicho {

enum class CpuLevel { Baseline, Avx2, Avx512 };

/// The best level of this CPU.
CpuLevel hostCpuLevel();

} // namespace tilicho

/// Functions declared between BEGIN and END are compiled for that level. What
/// they call inline from elsewhere is compiled with them.
#define TILICHO_PRAGMA(text) _Pragma(#text)
#define TILICHO_BEGIN_LEVEL(features)                                          \
  TILICHO_PRAGMA(clang attribute push(__attribute__((target(features))),       \
                                      apply_to = function))
#define TILICHO_BEGIN_AVX2 TILICHO_BEGIN_LEVEL("avx2,fma,f16c,bmi,bmi2")
#define TILICHO_BEGIN_AVX512                                                   \
  TILICHO_BEGIN_LEVEL("avx512f,avx512dq,avx512bw,avx512vl,avx512cd,avx2,fma,"  \
                      "f16c,bmi,bmi2")
#define TILICHO_END_LEVEL TILICHO_PRAGMA(clang attribute pop)
/// A function that is part of its caller, and so of the caller's level.
#define TILICHO_INLINE inline __attribute__((always_inline))

#endif // TILICHO_RUNTIME_EMULATOR_CPULEVEL_H
