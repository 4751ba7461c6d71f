// SPDX-License-Identifier: Apache-2.0
// Switches subnormals off for as long as it lives.
#ifndef TILICHO_RUNTIME_EMULATOR_FLUSHGUARD_H
#define TILICHO_RUNTIME_EMULATOR_FLUSHGUARD_H

#include <xmmintrin.h>

namespace tilicho {

/// Sets flush-to-zero and denormals-are-zero of this thread, if asked to.
class FlushGuard {
public:
  explicit FlushGuard(bool flush) : saved(_mm_getcsr()) {
    if (flush)
      _mm_setcsr(saved | flushToZero | denormalsAreZero);
  }
  ~FlushGuard() { _mm_setcsr(saved); }
  FlushGuard(const FlushGuard &) = delete;
  FlushGuard &operator=(const FlushGuard &) = delete;

private:
  static constexpr unsigned flushToZero = 0x8000, denormalsAreZero = 0x0040;
  unsigned saved;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_FLUSHGUARD_H
