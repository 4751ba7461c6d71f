// SPDX-License-Identifier: Apache-2.0
// Walks over the flags of an operand's bytes.
#include "runtime/Emulator/Shadow.h"

#include <cstring>

namespace tilicho {

/// The flags of an operand, as an operand.
static Operand over(const Operand &operand, const uint8_t *base,
                    const uint8_t *flags) {
  Operand result = operand;
  result.data = const_cast<uint8_t *>(flags) + (operand.data - base);
  return result;
}

void Shadow::mark(const Operand &operand) {
  const int64_t size = isa::sizeOf(operand.dtype);
  Operand flags = over(operand, base, written.data());
  Walk(flags).forRows(0, operand.elements(),
                      [&](uint8_t *at, int64_t step, int64_t count) {
                        if (step == size) {
                          std::memset(at, 1, size_t(count * size));
                          return;
                        }
                        for (; count; --count, at += step)
                          std::memset(at, 1, size_t(size));
                      });
}

int64_t Shadow::findUnwritten(const Operand &operand) const {
  const int64_t size = isa::sizeOf(operand.dtype);
  Operand flags = over(operand, base, written.data());
  const uint8_t *found = nullptr;
  Walk(flags).forRows(
      0, operand.elements(), [&](uint8_t *at, int64_t step, int64_t count) {
        int64_t length = step == size ? count * size : size;
        int64_t pieces = step == size ? 1 : count;
        for (; pieces && !found; --pieces, at += step)
          found =
              static_cast<const uint8_t *>(std::memchr(at, 0, size_t(length)));
      });
  return found ? found - written.data() : -1;
}

} // namespace tilicho
