// SPDX-License-Identifier: Apache-2.0
// What stops a program that does something that it must not do.
#ifndef TILICHO_RUNTIME_EMULATOR_TRAP_H
#define TILICHO_RUNTIME_EMULATOR_TRAP_H

#include "runtime/Isa/Concat.h"

#include <exception>
#include <string>
#include <utility>

namespace tilicho {

enum class TrapKind {
  /// An operand lies outside its memory, segment or bank.
  OutOfBounds,
  /// Memory that an instruction may not touch, or an element type or operation
  /// that the engine does not have.
  BadOperand,
  /// An index of a gather or scatter is outside its limit.
  BadIndex,
  /// The array does not hold the weights that a matmul asks for.
  BadStationary,
  /// Loops that do not match, a branch out of the queue, a division by zero.
  BadControl,
  /// `trap_if` of the program itself.
  Raised,
  /// No queue can go on.
  Deadlock,
  /// Sanitizer: a read of what was never written.
  Uninitialized,
  /// Sanitizer: two accesses that no semaphore orders.
  Race,
  /// An observer asked to stop.
  Stopped
};

/// The kind in words, for messages.
const char *nameOf(TrapKind kind);

/// Thrown by whatever finds the fault; the sequencer adds where it happened,
/// and the emulator's API turns it into a status.
class Trap : public std::exception {
public:
  Trap(TrapKind kind, std::string message)
      : kind(kind), message(std::move(message)) {}
  const char *what() const noexcept override { return message.c_str(); }

  TrapKind kind;
  /// Values wanted and found, in lower case.
  std::string message;
};

/// Throws a Trap whose message is the concatenation of `parts`.
template <class... Parts>
[[noreturn]] __attribute__((noinline)) void trap(TrapKind kind,
                                                 const Parts &...parts) {
  throw Trap(kind, concat(parts...));
}

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_TRAP_H
