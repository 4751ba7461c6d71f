// SPDX-License-Identifier: Apache-2.0
// Who is told of every access to memory before it is made.
#ifndef TILICHO_RUNTIME_EMULATOR_ACCESSLISTENER_H
#define TILICHO_RUNTIME_EMULATOR_ACCESSLISTENER_H

#include "runtime/Emulator/Operand.h"

namespace tilicho {

enum class AccessMode : uint8_t { Read, Write, Update };

/// An operand and where it lies.
struct MemoryAccess {
  isa::Space space;
  AccessMode mode;
  /// HBM: the segment. On chip: the first partition.
  int64_t place;
  /// Byte of the first element in the partition or segment.
  int64_t offset;
  /// `steps[0]` is in bytes of the host's memory.
  const Operand &operand;
};

/// The sanitizer's seam: none is installed unless asked for.
class AccessListener {
public:
  virtual ~AccessListener() = default;
  /// Called by the queue that is running an instruction; may throw a Trap.
  virtual void onAccess(const MemoryAccess &access) = 0;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_ACCESSLISTENER_H
