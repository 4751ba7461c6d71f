// SPDX-License-Identifier: Apache-2.0
// Which bytes of a memory have been written.
#ifndef TILICHO_RUNTIME_EMULATOR_SHADOW_H
#define TILICHO_RUNTIME_EMULATOR_SHADOW_H

#include "runtime/Emulator/Operand.h"

#include <vector>

namespace tilicho {

/// One flag for each byte of host memory from `base` on.
class Shadow {
public:
  Shadow(const uint8_t *base, size_t size) : base(base), written(size, 0) {}

  void mark(const Operand &operand);
  /// The position, from `base`, of the first byte of `operand` in row-major
  /// order that was never written, or -1.
  int64_t findUnwritten(const Operand &operand) const;

private:
  const uint8_t *base;
  std::vector<uint8_t> written;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_SHADOW_H
