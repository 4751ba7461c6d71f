// SPDX-License-Identifier: Apache-2.0
// The order of a program's accesses, checked without any values.
#ifndef TILICHO_RUNTIME_EMULATOR_CHECKORDER_H
#define TILICHO_RUNTIME_EMULATOR_CHECKORDER_H

#include "runtime/Program/Program.h"

#include "absl/status/status.h"

namespace tilicho {

/// Runs the queues of `program` through their loops and semaphores, without
/// values. An error names two instructions that touch the same bytes, one of
/// them writing, in no order; an access outside of its memory; or every queue
/// that waits for ever. What data decides is left to the run itself: the rows
/// that a gather reads, and all of a program that loads registers.
absl::Status checkOrder(const Program &program);

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_CHECKORDER_H
