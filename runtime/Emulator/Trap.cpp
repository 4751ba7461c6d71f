// SPDX-License-Identifier: Apache-2.0
// The names of traps.
#include "runtime/Emulator/Trap.h"

namespace tilicho {

const char *nameOf(TrapKind kind) {
  switch (kind) {
  case TrapKind::OutOfBounds:
    return "out of bounds";
  case TrapKind::BadOperand:
    return "bad operand";
  case TrapKind::BadIndex:
    return "index out of range";
  case TrapKind::BadStationary:
    return "wrong weights";
  case TrapKind::BadControl:
    return "bad control";
  case TrapKind::Raised:
    return "raised by the program";
  case TrapKind::Deadlock:
    return "deadlock";
  case TrapKind::Uninitialized:
    return "uninitialised read";
  case TrapKind::Race:
    return "race";
  case TrapKind::Stopped:
    return "stopped";
  }
  return "trap";
}

} // namespace tilicho
